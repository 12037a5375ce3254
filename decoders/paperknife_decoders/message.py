"""The values that come in from a WebSocket: direction, opcode, message."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from paperknife_decoders.oddities.marks import oddities
from paperknife_decoders.rest import NOTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paperknife_decoders.envelope import Envelope
    from paperknife_decoders.oddities.search import Oddity
    from paperknife_decoders.reader import Reader
    from paperknife_decoders.rest import Rest

__all__ = ["Direction", "Fate", "Message", "Opcode", "are_binary"]


class Direction(enum.Enum):
    """Who sent it: `CLIENT` is client to server, `SERVER` is server to client."""

    CLIENT = "client"
    SERVER = "server"

    __hash__ = object.__hash__  # members are singletons, and that of `Enum` is a call into Python for each look-up

    @property
    def arrow(self) -> str:
        """``->`` for what goes up to the server, ``<-`` for what comes down."""
        return "->" if self is Direction.CLIENT else "<-"

    @property
    def other(self) -> Direction:
        """The opposite direction."""
        return Direction.SERVER if self is Direction.CLIENT else Direction.CLIENT


class Opcode(enum.IntEnum):
    """Frame opcodes that a message or control frame can have (RFC 6455, section 11.8)."""

    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


BINARY = int(Opcode.BINARY)
"""As a plain number, which those of a batch are: to compare these with a member takes ten times as long."""


def are_binary(opcodes: Sequence[int]) -> bool:
    """True if all messages are binary ones, as in nearly all batches."""
    return opcodes.count(BINARY) == len(opcodes)


class Fate(enum.Enum):
    """What became of a message on its way through the proxy."""

    PASSED = "passed"
    CHANGED = "changed"
    DROPPED = "dropped"
    INJECTED = "injected"
    """It came from neither peer."""

    __hash__ = object.__hash__  # as for `Direction`


class Message:
    """One RFC 6455 message, reassembled and inflated, as it passed.

    `connection` is the number of its connection in this run, `time_ns` nanoseconds since the epoch, `content` the bytes
    of the application (for text: UTF-8). Decoding happens at the first use of `envelopes` and is kept, so that several
    consumers share one parse and nobody pays for what nobody asked for. `original` is what the sender sent where the
    message was changed. `masked` are the parts of `content`, as start and end, that stand in place of a secret.
    `before` is what earlier messages of the direction left unfinished, where a step of the protocol gathers. `hits` are
    the names of the rules that have had a part in what became of it.
    """

    __slots__ = (
        "_envelopes",
        "_oddities",
        "before",
        "connection",
        "content",
        "direction",
        "fate",
        "hits",
        "masked",
        "opcode",
        "original",
        "reader",
        "time_ns",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - a plain record; every field is always known together
        self,
        connection: int,
        direction: Direction,
        time_ns: int,
        opcode: Opcode,
        content: bytes,
        reader: Reader,
        fate: Fate = Fate.PASSED,
        original: bytes | None = None,
        masked: Sequence[tuple[int, int]] = (),
        before: Rest = NOTHING,
        hits: Sequence[str] = (),
    ) -> None:
        self.connection = connection
        self.direction = direction
        self.time_ns = time_ns
        self.opcode = opcode
        self.content = content
        self.reader = reader
        self.fate = fate
        self.original = original
        self.masked = masked
        self.before = before
        self.hits = hits
        self._envelopes: tuple[Envelope, ...] | None = None
        self._oddities: tuple[tuple[Oddity, ...], ...] | None = None

    @property
    def envelopes(self) -> tuple[Envelope, ...]:
        """What the protocol reads in this message: none, one or several envelopes. Never raises."""
        if self._envelopes is None:
            self._envelopes = self.reader.read(self.direction, self.opcode, self.content, self.before)
        return self._envelopes

    @property
    def oddities(self) -> tuple[tuple[Oddity, ...], ...]:
        """What is odd about each of the envelopes, found once for all who ask."""
        if self._oddities is None:
            self._oddities = tuple(map(oddities, self.envelopes))
        return self._oddities

    def __repr__(self) -> str:
        return f"<Message #{self.connection} {self.direction.arrow} {self.opcode.name} {len(self.content)} B>"
