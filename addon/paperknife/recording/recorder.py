"""The recorder: a consumer of traffic that has every batch on its way to the disk before the batch is passed on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from paperknife.recording.encoder import Encoder
from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.recording.journal import Journal
from paperknife.traffic import Batch, Close, Connection, Piece

__all__ = ["Recorder"]


class Recorder:
    """Appends what passes to a new file at `path`. Raises `OSError` where that cannot be made."""

    def __init__(self, path: Path, session: Mapping[str, str]) -> None:
        self.journal = Journal(path)
        self.encoder = Encoder()
        self.latest_ns = 0
        self.append(self.encoder.begin(session))

    def append(self, data: bytes) -> None:
        """Write records."""
        self.journal.append(data)

    def opened(self, connection: Connection) -> None:
        """A connection was upgraded to WebSocket."""
        self.latest_ns = connection.time_ns
        self.append(self.encoder.opened(Opened(connection)))

    def messages(self, batch: Batch) -> None:
        """Messages and control frames, in order."""
        self.latest_ns = batch.time_ns
        self.append(self.encoder.batch(batch))

    def piece(self, piece: Piece) -> None:
        """The next part of a message beyond the limit."""
        self.append(self.encoder.piece(piece))

    def closed(self, connection: Connection, close: Close) -> None:
        """The connection ended."""
        self.append(self.encoder.closed(Closed(connection, close)))

    def notice(self, text: str, *, warning: bool = False) -> None:
        """Something the user was told."""
        self.append(self.encoder.notice(Noticed(text, warning, self.latest_ns)))

    def finish(self) -> None:
        """Write no more."""
        self.journal.close()
