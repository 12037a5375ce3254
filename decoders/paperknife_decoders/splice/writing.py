"""Changes made: once, or compiled for many messages of one type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.splice.changes import Append, Change, Clear, Insert, Set
from paperknife_decoders.splice.contents import content_of, is_whole_message, plain_text
from paperknife_decoders.splice.descent import Place, descend
from paperknife_decoders.splice.edits import adding, clearing, inserting, setting, setting_all
from paperknife_decoders.splice.entries import key_from, value_field
from paperknife_decoders.splice.errors import SpliceError
from paperknife_decoders.splice.express import Express, express_setting
from paperknife_decoders.splice.hops import Hop, form_of, is_map
from paperknife_decoders.splice.lengths import Edit, applied, relengthed
from paperknife_decoders.splice.paths import Path, path_in
from paperknife_decoders.splice.scalars import said
from paperknife_decoders.values import Dynamic, stands_for

__all__ = ["Splicer", "prepared", "splice"]

type Splicer = Callable[[bytes], bytes]
"""Makes the same changes in one message after the other. Raises `SpliceError` where one of them cannot be made."""

type Plan = Callable[[bytes, Place], list[Edit]]


def splice(data: bytes, descriptor: Descriptor, changes: Iterable[Change]) -> bytes:
    """`data`, a message of the type `descriptor`, with `changes` made one after the other; all other bytes stay.

    Raises `PathError` for a path that this type does not have, and `SpliceError` for a value that does not fit, for an
    element that is not there, and for bytes that cannot be read on the way.
    """
    for change in changes:
        data = splicer(descriptor, change)(data)
    return data


def prepared(descriptor: Descriptor, changes: Iterable[Change]) -> Splicer:
    """`splice` for many messages: the paths and the values are read now, and raise what is wrong with them."""
    splicers = tuple(splicer(descriptor, change) for change in changes)
    if len(splicers) == 1:
        return splicers[0]

    def splice_all(data: bytes) -> bytes:
        for each in splicers:
            data = each(data)
        return data

    return splice_all


def splicer(descriptor: Descriptor, change: Change) -> Splicer:
    """One change, ready for any message."""
    path = path_in(change.path, descriptor)
    match change:
        case Set(_, value) if path.is_many:
            contents = contents_of(path, value)
            return applying(path.hops, lambda data, place: all_set(data, place, contents))
        case Set(_, value):
            path, value = innermost(path, value)
            content = content_of(value, path.field)
            by_all_means = applying(path.hops, lambda data, place: setting(data, place, content))
            return quickly(express_setting(path.hops, content), by_all_means)
        case Append(_, value):
            contents = contents_of(path, [value]) if appendable(path) else []
            return applying(path.hops, lambda data, place: adding(place, contents))
        case Insert(_, value):
            if path.hops[-1].index is None:
                raise SpliceError(f"{path} is no element of a list, nothing can be inserted before it")
            content = content_of(value, path.field)
            return applying(path.hops, lambda data, place: inserting(data, place, content))
        case Clear():
            return applying(cleared(path.hops), clearing)


def quickly(express: Express | None, by_all_means: Splicer) -> Splicer:
    """By the express way where there is one that knows how."""
    if express is None:
        return by_all_means

    def splice_quickly(data: bytes) -> bytes:
        changed = express(data)
        return by_all_means(data) if changed is None else changed

    return splice_quickly


def applying(hops: Sequence[Hop], plan: Plan) -> Splicer:
    """Go down to the place, ask `plan` for the edits there, and make them, with the lengths of all parents."""

    def apply(data: bytes) -> bytes:
        try:
            place = descend(data, hops)
            edits = plan(data, place)
        except DecodeError as error:
            raise SpliceError(f"{hops[-1].text} cannot be reached, the message is broken: {error}") from error
        for records in reversed(place.parents):
            edits = relengthed(edits, records)
        return applied(data, edits)

    return apply


def innermost(path: Path, value: Dynamic) -> tuple[Path, Dynamic]:
    """The path to what a value is meant for: in a message that stands for its one field, that field."""
    kind = path.field.message_type
    inner: FieldDescriptor | None = None
    if kind is not None and not is_whole_message(value):
        inner = stands_for(kind)
    return (path, value) if inner is None else (path.into(inner), plain_text(value, inner))


def cleared(hops: tuple[Hop, ...]) -> tuple[Hop, ...]:
    """The way to what is to go: of a value in a map it is the entry."""
    return hops[:-1] if len(hops) > 1 and hops[-2].key is not None else hops


def appendable(path: Path) -> bool:
    """True; raises `SpliceError` for what cannot grow."""
    if not path.is_many:
        raise SpliceError(f"{path} is no list, nothing can be appended to it")
    if is_map(path.field):
        raise SpliceError(f'{path} is a map; set an entry instead, as in {path}["key"]')
    return True


def contents_of(path: Path, value: Dynamic) -> list[bytes]:
    """The contents of all records for a whole list or map."""
    field = path.field
    if is_map(field):
        if not isinstance(value, Mapping):
            raise SpliceError(f"{path} takes a mapping of all its entries, not {said(value)}")
        form = form_of(value_field(field))
        return [key_from(key, field)[1] + form.record(content_of(each, form.field)) for key, each in value.items()]
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise SpliceError(f"{path} takes a list of all its elements, not {said(value)}")
    return [content_of(each, field) for each in value]


def all_set(data: bytes, place: Place, contents: Sequence[bytes]) -> list[Edit]:
    """A whole list set; one that is not there needs no parents to be empty."""
    return setting_all(data, place, contents) if contents or (place.is_reached and place.records) else []
