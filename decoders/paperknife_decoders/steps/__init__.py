"""Steps: small reversible transformations between a message's content and its envelopes.

A step opens bytes into parts and can close changed parts into bytes again; with the parts unchanged, closing gives the
very bytes that were opened. A protocol composes them in order, outermost first, for each direction::

    content --length prefix--> parts --gunzip--> parts --retag--> envelopes

The plain protocol (one bare envelope in each message) has no steps at all.

What comes out at the end is always an envelope with its payload in a `oneof`. Where a system says in another way what
the payload is (a number or a name beside bytes, a header, an id within the message), the last step rewrites the bytes
into an envelope of a type that is made for this (see `retag`). So everything behind the steps knows one form only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.wire.walker import Walk, walk_partly

__all__ = ["Context", "Header", "Limits", "Memory", "Opened", "Step", "TooManyFields", "open_parts"]


REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a peer can make the steps do for one message. What goes beyond is shown as it came, with a mark."""

    inflated_bytes: int = 64 << 20
    """Bytes that may come out of all the compressed parts of a message together."""
    parts: int = 10_000
    nesting: int = 8
    """Levels of messages in messages."""
    fields: int = 100_000
    """Fields of one message that are looked through one by one for what it carries; that takes half a second."""
    remembered: int = REMEMBERED
    """Requests of one connection whose response carries no type of its own."""


class Memory:
    """What the steps of one connection remember: values by key, the oldest forgotten first."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        self.limit = limit
        self.values: OrderedDict[tuple[str, int | str | bytes], str] = OrderedDict()

    def keep(self, key: tuple[str, int | str | bytes], value: str) -> None:
        """Remember `value`; the same again changes nothing."""
        self.values.pop(key, None)
        self.values[key] = value
        if len(self.values) > self.limit:
            self.values.popitem(last=False)

    def get(self, key: tuple[str, int | str | bytes]) -> str | None:
        """What was kept."""
        return self.values.get(key)


type Header = Mapping[str, int | str]
"""Values by name that stand in front of a part: a type number, an id, a flag."""


class TooManyFields(DecodeError):
    """Fields beyond the limit, which is told of the whole message."""


@dataclass(slots=True)
class Spent:
    """What one message has cost so far."""

    inflated: int = 0
    fields: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """What a step may know besides the bytes: the direction, the URL's path, what the connection's requests were.

    A message may be opened more than once (by the live view, by the recorder), so opening has to give the same again.
    """

    direction: Direction
    memory: Memory = field(default_factory=Memory)
    path: str = ""
    limits: Limits = field(default_factory=Limits)
    is_text: bool = False
    """The content came as a text message."""
    header: Header = field(default_factory=dict)
    """What the steps before read in front of this part."""
    spent: Spent = field(default_factory=Spent)

    def inflate(self, size: int) -> None:
        """Account for bytes that came out of a compressed part. Raises `DecodeError` beyond the limit."""
        self.spent.inflated += size
        if self.spent.inflated > self.limits.inflated_bytes:
            raise DecodeError(f"more than {self.limits.inflated_bytes:,} bytes come out of what is compressed", 0)

    def walk(self, data: bytes) -> Walk:
        """The fields of one level of a part, as far as it can be read. Raises `TooManyFields` beyond the limit."""
        left = self.limits.fields - self.spent.fields
        read = walk_partly(data, limit=left + 1)
        if len(read.fields) > left:
            raise TooManyFields(f"more than the {self.limits.fields:,} fields that are looked through,", 0)
        self.spent.fields += len(read.fields)
        return read


@dataclass(frozen=True, slots=True)
class Opened:
    """The parts that a step found, and the way back: `close(parts)` gives the bytes for these parts.

    `headers` are what was read in front of each part, where something was.
    """

    parts: tuple[bytes, ...]
    close: Callable[[Sequence[bytes]], bytes]
    headers: tuple[Header, ...] = ()


class Step(Protocol):
    """One reversible transformation. `open` raises `DecodeError` for bytes that are not of its kind."""

    @property
    def name(self) -> str:
        """As it is called in a protocol's definition."""
        ...

    def open(self, data: bytes, context: Context) -> Opened:
        """Split or unwrap `data`; ``opened.close(opened.parts) == data``."""
        ...


def open_parts(steps: Sequence[Step], data: bytes, context: Context) -> Opened:
    """Send `data` through all `steps`, outermost first. Raises `DecodeError` from the first step that refuses."""
    if not steps:
        return Opened((data,), b"".join)
    outer = steps[0].open(data, context)
    if len(outer.parts) > context.limits.parts:
        raise DecodeError(f"{len(outer.parts):,} parts in one message; at most {context.limits.parts:,} are read", 0)
    headers = outer.headers or ({},) * len(outer.parts)
    inner = [
        open_parts(steps[1:], part, replace(context, header={**context.header, **header}) if header else context)
        for part, header in zip(outer.parts, headers, strict=True)
    ]

    def close(parts: Sequence[bytes]) -> bytes:
        rest = list(parts)
        closed = []
        for opened in inner:
            own, rest = rest[: len(opened.parts)], rest[len(opened.parts) :]
            closed.append(opened.close(own))
        return outer.close(closed)

    return Opened(tuple(part for opened in inner for part in opened.parts), close)
