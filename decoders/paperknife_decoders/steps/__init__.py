"""Steps: small reversible transformations between a message's content and its envelopes.

A step opens bytes into parts and can close changed parts into bytes again; with the parts unchanged, closing gives the
very bytes that were opened. A protocol composes them in order, outermost first, for each direction::

    content --length prefix--> parts --gunzip--> parts --carry--> envelopes

The plain protocol (one bare envelope in each message) has no steps at all.

What comes out at the end is always an envelope with its payload in a `oneof`. Where a system says in another way what
the payload is (a number or a name beside bytes, a header, an id within the message), the last step rewrites the bytes
into an envelope of a type that is made for this (see `paperknife_decoders.carrying`). So everything behind the steps
knows one form only.

Most messages are only read, and need no way back: they take a shorter way, where their steps have one (`express`).

A message of our own goes the way back without having come by it: by what the steps' definitions say, and by a message
like it that has passed (`making`, with `new_header` for the values in front).

Where messages cut what a step opens, in a stream of frames, the step gathers: what a message leaves unfinished is a
value (`Rest`) that the next message is opened with. To open a message is so always a function of these two.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.rest import NOTHING, Rest
from paperknife_decoders.wire.walker import Walk, walk_partly

__all__ = [
    "Context",
    "Header",
    "Limits",
    "Memory",
    "Opened",
    "Step",
    "TellsHeader",
    "TooManyFields",
    "closed_without",
    "gathering",
    "open_parts",
    "rejoined",
]


REMEMBERED = 4096

type Without = Callable[[Sequence[bytes | None]], bytes]
"""Closes as `Opened.close` does, without those parts in whose place None stands. At least one is left."""


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
    gathered_bytes: int = 4 << 20
    """Bytes of one thing that several messages hold. What gRPC's own libraries take by default is as many."""


class Memory:
    """What the steps of one connection remember: values by key, the oldest forgotten first."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        self.limit = limit
        self.values: OrderedDict[tuple[str, int | str | bytes], int | str] = OrderedDict()

    def keep(self, key: tuple[str, int | str | bytes], value: int | str) -> None:
        """Remember `value`; the same again changes nothing."""
        self.values.pop(key, None)
        self.values[key] = value
        if len(self.values) > self.limit:
            self.values.popitem(last=False)

    def get(self, key: tuple[str, int | str | bytes]) -> int | str | None:
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
    before: Rest = NOTHING
    """What earlier messages of this direction left unfinished."""
    partly: bool = False
    """What there is of a part that goes on in the next message counts as a part, the last one; as for a redaction."""
    spent: Spent = field(default_factory=Spent)

    def inflate(self, size: int) -> None:
        """Account for bytes that came out of a compressed part. Raises `DecodeError` beyond the limit."""
        self.spent.inflated += size
        if self.spent.inflated > self.limits.inflated_bytes:
            most = f"more than {self.limits.inflated_bytes:,} bytes"
            raise DecodeError(f"{most} come out of what is compressed (limits: inflated_bytes)", 0)

    def walk(self, data: bytes) -> Walk:
        """The fields of one level of a part, as far as it can be read. Raises `TooManyFields` beyond the limit."""
        left = self.limits.fields - self.spent.fields
        read = walk_partly(data, limit=left + 1)
        if len(read.fields) > left:
            raise TooManyFields(
                f"more than the {self.limits.fields:,} fields that are looked through (limits: fields)", 0
            )
        self.spent.fields += len(read.fields)
        return read


@dataclass(slots=True)  # not frozen, which would cost over a microsecond for each message
class Opened:
    """The parts that a step found, and the way back: `close(parts)` gives the bytes for these parts.

    Nobody changes one. `headers` are what was read in front of each part, where something was. `rest` goes on in the
    next message. `passed` bytes of the first part, as many as are known to, lie in earlier messages; `close` gives
    those of this one alone, and raises `DecodeError` where the others would have to change. `mark` says why there are
    no parts, where that has a reason. `without` is there where parts can be taken out.
    """

    parts: tuple[bytes, ...]
    close: Callable[[Sequence[bytes]], bytes]
    headers: tuple[Header, ...] = ()
    rest: Rest = NOTHING
    passed: int = 0
    mark: str = ""
    without: Without | None = None


class Step(Protocol):
    """One reversible transformation. `open` raises `DecodeError` for bytes that are not of its kind."""

    @property
    def name(self) -> str:
        """As it is called in a protocol's definition."""
        ...

    def open(self, data: bytes, context: Context) -> Opened:
        """Split or unwrap `data`; ``opened.close(opened.parts) == data``."""
        ...


@runtime_checkable
class TellsHeader(Protocol):
    """A step that reads values in front of its parts, and says which."""

    @property
    def header_kinds(self) -> Mapping[str, type[int] | type[str]]:
        """Numbers or texts by name; those that only a message tells are not among them."""
        ...


def up_to_gathering(steps: Sequence[Step]) -> int:
    """How many of `steps` there are up to the first that gathers, and has ``gathers = True``; 0 where none does."""
    return next((number for number, step in enumerate(steps, 1) if getattr(step, "gathers", False)), 0)


def open_parts(steps: Sequence[Step], data: bytes, context: Context) -> Opened:
    """Send `data` through all `steps`, outermost first. Raises `DecodeError` from the first step that refuses.

    One step gathers at most: what came before is for the first that does.
    """
    if not steps:
        return Opened((data,), b"".join, rest=context.before)
    outer = steps[0].open(data, context)
    if len(outer.parts) > context.limits.parts:
        most = f"at most {context.limits.parts:,} are read (limits: parts)"
        raise DecodeError(f"{len(outer.parts):,} parts in one message; {most}", 0)
    gathers = getattr(steps[0], "gathers", False)
    before = NOTHING if gathers else context.before
    inner: list[Opened] = []
    for part, header in zip(outer.parts, outer.headers or ({},) * len(outer.parts), strict=True):
        own = context
        if header or before is not context.before:
            own = replace(context, header={**context.header, **header}, before=before)
        inner.append(open_parts(steps[1:], part, own))
        before = NOTHING if gathers else inner[-1].rest

    def close(parts: Sequence[bytes]) -> bytes:
        rest = list(parts)
        closed = []
        for opened in inner:
            own, rest = rest[: len(opened.parts)], rest[len(opened.parts) :]
            closed.append(opened.close(own))
        return outer.close(closed)

    def without(parts: Sequence[bytes | None]) -> bytes:
        return closed_without(outer, rejoined(inner, parts))

    return Opened(
        tuple(part for opened in inner for part in opened.parts),
        close,
        rest=outer.rest if gathers else before,
        passed=passed_in(outer, inner),
        mark=outer.mark or next((opened.mark for opened in inner if opened.mark), ""),
        without=without,
    )


def rejoined(inner: Iterable[Opened], parts: Iterable[bytes | None]) -> list[bytes | None]:
    """Each of `inner` closed with its own parts; None where all of those are taken out."""
    rest, closed = iter(parts), []
    for opened in inner:
        own = [next(rest) for _ in opened.parts]
        is_gone = bool(own) and all(part is None for part in own)
        closed.append(None if is_gone else closed_without(opened, own))
    return closed


def closed_without(opened: Opened, parts: Sequence[bytes | None]) -> bytes:
    """Close with those parts that are not None. Raises `DecodeError` where none of them can be taken out."""
    kept = [part for part in parts if part is not None]
    if len(kept) == len(parts):
        return opened.close(kept)
    if opened.without is None:
        raise DecodeError("one of several envelopes cannot be taken out of a message of this form", 0)
    return opened.without(parts)


def passed_in(outer: Opened, inner: Sequence[Opened]) -> int:
    """How much of the first inner part lies in earlier messages; 0 unless it is the outer one, or its end, as it is."""
    if inner and inner[0].passed:
        return inner[0].passed
    if not outer.passed or len(inner[0].parts) != 1:
        return 0
    part, (own,) = outer.parts[0], inner[0].parts
    if not own.endswith(part) and not part.endswith(own):
        return 0
    return max(len(own) - len(part) + outer.passed, 0)
