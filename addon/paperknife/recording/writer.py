"""Writing a whole recording at once, from items."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from paperknife.recording.encoder import Encoder
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.journal import Journal
from paperknife.recording.packing import Progress, pack
from paperknife.recording.records import RecordingError
from paperknife.traffic import Piece
from paperknife_decoders.message import Message

__all__ = ["RecordingWriter"]

BUFFERED = 1 << 20
"""Bytes of records that are gathered before they are written."""

NOTHING: Mapping[str, str] = MappingProxyType({})


class RecordingWriter:
    """A new recording, packed, readable by its owner alone; at `path` once `close` has written all of it, not before.

    As a context manager it closes at the end of the block, and discards what was written where the block raises.
    `session` is what the file tells of its origin; `progress` is told of the packing. Raises `FileExistsError` if there
    is a file at `path` already, unless `overwrite` is set; `OSError` where it cannot be written; and `RecordingError`
    from `write` where one file cannot hold so many connections or messages.
    """

    def __init__(
        self,
        path: Path,
        session: Mapping[str, str] = NOTHING,
        *,
        overwrite: bool = False,
        progress: Progress = lambda done, of: None,
    ) -> None:
        self.path = path
        self.overwrite = overwrite
        self.progress = progress
        self.check_free()
        self.plain = Journal(path.with_name(f".{path.name}.{os.getpid()}.plain"))
        self.encoder = Encoder()
        self.parts = [self.encoder.begin(session)]
        self.size = 0

    def check_free(self) -> None:
        """Refuse to write over a file."""
        if not self.overwrite and os.path.lexists(self.path):
            raise FileExistsError(errno.EEXIST, "a file is there already", str(self.path))

    def write(self, item: Item) -> None:
        """Write the next item."""
        if self.encoder.is_full:
            raise RecordingError("One recording cannot hold so many connections or messages.")
        part = encoded(self.encoder, item)
        self.parts.append(part)
        self.size += len(part)
        if self.size > BUFFERED:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered."""
        self.plain.append(b"".join(self.parts))
        self.parts.clear()
        self.size = 0

    def close(self) -> None:
        """Finish the file and give it its name."""
        try:
            self.flush()
            self.check_free()
            pack(self.plain.path, self.path, self.progress)
        finally:
            self.discard()

    def discard(self) -> None:
        """Leave nothing behind that is not finished."""
        self.plain.close()
        self.plain.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


def encoded(encoder: Encoder, item: Item) -> bytes:
    """The records of one item."""
    match item:
        case Message():
            return encoder.message(item)
        case Opened():
            return encoder.opened(item)
        case Closed():
            return encoder.closed(item)
        case Noticed():
            return encoder.notice(item)
        case Piece():
            return encoder.piece(item)
