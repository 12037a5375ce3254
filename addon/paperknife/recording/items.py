"""What a recording consists of, in the order in which it happened."""

from __future__ import annotations

from dataclasses import dataclass

from paperknife.traffic import Close, Connection, Piece
from paperknife_decoders.message import Message

__all__ = ["Closed", "Item", "Noticed", "Opened"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection was upgraded to WebSocket; `resumed` if it was open already when this file began."""

    connection: Connection
    resumed: bool = False

    @property
    def time_ns(self) -> int:
        """When, in nanoseconds since the epoch."""
        return self.connection.time_ns


@dataclass(frozen=True, slots=True)
class Closed:
    """A connection ended."""

    connection: Connection
    close: Close

    @property
    def time_ns(self) -> int:
        """When, in nanoseconds since the epoch."""
        return self.close.time_ns


@dataclass(frozen=True, slots=True)
class Noticed:
    """A sentence that the user was told."""

    text: str
    warning: bool
    time_ns: int


type Item = Opened | Message | Piece | Closed | Noticed
"""Messages and control frames come as they passed; a message beyond the limit comes in pieces."""
