"""Writing: numbers and records as encoders write them, in as few bytes as they take."""

from __future__ import annotations

from paperknife_decoders.wire.walker import WireType

__all__ = ["length_delimited", "varint"]


def varint(number: int) -> bytes:
    """`number`, from 0 on, in groups of seven bits, the lowest first (protobuf.dev/programming-guides/encoding)."""
    if number < 128:
        return bytes((number,))  # as most are
    data = bytearray()
    while number > 127:
        data.append(number & 127 | 128)
        number >>= 7
    data.append(number)
    return bytes(data)


def length_delimited(number: int, content: bytes) -> bytes:
    """A record of field `number`: tag, length, content (the same page, "Length-Delimited Records")."""
    return varint(number << 3 | WireType.LENGTH) + varint(len(content)) + content
