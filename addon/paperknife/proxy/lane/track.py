"""What is kept of one open connection."""

from __future__ import annotations

from dataclasses import dataclass

from paperknife.proxy.lane.history import History
from paperknife.traffic import Connection
from paperknife_decoders.protocol import Reader

__all__ = ["Track"]


@dataclass(slots=True)
class Track:
    """An open connection: how it is read, and what mitmproxy's interfaces show of it."""

    connection: Connection
    reader: Reader
    history: History

    @property
    def number(self) -> int:
        """The connection's number."""
        return self.connection.number
