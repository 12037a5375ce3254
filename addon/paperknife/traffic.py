"""What the proxy hands on, and the one way to receive it.

A connection is announced, then its messages in batches, then its end. All calls come from the proxy's event loop, in
the order in which things happened, and a batch comes before its bytes are passed on: a consumer returns quickly and
never blocks. It takes from a batch what it needs (raw contents, payload names, decoded messages), and that alone is
made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, overload, runtime_checkable

from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.overlay import Accord
from paperknife_decoders.reader import Reader
from paperknife_decoders.rest import Rest
from paperknife_decoders.trail import Trail

__all__ = ["ABNORMAL", "NO_STATUS", "Batch", "Close", "Connection", "Consumer", "Handshake", "Piece", "PieceConsumer"]


@dataclass(frozen=True, slots=True)
class Handshake:
    """The upgrade of a connection (RFC 6455, section 4): headers in their order, as name and value, secrets masked."""

    request: tuple[tuple[str, str], ...] = ()
    response: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Connection:
    """One WebSocket connection, from its handshake on.

    `number` counts from 1 in this run. `url` is what the client asked of the server, with secrets in its query masked.
    `client` is the peer's address as ``host:port``. `read` is False for a connection that no protocol matches: it
    passes and none of its messages are handed on. `time_ns` is nanoseconds since the epoch.
    """

    number: int
    url: str
    client: str
    time_ns: int
    subprotocol: str = ""
    read: bool = True
    handshake: Handshake = Handshake()


ABNORMAL = 1006
"""The close code for an end without a close frame (RFC 6455, section 7.4.1)."""

NO_STATUS = 1005
"""The close code for a close frame without one (the same section)."""


@dataclass(frozen=True, slots=True)
class Close:
    """How a connection ended: the close code and reason (RFC 6455, section 7.4), and who began it, where known.

    1005 stands for a close frame without a code, 1006 (`ABNORMAL`) for an end without a close frame; a reason is then
    our own word for what ended it.
    """

    code: int
    reason: str
    by: Direction | None
    time_ns: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a message that is beyond the limit, as it passes: such a message is not decoded.

    `offset` counts the bytes of the message, inflated, before `data`; the `last` piece has no data, so that its offset
    is the size of the message. `opcode` is that of the whole message. `time_ns` is nanoseconds since the epoch.
    """

    connection: int
    direction: Direction
    time_ns: int
    opcode: Opcode
    data: bytes
    offset: int
    last: bool


NOTHING_MASKED: Mapping[int, Sequence[tuple[int, int]]] = MappingProxyType({})


class Batch(Sequence[Message]):
    """Messages that arrived together: of one connection, in one direction, at one time, in order.

    `contents` and `opcodes` go together; `time_ns` is nanoseconds since the epoch. What a batch is asked for is made
    once, and what it is not asked for is never made: `payloads` are the names alone, `accord` is what holds of all
    messages, as a sequence it is of whole messages. `masked` holds, by its place in the batch, the parts of each
    message that stand in place of a secret. `before` is what earlier messages left for each one,
    where its protocol has parts that go on in the next message; else there is nothing in it. `hits` are those of each
    of its messages.
    """

    __slots__ = (
        "_accord",
        "_heads",
        "_messages",
        "_payloads",
        "before",
        "connection",
        "contents",
        "direction",
        "fate",
        "hits",
        "masked",
        "opcodes",
        "reader",
        "time_ns",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - a plain record; every field is always known together
        self,
        connection: int,
        direction: Direction,
        time_ns: int,
        opcodes: Sequence[Opcode],
        contents: Sequence[bytes],
        reader: Reader,
        fate: Fate = Fate.PASSED,
        masked: Mapping[int, Sequence[tuple[int, int]]] = NOTHING_MASKED,
    ) -> None:
        self.connection = connection
        self.direction = direction
        self.time_ns = time_ns
        self.opcodes = opcodes
        self.contents = contents
        self.reader = reader
        self.fate = fate
        self.masked = masked
        self.before: Sequence[Rest] = ()
        self.hits: Sequence[str] = ()
        self._messages: list[Message] | None = None
        self._payloads: list[str] | None = None
        self._heads: list[str] | None = None
        self._accord: Accord | None = None

    @classmethod
    def of(cls, message: Message) -> Batch:
        """A batch of this one message."""
        batch = cls(
            message.connection,
            message.direction,
            message.time_ns,
            (message.opcode,),
            (message.content,),
            message.reader,
            message.fate,
            {0: message.masked} if message.masked else NOTHING_MASKED,
        )
        batch._messages = [message]
        batch.hits = message.hits
        return batch

    @classmethod
    def of_all(cls, messages: list[Message]) -> Batch:
        """A batch of these messages, all with the same fate and the same `hits`; its time is that of the first."""
        first = messages[0]
        batch = cls(
            first.connection,
            first.direction,
            first.time_ns,
            [message.opcode for message in messages],
            [message.content for message in messages],
            first.reader,
            first.fate,
            {place: message.masked for place, message in enumerate(messages) if message.masked},
        )
        batch._messages = messages
        batch.hits = first.hits
        return batch

    def follow(self, trail: Trail) -> None:
        """Learn what earlier messages left for these, and tell the trail what these leave for later ones."""
        passes = self.fate is not Fate.DROPPED
        self.before = trail.follow(self.reader, self.direction, self.opcodes, self.contents, passes=passes)
        if self.before and self._messages is not None:
            self.hand_on_before(self._messages)

    def hand_on_before(self, messages: Sequence[Message]) -> None:
        """Give each message what came before it."""
        for message, before in zip(messages, self.before, strict=True):
            message.before = before

    @property
    def size(self) -> int:
        """Bytes of all contents."""
        return sum(map(len, self.contents))

    @property
    def accord(self) -> Accord:
        """What holds of each of the messages, found for all of them at once; nothing, where they are few."""
        if self._accord is None:
            self._accord = self.reader.accord(self.direction, self.opcodes, self.contents)
        return self._accord

    @property
    def heads(self) -> list[str] | None:
        """For each message the payload that fills the whole of it, empty where there is more or else.

        None where not all of them are bare envelopes of a known type.
        """
        if self._heads is None:
            if self.reader.accords and self.accord.member:  # it will be asked for, and has the names of a feed
                self._heads = [self.accord.member] * len(self.contents)
            else:
                self._heads = self.reader.heads(self.direction, self.opcodes, self.contents)
        return self._heads

    @property
    def payloads(self) -> list[str]:
        """For each message the name of its payload; empty for control frames and for what is not decoded."""
        if self._payloads is None:
            self._payloads = self.reader.payloads(self.direction, self.opcodes, self.contents, self._heads, self.before)
        return self._payloads

    @property
    def has_messages(self) -> bool:
        """True if the messages were made one by one already, as those of a batch of one that was changed."""
        return self._messages is not None

    @property
    def messages(self) -> list[Message]:
        """The messages one by one."""
        if self._messages is None:
            number, direction, time_ns, reader, fate = (
                self.connection,
                self.direction,
                self.time_ns,
                self.reader,
                self.fate,
            )
            self._messages = [
                Message(number, direction, time_ns, Opcode(opcode), content, reader, fate)
                for opcode, content in zip(self.opcodes, self.contents, strict=True)
            ]
            for place, spans in self.masked.items():
                self._messages[place].masked = spans
            if self.before:
                self.hand_on_before(self._messages)
        return self._messages

    def __len__(self) -> int:
        return len(self.contents)

    @overload
    def __getitem__(self, index: int) -> Message: ...

    @overload
    def __getitem__(self, index: slice) -> list[Message]: ...

    def __getitem__(self, index: int | slice) -> Message | list[Message]:
        return self.messages[index]

    def __iter__(self) -> Iterator[Message]:
        return iter(self.messages)


class Consumer(Protocol):
    """Receives traffic: the live view, the tally, and whoever comes after them."""

    def opened(self, connection: Connection) -> None:
        """A connection was upgraded to WebSocket."""

    def messages(self, batch: Batch) -> None:
        """Messages and control frames, in order; before they are passed on."""

    def closed(self, connection: Connection, close: Close) -> None:
        """The connection ended; no message of it follows."""

    def notice(self, text: str, *, warning: bool = False) -> None:
        """Something the user should know, in one sentence: a schema was loaded, a limit was reached."""


@runtime_checkable
class PieceConsumer(Consumer, Protocol):
    """A consumer that is told of messages beyond the limit too. All others never hear of them."""

    def piece(self, piece: Piece) -> None:
        """The next part of such a message; before it is passed on. Control frames may come between two pieces."""
