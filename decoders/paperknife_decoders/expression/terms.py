"""What a part of an expression is once it is compiled: its kind, and a closure that gives its value."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

__all__ = [
    "ABSENT",
    "ENVELOPE",
    "GIVEN",
    "LOOPS",
    "MESSAGE",
    "NEVER",
    "ROOT",
    "STEPS",
    "Frame",
    "Getter",
    "Kind",
    "Path",
    "Payloads",
    "Shape",
    "Term",
    "Value",
    "constant",
    "either",
    "meet",
]

Value = Any
"""What a part of an expression gives while it is evaluated: the Python type that its `Kind` says, or a raw field."""

Frame = list[Any]
"""What an evaluation works on: the parsed envelope or None, the message, the envelope, the steps left, what the caller
gives (see `given`), loop values.
"""

ROOT, MESSAGE, ENVELOPE, STEPS, GIVEN, LOOPS = range(6)

Getter = Callable[[Frame], Any]
"""Gives a value; None stands for "no value"."""

Payloads = frozenset[str] | None
"""The payload names with which a part can be true or have a value; None where it can with any."""


class Kind(enum.Enum):
    """What sort of value it is, which Python type holds it, and the words for it."""

    BOOL = "true or false"
    NUMBER = "a number"
    DECIMAL = "a decimal"
    """`decimal.Decimal`."""
    ENUM = "an enum"
    """`int`."""
    STRING = "a string"
    BYTES = "bytes"
    TIMESTAMP = "a time"
    """`int`: nanoseconds since the epoch."""
    DURATION = "a duration"
    """`int`: nanoseconds."""
    MESSAGE = "a message"
    LIST = "a list"
    MAP = "a map"


@dataclass(frozen=True, slots=True)
class Shape:
    """The type of what a path leads to. `field` is None for the envelope itself."""

    descriptor: Descriptor | None = None
    field: FieldDescriptor | None = None
    many: bool = False
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """A place in the envelope: `get` gives its raw value, None where anything on the way is unset."""

    text: str
    get: Getter
    shape: Shape
    payloads: Payloads = None
    tracked: bool = True
    """False for a field without presence: it is there when it is not its default."""
    payload: bool = False
    """True for a member of the envelope's payload `oneof`."""
    first: FieldDescriptor | None = None
    """The field of the envelope that this is, if it is one with presence."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One part of an expression. `choices` are bare names that mean a value when they stand beside it."""

    kind: Kind
    get: Getter
    text: str = ""
    payloads: Payloads = None
    path: Path | None = None
    choices: Mapping[str, Value] | None = None
    enum: EnumDescriptor | None = None
    known: Value = None
    """The value, where it is a constant of this direction."""
    is_payload: bool = False
    """True for the built-in name `payload`."""

    def __str__(self) -> str:
        return f"{self.text or 'this'} is {self.enum.name + ', an enum' if self.enum else self.kind.value}"


def constant(kind: Kind, value: Value, text: str = "", payloads: Payloads = None) -> Term:
    """A term whose value is known when it is compiled."""
    return Term(kind, lambda _: value, text, payloads, known=value)


ABSENT = Term(Kind.MESSAGE, lambda _: None, "", frozenset())
"""Stands for a part that has no value in this direction."""

NEVER = constant(Kind.BOOL, False, "", frozenset())
"""Stands for a condition about a part that has no value in this direction."""


def meet(one: Payloads, other: Payloads) -> Payloads:
    """The payloads with which both can hold."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def either(one: Payloads, other: Payloads) -> Payloads:
    """The payloads with which at least one can hold."""
    return None if one is None or other is None else one | other
