"""Writing frames (RFC 6455, section 5.2)."""

from __future__ import annotations

import os

from websockets.speedups import apply_mask

__all__ = ["close_payload", "frame"]

FIN, RSV1, MASKED = 0x80, 0x40, 0x80


def frame(opcode: int, payload: bytes, *, masked: bool, compressed: bool = False, final: bool = True) -> bytes:
    """One whole message or control frame in one frame. The client's frames are `masked` with a fresh key."""
    first = (FIN if final else 0) | (RSV1 if compressed else 0) | opcode
    second, length = MASKED if masked else 0, len(payload)
    if length < 126:
        head = bytes((first, second | length))
    elif length < 1 << 16:
        head = bytes((first, second | 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((first, second | 127)) + length.to_bytes(8, "big")
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + apply_mask(payload, key)


def close_payload(code: int | None, reason: str = "") -> bytes:
    """The payload of a close frame (RFC 6455, section 5.5.1); no code, no payload. The reason is cut to what fits."""
    if code is None:
        return b""
    return code.to_bytes(2, "big") + reason.encode()[:123].decode(errors="ignore").encode()
