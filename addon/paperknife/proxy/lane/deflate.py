"""permessage-deflate (RFC 7692): what was agreed on, and the two halves of its compression."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from paperknife.proxy.lane.violation import Violation

__all__ = ["Agreement", "Deflater", "Inflater", "agreed_extension"]

TAIL = b"\x00\x00\xff\xff"
"""What a sender cuts off the end of each message, and a receiver puts back (RFC 7692, section 7.2)."""

PIECE = 1 << 20
"""Bytes that are inflated at a time, so that memory grows with what comes out and never by a thousandfold at once."""

EXTENSION = "permessage-deflate"

WINDOWS = {str(bits): bits for bits in range(8, 16)}
"""Window sizes as RFC 7692, section 7.1.2, lets them be written: decimal, with no leading zeros."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The parameters of one direction: window size as a power of two, and whether the window outlives a message."""

    bits: int = 15
    takeover: bool = True


def agreed_extension(header: str) -> dict[str, Agreement] | None:
    """What the server's Sec-WebSocket-Extensions header agrees to: an agreement for ``client`` and one for ``server``.

    None for no extension at all. Raises `Violation` for an extension, a parameter or a value that we do not know.
    """
    offers = [part.strip() for part in header.split(",") if part.strip()]
    if not offers:
        return None
    if len(offers) > 1:
        raise Violation(f"several extensions were agreed on: {header}", "RFC 6455, section 9.1")
    name, *parameters = [part.strip() for part in offers[0].split(";")]
    if name.lower() != EXTENSION:
        raise Violation(f"the extension {name} is not known", "RFC 6455, section 9.1")
    bits, takeover = {"client": 15, "server": 15}, {"client": True, "server": True}
    if len({parameter.partition("=")[0].strip().lower() for parameter in parameters}) < len(parameters):
        raise Violation(f"a parameter of {EXTENSION} is given twice", "RFC 7692, section 7.1")
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        side, _, rest = key.strip().lower().partition("_")
        number = value.strip().strip('"')
        if side in bits and rest == "no_context_takeover" and not value:
            takeover[side] = False
        elif side in bits and rest == "max_window_bits" and number in WINDOWS:
            bits[side] = WINDOWS[number]
        else:
            raise Violation(f"the parameter {parameter} of {EXTENSION} is not known", "RFC 7692, section 7.1")
    return {side: Agreement(bits[side], takeover[side]) for side in ("client", "server")}


class Inflater:
    """Inflates the messages of one direction, in bounded pieces."""

    __slots__ = ("agreement", "stream")

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.stream = self.fresh()

    def fresh(self) -> zlib._Decompress:
        """A stream with an empty window. zlib cannot make one of 8 bits, but reads it with 9."""
        return zlib.decompressobj(wbits=-max(self.agreement.bits, 9))

    def whole(self, payload: bytes, limit: int) -> bytes:
        """The message that `payload` holds, or more than `limit` bytes of it: then `rest` gives the other pieces."""
        try:
            content = self.stream.decompress(payload + TAIL, limit + 1)
        except zlib.error as error:
            raise corrupt(error) from None
        if len(content) <= limit:
            self.end()
        return content

    def rest(self) -> Iterator[bytes]:
        """What is left of a message of which `whole` gave the beginning."""
        yield from self.pieces(self.stream.unconsumed_tail)
        self.end()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What `data`, a part of a message, inflates to, at most `PIECE` bytes at a time."""
        while data:
            try:
                piece = self.stream.decompress(data, PIECE)
            except zlib.error as error:
                raise corrupt(error) from None
            if piece:
                yield piece
            data = self.stream.unconsumed_tail
            if self.stream.eof and not piece:
                break

    def end(self) -> None:
        """A message is over."""
        if not self.agreement.takeover:
            self.stream = self.fresh()
        elif self.stream.eof:
            # A final block closes zlib's stream, and its window cannot be carried over into a new one.
            raise Violation("a compressed message ends its stream, which we cannot follow", "RFC 7692, section 7.2.3.4")


class Deflater:
    """Compresses the messages of one direction anew, after one of them was changed."""

    __slots__ = ("agreement", "stream")

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.stream = self.fresh()

    def fresh(self) -> zlib._Compress:
        """A stream with an empty window; zlib's raw streams start at 9 bits."""
        return zlib.compressobj(wbits=-max(self.agreement.bits, 9))

    @property
    def able(self) -> bool:
        """False for a window of 8 bits, which zlib cannot compress for: such messages are sent uncompressed."""
        return self.agreement.bits > 8

    def deflate_part(self, content: bytes) -> bytes:
        """A part of a message, with more to come, as the payload of its frame."""
        return self.stream.compress(content) + self.stream.flush(zlib.Z_SYNC_FLUSH)

    def deflate(self, content: bytes) -> bytes:
        """One message as the payload of its frame (RFC 7692, section 7.2.1)."""
        data = self.deflate_part(content)
        if not self.agreement.takeover:
            self.stream = self.fresh()
        return data.removesuffix(TAIL) or b"\x00"


def corrupt(error: zlib.error) -> Violation:
    """What to say of bytes that zlib refuses."""
    return Violation(f"a compressed message cannot be inflated: {error}", "RFC 7692, section 7.2.2")
