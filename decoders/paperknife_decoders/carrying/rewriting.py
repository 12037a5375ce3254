"""Envelopes as unions, and back: the carried bytes become a member of the union's `oneof`, at the place where they are.

All other records of the message, unknown ones too, are copied as they lie there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from google.protobuf import message_factory
from google.protobuf.message import DecodeError as ProtobufDecodeError

from paperknife_decoders.carrying.union import FIRST_HEADER, FIRST_MEMBER, Carrier, Union
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Context, Opened, TooManyFields, open_parts
from paperknife_decoders.steps.making import Front, made_through
from paperknife_decoders.steps.new_header import NotMade
from paperknife_decoders.wire.walker import Field, WireType, walk
from paperknife_decoders.wire.writing import length_delimited, varint

__all__ = ["Rewriting"]


class TooDeep(DecodeError):
    """Messages in messages beyond the limit, which is told of the whole message, and not taken for other bytes."""


@dataclass(slots=True)
class Level:
    """One message on its way there: the records that were replaced, and the way back through a carrier's steps.

    A record is known by its number and by how many of that number are before it, since two may be the same in the union
    and not in the original, where one has a longer tag, or is compressed in another way.
    """

    depth: int = 0
    replaced: dict[tuple[int, int], Replaced] = field(default_factory=dict)
    opened: Opened | None = None


class Replaced(NamedTuple):
    """A record of the union, the `original` with its `tag` and its `head` (tag and length), and what is within it."""

    record: bytes
    original: bytes
    tag: bytes
    head: bytes
    level: Level


@dataclass(slots=True)
class Rewriting:
    """One envelope on its way there and back."""

    context: Context
    root: Level = field(default_factory=Level)

    def to_union(self, data: bytes, union: Union, depth: int = 0) -> bytes:
        """The bytes of the union's type. Raises `DecodeError` for what is no message, and for one nested too deeply."""
        united, self.root = self.united(data, union, depth)
        return united

    def from_union(self, data: bytes, union: Union) -> bytes:
        """The way back: what was replaced and is unchanged as it was, what was changed made anew.

        Raises `DecodeError` for what is no message, and for a message that no step can pack as there was none before.
        """
        return restored(data, union, self.root, self.context)

    def united(self, data: bytes, union: Union, depth: int) -> tuple[bytes, Level]:
        """One message as one of the union's type, and what was replaced in it."""
        if depth > self.context.limits.nesting:
            raise TooDeep(
                f"messages in messages, more than {self.context.limits.nesting} levels of them (limits: nesting)", 0
            )
        read = self.context.walk(data)
        if read.error is not None:
            raise read.error
        fields = read.fields
        level = Level(depth)
        place, member = (None, None) if union.carrier is None else self.member(data, fields, union, level)
        before: Counter[int] = Counter()
        pieces = []
        for each in fields:
            if each.number >= FIRST_HEADER and (union.carrier or each.number not in union.descriptor.fields_by_number):
                raise DecodeError(f"field {each.number}, a number that rewriting needs for itself,", each.start)
            piece = data[each.start : each.end]
            if member is not None and each is place:
                piece = member.record
            elif each.number in union.inner:
                if each.wire_type is WireType.LENGTH:
                    piece = self.inner(data, each, union, level, before[each.number])
                before[each.number] += 1
            pieces.append(piece)
        if member is not None and place is None:
            pieces.append(member.record)
        return (b"".join(pieces) if level.replaced else data), level

    def inner(self, data: bytes, each: Field, union: Union, level: Level, before: int) -> bytes:
        """A record with a message in which there may be carriers; `before` it come so many of its number."""
        content = data[each.content : each.content_end]
        changed, within = self.united(content, union.inner[each.number], level.depth + 1)
        if not within.replaced:
            return data[each.start : each.end]
        record = data[each.start : each.body] + varint(len(changed)) + changed
        level.replaced[each.number, before] = replaced(record, data, each, within)
        return record

    def member(
        self, data: bytes, fields: tuple[Field, ...], union: Union, level: Level
    ) -> tuple[Field | None, Replaced | None]:
        """The field with the carried bytes, and the union's member in its place; None where that is not known."""
        carrier = union.carrier
        assert carrier is not None
        kind = carrier.choice.type_of(data, fields, self.context)
        number = union.members.get(kind.full_name) if kind is not None else None
        places = [each for each in fields if each.number == carrier.at.number and each.wire_type is WireType.LENGTH]
        place = places[-1] if places else None
        if kind is None or number is None:
            return place, None
        content = data[place.content : place.content_end] if place is not None else b""
        within = Level()
        try:
            if place is not None and carrier.steps:
                level.opened = open_parts(carrier.steps, content, self.context)
                (content,) = level.opened.parts
            if number in union.inner:
                content, within = self.united(content, union.inner[number], level.depth + 1)
            message_factory.GetMessageClass(kind).FromString(content)
        except (TooDeep, TooManyFields):
            raise
        except (ProtobufDecodeError, ValueError):
            if self.context.spent.inflated > self.context.limits.inflated_bytes:
                raise  # a bomb: nothing more of this message is taken apart, and it is said why
            return place, None  # it is something else, which the bytes field shows
        record = length_delimited(number, content)
        if place is None:
            tag = tag_of(carrier)
            found = Replaced(record, b"", tag, tag, within)
        else:
            found = replaced(record, data, place, within)
        level.replaced[number, 0] = found
        return place, found


def replaced(record: bytes, data: bytes, each: Field, level: Level) -> Replaced:
    """What stands for a record of `data`."""
    return Replaced(
        record, data[each.start : each.end], data[each.start : each.body], data[each.start : each.content], level
    )


def tag_of(carrier: Carrier) -> bytes:
    """What begins a record of the carried bytes."""
    return varint(carrier.at.number << 3 | WireType.LENGTH)


def restored(data: bytes, union: Union, level: Level, context: Context) -> bytes:
    """A message of the union's type as one of the original's."""
    moved = {each.record: each.original for each in level.replaced.values()}
    before: Counter[int] = Counter()
    pieces = []
    for each in walk(data):
        was = level.replaced.get((each.number, before[each.number]))
        before[each.number] += 1
        piece = data[each.start : each.end]
        original = was.original if was is not None and was.record == piece else moved.get(piece)
        pieces.append(record(data, each, union, (level, was), context) if original is None else original)
    return b"".join(pieces)


def record(data: bytes, each: Field, union: Union, before: tuple[Level, Replaced | None], context: Context) -> bytes:
    """One record of the original's type, made anew; it was one `before`, or has come to the others of its level."""
    level, was = before
    carrier = union.carrier if each.number >= FIRST_MEMBER else None
    inner = union.inner.get(each.number) if each.wire_type is WireType.LENGTH else None
    if carrier is None and inner is None:
        return data[each.start : each.end]
    content = data[each.content : each.content_end]
    if inner is not None:
        content = restored(content, inner, was.level if was is not None else Level(), context)
    if carrier is not None:
        content = packed(content, carrier, level, context)
    if was is not None:
        tag, head, size = was.tag, was.head, len(was.original) - len(was.head)
    elif carrier is not None:
        return tag_of(carrier) + varint(len(content)) + content
    else:
        tag, head, size = data[each.start : each.body], data[each.start : each.content], each.value
    return (head if len(content) == size else tag + varint(len(content))) + content


def packed(content: bytes, carrier: Carrier, level: Level, context: Context) -> bytes:
    """What is carried, through the carrier's steps."""
    if level.opened is not None:
        return level.opened.close([content])
    try:
        return made_through(carrier.steps, content, context, Front())
    except NotMade:
        names = ", ".join(step.name for step in carrier.steps)
        raise DecodeError(
            f"nothing was in {carrier.at.full_name} before, so that it is not known how to close {names},", 0
        ) from None
