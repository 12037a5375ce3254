"""Items without the secrets in them, for recordings that were made with secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.piece_masking import PieceMasking
from paperknife.traffic import Connection, Handshake, Piece
from paperknife_decoders.message import Fate, Message
from paperknife_decoders.redaction import HandshakeMask, Redactor
from paperknife_decoders.rest import LOST, Rest
from paperknife_decoders.secret_text import mask_text
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.trail import Trail

__all__ = ["before_and_after", "redacted"]


def redacted(items: Iterable[Item], redactor: Redactor, secrets: Secrets | None = None) -> Iterator[Item]:
    """The items in their order, with secrets masked in equal length: those of named fields, and what was one before.

    `secrets` are those to mask in handshakes and in what nothing decodes. Pieces of a large message may come back cut
    elsewhere.
    """
    return (after for _, after in before_and_after(items, redactor, secrets or Secrets()))


def before_and_after(items: Iterable[Item], redactor: Redactor, secrets: Secrets) -> Iterator[tuple[Item, Item]]:
    """Each item as it was and as it is without secrets."""
    masking = Masking(redactor, secrets)
    for item in items:
        match item:
            case Message():
                yield item, masking.message(item)
            case Piece():
                yield from masking.pieces.add(item)
            case Opened():
                yield item, masking.opened(item)
            case Closed():
                yield from masking.pieces.end(item.connection.number)
                yield item, masking.closed(item)
            case Noticed():
                yield item, replace(item, text=redactor.known.mask_text(item.text))
    for number in masking.pieces.connections:
        yield from masking.pieces.end(number)


class Masking:
    """Masks items one by one; what it masks is known as a secret in all that comes later."""

    def __init__(self, redactor: Redactor, secrets: Secrets) -> None:
        self.redactor = redactor
        self.secrets = secrets
        self.handshakes = HandshakeMask(redactor.known, secrets)
        self.connections: dict[int, Connection] = {}
        self.pieces = PieceMasking(redactor, secrets)
        self.trails: dict[int, Trail] = {}

    def message(self, message: Message) -> Message:
        """A message without its secrets; itself where it has none."""
        reader, direction, opcode, original = message.reader, message.direction, message.opcode, message.original
        if original is not None:
            found = self.redactor.redact_one(reader, direction, opcode, original, message.before)
            original = found[0] if found else original
        found = self.redactor.redact_one(reader, direction, opcode, message.content, message.before)
        content, masked = found or (message.content, ())
        before = self.before(message, content)
        if found is None and original is message.original and before is message.before:
            return message
        return Message(
            message.connection,
            direction,
            message.time_ns,
            opcode,
            content,
            reader,
            message.fate,
            original,
            tuple(sorted({*message.masked, *masked})),
            before,
            message.hits,
        )

    def before(self, message: Message, content: bytes) -> Rest:
        """What came before a message when secrets are masked in that too; `content` is what it is itself then."""
        reader, direction = message.reader, message.direction
        if not reader.gathers(direction):
            return message.before
        trail = self.trails.get(message.connection)
        if trail is None:
            trail = self.trails[message.connection] = Trail(LOST)
        trail.keep_to(direction, message.before)
        return trail.follow_one(reader, direction, message.opcode, content, passes=message.fate is not Fate.DROPPED)

    def opened(self, item: Opened) -> Opened:
        """A handshake without its secrets."""
        masked = self.connections[item.connection.number] = self.connection(item.connection)
        return replace(item, connection=masked)

    def connection(self, connection: Connection) -> Connection:
        """A connection without secrets in what is known of it."""
        mask, handshake = self.handshakes, connection.handshake
        return replace(
            connection,
            url=mask.url(connection.url),
            subprotocol=mask.subprotocols(connection.subprotocol),
            handshake=Handshake(mask.headers(handshake.request), mask.headers(handshake.response)),
        )

    def closed(self, item: Closed) -> Closed:
        """The end of a connection, without secrets in a peer's reason."""
        reason = self.redactor.known.mask_text(mask_text(item.close.reason, self.secrets))
        self.trails.pop(item.connection.number, None)
        connection = self.connections.pop(item.connection.number, None) or self.connection(item.connection)
        return Closed(connection, replace(item.close, reason=reason))
