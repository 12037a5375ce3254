"""Ways to compress, each with a way back that gives its output piece by piece.

Those of the standard library are here. Others come from outside as a `Codec` of their own, by the same rules.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from paperknife_decoders.errors import DecodeError

__all__ = ["CODECS", "PIECE", "Codec", "check_end"]

PIECE: Final = 1 << 16
"""Bytes of input that are looked at, and of output that come out, at once."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One way to compress.

    `magic` matches the bytes that every stream begins with, None where there are no such. ``pieces(data)`` gives the
    content of the one stream that fills `data`, at most `PIECE` bytes at a time, and raises `DecodeError` where this
    is damaged, cut short, or not all of `data`. ``deflate(content)`` is the way there.
    """

    name: str
    magic: re.Pattern[bytes] | None
    pieces: Callable[[bytes], Iterator[bytes]]
    deflate: Callable[[bytes], bytes]


def check_end(name: str, end: int, size: int) -> None:
    """Raise `DecodeError` if a stream ends at `end`, which is not the end of all `size` bytes."""
    if end < size:
        raise DecodeError(f"{size - end:,} bytes, where the {name} data should be at their end,", end)


def zlib_pieces(name: str, form: int, data: bytes) -> Iterator[bytes]:
    """The content of a stream in one of zlib's forms.

    The input is given in slices, since zlib copies what it did not use each time that it stops for the output's size.
    """
    stream = zlib.decompressobj(form)
    view = memoryview(data)
    read = 0
    try:
        while not stream.eof:
            given = stream.unconsumed_tail or view[read : read + PIECE]
            read += 0 if stream.unconsumed_tail else len(given)
            piece = stream.decompress(given, PIECE)
            if piece:
                yield piece
            elif not given:
                raise DecodeError(f"{name} data that are cut short", len(data))
    except zlib.error as error:
        reason = str(error).rpartition(": ")[2]
        raise DecodeError(f"{name} data were expected, and these are none or damaged ({reason}),", 0) from None
    check_end(name, read - len(stream.unused_data), len(data))


def zlib_deflate(form: int, content: bytes) -> bytes:
    """One stream in one of zlib's forms; the same content gives the same bytes each time."""
    stream = zlib.compressobj(wbits=form)
    return stream.compress(content) + stream.flush()


def zlib_codec(name: str, form: int, magic: bytes | None) -> Codec:
    """A codec of zlib's; for `form` see `zlib.decompressobj`."""
    pattern = None if magic is None else re.compile(magic)
    return Codec(name, pattern, partial(zlib_pieces, name, form), partial(zlib_deflate, form))


CODECS: Final[Mapping[str, Codec]] = {
    codec.name: codec
    for codec in (
        zlib_codec("gzip", 31, rb"\x1f\x8b"),  # RFC 1952, section 2.3.1
        # RFC 1950, section 2.2: of all headers the four that are in use. They are well-formed Protobuf too, a number in
        # field 15, so that ``magic`` is for envelopes that have none there.
        zlib_codec("zlib", 15, rb"\x78[\x01\x5e\x9c\xda]"),
        zlib_codec("deflate", -15, None),  # RFC 1951
    )
}
