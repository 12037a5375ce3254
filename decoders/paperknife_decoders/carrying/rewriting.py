"""Envelopes as unions, and back: the carried bytes become a member of the union's `oneof`, at the place where they are.

All other records of the message, unknown ones too, are copied as they lie there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from google.protobuf import message_factory
from google.protobuf.message import DecodeError as ProtobufDecodeError

from paperknife_decoders.carrying.union import FIRST_HEADER, FIRST_MEMBER, Carrier, Union
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Context, Opened, open_parts
from paperknife_decoders.wire.walker import Field, WireType, walk
from paperknife_decoders.wire.writing import length_delimited

__all__ = ["Rewriting"]


@dataclass(slots=True)
class Rewriting:
    """One envelope on its way there and back.

    `originals` are the records that were replaced, by what replaced them; `opened` are the ways back through the steps
    of a carrier, by the member's field number.
    """

    context: Context
    originals: dict[bytes, bytes] = field(default_factory=dict)
    opened: dict[int, Opened] = field(default_factory=dict)

    def to_union(self, data: bytes, union: Union, depth: int = 0) -> bytes:
        """The bytes of the union's type. Raises `DecodeError` for what is no message, and for one nested too deeply."""
        if depth > self.context.limits.nesting:
            raise DecodeError(f"messages in messages, more than {self.context.limits.nesting} levels of them,", 0)
        fields = walk(data)
        replaced: dict[int, bytes] = {}
        missing = b""
        if union.carrier is not None:
            place, record = self.carried(data, fields, union, union.carrier, depth)
            if record and place is None:
                missing = record
                self.originals[record] = b""
            elif record and place is not None:
                replaced[place.start] = record
        for each in fields:
            if each.number >= FIRST_HEADER and (union.carrier or each.number not in union.descriptor.fields_by_number):
                raise DecodeError(f"field {each.number}, a number that rewriting needs for itself,", each.start)
            if each.number in union.inner and each.wire_type is WireType.LENGTH and each.start not in replaced:
                content = data[each.content : each.content_end]
                inner = self.to_union(content, union.inner[each.number], depth + 1)
                if inner != content:
                    replaced[each.start] = length_delimited(each.number, inner)
        if not replaced:
            return data + missing
        pieces = []
        for each in fields:
            piece = original = data[each.start : each.end]
            if each.start in replaced:
                piece = replaced[each.start]
                self.originals[piece] = original
            pieces.append(piece)
        return b"".join(pieces) + missing

    def carried(
        self, data: bytes, fields: tuple[Field, ...], union: Union, carrier: Carrier, depth: int
    ) -> tuple[Field | None, bytes]:
        """The field with the carried bytes, and the union's member in its place; nothing where that is not known."""
        kind = carrier.choice.type_of(data, fields, self.context)
        number = union.members.get(kind.full_name) if kind is not None else None
        places = [each for each in fields if each.number == carrier.at.number and each.wire_type is WireType.LENGTH]
        place = places[-1] if places else None
        if kind is None or number is None:
            return place, b""
        content = data[place.content : place.content_end] if place is not None else b""
        try:
            if place is not None and carrier.steps:
                self.opened[number] = open_parts(carrier.steps, content, self.context)
                (content,) = self.opened[number].parts
            if number in union.inner:
                content = self.to_union(content, union.inner[number], depth + 1)
            message_factory.GetMessageClass(kind).FromString(content)
        except (ProtobufDecodeError, ValueError):
            if self.context.spent.inflated > self.context.limits.inflated_bytes:
                raise  # a bomb: nothing more of this message is taken apart, and it is said why
            return place, b""  # it is something else, which the bytes field shows
        return place, length_delimited(number, content)

    def from_union(self, data: bytes, union: Union) -> bytes:
        """The way back: what was replaced and is unchanged as it was, what was changed made anew."""
        return b"".join(self.record(data, each, union) for each in walk(data))

    def record(self, data: bytes, each: Field, union: Union) -> bytes:
        """One record of the original's type."""
        piece = data[each.start : each.end]
        original = self.originals.get(piece)
        if original is not None:
            return original
        content = data[each.content : each.content_end]
        if each.number in union.inner and each.wire_type is WireType.LENGTH:
            content = self.from_union(content, union.inner[each.number])
            if each.number < FIRST_MEMBER or union.carrier is None:  # what is behind a header is a union before
                return length_delimited(each.number, content)
        if each.number >= FIRST_MEMBER and union.carrier is not None:
            if each.number in self.opened:
                content = self.opened[each.number].close([content])
            return length_delimited(union.carrier.at.number, content)
        return piece
