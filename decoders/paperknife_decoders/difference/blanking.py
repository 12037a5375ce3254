"""What does not count made blank in a message, a closure for each field: they run for every message of a client."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.duration_pb2 import Duration

from paperknife_decoders.difference.json_normal import blank_text
from paperknife_decoders.moments import is_time
from paperknife_decoders.sites import Shape, content_field, getter, shape_of, tester
from paperknife_decoders.values import Dynamic
from paperknife_decoders.volatile import Mark

__all__ = ["FLOATS", "Blank", "blank_for", "blanker", "each_message", "floats", "moment", "one_way"]

type Blank = Callable[[Dynamic, int], None]
"""Changes a field of the message that it is given, and that lies inside so many."""

type Change = Callable[[Dynamic], Dynamic]
"""From a value to what stands in its place: the very same object where that is the value itself."""

MOMENT = 1_000_000_000
"""A point in time that stands for all."""

FLOATS = (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT)
TEXT = FieldDescriptor.CPPTYPE_STRING

clear = cast("Callable[[Dynamic], None]", Duration.Clear)
clear_field = cast("Callable[[Dynamic, str], None]", Duration.ClearField)
clear_extension = cast("Callable[[Dynamic, FieldDescriptor], None]", Duration.ClearExtension)


def blank_for(mark: Mark, field: FieldDescriptor) -> Blank:
    """What makes that of a field blank that does not count."""
    return BLANKS[mark](field)


def ignored(field: FieldDescriptor) -> Blank:
    """Takes a field out."""
    if field.is_extension:
        return lambda message, depth: clear_extension(message, field)
    name = field.name
    return lambda message, depth: clear_field(message, name)


def value(field: FieldDescriptor) -> Blank:
    """Makes all values of a field blank."""
    content = content_field(field)
    if content.message_type is not None:
        return each_message(field, lambda message, depth: clear(message))
    if content is field and not field.has_presence and not field.is_repeated and field.cpp_type != TEXT:
        return ignored(field)  # zero, which is what stands for all numbers, is not written
    return each_scalar(field, blanker(content))


def time(field: FieldDescriptor) -> Blank:
    """Makes those values of a field blank that are points in time."""
    content = content_field(field)
    if content.message_type is None:
        stand_in, is_float = moment(content), content.cpp_type in FLOATS
        return each_scalar(field, lambda value: stand_in if is_time(value) else one_way(value) if is_float else value)
    stand_in = moment(content.message_type.fields[0])

    def within(wrapper: Dynamic, _: int) -> None:
        if is_time(wrapper.value):
            wrapper.value = stand_in

    return each_message(field, within)


BLANKS: dict[Mark, Callable[[FieldDescriptor], Blank]] = {Mark.IGNORED: ignored, Mark.VALUE: value, Mark.TIME: time}


def floats(field: FieldDescriptor) -> Blank:
    """Writes numbers that are equal the same way."""
    return each_scalar(field, one_way)


def each_message(field: FieldDescriptor, change: Blank) -> Blank:
    """Changes each of the messages that are in a field."""
    get, is_set = getter(field), tester(field)

    def one(message: Dynamic, depth: int) -> None:
        if is_set is None or is_set(message):
            change(get(message), depth)

    def all_of_list(message: Dynamic, depth: int) -> None:
        for item in get(message):
            change(item, depth)

    def all_of_map(message: Dynamic, depth: int) -> None:
        values = get(message)
        for key in values:
            change(values[key], depth)

    return {Shape.ONE: one, Shape.LIST: all_of_list, Shape.MAP: all_of_map}[shape_of(field)]


def each_scalar(field: FieldDescriptor, change: Change) -> Blank:
    """Changes each of the scalars that are in a field; what is as it was is not written."""
    get, is_set, name = getter(field), tester(field), field.name

    def one(message: Dynamic, _: int) -> None:
        if is_set is None or is_set(message):
            item = get(message)
            changed = change(item)
            if changed is item:
                return
            if field.is_extension:
                message.Extensions[field] = changed
            else:
                setattr(message, name, changed)

    def all_of_list(message: Dynamic, _: int) -> None:
        values = get(message)
        for at, item in enumerate(values):
            changed = change(item)
            if changed is not item:
                values[at] = changed

    def all_of_map(message: Dynamic, _: int) -> None:
        values = get(message)
        for key in list(values):
            item = values[key]
            changed = change(item)
            if changed is not item:
                values[key] = changed

    return {Shape.ONE: one, Shape.LIST: all_of_list, Shape.MAP: all_of_map}[shape_of(field)]


def blanker(field: FieldDescriptor) -> Change:
    """What stands in place of the values of a field."""
    if field.cpp_type != TEXT:
        # A closed enum may have no zero.
        stand_in = field.enum_type.values[0].number if field.enum_type is not None else 0
        return lambda value: stand_in
    if field.type == FieldDescriptor.TYPE_BYTES:
        return lambda value: b"~" if value else value
    return blank_text


def moment(field: FieldDescriptor) -> str | int | float:
    """A point in time that stands for all, in the kind of a field."""
    if field.cpp_type == TEXT:
        return str(MOMENT)
    return float(MOMENT) if field.cpp_type in FLOATS else MOMENT


def one_way(value: float) -> float:
    """Of the numbers that are the same, always this one."""
    return math.nan if math.isnan(value) else value or 0.0
