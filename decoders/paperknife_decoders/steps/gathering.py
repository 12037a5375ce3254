"""Frames of a stream that messages cut anywhere: those that end in a message, and what goes on in the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.rest import LOST, NOTHING, Rest
from paperknife_decoders.steps import Context
from paperknife_decoders.steps.frames import Frame

__all__ = ["Gathered", "Kind", "gather"]

LARGEST_PARTLY: Final = 64 << 10
SMALL_PARTLY, TIMES_PARTLY = 1 << 10, 16
"""So many bytes of a frame that is not all there are looked at anew with a message that goes on with it: as many times
as it has itself, and always a few. A peer may send a large frame byte by byte."""

UNKNOWN = "what came before is not known, and so where a {} begins"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of frames, called `name`, each behind a head of `size` bytes.

    ``length_at(data, at)`` gives the length behind the head at `at`, None where that is cut short, and raises
    `DecodeError` where there is none.
    """

    name: str
    size: int
    length_at: Callable[[bytes, int], int | None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The `frames` that end in a message, the first of them maybe with bytes of earlier messages, `before`.

    Beside them lies what was `skipped` in front, of a frame too large, and the `tail`, of one that goes on. `mark` says
    so where there is nothing else to be said. `partly` is what is there of the frame in the tail, if asked for.
    """

    frames: tuple[Frame, ...] = ()
    rest: Rest = NOTHING
    mark: str = ""
    before: bytes = b""
    skipped: bytes = b""
    tail: bytes = b""
    partly: Frame | None = None

    def close(self, stream: bytes) -> bytes:
        """The bytes of this message, where `stream` is what its frames and the tail are now.

        Raises `DecodeError` where bytes would be others that an earlier message held.
        """
        if not stream.startswith(self.before):
            raise DecodeError("what a change would alter lies in an earlier message, which has passed,", 0)
        return self.skipped + stream[len(self.before) :]


def gather(data: bytes, context: Context, kind: Kind) -> Gathered:
    """What `data` adds to what came before. Raises `DecodeError` where this is no frame, or there are too many."""
    before = context.before
    if before.skip:
        return behind_skipped(data, context, kind)
    size = before.size + len(data)
    if size < before.wanted and not (context.partly and before.known and is_worth_it(before, data)):
        mark = mark_for(before, before, size, kind)
        return Gathered(rest=before.with_more(data, before.wanted), mark=mark, tail=data)
    if not before.known:
        return gather_unsure(data, context, kind)
    passed = before.joined()
    try:
        frames, at, wanted = split(passed + data, context.limits.parts, kind)
    except DecodeError as error:
        raise DecodeError(error.reason, max(error.offset - len(passed), 0)) from None
    tail = (passed + data)[at:]
    left = NOTHING.with_more(tail, wanted)
    if wanted > context.limits.gathered_bytes:
        left = Rest(skip=wanted - len(tail))
    return Gathered(
        tuple(frames),
        left,
        mark_for(left, NOTHING if at >= len(passed) else before, len(tail), kind, wanted) if tail else "",
        passed,
        tail=tail,
        partly=Frame(tail[: kind.size], tail[kind.size :]) if context.partly and len(tail) >= kind.size else None,
    )


def is_worth_it(before: Rest, data: bytes) -> bool:
    """True if what there is of a frame is not much more than what a message adds to it."""
    return before.size <= min(max(SMALL_PARTLY, TIMES_PARTLY * len(data)), LARGEST_PARTLY)


def gather_unsure(data: bytes, context: Context, kind: Kind) -> Gathered:
    """The same where nobody knows what came before: only frames that fill what there is, from a message's beginning.

    A length that leads to just the end of a message is no chance; zeros, which look like empty frames, say nothing. If
    it was a wrong guess that a frame began earlier, one may begin here.
    """
    guess = context.before
    passed = guess.joined()
    tail, wanted = b"", 0
    try:
        frames, at, wanted = split(passed + data, context.limits.parts, kind)
        tail = (passed + data)[at:]
        if not tail and any(frame.part for frame in frames):
            return Gathered(tuple(frames), before=passed)
    except DecodeError:
        if not guess.is_open:
            raise
    alone = gather_unsure(data, replace(context, before=LOST), kind) if guess.is_open else None
    if alone is not None and (alone.frames or not tail):
        return alone
    fits = tail and wanted <= context.limits.gathered_bytes
    return Gathered(rest=LOST.with_more(tail, wanted) if fits else LOST, mark=UNKNOWN.format(kind.name), tail=data)


def split(stream: bytes, limit: int, kind: Kind) -> tuple[list[Frame], int, int]:
    """The whole frames at the beginning, where they end, and how many bytes the next one has, 0 if that is not told."""
    frames: list[Frame] = []
    at = 0
    while at < len(stream):
        if len(frames) == limit:
            raise DecodeError(f"more than the {limit:,} parts that are read of one message (limits: parts)", at)
        length = kind.length_at(stream, at)
        begin = at + kind.size
        if length is None or begin + length > len(stream):
            return frames, at, 0 if length is None else kind.size + length
        frames.append(Frame(stream[at:begin], stream[begin : begin + length]))
        at = begin + length
    return frames, at, 0


def behind_skipped(data: bytes, context: Context, kind: Kind) -> Gathered:
    """What comes behind a frame that was too large; its end may be in this message, or not."""
    skipped = data[: context.before.skip]
    left = context.before.skip - len(skipped)
    if left or len(skipped) == len(data):
        most = f"the {context.limits.gathered_bytes:,} bytes that are gathered (limits: gathered_bytes)"
        mark = f"continues a {kind.name} of more than {most}"
        return Gathered(rest=Rest(skip=left), mark=mark, skipped=skipped)
    try:
        return replace(gather(data[len(skipped) :], replace(context, before=NOTHING), kind), skipped=skipped)
    except DecodeError as error:
        raise DecodeError(error.reason, error.offset + len(skipped)) from None


def mark_for(left: Rest, before: Rest, here: int, kind: Kind, wanted: int = 0) -> str:
    """What is said of a message that begins a frame, or goes on with one; `here` are its bytes until now."""
    if not left.known:
        return UNKNOWN.format(kind.name)
    wanted = wanted or left.wanted
    verb = "continues" if before.size else "begins"
    if not wanted:
        return f"{verb} a {kind.name}, whose head goes on in the next message"
    frame = f"{verb} a {kind.name} of {wanted - kind.size:,} bytes"
    if left.skip:
        return f"{frame}, which are more than are gathered (limits: gathered_bytes)"
    if before.size:
        return f"{frame}: {max(here - kind.size, 0):,} are here now, the rest comes in the next message"
    return f"{frame} that goes on in the next message"
