"""The content of messages made of values: times, durations, decimals, wrappers, JSON, messages of the same type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from google.protobuf import json_format, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.expression.literals import duration_from, timestamp_from
from paperknife_decoders.expression.shapes import decimal_from
from paperknife_decoders.printable import elide, printable
from paperknife_decoders.reflection import kind_of
from paperknife_decoders.splice.errors import SpliceError
from paperknife_decoders.splice.hops import form_of
from paperknife_decoders.splice.scalars import encode_scalar, said
from paperknife_decoders.values import FIRST_SECOND, LAST_SECOND, NANOS_PER_SECOND, TIME_FIELDS, Dynamic, stands_for
from paperknife_decoders.wire.writing import varint

__all__ = ["content_of", "is_whole_message", "plain_text"]

LONGEST_DURATION = 315_576_000_000
"""Seconds, which are 10,000 years: the limit of google.protobuf.Duration."""

LONG = 100
"""Digits of a decimal; nobody means more, and ``1e999999`` would be a megabyte of zeros."""


def content_of(value: Dynamic, field: FieldDescriptor) -> bytes:
    """The content of a record of `field`, a scalar's or a message's. Raises `SpliceError` with what would fit."""
    kind = field.message_type
    if kind is None:
        return encode_scalar(value, field)
    if isinstance(value, ProtoMessage):
        return same_type(value, field, kind)
    if not isinstance(value, Mapping):
        if kind.full_name in TIMES and set(kind.fields_by_name) >= TIME_FIELDS:
            return TIMES[kind.full_name](value, field)
        inner = stands_for(kind)
        if inner is not None:
            return form_of(inner).record(content_of(plain_text(value, inner), inner))
    return from_json(value, field, kind)


def is_whole_message(value: Dynamic) -> bool:
    """True for what stands for all of a message, and not just for the one field that the message stands for."""
    return isinstance(value, Mapping | ProtoMessage)


def same_type(message: ProtoMessage, field: FieldDescriptor, kind: Descriptor) -> bytes:
    """A message as it is, required fields or none."""
    if kind_of(message).full_name != kind.full_name:
        raise SpliceError(f"{field.name} takes a {kind.full_name}, not a {kind_of(message).full_name}")
    return message.SerializePartialToString()


def from_json(value: Dynamic, field: FieldDescriptor, kind: Descriptor) -> bytes:
    """A message from its JSON form (https://protobuf.dev/programming-guides/json/)."""
    message = message_factory.GetMessageClass(kind)()
    if not isinstance(value, Mapping) and not kind.full_name.startswith("google.protobuf."):
        raise SpliceError(f"{field.name} takes a {kind.full_name} as a mapping of its fields, not {said(value)}")
    try:
        json_format.ParseDict(value, message, descriptor_pool=kind.file.pool)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        reason = elide(printable(str(error)), 200)
        raise SpliceError(f"{field.name} takes a {kind.full_name} in its JSON form; {reason}") from None
    return message.SerializePartialToString()


# Times


def timestamp(value: Dynamic, field: FieldDescriptor) -> bytes:
    """A date or a time, in UTC where it names no zone, ISO 8601, or nanoseconds since 1970."""
    moment: Dynamic = value.isoformat() if isinstance(value, date) else value
    nanos = timestamp_from(moment) if isinstance(moment, str) else moment
    if not isinstance(nanos, int) or isinstance(nanos, bool):
        raise SpliceError(
            f'{field.name} takes a time such as "2026-07-30T14:03:21Z" or nanoseconds since 1970, not {said(value)}'
        )
    seconds, rest = divmod(nanos, NANOS_PER_SECOND)
    if not FIRST_SECOND <= seconds <= LAST_SECOND:
        raise SpliceError(f"{field.name} takes a time of the years 1 to 9999, not {said(value)}")
    return seconds_and_nanos(seconds, rest)


def duration(value: Dynamic, field: FieldDescriptor) -> bytes:
    """A timedelta, ``1.5s``, ``1h30m``, or nanoseconds."""
    nanos: Dynamic
    if isinstance(value, timedelta):
        nanos = ((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds) * 1000
    else:
        nanos = duration_from(value) if isinstance(value, str) else value
    if not isinstance(nanos, int) or isinstance(nanos, bool):
        raise SpliceError(f'{field.name} takes a duration such as "1.5s", "-20ms" or nanoseconds, not {said(value)}')
    seconds, rest = divmod(abs(nanos), NANOS_PER_SECOND)
    if seconds > LONGEST_DURATION:
        raise SpliceError(f"{field.name} takes a duration of at most {LONGEST_DURATION:,} seconds, not {said(value)}")
    return seconds_and_nanos(seconds, rest) if nanos >= 0 else seconds_and_nanos(-seconds, -rest)


def seconds_and_nanos(seconds: int, nanos: int) -> bytes:
    """Both types have the same two fields, of which zeros are not written."""
    parts = [(b"\x08", seconds), (b"\x10", nanos)]
    return b"".join(tag + varint(number & (1 << 64) - 1) for tag, number in parts if number)


TIMES: dict[str, Callable[[Dynamic, FieldDescriptor], bytes]] = {
    "google.protobuf.Timestamp": timestamp,
    "google.protobuf.Duration": duration,
}


# Decimals


def plain_text(value: Dynamic, field: FieldDescriptor) -> Dynamic:
    """What a message that stands for one text takes as that text: numbers are written out, with no exponent.

    `field` is the one in the message. A type that is called a decimal takes no other text.
    """
    kind = field.containing_type
    if field.type != FieldDescriptor.TYPE_STRING or kind is None or kind.full_name.startswith("google.protobuf."):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = value if isinstance(value, Decimal) else decimal_from(repr(value)) if short(value) else None
        if (
            number is None
            or not number.is_finite()
            or abs(number.adjusted()) > LONG
            or len(number.as_tuple().digits) > LONG
        ):
            raise SpliceError(f"{kind.name} takes a finite number of at most {LONG} digits, not {said(value)}")
        return f"{number:f}"
    if isinstance(value, str) and "decimal" in kind.name.lower() and decimal_from(value) is None:
        raise SpliceError(f"{kind.name} takes a number such as 5000.25, not {said(value)}")
    return value


def short(value: float) -> bool:
    """True for a number whose digits Python writes."""
    return not isinstance(value, int) or value.bit_length() < 4 * LONG
