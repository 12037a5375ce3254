"""WebSocket frames and handshakes as prepared bytes (RFC 6455), and a counter of the messages in received ones."""

from __future__ import annotations

import base64
import hashlib
import random
import zlib
from collections.abc import Iterator

__all__ = ["DEFLATE", "MessageCounter", "deflated", "fragments", "frame", "request", "response"]

BINARY, CONTINUATION = 2, 0
FIN, RSV1, MASKED = 0x80, 0x40, 0x80

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What a server adds to the client's key (RFC 6455, section 1.3)."""

DEFLATE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
"""An offer under which a compressed message can be prepared once and sent many times (RFC 7692, section 7.1.1)."""


def frame(payload: bytes, masks: random.Random | None = None, first: int = FIN | BINARY) -> bytes:
    """One frame; with `masks` as a client sends it, masked with a key of its own (RFC 6455, section 5.2)."""
    size = len(payload)
    flag = MASKED if masks else 0
    if size < 126:
        head = bytes((first, flag | size))
    elif size < 1 << 16:
        head = bytes((first, flag | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((first, flag | 127)) + size.to_bytes(8, "big")
    if masks is None:
        return head + payload
    key = masks.randbytes(4)
    return head + key + masked(payload, key)


def masked(payload: bytes, key: bytes) -> bytes:
    """The payload with `key` laid over it (RFC 6455, section 5.3)."""
    size = len(payload)
    pad = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(pad, "little")).to_bytes(size, "little")


def fragments(payload: bytes, size: int, masks: random.Random | None = None) -> bytes:
    """One message as frames of `size` bytes each (RFC 6455, section 5.4)."""
    return b"".join(pieces(payload, size, masks))


def pieces(payload: bytes, size: int, masks: random.Random | None) -> Iterator[bytes]:
    """The frames of one fragmented message."""
    for start in range(0, len(payload), size):
        opcode = BINARY if start == 0 else CONTINUATION
        fin = FIN if start + size >= len(payload) else 0
        yield frame(payload[start : start + size], masks, fin | opcode)


def deflated(payload: bytes, masks: random.Random | None = None) -> bytes:
    """One compressed frame (RFC 7692, section 7.2.1)."""
    deflater = zlib.compressobj(level=6, wbits=-15)
    data = deflater.compress(payload) + deflater.flush(zlib.Z_SYNC_FLUSH)
    return frame(data.removesuffix(b"\x00\x00\xff\xff"), masks, FIN | RSV1 | BINARY)


def request(host: str, extensions: str = "") -> bytes:
    """A client's opening handshake (RFC 6455, section 4.1)."""
    lines = [
        "GET / HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}",
    ]
    if extensions:
        lines.append(f"Sec-WebSocket-Extensions: {extensions}")
    return "\r\n".join([*lines, "", ""]).encode()


def response(request_head: bytes) -> bytes:
    """A server's answer to `request_head`; permessage-deflate is agreed on where it was offered."""
    fields = dict(header_fields(request_head))
    accept = base64.b64encode(hashlib.sha1(fields[b"sec-websocket-key"] + GUID, usedforsecurity=False).digest())
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accept.decode()}",
    ]
    if agrees_to_deflate(request_head):
        lines.append(f"Sec-WebSocket-Extensions: {DEFLATE}")
    return "\r\n".join([*lines, "", ""]).encode()


def agrees_to_deflate(head: bytes) -> bool:
    """True if a handshake, of either side, names permessage-deflate."""
    return b"permessage-deflate" in dict(header_fields(head)).get(b"sec-websocket-extensions", b"")


def header_fields(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The header fields of an HTTP head, names in lower case."""
    for line in head.split(b"\r\n")[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            yield name.strip().lower(), value.strip()


class MessageCounter:
    """Counts the data messages in the bytes of one direction, however they are cut and framed."""

    def __init__(self) -> None:
        self.messages = 0
        self.payload_bytes = 0
        self.skip = 0
        self.rest = b""

    def feed(self, piece: bytes | memoryview) -> None:
        """Take the next bytes."""
        if self.skip >= len(piece):
            self.skip -= len(piece)
            return
        data = self.rest + bytes(piece[self.skip :])
        self.skip = 0
        at, end = 0, len(data)
        while end - at >= 2:
            head, size = header_size(data, at)
            if head > end - at:
                break
            if data[at] & 0x0F < 8:
                self.payload_bytes += size
                self.messages += data[at] >> 7
            at += head + size
        self.skip = max(at - end, 0)
        self.rest = data[at:]


def header_size(data: bytes, at: int) -> tuple[int, int]:
    """The length of the frame header at `at`, and of its payload where the header is all there."""
    flag = data[at + 1]
    size = flag & 127
    wide = {126: 2, 127: 8}.get(size, 0)
    if wide:
        size = int.from_bytes(data[at + 2 : at + 2 + wide], "big")
    return 2 + wide + (4 if flag & MASKED else 0), size
