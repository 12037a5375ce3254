"""All steps by name, and their way from and to the plain data that a protocol's definition is written in.

A definition is a step's name, or the name with options: ``varint-delimited``, ``{length-prefix: {size: 2}}``. The
options are the fields of the step's class, and their types say what they may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from paperknife_decoders.nearest import nearest
from paperknife_decoders.printable import elide, printable
from paperknife_decoders.steps import Step
from paperknife_decoders.steps.ascii_header import AsciiHeader
from paperknife_decoders.steps.base64_text import Base64Text
from paperknife_decoders.steps.binary_header import BinaryHeader
from paperknife_decoders.steps.compressed import Compressed
from paperknife_decoders.steps.constant_prefix import ConstantPrefix
from paperknife_decoders.steps.grpc_web import GrpcWebsockets
from paperknife_decoders.steps.json_field import JsonField
from paperknife_decoders.steps.length_prefix import LengthPrefix
from paperknife_decoders.steps.message_list import MessageList
from paperknife_decoders.steps.stream_codecs import CODECS, Codec
from paperknife_decoders.steps.varint_delimited import VarintDelimited

__all__ = ["STEPS", "Definition", "step_from", "step_to"]

type Definition = str | Mapping[str, Mapping[str, object] | None]

STEPS: Final[Mapping[str, type[Step]]] = {
    "varint-delimited": VarintDelimited,
    "length-prefix": LengthPrefix,
    "constant-prefix": ConstantPrefix,
    "ascii-header": AsciiHeader,
    "binary-header": BinaryHeader,
    "message-list": MessageList,
    "json-field": JsonField,
    "base64": Base64Text,
    "compressed": Compressed,
    "grpc-websockets": GrpcWebsockets,
}


def step_from(definition: object, codecs: Mapping[str, Codec] = CODECS) -> Step:
    """The step that `definition` says, plain data as YAML gives it. Raises `ValueError` for what it cannot mean.

    `codecs` are the ways to compress by name; those of the standard library unless more are given.
    """
    name, options = name_and_options(definition)
    kind = STEPS.get(name)
    if kind is None:
        raise ValueError(f"a step is one of {', '.join(STEPS)}, and {described(name)} was found{meant(name, STEPS)}")
    hints = get_type_hints(kind)
    known = {option.name: option for option in options_of(kind)}
    values = {}
    for key, value in options.items():
        if key not in known:
            has = f"has the options {', '.join(known)}" if known else "has no options"
            raise ValueError(f"{name} {has}, and {described(key)} was found{meant(key, known)}")
        try:
            values[str(key)] = read_option(hints[str(key)], value, codecs)
        except ValueError as error:
            raise ValueError(f"{name}: {key} {error}") from None
    for option in known.values():
        if option.name not in values and option.default is MISSING:
            raise ValueError(f"{name} needs {option.name}, which is {wanted(hints[option.name], codecs)}")
    try:
        return kind(**values)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def step_to(step: Step) -> Definition:
    """The definition of `step`, with the options that are not what they are by themselves."""
    options: dict[str, object] = {}
    for option in options_of(type(step)):
        value = getattr(step, option.name)
        if value != option.default:
            options[option.name] = value.name if isinstance(value, Codec) else value
    return {step.name: options} if options else step.name


def name_and_options(definition: object) -> tuple[str, Mapping[object, object]]:
    """The two halves of a definition."""
    match definition:
        case str():
            return definition, {}
        case Mapping() if len(definition) == 1:
            ((name, options),) = definition.items()
            if not isinstance(name, str):
                raise ValueError(f"a step's name was expected, and {described(name)} was found")
            if options is None:
                return name, {}
            if isinstance(options, Mapping):
                return name, options
            raise ValueError(
                f"{name[:40]}: options with their values were expected, and {described(options)} was found"
            )
    raise ValueError(
        "a step is its name, or its name with options, as in {length-prefix: {size: 4}}, and "
        f"{described(definition)} was found"
    )


def options_of(kind: type[Step]) -> tuple[Field[Any], ...]:
    """The options of a step; every step is a dataclass."""
    return fields(kind)  # type: ignore[arg-type]  # `Step` is what it does, and does not say so


def read_option(hint: object, value: object, codecs: Mapping[str, Codec]) -> object:
    """The value for an option of the type `hint`. Raises `ValueError`, the end of a sentence, for any other."""
    choices = choices_of(hint, codecs)
    # To Python a truth value is a number; but `size: true` is no size of 1.
    if choices:
        for choice in choices:
            if choice == value and isinstance(value, bool) == isinstance(choice, bool):
                return codecs[choice] if hint is Codec else choice
    elif isinstance(hint, type) and isinstance(value, hint) and isinstance(value, bool) == (hint is bool):
        return value
    hint_at = "; put it into quotes" if hint is str and isinstance(value, int | float) else meant(value, choices)
    raise ValueError(f"should be {wanted(hint, codecs)}, and is {described(value)}{hint_at}")


def choices_of(hint: object, codecs: Mapping[str, Codec]) -> tuple[Any, ...]:
    """All values that there are for an option of this type; none where there is no end of them."""
    if hint is Codec:
        return tuple(codecs)
    return get_args(hint) if get_origin(hint) is Literal else ()


def wanted(hint: object, codecs: Mapping[str, Codec]) -> str:
    """What an option of the type `hint` can be, in words."""
    choices = choices_of(hint, codecs)
    return f"one of {', '.join(map(str, choices))}" if choices else WANTED[hint]


WANTED: Final[Mapping[object, str]] = {bool: "true or false", int: "a whole number", str: "a text"}


def meant(value: object, names: Iterable[object]) -> str:
    """The end of a sentence: ``; did you mean size?`` if a name comes close."""
    close = (
        nearest(value[:LONGEST], [name for name in names if isinstance(name, str)]) if isinstance(value, str) else []
    )
    return f"; did you mean {close[0]}?" if close else ""


def described(value: object) -> str:
    """What stands in a definition, in words; never much of it."""
    match value:
        case str():
            return f"'{printable(elide(value, LONGEST))}'"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {elide(str(value), LONGEST)}" if abs(value) < MOST else "a huge number"
        case None:
            return "nothing"
        case Mapping():
            return "a mapping"
        case bytes():
            return "binary data"
    return "a list" if isinstance(value, Sequence) else "something else"


LONGEST = 40
MOST = 10**LONGEST
