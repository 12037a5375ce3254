"""What is kept of one open connection."""

from __future__ import annotations

from dataclasses import dataclass, field

from paperknife.proxy.lane.history import History
from paperknife.traffic import Connection
from paperknife_decoders.protocol import Reader

__all__ = ["Track"]


@dataclass(slots=True)
class Track:
    """An open connection: how it is read, and what mitmproxy's interfaces show of it.

    `lane` tells that a lane relays it, and not mitmproxy's own layer; `said` which remarks on it were made already.
    """

    connection: Connection
    reader: Reader
    history: History
    lane: bool = False
    said: set[str] = field(default_factory=set)

    @property
    def number(self) -> int:
        """The connection's number."""
        return self.connection.number
