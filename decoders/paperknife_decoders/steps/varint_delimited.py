"""Several messages, each behind its length as a varint: what `writeDelimitedTo` of Protobuf's libraries writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Context, Opened
from paperknife_decoders.steps.frames import in_frames, split
from paperknife_decoders.wire.walker import CutShort, read_varint
from paperknife_decoders.wire.writing import varint

__all__ = ["VarintDelimited"]


@dataclass(frozen=True, slots=True)
class VarintDelimited:
    """``len msg len msg ...``; a single 00 is an empty message, and no bytes at all are no message."""

    name: ClassVar[str] = "varint-delimited"

    def open(self, data: bytes, context: Context) -> Opened:
        """A part for each length. Raises `DecodeError` where a length or its message goes beyond the end."""
        return in_frames(split(data, context, length_at), varint)


def length_at(data: bytes, at: int) -> tuple[int, int]:
    """The length at `at`, however many bytes it takes, and the offset behind it."""
    first = data[at]
    if first < 128:
        return first, at + 1
    try:
        return read_varint(data, at, len(data))
    except CutShort:
        raise DecodeError("a length that is cut short", at) from None
