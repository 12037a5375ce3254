"""The content of a message of our own: from the envelope's bytes outwards through the steps, one way for each.

Where a message `like` it has passed, each step closes as it did for that one, so that what only a message shows (how
a text is quoted, whether its side compresses) is as there. Else a step closes by what its definition says, where that
is enough; a JSON text, of which nobody knows what else stands in it, is none of these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from paperknife_decoders.message import Direction
from paperknife_decoders.steps import Context, Header, Opened, Step
from paperknife_decoders.steps.ascii_header import AsciiHeader
from paperknife_decoders.steps.base64_text import Base64Text
from paperknife_decoders.steps.binary_header import BinaryHeader
from paperknife_decoders.steps.binary_layout import read_layout
from paperknife_decoders.steps.compressed import Compressed, is_flagged
from paperknife_decoders.steps.constant_prefix import ConstantPrefix
from paperknife_decoders.steps.grpc_web import GOES_ON, LENGTH, GrpcWebsockets
from paperknife_decoders.steps.length_prefix import LengthPrefix
from paperknife_decoders.steps.message_list import MessageList
from paperknife_decoders.steps.new_header import NotMade, new_header, unknown
from paperknife_decoders.steps.varint_delimited import VarintDelimited
from paperknife_decoders.wire.writing import varint

__all__ = ["Front", "made_through"]


@dataclass(slots=True)
class Front:
    """What is to stand in front of a message: the values `asked` for, and those `repeated` from one like it."""

    asked: Header = field(default_factory=dict)
    repeated: dict[str, int | str] = field(default_factory=dict)


type Way = tuple[Header, Callable[[bytes], bytes]]
"""What a step writes in front of the part that it closes, and how it closes it."""


def made_through(
    steps: Sequence[Step], part: bytes, context: Context, front: Front, like: bytes | None = None
) -> bytes:
    """The content of one message that holds this part alone; `like` is the content of another one of its direction.

    Raises `NotMade` where nobody knows what a step has to write, and other `DecodeError`s for what none can.
    """
    if not steps:
        return part
    step, inner = steps[0], like
    opened: Opened | None = None
    if like is not None:
        opened = step.open(like, context)
        inner = opened.parts[0] if opened.parts else None
    write = HEADERS.get(type(step))
    if write is not None:
        header, close = write(step, like, front)
    elif opened is not None and len(opened.parts) == 1 and not opened.passed:
        header, close = as_before(step, opened, front)
    else:
        fresh = FRESH.get(type(step))
        if fresh is None or (opened is None and getattr(step, "gathers", False)):
            raise NotMade(
                f"no message of this side with one envelope has passed yet, and only one shows what {step.name} "
                "has around it"
            )
        header, close = fresh(step, context, front)
    within = replace(context, header={**context.header, **header})
    return close(made_through(steps[1:], part, within, front, inner))


def as_before(step: Step, opened: Opened, front: Front) -> Way:
    """As the step closed for another message, whose values stay as they are."""
    header = opened.headers[0] if opened.headers else {}
    for name, value in front.asked.items():
        if name in header and header[name] != value:
            raise NotMade(f"{name} in front is another one in what passed, and {step.name} can write no other")
    if type(step) not in FRESH:  # else it is what closing needs
        front.repeated |= header
    return header, lambda part: opened.close((part,))


# Steps that write what stands in front


def binary_header(step: BinaryHeader, like: bytes | None, front: Front) -> Way:
    """The fields of the layout."""
    head, repeated = new_header(read_layout(step.layout), front.asked, like)
    front.repeated |= repeated
    lengths = {number.name for _, number in head.lengths}

    def close(part: bytes) -> bytes:
        data = head.before(len(part))
        for at, number in head.lengths:
            mask = number.high if number.mask is None else number.mask
            told = int.from_bytes(data[at : at + number.size], number.order) & mask
            if front.asked.get(number.name, told) != told:
                raise NotMade(f"{number.name} is the length, {told:,}; leave it out, it is written by itself")
        return data + part

    return {name: value for name, value in head.values.items() if name not in lengths}, close


def ascii_header(step: AsciiHeader, like: bytes | None, front: Front) -> Way:
    """The fields, of which each is asked for, or is as it was."""
    before = like.split(step.separator.encode(), step.fields)[:-1] if like is not None else []
    values: dict[str, int | str] = {}
    for number, name in enumerate(step.header_kinds):
        value = front.asked.get(name)
        if value is None:
            if number >= len(before):
                raise NotMade(unknown(name))
            value = front.repeated[name] = before[number].decode("ascii")
        text = str(value)
        if not text.isascii() or step.separator in text:
            raise NotMade(f"{name} takes ASCII without {step.separator!a} in it, not {text[:40]!a}")
        values[name] = text
    head = "".join(f"{value}{step.separator}" for value in values.values()).encode()
    return values, lambda part: head + part


# Steps that close by their definition alone


def compressed(step: Compressed, context: Context, _: Front) -> Way:
    """Always, or where a flag says so; what is marked by its beginning may be either, and stays as it is."""
    flag = step.flag

    def close(part: bytes) -> bytes:
        packs = step.is_packed(part) if flag is None else is_flagged(flag, context.header)
        return step.codec.deflate(part) if packs else part

    return {}, close


def base64_text(step: Base64Text, context: Context, _: Front) -> Way:
    """With padding, in the alphabet of the definition."""
    empty = step.open(b"", context)
    return {}, lambda part: empty.close((part,))


def grpc_frame(_: GrpcWebsockets, context: Context, front: Front) -> Way:
    """A frame of its own."""
    flag = front.asked.get("compressed", 0)
    if flag not in (0, 1):
        raise NotMade(f"compressed takes 0 or 1, not {flag!a}")
    start = (GOES_ON if context.direction is Direction.CLIENT else b"") + bytes((int(flag),))
    return {"compressed": flag}, lambda part: start + LENGTH.prefix(len(part)) + part


HEADERS: Final[Mapping[type[Step], Callable[[Any, bytes | None, Front], Way]]] = {
    BinaryHeader: binary_header,
    AsciiHeader: ascii_header,
}

FRESH: Final[Mapping[type[Step], Callable[[Any, Context, Front], Way]]] = {
    VarintDelimited: lambda _, __, ___: ({}, lambda part: varint(len(part)) + part),
    LengthPrefix: lambda step, _, __: ({}, lambda part: step.prefix(len(part)) + part),
    ConstantPrefix: lambda step, _, __: ({}, lambda part: bytes.fromhex(step.hex) + part),
    MessageList: lambda _, __, ___: ({}, lambda part: part),  # what is no list is the message itself
    Compressed: compressed,
    Base64Text: base64_text,
    GrpcWebsockets: grpc_frame,
}
