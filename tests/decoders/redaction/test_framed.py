"""Secrets behind the steps of a protocol."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.redaction.edits import DONE, Edit
from paperknife_decoders.redaction.framed import masked_parts
from paperknife_decoders.steps import Opened


@dataclass(frozen=True)
class Lengths:
    """One byte of length before each part."""

    name: str = "lengths"

    def open(self, data: bytes) -> Opened:
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

    def open(self, data: bytes) -> Opened:
        try:
            return Opened((gzip.decompress(data),), lambda parts: gzip.compress(parts[0]))
        except OSError as error:
            raise DecodeError(str(error), 0) from None


def edits_of(part: bytes) -> list[Edit]:
    """Every part is a secret from its second byte on, unless it begins with a dot."""
    return [] if part.startswith(b".") else [Edit(1, len(part))]


def test_framed() -> None:
    """Parts that lie in the content as they are keep their place, and are masked there."""
    content, edits = masked_parts((Lengths(),), b"\x03abc\x02.x\x02de", edits_of)
    assert content == b"\x03a**\x02.x\x02d*"
    assert edits == [Edit(2, 4, DONE), Edit(9, 10, DONE)]


def test_compressed() -> None:
    """A content that is compressed is made anew without its secrets; without any it stays as it was."""
    clear, secret = gzip.compress(b".abc"), gzip.compress(b"secret")
    assert masked_parts((Gzip(),), clear, edits_of) == (clear, [])
    content, edits = masked_parts((Gzip(),), secret, edits_of)
    assert gzip.decompress(content) == b"s*****"
    assert edits == [Edit(0, len(content), DONE)]


def test_what_a_step_refuses() -> None:
    """The error of the step is passed on."""
    with pytest.raises(DecodeError):
        masked_parts((Gzip(),), b"abc", edits_of)
