"""What a path leads to in a message: where it lies, and what it means."""

from __future__ import annotations

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError as ProtobufDecodeError

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.splice.descent import Place, at_index, descend
from paperknife_decoders.splice.elements import elements_of
from paperknife_decoders.splice.errors import NoElement, SpliceError
from paperknife_decoders.splice.hops import is_map
from paperknife_decoders.splice.paths import Path, path_in
from paperknife_decoders.splice.scanning import Span
from paperknife_decoders.values import Dynamic

__all__ = ["read_value", "spans_at"]


def spans_at(data: bytes, descriptor: Descriptor, path: Path | str) -> tuple[Span, ...]:
    """Where the value at `path` lies in `data`, start and end without tag and length; nothing where it is unset.

    A scalar is at one place, that of the record which counts. A message is in as many as it has records, which are read
    side by side. A whole list has one for each element, a whole map for each entry. Raises `PathError`, and
    `SpliceError` for bytes that cannot be read on the way.
    """
    path = path_in(path, descriptor)
    try:
        place = place_of(data, path)
        if place is None:
            return ()
        field, index = path.field, place.hop.index
        if not field.is_repeated:
            records = place.records if field.message_type is not None else place.records[-1:]
            return tuple((each.content, each.content_end) for each in records)
        elements = elements_of(data, place.records, place.hop.form)
        if index is not None:
            elements = [elements[at_index(place.hop, index, len(elements))]]
    except NoElement:
        return ()
    except DecodeError as error:
        raise unreadable(path, error) from error
    return tuple((start, end) for _, start, end in elements)


def read_value(data: bytes, descriptor: Descriptor, path: Path | str) -> Dynamic:
    """The value at `path` as the library gives it, a list or a dict for a whole list or map; None where it is unset.

    A field that has no presence is unset where it is not on the wire. Raises as `spans_at` does.
    """
    path = path_in(path, descriptor)
    try:
        place = place_of(data, path)
        if place is None:
            return None
        field = path.field
        assert field.containing_type is not None
        holder: Dynamic = message_factory.GetMessageClass(field.containing_type)
        holder = holder.FromString(b"".join([data[each.start : each.end] for each in place.records]))
        value = holder.Extensions[field] if field.is_extension else getattr(holder, field.name)
        if place.hop.index is not None:
            return value[at_index(place.hop, place.hop.index, len(value))]
    except NoElement:
        return None
    except (DecodeError, ProtobufDecodeError) as error:
        raise unreadable(path, error) from error
    return value if not field.is_repeated else dict(value) if is_map(field) else list(value)


def place_of(data: bytes, path: Path) -> Place | None:
    """The place that `path` leads to; None where the message has nothing there."""
    place = descend(data, path.hops)
    in_entry = len(path.hops) > 1 and path.hops[-2].key is not None  # which has a value, written or not
    return place if place.is_reached and (place.records or in_entry) else None


def unreadable(path: Path, error: Exception) -> SpliceError:
    """The sentence on a broken message."""
    return SpliceError(f"{path} cannot be read, the message is broken: {error}")
