"""What the schema lacks, said once for each field and each value of an enum."""

from __future__ import annotations

from collections.abc import Iterator

from paperknife_decoders.message import Direction, Message
from paperknife_decoders.oddities.search import Oddity, OddityKind

__all__ = ["Novelties"]

MOST = 50
"""So many are told: with the wrong schema, or a hostile peer, there is no end of them."""

HINT = "`paperknife schema drift` writes the lines to add, from a recording."
ENOUGH = "There is more that the schema lacks; no more of it is told here."


class Novelties:
    """Remembers what was told."""

    def __init__(self) -> None:
        self._told: set[tuple[Direction, Oddity]] = set()

    def sentences(self, message: Message) -> Iterator[str]:
        """What is to be told of a message: nothing for nearly all of them."""
        for envelope, found in zip(message.envelopes, message.oddities, strict=True):
            for oddity in found:
                key = message.direction, oddity
                if key in self._told or len(self._told) > MOST or oddity.kind not in WORDS:
                    continue
                self._told.add(key)
                if len(self._told) > MOST:
                    yield ENOUGH
                    return
                where = ".".join(oddity.path) or (envelope.type.descriptor.name if envelope.type else "the envelope")
                told = WORDS[oddity.kind].format(direction=message.direction.value, number=oddity.number, where=where)
                yield told
                if len(self._told) == 1:
                    yield HINT


WORDS = {
    OddityKind.UNKNOWN_FIELD: "The {direction} sends field {number} in {where}, which the schema lacks.",
    OddityKind.UNKNOWN_ENUM_VALUE: "The {direction} sends {number} as {where}, which the schema has no name for.",
}
