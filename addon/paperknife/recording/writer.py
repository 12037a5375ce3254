"""Writing a whole recording at once, from items."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from paperknife.recording.encoder import Encoder
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.journal import Journal
from paperknife.traffic import Piece
from paperknife_decoders.message import Message

__all__ = ["RecordingWriter"]

BUFFERED = 1 << 20
"""Bytes of records that are gathered before they are written."""

NOTHING: Mapping[str, str] = MappingProxyType({})


class RecordingWriter:
    """A new recording at `path`, which appears there when `close` has written all of it; 0600.

    As a context manager it closes at the end of the block, and discards what was written where the block raises.
    `session` is what the file tells of its origin. Raises `FileExistsError` if there is a file at `path` already,
    unless `overwrite` is set, and `OSError` where it cannot be written.
    """

    def __init__(self, path: Path, session: Mapping[str, str] = NOTHING, *, overwrite: bool = False) -> None:
        if not overwrite and os.path.lexists(path):
            raise FileExistsError(17, "there is a file already", str(path))
        self.path = path
        self.overwrite = overwrite
        self.plain = Journal(path.with_name(f".{path.name}.{os.getpid()}.plain"))
        self.encoder = Encoder()
        self.parts = [self.encoder.begin(session)]
        self.size = 0

    def write(self, item: Item) -> None:
        """The next item."""
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
        self.flush()
        self.plain.close()
        os.replace(self.plain.path, self.path)

    def discard(self) -> None:
        """Leave nothing behind."""
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
