"""What passes as the audience may see it: secrets are taken out before anybody is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from paperknife.recording.piece_masking import PieceMasking
from paperknife.settings.reading import Reading
from paperknife.traffic import Batch, Handshake, Piece
from paperknife_decoders.message import Direction, Fate, Message
from paperknife_decoders.printable import printable
from paperknife_decoders.reader import Reader
from paperknife_decoders.redaction import HandshakeMask, KnownSecrets, Redacted, Redactor
from paperknife_decoders.rest import NOTHING, Rest
from paperknife_decoders.secret_text import mask_text

__all__ = ["Masking"]

type Headers = Iterable[tuple[str, str]]


class Masking:
    """Masks what the audience is told of, by one set of known secrets for the whole run.

    It learns on the event loop, from everything that passes and in its order, whoever else leaves out what.
    """

    def __init__(self, reading: Reading, warn: Callable[[str], None]) -> None:
        self.known = KnownSecrets()
        self.redactor = Redactor(self.known, reading.redact, warn)
        self.pieces = PieceMasking(self.redactor, reading.secrets)
        self.use(reading)

    def use(self, reading: Reading) -> None:
        """Mask by these rules from now on."""
        self.redactor.mode = reading.redact
        self.secrets = self.pieces.secrets = reading.secrets
        self.handshakes = HandshakeMask(self.known, reading.secrets)

    @property
    def is_off(self) -> bool:
        """Nothing is masked: the user asked for it."""
        return self.redactor.mode == "off"

    # messages

    def batch(self, batch: Batch) -> Batch:
        """The batch without its secrets; itself where it has none."""
        redacted = self.redactor.redact(
            batch.reader, batch.direction, batch.opcodes, batch.contents, lambda: batch.heads, batch.before
        )
        if batch.fate is Fate.CHANGED or (batch.hits and redacted is not None):
            return self.one_by_one(batch, redacted)
        if redacted is None:
            return batch
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

    def one_by_one(self, batch: Batch, redacted: Redacted | None) -> Batch:
        """Messages that were changed, or in which rules had a part, without their secrets; so their originals."""
        came = [message.content if message.original is None else message.original for message in batch]
        before = Batch(batch.connection, batch.direction, batch.time_ns, batch.opcodes, came, batch.reader)
        originals = self.redactor.redact(
            batch.reader, batch.direction, batch.opcodes, came, lambda: before.heads, batch.before
        )
        if redacted is None and originals is None:
            return batch
        return Batch.of_all(
            [
                Message(
                    message.connection,
                    message.direction,
                    message.time_ns,
                    message.opcode,
                    message.content if redacted is None else redacted.contents[place],
                    message.reader,
                    message.fate,
                    None
                    if message.original is None
                    else (message.original if originals is None else originals.contents[place]),
                    () if redacted is None else redacted.masked.get(place, ()),
                    hits=message.hits,
                )
                for place, message in enumerate(batch)
            ]
        )

    def piece(self, piece: Piece) -> Iterator[Piece]:
        """A part of a message beyond the limit without its secrets; what may be the beginning of one waits."""
        return (after for _, after in self.pieces.add(piece))

    def forget(self, connection: int) -> Iterator[Piece]:
        """A connection ended: what waited of its messages."""
        return (after for _, after in self.pieces.end(connection))

    def content(
        self, reader: Reader, direction: Direction, opcode: int, content: bytes, before: Rest = NOTHING
    ) -> bytes:
        """One content without its secrets, for a view."""
        redacted = self.redactor.redact_one(reader, direction, opcode, content, before)
        return content if redacted is None else redacted[0]

    def learn(self, message: Message) -> None:
        """Know what is secret in a message that nobody is told of yet."""
        if not self.is_off:
            self.redactor.redact_one(message.reader, message.direction, message.opcode, message.content, message.before)

    # words

    def text(self, text: str) -> str:
        """A sentence of ours without what is known as a secret."""
        return text if self.is_off else self.known.mask_text(text)

    def peer_text(self, text: str) -> str:
        """What a peer gave as its reason, without what has a secret name or is known."""
        return text if self.is_off else self.known.mask_text(mask_text(text, self.secrets))

    def url(self, url: str) -> str:
        """A URL, safe to show."""
        return printable(url if self.is_off else self.handshakes.url(url))

    def subprotocol(self, name: str) -> str:
        """The subprotocol that was agreed on."""
        return name if self.is_off else self.handshakes.subprotocols(name)

    def handshake(self, request: Headers, response: Headers) -> Handshake:
        """The headers of both sides, without secrets. What the request holds is known when the response is masked."""
        if self.is_off:
            return Handshake(tuple(request), tuple(response))
        return Handshake(self.handshakes.headers(request), self.handshakes.headers(response))
