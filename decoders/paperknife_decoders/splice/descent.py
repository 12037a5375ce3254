"""The way down a path, as far as a message has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paperknife_decoders.splice.entries import entries_of
from paperknife_decoders.splice.errors import NoElement
from paperknife_decoders.splice.hops import Hop
from paperknife_decoders.splice.scanning import Span, live, records_in
from paperknife_decoders.wire.walker import Field

__all__ = ["Place", "at_index", "descend"]


@dataclass(slots=True)
class Place:
    """Where a path ends in a message, or where the message ends on the path.

    `parents` are, from the outermost inwards, the records that make up the message at each hop; `spans` is where the
    innermost message lies in them. `hop`, one of `hops`, was reached last; `found` are the message's records of its
    field and of the field's rivals, and `records` those of its field that count.
    """

    hops: Sequence[Hop]
    hop: Hop
    parents: list[list[Field]]
    spans: list[Span]
    found: list[Field]
    records: list[Field]

    @property
    def is_reached(self) -> bool:
        """True if the message has all parents of what the path leads to."""
        return self.hop is self.hops[-1]


def descend(data: bytes, hops: Sequence[Hop]) -> Place:
    """Follow `hops` into a message. Raises `DecodeError` for what cannot be read on the way, `NoElement` for one
    that a list on the way does not have.
    """
    parents: list[list[Field]] = []
    spans: list[Span] = [(0, len(data))]
    last = hops[-1]
    for hop in hops:
        found = records_in(data, spans, hop.form.tags)
        records = live(found, hop.form)
        if hop is last:
            break
        if hop.key is not None:
            records = entries_of(data, records, hop)[-1:]
        elif hop.index is not None:
            records = [records[at_index(hop, hop.index, len(records))]]
        if not records:
            break
        parents.append(records)
        spans = [(record.content, record.content_end) for record in records]
    return Place(hops, hop, parents, spans, found, records)


def at_index(hop: Hop, index: int, count: int) -> int:
    """The position in a list of `count` elements. Raises `NoElement` where it has none there."""
    if -count <= index < count:
        return index % count
    has = "no elements" if not count else "1 element" if count == 1 else f"{count:,} elements"
    raise NoElement(f"{hop.text} is not in this message, its list has {has}")
