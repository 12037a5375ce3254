"""The keys of envelopes of our own: which type it is that they carry, where their system says so beside the bytes.

Whoever writes ``NewOrderReq: {...}`` has said it already. Of what stands in front of a message `front` knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.carrying.choices import Choice, FieldKey
from paperknife_decoders.carrying.union import FIRST_MEMBER, Union
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.splice.hops import form_of
from paperknife_decoders.splice.scalars import encode_scalar
from paperknife_decoders.steps import Step
from paperknife_decoders.steps.carry import Behind, Carry
from paperknife_decoders.wire.walker import Field, WireType, walk
from paperknife_decoders.wire.writing import length_delimited

__all__ = ["with_keys"]

DEEPEST = 20
"""Carriers in each other; further in nothing is added."""


def with_keys(envelope: bytes, steps: Sequence[Step]) -> bytes:
    """An envelope of our own with the key of what it carries, for each carrier in it that has none."""
    last = steps[-1] if steps else None
    try:
        match last:
            case Carry(union=union):
                return keyed(envelope, union, DEEPEST)
            case Behind(union=union, choice=choice):
                return keyed_inside(envelope, union.members, choice)
    except DecodeError:
        pass  # what cannot be read carries nothing
    return envelope


def keyed(data: bytes, union: Union, depth: int) -> bytes:
    """The same for an envelope of this union."""
    fields = walk(data)
    pieces, at = [], 0
    for each in fields:
        inner = union.inner.get(each.number)
        if inner is not None and each.wire_type is WireType.LENGTH and depth:
            content = data[each.content : each.content_end]
            made = keyed(content, inner, depth - 1)
            if made != content:
                pieces += [data[at : each.start], length_delimited(each.number, made)]
                at = each.end
    key = b"" if union.carrier is None else missing_key(fields, fields, union.members, union.carrier.choice)
    return b"".join([key, *pieces, data[at:]])


def keyed_inside(data: bytes, members: Mapping[str, int], choice: Choice) -> bytes:
    """The same for a message that says by a field of its own what it is."""
    numbers = frozenset(members.values())
    for each in (fields := walk(data)):
        if each.number in numbers and each.wire_type is WireType.LENGTH:
            body = data[each.content : each.content_end]
            key = missing_key(fields, walk(body), members, choice)
            return data[: each.start] + length_delimited(each.number, key + body) + data[each.end :] if key else data
    return data


def missing_key(fields: Sequence[Field], beside: Sequence[Field], members: Mapping[str, int], choice: Choice) -> bytes:
    """The record of the key for the member among `fields`; empty where there is one `beside`, or none is needed."""
    if not isinstance(choice.key, FieldKey):
        return b""
    field, numbers = choice.key.field, frozenset(members.values())
    member = next((each.number for each in fields if each.number in numbers), None)
    if member is None or any(each.number == field.number for each in beside):
        return b""
    kind: Descriptor = choice.holds[member - FIRST_MEMBER]
    key = next((key for key, of in choice.table.items() if of == kind), None)
    if key is None or (key == field.default_value and not field.has_presence):
        return b""
    return form_of(field).record(encode_scalar(key, field))
