"""Placeholders, and what a word of the file is meant to be in a field."""

from __future__ import annotations

import re

from google.protobuf.descriptor import FieldDescriptor

from paperknife.mutation.editing.nodes import Scalar
from paperknife_decoders.secrets import MASK
from paperknife_decoders.values import Dynamic, stands_for
from paperknife_decoders.yaml_words import Word

__all__ = ["MASKED", "is_placeholder", "kept", "meant", "plain_value"]

MASKED = Word(f'"{MASK}"', "a secret, kept as it is")
"""Stands where a secret is."""

KEPT = re.compile(r"\[[0-9,]+ (?:characters|bytes)(?: that are no text)?, kept as they are\]", re.ASCII)

INTS = re.compile(r"[-+]?(?:0x[0-9a-fA-F_]{1,40}|0o[0-7_]{1,40}|0b[01_]{1,128}|[0-9_]{1,40})", re.ASCII)

FLOATS = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}

TEXTS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)


def kept(count: int, what: str) -> Word:
    """Stands where something is that the file has no room for."""
    return Word(f'"[{count:,} {what}, kept as they are]"')


def is_placeholder(word: Scalar) -> bool:
    """True for what stands for something that is not in the file."""
    return word.text == MASK or bool(KEPT.fullmatch(word.text))


def meant(word: Scalar, field: FieldDescriptor) -> Dynamic:
    """What a word is, as splicing takes it for `field`; whether that fits is left to splicing."""
    kind = field.message_type
    if kind is not None:
        inner = stands_for(kind)
        return meant(word, inner) if inner is not None else number_or_text(word)
    # Digits are text too, and what YAML takes for a number or a truth value may well be meant as text.
    return word.text if field.type in TEXTS else plain_value(word)


def plain_value(word: Scalar) -> Dynamic:
    """What YAML says that a word is."""
    match word.kind:
        case "bool":
            return word.text.lower() == "true"
        case "float" if word.text.lower() in FLOATS:
            return float(FLOATS[word.text.lower()])
        case "float":
            return word.text.replace("_", "")
    return number_or_text(word)


def number_or_text(word: Scalar) -> int | str:
    """A whole number, or the text."""
    if word.kind == "int" and INTS.fullmatch(word.text):
        try:
            return int(word.text, 0) if word.text.lstrip("+-")[:1] == "0" else int(word.text)
        except ValueError:  # 007, which YAML takes for seven
            return int(word.text.replace("_", ""))
    return word.text
