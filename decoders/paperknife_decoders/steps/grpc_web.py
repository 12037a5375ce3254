"""gRPC-web on a WebSocket, the subprotocol ``grpc-websockets``.

The client's first message is its headers, as text. Each later one is 00 and then frames as gRPC has them on HTTP/2
(PROTOCOL-HTTP2.md of gRPC, "Length-Prefixed-Message"), and a lone 01 says that it has done. The server sends frames
from the start; those with the highest bit of the flag set hold its headers and trailers (PROTOCOL-WEB.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.steps import Context, Opened
from paperknife_decoders.steps.frames import Frame, split
from paperknife_decoders.steps.length_prefix import LengthPrefix

__all__ = ["GrpcWebsockets"]

COMPRESSED, BLOCK = 0x01, 0x80
FLAGS = frozenset({0, COMPRESSED, BLOCK, BLOCK | COMPRESSED})
GOES_ON, DONE = b"\x00", b"\x01"
LENGTH = LengthPrefix(size=4, order="big")


@dataclass(frozen=True, slots=True)
class GrpcWebsockets:
    """A part for each frame that holds a message; blocks of headers and trailers, and the client's 01, are none.

    A part's header tells as `compressed` if its frame is flagged so (1, else 0); `compressed` by its magic may follow.
    """

    name: ClassVar[str] = "grpc-websockets"

    def open(self, data: bytes, context: Context) -> Opened:
        """The messages. Raises `DecodeError` for the client's headers, and for a frame that is not all there."""
        if context.direction is Direction.SERVER:
            return opened(b"", split(data, context, head_at))
        if data == DONE:
            return opened(DONE, [])
        if not data.startswith(GOES_ON):
            raise DecodeError(first_message(data), 0)
        return opened(GOES_ON, split(data, context, head_at, len(GOES_ON)))


def first_message(data: bytes) -> str:
    """What a client's message is that holds no frames."""
    if HEADER_SIGN in data and data.isascii():
        return "gRPC headers, which hold no message,"
    found = data[:1].hex() or "nothing"
    return f"00 and a gRPC frame, or 01 alone, was expected and {found} was found"


HEADER_SIGN = b":"


def head_at(data: bytes, at: int) -> tuple[int, int]:
    """The length in the five bytes at `at`, and the offset behind them."""
    if data[at] not in FLAGS:
        raise DecodeError(
            f"a gRPC frame begins with 00, 01, 80 or 81, and {data[at]:02x} was found: "
            "maybe the rest of a frame that began in an earlier message,",
            at,
        )
    if len(data) - at <= LENGTH.size:
        raise DecodeError("the head of a gRPC frame is cut short and goes on in the next message", at)
    size, start = LENGTH.length_at(data, at + 1)
    if start + size > len(data):
        raise DecodeError(
            f"a gRPC frame of {size:,} bytes, of which {len(data) - start:,} are here, goes on in the next message", at
        )
    return size, start


def opened(front: bytes, frames: Sequence[Frame]) -> Opened:
    """The parts among `frames`. `front` and the blocks between them stay on closing, and so do the flags."""
    messages = [frame for frame in frames if not frame.head[0] & BLOCK]

    def close(parts: Sequence[bytes]) -> bytes:
        pairs = zip(messages, parts, strict=True)
        closed = [front]
        for frame in frames:
            if frame.head[0] & BLOCK:
                closed += frame
            else:
                _, part = next(pairs)
                closed += [frame.head[:1], LENGTH.prefix(len(part)), part]
        return b"".join(closed)

    headers = tuple({"compressed": frame.head[0] & COMPRESSED} for frame in messages)
    return Opened(tuple(frame.part for frame in messages), close, headers)
