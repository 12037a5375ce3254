"""What is kept of one open connection."""

from __future__ import annotations

from dataclasses import dataclass, field

from paperknife.proxy.lane.history import History
from paperknife.traffic import Connection
from paperknife_decoders.protocol import Reader
from paperknife_decoders.trail import Trail

__all__ = ["Track"]


@dataclass(slots=True)
class Track:
    """An open connection: how it is read, and what mitmproxy's interfaces show of it.

    `trail` follows what passes, and `told` the same without its secrets, as the audience is told of it.
    `lane` tells that a lane relays it, and not mitmproxy's own layer; `said` which remarks on it were made already.
    """

    connection: Connection
    reader: Reader
    history: History
    lane: bool = False
    said: set[str] = field(default_factory=set)
    trail: Trail = field(default_factory=Trail)
    told: Trail = field(default_factory=Trail)

    @property
    def number(self) -> int:
        """The connection's number."""
        return self.connection.number
