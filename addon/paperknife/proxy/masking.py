"""What passes as the audience may see it: secrets are taken out before anybody is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from paperknife.traffic import Batch, Piece
from paperknife_decoders.message import Message
from paperknife_decoders.redaction import KnownSecrets, Mode, Redacted, Redactor

__all__ = ["Masking"]


class Masking:
    """Masks what the audience is told of, by one set of known secrets for the whole run.

    It learns on the event loop, from everything that passes and in its order, whoever else leaves out what.
    """

    def __init__(self, warn: Callable[[str], None]) -> None:
        self.known = KnownSecrets()
        self.redactor = Redactor(self.known, warn=warn)

    def use(self, mode: Mode) -> None:
        """Mask by these rules from now on."""
        self.redactor.mode = mode

    def batch(self, batch: Batch) -> Batch:
        """The batch without its secrets; itself where it has none."""
        redacted = self.redactor.redact(batch.reader, batch.direction, batch.opcodes, batch.contents)
        if redacted is None:
            return batch
        if len(batch) == 1 and batch[0].original is not None:
            return Batch.of(self.message(batch[0], redacted))
        return Batch(
            batch.connection,
            batch.direction,
            batch.time_ns,
            batch.opcodes,
            redacted.contents,
            batch.reader,
            batch.fate,
            redacted.masked,
        )

    def message(self, message: Message, redacted: Redacted) -> Message:
        """A changed message without its secrets, and its original without them too."""
        original = message.original
        if original is not None:
            alone = self.redactor.redact_one(message.reader, message.direction, message.opcode, original)
            original = original if alone is None else alone[0]
        return Message(
            message.connection,
            message.direction,
            message.time_ns,
            message.opcode,
            redacted.contents[0],
            message.reader,
            message.fate,
            original,
            redacted.masked.get(0, ()),
        )

    def piece(self, piece: Piece) -> Piece:
        """A part of a message beyond the limit, without what is known as a secret."""
        data = self.redactor.redact_piece(piece.data)
        return piece if data == piece.data else replace(piece, data=data)

    def text(self, text: str) -> str:
        """A sentence, or what a peer gave as its reason, without what is known as a secret."""
        return text if self.redactor.mode == "off" else self.known.mask_text(text)
