"""Steps: small reversible transformations between a message's content and its envelopes.

A step opens bytes into parts and can close changed parts into bytes again; with the parts unchanged, closing gives the
very bytes that were opened. A protocol composes them in order, outermost first::

    content --length prefix--> parts --gunzip--> parts --envelope type--> envelopes

The plain protocol (one bare envelope in each message) has no steps at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Opened", "Step", "open_parts"]


@dataclass(frozen=True, slots=True)
class Opened:
    """The parts that a step found, and the way back: `close(parts)` gives the bytes for these parts."""

    parts: tuple[bytes, ...]
    close: Callable[[Sequence[bytes]], bytes]


class Step(Protocol):
    """One reversible transformation. `open` raises `DecodeError` for bytes that are not of its kind."""

    name: str

    def open(self, data: bytes) -> Opened:
        """Split or unwrap `data`; ``opened.close(opened.parts) == data``."""
        ...


def open_parts(steps: Sequence[Step], data: bytes) -> Opened:
    """Send `data` through all `steps`, outermost first. Raises `DecodeError` from the first step that refuses."""
    if not steps:
        return Opened((data,), b"".join)
    outer = steps[0].open(data)
    inner = [open_parts(steps[1:], part) for part in outer.parts]

    def close(parts: Sequence[bytes]) -> bytes:
        rest = list(parts)
        closed = []
        for opened in inner:
            own, rest = rest[: len(opened.parts)], rest[len(opened.parts) :]
            closed.append(opened.close(own))
        return outer.close(closed)

    return Opened(tuple(part for opened in inner for part in opened.parts), close)
