"""Streams, such as market data: what comes by itself, and again and again. Of these the values do not count.

A payload is a stream where more than `FEW` of it answered nothing in the recording, and more of it than the client has
asked for anything. What is compared are the fields that its messages have, and how many come in a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from google.protobuf.descriptor import FieldDescriptor

from paperknife.replay.findings import Kind
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction
from paperknife_decoders.reflection import list_fields
from paperknife_decoders.unknown import unknown_fields
from paperknife_decoders.values import Dynamic

__all__ = ["FEW", "Key", "StreamFault", "Streams", "chosen_streams", "streams_in"]

FEW = 10
ANSWERS = 20
"""Answers to one request beyond which the next ones count as unasked: they are what it subscribed to."""
FASTER = 2.0
"""Rates that differ by no more than this factor are the same."""
LEAST = 20
"""Messages from which on a rate says anything."""
LEAST_SECONDS = 1.0
SURE = 3
"""Messages from which on a stream says which fields it has, and that there is one at all."""
SHARE = 0.5
"""A field counts where so many of the messages have it."""
DEEPEST = 4
MOST_FIELDS = 1000

type Key = tuple[Direction, str]
"""A direction and a payload."""


def streams_in(unasked: Mapping[Key, int], requests: int) -> frozenset[Key]:
    """The streams of the server, given how many of each payload answered nothing, and how many requests there were."""
    return frozenset(key for key, count in unasked.items() if key[0] is Direction.SERVER and count > max(FEW, requests))


def chosen_streams(named: frozenset[str] | None, *by_rule: frozenset[Key]) -> frozenset[Key]:
    """The streams that the user has named, of either side; else those that are one by the rule somewhere."""
    if named is None:
        return frozenset().union(*by_rule)
    return frozenset((side, name) for name in named for side in Direction)


@dataclass(slots=True)
class Tally:
    """What one side has seen of a stream."""

    count: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    last: bytes = b""
    again: int = 0
    """Messages that were the very bytes of the one before."""


@dataclass(frozen=True, slots=True)
class StreamFault:
    """What is not the same about a stream: `text` as a sentence, or the path of a field."""

    kind: Kind
    key: Key
    text: str = ""
    path: str = ""


@dataclass(slots=True)
class Side:
    """All streams of one side, and the time that it took."""

    tallies: dict[Key, Tally] = field(default_factory=dict)
    first_ns: int | None = None
    last_ns: int = 0

    def clock(self, time_ns: int) -> None:
        """Something happened, whatever it was."""
        self.first_ns = time_ns if self.first_ns is None else self.first_ns
        self.last_ns = max(self.last_ns, time_ns)

    @property
    def seconds(self) -> float:
        """From the first to the last that happened."""
        return 0.0 if self.first_ns is None else (self.last_ns - self.first_ns) / 1e9

    def add(self, key: Key, envelope: Envelope) -> None:
        """One more message of a stream."""
        tally = self.tallies.get(key)
        if tally is None:
            tally = self.tallies[key] = Tally()
        tally.count += 1
        tally.again += bool(envelope.data) and envelope.data == tally.last
        tally.last = envelope.data
        if envelope.message is not None:
            tally.fields.update(set(paths_in(envelope.message, "", 0)))
            if len(tally.fields) > MOST_FIELDS:
                tally.fields = Counter(dict(tally.fields.most_common(MOST_FIELDS // 2)))


class Streams:
    """The streams of both sides."""

    def __init__(self, keys: frozenset[Key]) -> None:
        self.keys = keys
        self.expected = Side()
        self.found = Side()

    def faults(self, *, with_rates: bool) -> Iterator[StreamFault]:
        """What is not the same, now that all is over."""
        for key in sorted(self.keys, key=lambda each: each[1]):
            ours = self.expected.tallies.get(key, Tally())
            theirs = self.found.tallies.get(key, Tally())
            if ours.count >= SURE and not theirs.count:
                yield StreamFault(Kind.MISSING, key, f"none of {ours.count:,} came")
                continue
            if theirs.count >= SURE and not ours.count:
                yield StreamFault(Kind.EXTRA, key, f"{theirs.count:,} came, and none was recorded")
                continue
            yield from unlike_fields(key, ours, theirs)
            if theirs.again and not ours.again:
                yield StreamFault(Kind.DOUBLED, key, f"{theirs.again:,} came twice in a row, byte for byte")
            if with_rates:
                yield from self.unlike_rates(key, ours.count, theirs.count)

    def unlike_rates(self, key: Key, ours: int, theirs: int) -> Iterator[StreamFault]:
        """Whether it is faster or slower."""
        spans = self.expected.seconds, self.found.seconds
        if max(ours, theirs) < LEAST or min(spans) < LEAST_SECONDS:
            return
        before, now = ours / spans[0], theirs / spans[1]
        if not before / FASTER <= now <= before * FASTER:
            yield StreamFault(Kind.RATE, key, f"{now:,.3g} a second came, {before:,.3g} a second were recorded")


def unlike_fields(key: Key, ours: Tally, theirs: Tally) -> Iterator[StreamFault]:
    """Fields that many messages of one side have, and none of the other."""
    if min(ours.count, theirs.count) < SURE:
        return
    for kind, one, other in ((Kind.MISSING, ours, theirs), (Kind.EXTRA, theirs, ours)):
        for path, count in sorted(one.fields.items()):
            above = path.rpartition(".")[0]
            if count >= max(SURE, one.count * SHARE) and path not in other.fields:
                if above in one.fields and above not in other.fields:
                    continue  # told by what it lies in
                share = "all" if count == one.count else f"{count:,} of {one.count:,}"
                words = (
                    f"{share} recorded had it, none has it now"
                    if kind is Kind.MISSING
                    else f"{share} have it, none recorded had it"
                )
                yield StreamFault(kind, key, words, path)


def paths_in(message: Dynamic, above: str, depth: int) -> Iterator[str]:
    """The paths of the fields that are set, those of a list's first item, and the numbers of unknown ones."""
    for each, value in list_fields(message):
        path = f"{above}{each.name}"
        yield path
        if depth < DEEPEST and has_fields(each):
            yield from paths_in(value[0] if each.is_repeated else value, f"{path}.", depth + 1)
    for unknown in unknown_fields(message):
        yield f"{above}{unknown.field_number}"


@lru_cache(maxsize=4096)
def has_fields(field: FieldDescriptor) -> bool:
    """True for a field whose values are messages of their own, and no map."""
    kind = field.message_type
    return kind is not None and not kind.GetOptions().map_entry
