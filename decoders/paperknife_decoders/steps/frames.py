"""Frames: parts one after the other, each behind a head that tells its length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Context, Opened

__all__ = ["Frame", "in_frames", "split"]


type ReadHead = Callable[[bytes, int], tuple[int, int]]


class Frame(NamedTuple):
    """One frame as it came: its head, and the part behind it."""

    head: bytes
    part: bytes


def split(data: bytes, context: Context, read_head: ReadHead, start: int = 0) -> list[Frame]:
    """The frames that lie side by side in `data` from `start` on; none where nothing is there.

    ``read_head(data, at)`` gives the length of the part whose head is at `at`, and the offset at which it begins.
    Raises `DecodeError` where a part goes beyond the end, or where there are more of them than the limit allows.
    """
    frames: list[Frame] = []
    at = start
    while at < len(data):
        if len(frames) == context.limits.parts:
            raise DecodeError(
                f"more than the {context.limits.parts:,} parts that are read of one message (limits: parts)", at
            )
        size, begin = read_head(data, at)
        end = begin + size
        if end > len(data):
            raise DecodeError(f"a part of {size:,} bytes, where {len(data) - begin:,} are left,", at)
        frames.append(Frame(data[at:begin], data[begin:end]))
        at = end
    return frames


def in_frames(frames: Sequence[Frame], head_for: Callable[[int], bytes]) -> Opened:
    """The parts of `frames`. A part whose length has not changed keeps its head, others get ``head_for(length)``."""

    def close(parts: Sequence[bytes | None]) -> bytes:
        closed = []
        for frame, part in zip(frames, parts, strict=True):
            if part is not None:
                closed += [frame.head if len(part) == len(frame.part) else head_for(len(part)), part]
        return b"".join(closed)

    return Opened(tuple(frame.part for frame in frames), close, without=close)
