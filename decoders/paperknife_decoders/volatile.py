"""Which fields do not count when two messages are compared, as they differ from one run to the next.

====================  ==============================================================================================
what                  how it is known
====================  ==============================================================================================
times                 google.protobuf.Timestamp; numbers and texts that are called like times (`time`, `sent_at`,
                      `recv_ns`, ...), as long as the value is a point in time too
ids                   names of `IDS`, and both fields of declared pairs; `id` in the envelope itself
places in a stream    names of `SEQUENCES`. Where a stream was joined says nothing of what a message says; that a number
                      is missing is seen between messages, by whoever compares whole streams
secrets               they are masked in recordings, and the user's own are others anyway
declared fields       `volatile` in a definition; what the user ignores
====================  ==============================================================================================

Of a field that is declared or ignored nothing counts, not even whether it is there. Of all others the value does not
count, but it does count whether a field with presence is there, which member of a `oneof` it is, and whether a text is
empty; a number that has no presence may be zero like any other.

Enums, bools, quantities, prices and what a message is about (symbols, accounts) are never volatile by their names.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction
from paperknife_decoders.pairing import ID_NAMES, snake
from paperknife_decoders.path_patterns import Patterns, State
from paperknife_decoders.secrets import NO_SECRETS, Secrets
from paperknife_decoders.sites import content_field
from paperknife_decoders.values import is_timestamp, stands_for

if TYPE_CHECKING:
    from paperknife_decoders.protocol import Protocol

__all__ = ["EXACT", "IDS", "SEQUENCES", "At", "Mark", "Volatile", "mark_of_name", "names_time", "volatile_of"]

IDS = frozenset(
    {
        *ID_NAMES,
        "connectionid",
        "connid",
        "correlationtoken",
        "dealid",
        "exchangeorderid",
        "execid",
        "executionid",
        "fillid",
        "guid",
        "matchid",
        "nonce",
        "orderid",
        "origclordid",
        "origorderid",
        "parentorderid",
        "quoteid",
        "salt",
        "session",
        "sessionid",
        "sessiontoken",
        "spanid",
        "ticketid",
        "token",
        "tradeid",
        "traceid",
        "transactionid",
        "uid",
        "uuid",
        "venueorderid",
    }
)
"""Names of ids that are given out anew in each run: in lower case, without underscores."""

SEQUENCES = frozenset(
    {
        "firstsequence",
        "lastsequence",
        "msgseqnum",
        "nextsequence",
        "offset",
        "prevsequence",
        "seq",
        "seqid",
        "seqno",
        "seqnum",
        "sequence",
        "sequenceid",
        "sequenceno",
        "sequencenumber",
    }
)
"""Names of numbers that say where in a stream a message stands."""

LABELS = "tags"
"""A tag is an id that a client gives to a request; several of them say what something is."""

TIMES = frozenset({"time", "timestamp", "ts", "datetime", "times", "timestamps"})
TIME_ENDINGS = (
    "_times",
    "_timestamps",
    "_time",
    "_timestamp",
    "_ts",
    "_at",
    "_ns",
    "_us",
    "_ms",
    "_nanos",
    "_micros",
    "_millis",
)
"""Of names in snake case."""

NEVER = (FieldDescriptor.CPPTYPE_BOOL, FieldDescriptor.CPPTYPE_ENUM)
FLOATS = (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT)
TEXTS = (FieldDescriptor.CPPTYPE_STRING,)

type Path = tuple[str, ...]

ELSEWHERE: Path = ("",)
"""No declared path leads to it; those are looked for apart."""


class Mark(enum.Enum):
    """What of a field does not count."""

    IGNORED = "ignored"
    """Nothing of it counts, not even whether it is there."""
    VALUE = "value"
    """Its value does not count."""
    TIME = "time"
    """Its value does not count if it is a point in time."""


class At(NamedTuple):
    """Where a field lies: how far its path has come in the patterns, and its names as far as these are declared."""

    state: State
    path: Path | None = ()


@dataclass(frozen=True, slots=True)
class Volatile:
    """Which fields do not count.

    `ignored` are patterns (`paperknife_decoders.path_patterns`). `ids` are full names of envelope types with paths from
    there. `secrets` are masked in all that is said of differences. Without `by_name` nothing is volatile for its name
    or type.
    """

    ignored: Patterns = field(default_factory=Patterns)
    ids: frozenset[tuple[str, str]] = frozenset()
    secrets: Secrets = field(default_factory=Secrets)
    by_name: bool = True
    forms: dict[ref[EnvelopeType], object] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What is prepared for each type, for as long as it lives (`paperknife_decoders.difference.normal`)."""

    @property
    def start(self) -> At:
        """Where an envelope lies."""
        return At(self.ignored.start)

    def leading(self, type_name: str) -> frozenset[Path]:
        """The declared paths of ids and secrets in the envelopes of a type, and all that they begin with."""
        paths = [*(path for name, path in self.ids if name == type_name), *self.secrets.paths]
        return frozenset(tuple(path.split(".")[:size]) for path in paths for size in range(1, path.count(".") + 2))

    def declares(self, type_name: str, path: Path) -> bool:
        """True if there is a declared id or secret at this path."""
        text = ".".join(path)
        return (type_name, text) in self.ids or text in self.secrets.paths

    def mark_of(self, field: FieldDescriptor, *, is_outermost: bool) -> Mark | None:
        """What its name and type say of a field."""
        if self.secrets.hides(field, ELSEWHERE):
            return Mark.VALUE
        if not self.by_name:
            return None
        content = content_field(field)
        kind = content.message_type
        if kind is not None:
            if is_timestamp(kind):
                return Mark.VALUE
            inner = stands_for(kind)
            if inner is None:
                return None
            content = inner
        return mark_by_name(field.name, content, is_outermost=is_outermost)


EXACT = Volatile(secrets=NO_SECRETS, by_name=False)
"""Everything counts."""


def volatile_of(protocol: Protocol, ignored: Iterable[str] = ()) -> Volatile:
    """What is volatile in the messages of a protocol, and what the user ignores besides."""
    sides = {side: kind.name for side in Direction if (kind := protocol.type_for(side)) is not None}
    ids = {(name, pair.path_of(side)) for pair in protocol.pairs for side, name in sides.items()}
    return Volatile(Patterns(protocol.volatile | frozenset(ignored)), frozenset(ids), protocol.secrets)


def mark_by_name(name: str, field: FieldDescriptor, *, is_outermost: bool) -> Mark | None:
    """What a name says of a value of the kind that `field` has."""
    if field.cpp_type in NEVER or field.message_type is not None:
        return None
    folded = name.replace("_", "").lower()
    if field.cpp_type not in FLOATS:
        if is_id(folded) or (is_outermost and folded == "id"):
            return Mark.VALUE
        if folded in SEQUENCES and field.cpp_type not in TEXTS:
            return Mark.VALUE
    return Mark.TIME if names_time(name) else None


def mark_of_name(name: str, value: object, *, is_outermost: bool) -> Mark | None:
    """What a name says of a value in JSON."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    folded = name.replace("_", "").replace("-", "").lower()
    if is_id(folded) or (is_outermost and folded == "id") or (folded in SEQUENCES and not isinstance(value, str)):
        return Mark.VALUE
    return Mark.TIME if names_time(name) else None


def is_id(folded: str) -> bool:
    """True for the name of an id that is given out anew in each run, or of several."""
    return folded in IDS or (folded.endswith("s") and folded[:-1] in IDS and folded != LABELS)


def names_time(name: str) -> bool:
    """True for a field that is called like a time."""
    words = snake(name)
    return words in TIMES or words.endswith(TIME_ENDINGS)
