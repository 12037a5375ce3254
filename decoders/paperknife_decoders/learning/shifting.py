"""Times moved by a span, so that a recorded message looks as if it were said now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.moments import FIRST, LAST, UNITS
from paperknife_decoders.path_patterns import Patterns, State
from paperknife_decoders.sites import Shape, Site, Sites, content_field, items_of
from paperknife_decoders.splice import Set
from paperknife_decoders.values import FIRST_SECOND, LAST_SECOND, NANOS_PER_SECOND, Dynamic, is_timestamp

__all__ = ["shifted"]

DEEPEST = 100

NUMBERS = {
    FieldDescriptor.CPPTYPE_INT32: (-(1 << 31), 1 << 31),
    FieldDescriptor.CPPTYPE_UINT32: (0, 1 << 32),
    FieldDescriptor.CPPTYPE_INT64: (-(1 << 63), 1 << 63),
    FieldDescriptor.CPPTYPE_UINT64: (0, 1 << 64),
    FieldDescriptor.CPPTYPE_DOUBLE: (-float("inf"), float("inf")),
}
"""The kinds of numbers that can be times, and what they can hold."""

type Where = Site[State, bool]

NO_TIMES: frozenset[str] = frozenset()


class Choosing:
    """Says which fields are times: Timestamps, True for them, and declared numbers."""

    def __init__(self, times: frozenset[str]) -> None:
        self.patterns = Patterns(times)
        self.start = self.patterns.start

    def choose(self, state: State, field: FieldDescriptor) -> tuple[State, bool | None]:
        """Whether a field that lies somewhere is a time."""
        below, is_declared = self.patterns.step(state, field.name)
        content = content_field(field)
        if content.message_type is not None:
            return below, True if is_timestamp(content.message_type) else None
        return below, False if is_declared and content.cpp_type in NUMBERS and content.enum_type is None else None

    def may_choose(self, field: FieldDescriptor) -> bool:
        """False for a field that is no time wherever it lies."""
        kind = content_field(field).message_type
        return is_timestamp(kind) if kind is not None else self.patterns.may_mean(field.name)


@lru_cache(maxsize=64)
def sites_for(kind: EnvelopeType, times: frozenset[str]) -> Sites[State, bool]:
    """Where the times in envelopes of a type are."""
    return Sites(Choosing(times))


def shifted(envelope: Envelope, delta_ns: int, times: frozenset[str] = NO_TIMES) -> tuple[Set, ...]:
    """The changes that move the times in an envelope by so many nanoseconds; never raises.

    These are its Timestamps at any depth, and numbers at the paths of `times` (`paperknife_decoders.path_patterns`): in
    seconds, milli-, micro- or nanoseconds since 1970, which of them their size tells. What is zero or unset stays, and
    so does what would be no time any more. The contents of an Any are left as they are.
    """
    if envelope.type is None or envelope.message is None or not delta_ns:
        return ()
    sites = sites_for(envelope.type, times).of_envelope(envelope)
    return tuple(changes(envelope.message, sites, delta_ns, "", 0)) if sites else ()


def changes(message: Dynamic, sites: list[Where], delta_ns: int, path: str, depth: int) -> list[Set]:
    """The changes in a message at `path`."""
    found: list[Set] = []
    for site in sites if depth < DEEPEST else ():
        if site.is_set is not None and not site.is_set(message):
            continue
        value = site.get(message)
        if site.shape is Shape.ONE:
            found += changes_at(site, value, delta_ns, f"{path}{site.name}", depth)
        elif value:
            for at, item in items_of(site.shape, value):
                found += changes_at(site, item, delta_ns, f"{path}{site.name}{at}", depth)
    return found


def changes_at(site: Where, value: Dynamic, delta_ns: int, path: str, depth: int) -> Sequence[Set]:
    """The changes in one value of a field."""
    if site.what is None:
        return changes(value, site.inside, delta_ns, f"{path}.", depth + 1)
    moved = moved_timestamp(value, delta_ns) if site.what else moved_number(value, delta_ns, site)
    return () if moved is None else (Set(path, moved),)


def moved_timestamp(time: Dynamic, delta_ns: int) -> int | None:
    """A Timestamp some time later, in nanoseconds since 1970; None where it stays."""
    seconds, nanos = time.seconds, time.nanos
    if not (seconds or nanos) or not 0 <= nanos < NANOS_PER_SECOND or not FIRST_SECOND <= seconds <= LAST_SECOND:
        return None
    moved: int = seconds * NANOS_PER_SECOND + nanos + delta_ns
    return moved if FIRST_SECOND <= moved // NANOS_PER_SECOND <= LAST_SECOND else None


def moved_number(value: Dynamic, delta_ns: int, site: Where) -> int | float | None:
    """A number some time later, in its own unit; None where it is no time."""
    first, behind = NUMBERS[content_field(site.field).cpp_type]
    for unit in UNITS:
        if FIRST * unit <= value < LAST * unit:
            if isinstance(value, float):
                return value + delta_ns * unit / NANOS_PER_SECOND
            moved: int = value + delta_ns * unit // NANOS_PER_SECOND
            return moved if first <= moved < behind else None
    return None
