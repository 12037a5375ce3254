"""gRPC-web on a WebSocket, the subprotocol ``grpc-websockets``.

The client's first message is its headers, as text. Each later one is 00 and then frames as gRPC has them on HTTP/2
(PROTOCOL-HTTP2.md of gRPC, "Length-Prefixed-Message"), and a lone 01 says that it has done. The server sends frames
from the start; those with the highest bit of the flag set hold its headers and trailers (PROTOCOL-WEB.md). Messages cut
the frames of either side anywhere: many servers send the head of a frame as one message and its content as the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.steps import Context, Opened
from paperknife_decoders.steps.gathering import Gathered, Kind, gather
from paperknife_decoders.steps.length_prefix import LengthPrefix

__all__ = ["GrpcWebsockets"]

COMPRESSED, BLOCK = 0x01, 0x80
FLAGS = frozenset({0, COMPRESSED, BLOCK, BLOCK | COMPRESSED})
GOES_ON, DONE = b"\x00", b"\x01"
LENGTH = LengthPrefix(size=4, order="big")
HEADER_SIGN = b":"


@dataclass(frozen=True, slots=True)
class GrpcWebsockets:
    """A part for each frame that holds a message; blocks of headers and trailers, and the client's 01, are none.

    A part comes from the message in which its frame ends. Its header tells as `compressed` if the frame is flagged so
    (1, else 0); the step `compressed` may follow, ``when: compressed=1``.
    """

    name: ClassVar[str] = "grpc-websockets"
    gathers: ClassVar[bool] = True

    @property
    def header_kinds(self) -> Mapping[str, type[int] | type[str]]:
        """The flag."""
        return {"compressed": int}

    def open(self, data: bytes, context: Context) -> Opened:
        """The messages. Raises `DecodeError` for what is no frame."""
        if context.direction is Direction.SERVER:
            return opened(b"", gather(data, context, FRAMES))
        if data == DONE:
            return Opened((), lambda _: data)
        if data.startswith(GOES_ON):
            try:
                return opened(GOES_ON, gather(data[len(GOES_ON) :], context, FRAMES))
            except DecodeError as error:
                raise DecodeError(error.reason, error.offset + len(GOES_ON)) from None
        if HEADER_SIGN in data and data.isascii():
            return Opened((), lambda _: data, mark="gRPC headers, which hold no message")
        found = data[:1].hex() or "nothing"
        raise DecodeError(f"00 and a gRPC frame, or 01 alone, was expected and {found} was found", 0)


def length_at(data: bytes, at: int) -> int | None:
    """The length in the head at `at`, None where that is cut short."""
    if data[at] not in FLAGS:
        raise DecodeError(f"a gRPC frame begins with 00, 01, 80 or 81, and {data[at]:02x} was found", at)
    if len(data) - at <= LENGTH.size:
        return None
    return LENGTH.length_at(data, at + 1)[0]


FRAMES = Kind("gRPC frame", 1 + LENGTH.size, length_at)


def opened(front: bytes, gathered: Gathered) -> Opened:
    """The parts among the frames. `front` and the blocks between them stay on closing, and so do the flags."""
    frames = gathered.frames if gathered.partly is None else (*gathered.frames, gathered.partly)
    messages = [frame for frame in frames if not frame.head[0] & BLOCK]

    def close(parts: Sequence[bytes]) -> bytes:
        left = iter(zip(messages, parts, strict=True))
        closed: list[bytes] = []
        for frame in frames:
            if frame.head[0] & BLOCK:
                closed += frame
                continue
            old, new = next(left)
            if old is not gathered.partly:
                closed += [frame.head[:1], LENGTH.prefix(len(new)), new]
            elif len(new) == len(old.part):
                closed += [frame.head, new]
            else:
                raise DecodeError("a frame that goes on in the next message can only keep its length,", 0)
        tail = b"" if gathered.partly is not None else gathered.tail
        return front + gathered.close(b"".join([*closed, tail]))

    in_first = len(gathered.before) - FRAMES.size
    return Opened(
        tuple(frame.part for frame in messages),
        close,
        tuple({"compressed": frame.head[0] & COMPRESSED} for frame in messages),
        gathered.rest,
        max(in_first, 0) if messages and messages[0] is frames[0] else 0,
        gathered.mark,
    )
