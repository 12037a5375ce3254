"""The entries of a map: messages with a key as field 1 and a value as field 2, of which the last of a key counts."""

from __future__ import annotations

from collections.abc import Sequence

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.splice.decoding import decoded
from paperknife_decoders.splice.hops import Form, Hop, Key, form_of
from paperknife_decoders.splice.scalars import encode_scalar
from paperknife_decoders.splice.scanning import counts, records_in
from paperknife_decoders.values import Dynamic
from paperknife_decoders.wire.walker import Field

__all__ = ["entries_of", "key_field", "key_from", "key_of", "taken", "value_field"]


def key_field(field: FieldDescriptor) -> FieldDescriptor:
    """The key in the entries of the map `field`."""
    assert field.message_type is not None
    found: FieldDescriptor = field.message_type.fields_by_number[1]
    return found


def value_field(field: FieldDescriptor) -> FieldDescriptor:
    """The value in the entries of the map `field`."""
    assert field.message_type is not None
    found: FieldDescriptor = field.message_type.fields_by_number[2]
    return found


def key_from(value: Dynamic, field: FieldDescriptor) -> tuple[Key, bytes]:
    """A key of the map `field`, and its record in an entry. Raises `SpliceError` for what is none."""
    form = form_of(key_field(field))
    content = encode_scalar(value, form.field)
    return as_key(content, form), form.record(content)


def as_key(content: bytes, form: Form) -> Key:
    """A key as it counts."""
    key = decoded(content, form.field)
    assert not isinstance(key, float)  # no map has such keys
    return key


def key_of(data: bytes, entry: Field, form: Form) -> Key:
    """The key of an entry; one that is not written is zero or empty."""
    found = records_in(data, [(entry.content, entry.content_end)], form.tags)
    if found:
        return as_key(data[found[-1].content : found[-1].content_end], form)
    return b"" if form.field.cpp_type == FieldDescriptor.CPPTYPE_STRING else 0


def entries_of(data: bytes, found: Sequence[Field], hop: Hop) -> list[Field]:
    """Those of a map's entries that have the key of `hop`."""
    form = form_of(key_field(hop.form.field))
    return [entry for entry in taken(data, found, hop.form.field) if key_of(data, entry, form) == hop.key]


def taken(data: bytes, found: Sequence[Field], field: FieldDescriptor) -> Sequence[Field]:
    """The entries that parsers take: one with a value that a closed enum does not know is an unknown field as a whole.

    To upb, Google's parser in C, that is so with any unknown field in an entry. All others take such an entry, and what
    is set in it is for them.
    """
    form = form_of(value_field(field))
    (known,) = set(form.tags.values())
    if known is None:
        return found
    tags = dict.fromkeys(form.tags)  # which are all values, known or not
    return [
        entry
        for entry in found
        if all(counts(each.value, known) for each in records_in(data, [(entry.content, entry.content_end)], tags))
    ]
