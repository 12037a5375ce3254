"""Secrets behind the steps of a protocol."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass

from paperknife_decoders.message import Direction
from paperknife_decoders.redaction.edits import DONE, Edit
from paperknife_decoders.redaction.framed import masked_parts
from paperknife_decoders.steps import Context, Opened, Step, open_parts


@dataclass(frozen=True)
class Lengths:
    """One byte of length before each part."""

    name: str = "lengths"

    def open(self, data: bytes, context: Context) -> Opened:
        parts, at = [], 0
        while at < len(data):
            parts.append(data[at + 1 : at + 1 + data[at]])
            at += 1 + data[at]
        return Opened(tuple(parts), self.close)

    def close(self, parts: Sequence[bytes]) -> bytes:
        return b"".join(bytes([len(part)]) + part for part in parts)


@dataclass(frozen=True)
class Gzip:
    """One part, compressed."""

    name: str = "gzip"

    def open(self, data: bytes, context: Context) -> Opened:
        return Opened((gzip.decompress(data),), lambda parts: gzip.compress(parts[0]))


def edits_of(part: bytes) -> list[Edit]:
    """Every part is a secret from its second byte on, unless it begins with a dot."""
    return [] if part.startswith(b".") else [Edit(1, len(part))]


def mask(steps: Sequence[Step], content: bytes) -> tuple[bytes, list[Edit]]:
    """What becomes of a content with these steps."""
    return masked_parts(open_parts(steps, content, Context(Direction.CLIENT)), content, edits_of)


def test_framed() -> None:
    """Parts that lie in the content as they are keep their place, and are masked there."""
    content, edits = mask((Lengths(),), b"\x03abc\x02.x\x02de")
    assert content == b"\x03a**\x02.x\x02d*"
    assert edits == [Edit(2, 4, DONE), Edit(9, 10, DONE)]


def test_compressed() -> None:
    """A content that is compressed is made anew without its secrets; without any it stays as it was."""
    clear, secret = gzip.compress(b".abc"), gzip.compress(b"secret")
    assert mask((Gzip(),), clear) == (clear, [])
    content, edits = mask((Gzip(),), secret)
    assert gzip.decompress(content) == b"s*****"
    assert edits == [Edit(0, len(content), DONE)]
