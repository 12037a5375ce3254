"""What is replaced at a place: by a value, by nothing, or by one more element."""

from __future__ import annotations

from collections.abc import Sequence

from paperknife_decoders.splice.descent import Place, at_index
from paperknife_decoders.splice.elements import Element, elements_of, is_packed
from paperknife_decoders.splice.entries import entries_of, taken
from paperknife_decoders.splice.hops import Form, is_map
from paperknife_decoders.splice.lengths import Edit, length_like, relengthed
from paperknife_decoders.wire.walker import Field, WireType
from paperknife_decoders.wire.writing import varint

__all__ = ["adding", "clearing", "inserting", "making", "setting", "setting_all"]


def setting(data: bytes, place: Place, content: bytes) -> list[Edit]:
    """The field or the element at `place` gets `content`; what leads there is made where it is unset."""
    hop = place.hop
    if hop.index is not None:
        elements = elements_of(data, place.records, hop.form)
        element = elements[at_index(hop, hop.index, len(elements))]
        return in_element(element, hop.form, content)
    if not place.is_reached or not place.records:
        return making(place, within(place, place.hops[-1].form.record(content)))
    *others, last = place.records
    removed = [removal(each) for each in others] if hop.form.field.message_type is not None else []
    return [*removed, in_record(last, content)]


def within(place: Place, records: bytes) -> bytes:
    """New records in all parents that the message does not have. A list that it does not have has no elements."""
    missing = place.hops[place.hops.index(place.hop) :]
    for hop in missing:
        if hop.index is not None:
            at_index(hop, hop.index, 0)
    for hop in reversed(missing[:-1]):
        records = hop.form.record(hop.key_record + records)
    return records


def making(place: Place, records: bytes) -> list[Edit]:
    """New records of a field that is unset, behind all that is there; they take the place of the field's rivals."""
    hop = place.hop
    if hop.form.in_oneof and place.found:
        *others, last = place.found
        return [*map(removal, others), Edit(last.start, last.end, records)]
    end = place.spans[-1][1]
    at = place.found[-1].end if place.found else end
    return [Edit(at, at, records)]


def setting_all(data: bytes, place: Place, contents: Sequence[bytes]) -> list[Edit]:
    """The list at `place` gets these elements instead of all that it has, packed if its first record is."""
    form = place.hop.form
    if not place.records:
        return adding_new(place, contents, packed=bool(form.packed) and form.field.is_packed)
    first = place.records[0]
    records = listed(form, contents, packed=is_packed(first, form))
    return sorted([Edit(first.start, first.start, records), *clearing_all(data, place)])


def listed(form: Form, contents: Sequence[bytes], *, packed: bool) -> bytes:
    """New records of a list."""
    if not packed:
        return b"".join(map(form.record, contents))
    content = b"".join(contents)
    return form.packed + varint(len(content)) + content if content else b""


def adding_new(place: Place, contents: Sequence[bytes], *, packed: bool) -> list[Edit]:
    """The first elements of a list."""
    records = listed(place.hops[-1].form, contents, packed=packed)
    return making(place, within(place, records))


def adding(place: Place, contents: Sequence[bytes]) -> list[Edit]:
    """The list at `place` gets more elements at its end, packed if its last record is."""
    form = place.hops[-1].form
    if not place.is_reached or not place.records:
        return adding_new(place, contents, packed=bool(form.packed) and form.field.is_packed)
    last = place.records[-1]
    if is_packed(last, form):
        more = b"".join(contents)
        return relengthed([Edit(last.content_end, last.content_end, more)], [last])
    return [Edit(last.end, last.end, listed(form, contents, packed=False))]


def inserting(data: bytes, place: Place, content: bytes) -> list[Edit]:
    """The list at `place` gets one more element before the one there, packed if that is."""
    hop = place.hop
    if hop.index is None or not place.is_reached:
        within(place, b"")  # which finds that a list on the way is empty
    elements = elements_of(data, place.records, hop.form)
    element = elements[at_index(hop, hop.index or 0, len(elements))]
    if is_packed(element.record, hop.form):
        return relengthed([Edit(element.start, element.start, content)], [element.record])
    return [Edit(element.record.start, element.record.start, hop.form.record(content))]


def clearing(data: bytes, place: Place) -> list[Edit]:
    """What is at `place` is no longer there."""
    hop = place.hop
    if not place.is_reached:
        within(place, b"")  # which finds that a list on the way is empty
        return []
    if hop.key is not None:
        return [removal(each) for each in entries_of(data, place.records, hop)]
    if hop.index is not None:
        elements = elements_of(data, place.records, hop.form)
        return without([elements[at_index(hop, hop.index, len(elements))]], place.records, hop.form)
    if hop.form.in_oneof:
        # With the last member gone those before it would count again.
        return [removal(each) for each in place.found] if place.records else []
    return clearing_all(data, place)


def clearing_all(data: bytes, place: Place) -> list[Edit]:
    """No element is left; those that a closed enum does not know are none, but unknown fields."""
    form = place.hop.form
    if form.packed and form.field.enum_type is not None and form.field.enum_type.is_closed:
        return without(elements_of(data, place.records, form), place.records, form)
    records = taken(data, place.records, form.field) if is_map(form.field) else place.records
    return [removal(each) for each in records]


def without(elements: Sequence[Element], records: Sequence[Field], form: Form) -> list[Edit]:
    """`elements` taken out of `records`; a record goes with its last one."""
    edits: list[Edit] = []
    at = 0
    for record in records:
        first, size = at, 0
        while at < len(elements) and elements[at].record is record:
            size += elements[at].end - elements[at].start
            at += 1
        if at == first:
            continue
        if not is_packed(record, form) or size == record.value:
            edits.append(removal(record))
        else:
            edits += relengthed([Edit(start, end, b"") for _, start, end in elements[first:at]], [record])
    return edits


def removal(record: Field) -> Edit:
    """A record goes."""
    return Edit(record.start, record.end, b"")


def in_record(record: Field, content: bytes) -> Edit:
    """The content of a record is replaced."""
    if record.wire_type is WireType.LENGTH:
        return Edit(record.body, record.content_end, length_like(record, len(content)) + content)
    return Edit(record.content, record.content_end, content)


def in_element(element: Element, form: Form, content: bytes) -> list[Edit]:
    """The content of one element is replaced."""
    if is_packed(element.record, form):
        return relengthed([Edit(element.start, element.end, content)], [element.record])
    return [in_record(element.record, content)]
