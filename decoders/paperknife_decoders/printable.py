"""Text from a peer, made safe to print: nothing that moves the cursor, rings the bell or reorders a line."""

from __future__ import annotations

__all__ = ["elide", "printable", "printable_bytes"]


def printable(text: str) -> str:
    """`text` with every character that is not plainly printable written as an escape (``\\x1b``, ``\\u202e``).

    Line feeds are escaped too: a value never starts a new line. A backslash stays as it is.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else escape(char) for char in text)


def escape(char: str) -> str:
    """One character as Python and JSON programmers know it."""
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char) or (
        f"\\x{ord(char):02x}"
        if ord(char) < 256
        else f"\\u{ord(char):04x}"
        if ord(char) < 65536
        else f"\\U{ord(char):08x}"
    )


def printable_bytes(data: bytes, limit: int = 32) -> str:
    """`data` as hex with its middle left out beyond `limit` bytes, and its length: ``0a1b..ff (1,024 B)``."""
    if len(data) <= limit:
        return data.hex()
    head = limit // 2
    return f"{data[:head].hex()}…{data[-(limit - head) :].hex()} ({len(data):,} B)"


def elide(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, its middle replaced by ``…`` where it is longer."""
    if len(text) <= limit:
        return text
    head = (limit - 1) * 2 // 3
    tail = limit - 1 - head
    return f"{text[:head]}…{text[len(text) - tail :]}"
