"""What a changed message was before, as its sender sent it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from paperknife.live.line import Shown
from paperknife_decoders.difference import What, differences
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.printable import printable
from paperknife_decoders.volatile import EXACT

__all__ = ["change_lines", "original_of"]

MOST_CHANGES = 50
"""Fields of one envelope that are listed."""


def original_of(shown: Shown) -> Envelope | None:
    """What an envelope was before; None where nothing was changed, and where it cannot be told which one it was.

    Where a message holds more or fewer envelopes than before, it is one with the same bytes.
    """
    message = shown.message
    if message.original is None:
        return None
    before = message.reader.read(message.direction, message.opcode, message.original, message.before)
    if len(before) == shown.of:
        return before[shown.position]
    return next((each for each in before if each.data == shown.envelope.data), None)


def change_lines(shown: Shown) -> Iterator[str]:
    """``order.quantity: 250 -> 100`` for each field that was changed, without secrets."""
    before = original_of(shown)
    if before is None:
        return
    exact = replace(EXACT, secrets=shown.secrets)
    for each in differences(before, shown.envelope, exact, MOST_CHANGES):
        old = each.expected if each.what is not What.EXTRA else ""
        yield printable(f"{each.path or 'message'}: {old or 'nothing'} -> {each.found or 'nothing'}")
