"""What the user wrote, in the light of what stands beside it: "2026-07-30" is a time beside a Timestamp."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.expression.error import closest, listed
from paperknife_decoders.expression.shapes import decimal_from, string_term
from paperknife_decoders.expression.terms import Kind, Term, Value, constant

__all__ = ["WrongLiteral", "duration_from", "literal_beside", "literal_in_sum", "not_a_number", "timestamp_from"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
    "d": 86400 * 10**9,
}
"""Nanoseconds of each unit of a duration."""

DURATION = re.compile(r"(\d{1,18}(?:\.\d{1,9})?)(ns|us|µs|ms|s|m|h|d)")


class WrongLiteral(Exception):
    """The sentence why a literal cannot stand beside a term."""


def literal_beside(value: Value, term: Term) -> Term:
    """A literal in the kind of `term`; raises `WrongLiteral`."""
    if value is None:
        raise WrongLiteral(f"None stands for nothing here; has({term.text or 'path'}) tells whether a field is set")
    if isinstance(value, str) and decimal_from(value) is None and may_be_text(term):
        return constant(Kind.STRING, value, said(value))
    return replace(constant(term.kind, READERS[term.kind](value, term), said(value)), enum=term.enum)


def may_be_text(term: Term) -> bool:
    """True for a decimal that may hold other text: it is in a message that only holds a string, and not called so."""
    if term.kind is not Kind.DECIMAL or term.path is None or string_term(term) is None:
        return False
    kind = term.path.shape.descriptor
    return kind is None or "decimal" not in kind.name.lower()


def not_a_number(term: Term, found: str) -> str:
    """The sentence on `found` beside a decimal."""
    return f"{term}; it compares with a number such as 5000.25, not with {found}"


def literal_in_sum(value: Value, term: Term) -> Term:
    """A literal that is added to `term` or taken from it: beside a time, a string is a duration or a time."""
    if isinstance(value, str) and term.kind in (Kind.TIMESTAMP, Kind.DURATION):
        if (span_ns := duration_from(value)) is not None:
            return constant(Kind.DURATION, span_ns, said(value))
        return constant(Kind.TIMESTAMP, moment(value, replace(term, kind=Kind.TIMESTAMP)), said(value))
    if term.kind in (Kind.NUMBER, Kind.DECIMAL, Kind.DURATION):
        return literal_beside(value, term)
    return constant(Kind.NUMBER, value, said(value))


def is_number(value: Value) -> bool:
    """True for a number; Python counts booleans among them."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(value: Value, term: Term) -> Value:
    """A number beside a number; a name beside a number that has names."""
    if is_number(value):
        field = term.path.shape.field if term.path else None
        if field is not None and field.type == FieldDescriptor.TYPE_FLOAT and isinstance(value, float):
            return single(value)
        return value
    if isinstance(value, str) and term.choices is not None:
        return choice(value, term)
    if isinstance(value, str) and decimal_from(value) is not None:
        raise WrongLiteral(f"{term}; write {value} without quotes")
    raise WrongLiteral(f"{term}; it compares with a number, not with {said(value)}")


def single(value: float) -> float:
    """`value` as a 32-bit field holds it, so that 0.1 equals 0.1."""
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return value


def decimal(value: Value, term: Term) -> Value:
    """A number, or a string that holds one."""
    if is_number(value):
        return decimal_from(str(value))
    if isinstance(value, str) and (found := decimal_from(value)) is not None:
        return found
    raise WrongLiteral(not_a_number(term, said(value)))


def enum_number(value: Value, term: Term) -> Value:
    """A value's name or number."""
    if is_number(value):
        return value
    if isinstance(value, str):
        return choice(value, term)
    raise WrongLiteral(f"{term}; it compares with {listed(term.choices or ())} or a number, not with {said(value)}")


def text(value: Value, term: Term) -> Value:
    """A string; one of the known names, where there is a list of them."""
    if isinstance(value, str):
        return value if term.choices is None or not value else choice(value, term)
    if is_number(value):
        as_number = f"; number({term.text}) is the number in it" if " " not in term.text else ""
        raise WrongLiteral(f'{term}; it compares with a string such as "{value}"{as_number}')
    raise WrongLiteral(f'{term}; it compares with a string such as "ES", not with {said(value)}')


def raw(value: Value, term: Term) -> Value:
    """A bytes literal, or hex."""
    if isinstance(value, bytes):
        return value
    try:
        return bytes.fromhex(value)
    except (ValueError, TypeError):
        raise WrongLiteral(f'{term}; it compares with hex such as "0a1b" or b"...", not with {said(value)}') from None


def moment(value: Value, term: Term) -> Value:
    """An ISO 8601 time."""
    found = timestamp_from(value) if isinstance(value, str) else None
    if found is None:
        raise WrongLiteral(
            f'{term}; it compares with an ISO time such as "2026-07-30T14:03:21Z", not with {said(value)}'
        )
    return found


def span(value: Value, term: Term) -> Value:
    """A duration with its unit, or a number of seconds."""
    found = round(value * 10**9) if is_number(value) and abs(value) < 10**18 else None
    if isinstance(value, str):
        found = duration_from(value)
    if found is None:
        raise WrongLiteral(f'{term}; it compares with "1.5s", "20ms" or a number of seconds, not with {said(value)}')
    return found


def truth(value: Value, term: Term) -> Value:
    """True or False, which may also be written as Protobuf and JSON do."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in (term.choices or {}):
        return choice(value, term)
    raise WrongLiteral(f"{term}; it compares with True or False, not with {said(value)}")


def never(value: Value, term: Term) -> Value:
    """Nothing a literal could equal."""
    name = term.text or "this"
    if term.kind is Kind.MESSAGE:
        raise WrongLiteral(f"{term}; compare one of its fields, or say has({name})")
    raise WrongLiteral(f"{term}; say len({name}), {said(value)} in {name}, or any(... for x in {name})")


READERS: dict[Kind, Callable[[Value, Term], Value]] = {
    Kind.BOOL: truth,
    Kind.NUMBER: number,
    Kind.DECIMAL: decimal,
    Kind.ENUM: enum_number,
    Kind.STRING: text,
    Kind.BYTES: raw,
    Kind.TIMESTAMP: moment,
    Kind.DURATION: span,
    Kind.MESSAGE: never,
    Kind.LIST: never,
    Kind.MAP: never,
}


def said(value: Value) -> str:
    """A literal as the user wrote it, shortened."""
    written = repr(value) if not isinstance(value, str) else f'"{value}"'
    return written if len(written) <= 40 else f"{written[:37]}..."


def choice(name: str, term: Term) -> Value:
    """What a name stands for beside `term`."""
    choices: Mapping[str, Value] = term.choices or {}
    if name not in choices:
        raise WrongLiteral(choice_fault(name, term))
    return choices[name]


def choice_fault(name: str, term: Term) -> str:
    """The sentence about a name that is none of a term's choices."""
    choices = dict(term.choices or {})
    likely = closest(name, choices)
    meant = f"; did you mean {likely}?" if likely else "."
    # Names that mean the same are listed once, by the short one, which comes first.
    once = {value: each for each, value in reversed(choices.items())}
    return f"{term.text} is never {name}{meant} It is one of: {listed(reversed(once.values()))}"


def timestamp_from(value: str) -> int | None:
    """Nanoseconds since the epoch of an ISO 8601 text, UTC where it names no zone; None where it is no time."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH
    micros = (since.days * 86400 + since.seconds) * 10**6 + since.microseconds
    # datetime stops at microseconds; whatever digits are behind them count too.
    digits = re.search(r"[.,]\d{6}(\d{1,3})", value)
    return micros * 1000 + (int(digits[1].ljust(3, "0")) if digits else 0)


def duration_from(value: str) -> int | None:
    """Nanoseconds of ``1.5s``, ``-20ms`` or ``1h30m``; None where it is no duration."""
    sign, rest = (-1, value[1:]) if value.startswith("-") else (1, value)
    parts = DURATION.findall(rest)
    if not parts or "".join(map("".join, parts)) != rest:
        return None
    return sign * sum(int(Decimal(count) * UNITS[unit]) for count, unit in parts)
