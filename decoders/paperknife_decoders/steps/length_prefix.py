"""A length of fixed size in front of each message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Context, Opened
from paperknife_decoders.steps.frames import in_frames, split

__all__ = ["LengthPrefix"]


@dataclass(frozen=True, slots=True)
class LengthPrefix:
    """``len msg``, the length an unsigned number of `size` bytes in `order`.

    With `includes_itself` it counts its own bytes too. With `several` any number of messages follow each other, none
    in an empty content; else there is exactly one.
    """

    name: ClassVar[str] = "length-prefix"

    size: Literal[1, 2, 3, 4, 8] = 4
    order: Literal["big", "little"] = "big"
    includes_itself: bool = False
    several: bool = False

    def open(self, data: bytes, context: Context) -> Opened:
        """A part for each length. Raises `DecodeError` where one goes beyond the end, or where there is not just one.

        Closing raises it for a part that is longer than the length can tell.
        """
        if not self.several:
            self.check_single(data)
        return in_frames(split(data, context, self.length_at), self.prefix)

    def check_single(self, data: bytes) -> None:
        """Raise `DecodeError` unless the first part reaches to the end."""
        if not data:
            raise DecodeError(f"a length of {self.size} bytes was expected, and there is nothing", 0)
        size, start = self.length_at(data, 0)
        if start + size < len(data):
            behind = len(data) - start - size
            raise DecodeError(
                f"{behind:,} byte{'s' * (behind > 1)} behind the only part, which has {size:,},", start + size
            )

    def length_at(self, data: bytes, at: int) -> tuple[int, int]:
        """The length of the part whose prefix is at `at`, and the offset behind the prefix."""
        start = at + self.size
        if start > len(data):
            raise DecodeError(f"a length of {self.size} bytes, of which {len(data) - at} are left,", at)
        length = int.from_bytes(data[at:start], self.order)
        if not self.includes_itself:
            return length, start
        if length < self.size:
            raise DecodeError(f"a length of {length}, which should count its own {self.size} bytes,", at)
        return length - self.size, start

    def prefix(self, length: int) -> bytes:
        """What stands in front of a part of `length` bytes."""
        told = length + self.size if self.includes_itself else length
        try:
            return told.to_bytes(self.size, self.order)
        except OverflowError:
            most = 256**self.size - 1 - (self.size if self.includes_itself else 0)
            raise DecodeError(f"a part of {length:,} bytes, where the length can tell {most:,} at most,", 0) from None
