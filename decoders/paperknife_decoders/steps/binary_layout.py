"""Layouts: what the bytes in front of a message are, as one line of text.

A layout is fields with spaces between them, in their order on the wire::

    type:u32le&0x7fffffff|0x80000000 length:u32le header:bytes(length)
    kind:u8=1|2|3 id:u16le?kind=2|3
    magic:u16be=0xcafe size:u32be=length(part)

===================  ===================================================================================================
``name:kind``        ``u8 i8 u16le u16be ... i64be``: a number without or with a sign, its size in bits, its byte order
``name:bytes(n)``    bytes; so many, or as many as the number called ``n`` before them says
``&MASK``            the value is what is left of the number under this mask, and the other bits stay as they are
``|BITS``            behind a mask: the other bits are just these
``=1|2``             one of these values; anything else is refused
``=length(part)``    the length of what comes behind the header; ``length(all)`` counts the header too
``?name=1|2``        the field is there if the number called ``name`` before it is one of these, and else it is not
===================  ===================================================================================================

Numbers are decimal, or hex as in ``0x7f``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from paperknife_decoders.nearest import nearest
from paperknife_decoders.printable import elide

__all__ = ["MOST_FIELDS", "Bytes", "Condition", "Layout", "Number", "read_condition", "read_layout"]

MOST_FIELDS = 100

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
INTEGER = re.compile(r"-?[0-9]{1,20}|0x[0-9a-fA-F]{1,16}")
NUMBER_KIND = re.compile(r"(?P<sign>[ui])(?:(?P<byte>8)|(?P<bits>16|24|32|64)(?P<order>le|be))")
BYTES_KIND = re.compile(r"bytes\((?P<length>[^()]*)\)")
FIELD = re.compile(r"(?P<kind>[^&|=?]*)(?:&(?P<mask>[^|=?]*))?(?:\|(?P<bits>[^=?]*))?(?:=(?P<must>[^?]*))?(?P<rest>.*)")
LENGTHS: Mapping[str, Literal["part", "all"]] = {"length(part)": "part", "length(all)": "all"}
KINDS = [f"{sign}{bits}{order}" for sign in "ui" for bits in (16, 24, 32, 64) for order in ("le", "be")]
KINDS += ["u8", "i8", "bytes(n)"]


@dataclass(frozen=True, slots=True)
class Condition:
    """True where the number called `name` is one of `values`."""

    name: str
    values: frozenset[int]


@dataclass(frozen=True, slots=True)
class Number:
    """A number of `size` bytes, with what it has to be."""

    name: str
    size: int
    order: Literal["little", "big"]
    signed: bool = False
    mask: int | None = None
    bits: int | None = None
    values: frozenset[int] = frozenset()
    length: Literal["part", "all"] | None = None
    when: Condition | None = None

    @property
    def low(self) -> int:
        """The smallest number that there can be."""
        return -(1 << (self.size * 8 - 1)) if self.signed else 0

    @property
    def high(self) -> int:
        """The largest one; without a sign, all bits set."""
        return (1 << (self.size * 8 - self.signed)) - 1


@dataclass(frozen=True, slots=True)
class Bytes:
    """Bytes, as many as `length` says, or the number of that name."""

    name: str
    length: int | str
    when: Condition | None = None


type Place = Number | Bytes

type Layout = tuple[Place, ...]


@lru_cache(maxsize=64)
def read_layout(text: str) -> Layout:
    """The fields of a layout. Raises `ValueError` with a sentence that says at which character what is wrong."""
    fields: dict[str, Place] = {}
    for word in re.finditer(r"\S+", text):
        try:
            if len(fields) == MOST_FIELDS:
                raise ValueError(f"one field more than the {MOST_FIELDS} that a header can have")
            field = read_field(word[0], fields)
        except ValueError as error:
            raise ValueError(f"layout, character {word.start() + 1}, {shown(word[0])}: {error}") from None
        fields[field.name] = field
    if not fields:
        raise ValueError("layout should be fields, as in type:u8 size:u16le, and is empty")
    return tuple(fields.values())


def read_field(word: str, before: Mapping[str, Place]) -> Place:
    """One field; `before` are those that it may refer to."""
    name, colon, rest = word.partition(":")
    if not colon or not NAME.fullmatch(name):
        raise ValueError(f"a name and a kind, as in type:u32le, were expected, and {shown(word)} was found")
    if name in before:
        raise ValueError(f"there is a field {name} already")
    found = FIELD.fullmatch(rest)
    assert found is not None  # each of its parts takes what there is
    when = read_when(found["rest"][1:], before) if found["rest"] else None
    of_bytes = BYTES_KIND.fullmatch(found["kind"])
    if of_bytes is None:
        return read_number(name, found, when)
    if found["mask"] is not None or found["bits"] is not None or found["must"] is not None:
        raise ValueError("a mask and values are for numbers, not for bytes")
    return Bytes(name, read_length(of_bytes["length"], before), when)


def read_number(name: str, found: re.Match[str], when: Condition | None) -> Number:
    """A number with all that is said of it."""
    kind = NUMBER_KIND.fullmatch(found["kind"])
    if kind is None:
        raise ValueError(
            f"a kind was expected, which is u8, i8, u or i with 16, 24, 32 or 64 bits and le or be, "
            f"or bytes(n), and {shown(found['kind'])} was found{meant(found['kind'], KINDS)}"
        )
    size = int(kind["byte"] or kind["bits"]) // 8
    plain = Number(name, size, "big" if kind["order"] == "be" else "little", kind["sign"] == "i")
    mask = None if found["mask"] is None else integer(found["mask"], "a mask")
    bits = None if found["bits"] is None else integer(found["bits"], "the bits that are set")
    values, length = read_values(found["must"])
    if plain.signed and (mask is not None or length is not None):
        raise ValueError("a mask and a length need a kind without a sign, as u32le")
    if mask is not None and not 0 < mask <= plain.high:
        raise ValueError(f"a mask from 1 to {plain.high:#x} was expected, and {mask:#x} was found")
    if bits is not None and (mask is None or bits & mask or not 0 <= bits <= plain.high):
        raise ValueError(f"{bits:#x} can only be bits beside a mask, as in &0x7f|0x80")
    for value in values:
        if not plain.low <= value <= plain.high or (mask is not None and value & ~mask):
            raise ValueError(f"the value can never be {value}")
    return Number(name, size, plain.order, plain.signed, mask, bits, values, length, when)


def read_values(text: str | None) -> tuple[frozenset[int], Literal["part", "all"] | None]:
    """What stands behind ``=``."""
    if text is None:
        return frozenset(), None
    if text in LENGTHS:
        return frozenset(), LENGTHS[text]
    if "(" in text:
        raise ValueError(f"{' or '.join(LENGTHS)} was expected, and {shown(text)} was found{meant(text, LENGTHS)}")
    return integers(text), None


def read_length(text: str, before: Mapping[str, Place]) -> int | str:
    """What stands in the brackets of ``bytes()``."""
    if text.isdecimal() and text.isascii():
        return integer(text, "a number of bytes")
    number_before(text, before, signed=False)
    return text


def read_when(text: str, before: Mapping[str, Place]) -> Condition:
    """What stands behind ``?``."""
    condition = read_condition(text)
    number_before(condition.name, before, signed=True)
    return condition


@lru_cache(maxsize=64)
def read_condition(text: str) -> Condition:
    """A condition such as ``type=1|2``. Raises `ValueError` for what is none."""
    name, sign, values = text.partition("=")
    if not sign or not NAME.fullmatch(name):
        raise ValueError(f"a condition, as in kind=2|3, was expected, and {shown(text)} was found")
    return Condition(name, integers(values))


def number_before(name: str, before: Mapping[str, Place], *, signed: bool) -> None:
    """Raise `ValueError` unless there is such a number; one with a sign only if that is allowed."""
    numbers = [each.name for each in before.values() if isinstance(each, Number) and (signed or not each.signed)]
    if name not in numbers:
        there = f"there are {', '.join(numbers)}" if numbers else "there is none"
        raise ValueError(f"a number before this field was expected, and {shown(name)} is none; {there}")


def integers(text: str) -> frozenset[int]:
    """One or more numbers with ``|`` between them."""
    return frozenset(integer(each, "a number") for each in text.split("|"))


def integer(text: str, what: str) -> int:
    """A number as it is written; the end of a sentence for anything else."""
    if INTEGER.fullmatch(text) is None:
        raise ValueError(f"{what}, decimal or as 0x7f, was expected, and {shown(text)} was found")
    return int(text, 16 if text.startswith("0x") else 10)


def shown(text: str) -> str:
    """A piece of the layout in a sentence."""
    return ascii(elide(text, 40)) if text else "nothing"


def meant(text: str, names: Iterable[str]) -> str:
    """The end of a sentence: ``; did you mean u32le?`` if a name comes close."""
    close = nearest(text[:40], list(names))
    return f"; did you mean {close[0]}?" if close else ""
