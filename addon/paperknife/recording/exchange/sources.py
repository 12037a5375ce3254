"""What an importable file holds: connections first, then what was said on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from paperknife.traffic import Close, Connection
from paperknife_decoders.message import Direction, Fate, Opcode

__all__ = ["Session", "Source", "SourceError", "Told"]


class SourceError(ValueError):
    """The sentence why a file cannot be imported: what was expected, what was found, where."""


@dataclass(frozen=True, slots=True)
class Session:
    """One connection of a file, from its handshake to its end, secrets and all."""

    connection: Connection
    close: Close | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One message of a file. `session` is the place of its connection among the sessions, from 0 on."""

    session: int
    direction: Direction
    opcode: Opcode
    time_ns: int
    content: bytes
    fate: Fate = Fate.PASSED
    original: bytes | None = None
    masked: tuple[tuple[int, int], ...] = ()


class Source(Protocol):
    """A file to import. All of it raises `SourceError` for what the file should not hold, and `OSError`."""

    @property
    def sessions(self) -> Sequence[Session]:
        """All connections in the file."""

    def messages(self) -> Iterator[Told]:
        """All messages; those of one connection are in their order."""

    def notes(self) -> Sequence[str]:
        """Sentences for the user, once all messages were read."""
