"""What is really sent for a recorded message of the client: live ids, secrets and times in it, all else as recorded."""

from __future__ import annotations

from dataclasses import dataclass

from paperknife.replay.blanks import Fillings, masked_fields
from paperknife_decoders.learning import Learned, shifted
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.splice import Change, SpliceError, edited

__all__ = ["Speech"]


@dataclass(slots=True)
class Speech:
    """Makes contents. `shift_ns` moves the times in messages; `fault` says why one was sent as recorded, if one was."""

    learned: Learned
    fillings: Fillings
    shift_ns: int = 0
    fault: str = ""

    def content(self, message: Message) -> bytes:
        """The content to be sent; never raises."""
        fills = self.fillings.changes(masked_fields(message))
        content = message.content
        for place, envelope in enumerate(message.envelopes):
            learned = self.learned.rewrite(envelope, Direction.CLIENT)
            known = {change.path for change in learned}  # a token that was masked is learned, and not asked for
            changes: list[Change] = [*learned, *(each for each in fills.get(place, ()) if each.path not in known)]
            if self.shift_ns:
                changes += shifted(envelope, self.shift_ns)
            if changes:
                content = self._edited(message, content, place, changes)
        return content

    def _edited(self, message: Message, content: bytes, place: int, changes: list[Change]) -> bytes:
        try:
            return edited(message.reader, Direction.CLIENT, message.opcode, content, place, changes, message.before)
        except SpliceError as error:
            self.fault = f"A message was sent as recorded, with no values of this connection in it: {error}."
            return content
