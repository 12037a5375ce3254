"""WebSocket frames made by hand, legal and otherwise."""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def frame(first: int, payload: bytes, key: bytes = b"", *, widen: int = 0) -> bytes:
    """A frame with this first byte (FIN, RSV and opcode); `key` masks it; `widen` 2 or 8 makes the length longer."""
    length = len(payload)
    mask = 0x80 if key else 0
    if widen == 8 or length > 65535:
        head = bytes([first, mask | 127]) + length.to_bytes(8, "big")
    elif widen == 2 or length > 125:
        head = bytes([first, mask | 126]) + length.to_bytes(2, "big")
    else:
        head = bytes([first, mask | length])
    masked = bytes(byte ^ key[at % 4] for at, byte in enumerate(payload)) if key else payload
    return head + key + masked


@dataclass
class Talk:
    """What one side says: the bytes, and what they mean in order as (opcode, content)."""

    data: bytes
    said: list[tuple[int, bytes]]


def talk(
    seed: int, *, masked: bool, deflate: bool = False, takeover: bool = True, messages: int = 12, bits: int = 15
) -> Talk:
    """A random legal conversation of one side: whole, fragmented, compressed, with control frames anywhere."""
    chance = random.Random(seed)
    wbits = -max(bits, 9)
    squeeze = zlib.compressobj(wbits=wbits)
    data, said = bytearray(), []

    def key() -> bytes:
        return chance.randbytes(4) if masked else b""

    def control() -> None:
        opcode, payload = chance.choice((PING, PONG)), chance.randbytes(chance.choice((0, 1, 125)))
        data.extend(frame(0x80 | opcode, payload, key()))
        said.append((opcode, payload))

    for _ in range(messages):
        opcode = chance.choice((TEXT, BINARY))
        content = bytes(chance.choices(b"abcdefgh", k=chance.choice((0, 1, 2, 40, 125, 126, 300, 4000, 70000))))
        payload, first = content, opcode
        if deflate and chance.random() < 0.7:
            first |= 0x40
            payload = (squeeze.compress(content) + squeeze.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")
            if not takeover:
                squeeze = zlib.compressobj(wbits=wbits)
        cuts = sorted(chance.randrange(len(payload) + 1) for _ in range(chance.choice((0, 0, 0, 1, 2, 5))))
        parts = [payload[a:b] for a, b in zip([0, *cuts], [*cuts, len(payload)], strict=True)]
        for number, part in enumerate(parts):
            head = (first if number == 0 else 0) | (0x80 if number == len(parts) - 1 else 0)
            data.extend(frame(head, part, key(), widen=chance.choice((0, 0, 2, 8)) if len(part) < 126 else 0))
            if head & 0x80:
                said.append((opcode, content))
            while chance.random() < 0.2:
                control()
    return Talk(bytes(data), said)


def cut(data: bytes, seed: int) -> list[bytes]:
    """`data` in chunks of random sizes, single bytes among them."""
    chance, chunks, at = random.Random(seed), [], 0
    while at < len(data):
        size = chance.choice((1, 1, 2, 3, 10, 100, 1000, 65536))
        chunks.append(data[at : at + size])
        at += size
    return chunks
