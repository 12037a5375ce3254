"""The express way: the parts of a message without the way back, where nothing about it is odd.

To open a message takes a way back for each step and each part, a hundred times what a length or a number takes to be
read. Most messages are only read, and most of them are what steps expect. So the steps that much traffic goes through
have a short way too: a closure, made once for a protocol. It gives the very parts that `open_parts` gives, or None for
all that it does not care to look into, refusals and limits among them; these go the whole way.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from paperknife_decoders.carrying.choices import LONGEST_KEY, FieldKey
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Limits, Step
from paperknife_decoders.steps.carry import Carry
from paperknife_decoders.steps.compressed import Compressed
from paperknife_decoders.steps.constant_prefix import ConstantPrefix
from paperknife_decoders.steps.length_prefix import LengthPrefix
from paperknife_decoders.steps.varint_delimited import VarintDelimited
from paperknife_decoders.wire.walker import WireType, read_varint
from paperknife_decoders.wire.writing import varint

__all__ = ["Express", "express_for"]

type Express = Callable[[bytes], Sequence[bytes] | None]

LARGE = 1 << 20
"""Bytes out of one compressed message; with more than these it goes the whole way."""

LARGE_CARRIERS = 1 << 17
"""Bytes of all the carriers in a message; a field takes two of them at least, and in a list of more it takes long."""

HALF = 1 << 63


def express_for(steps: Sequence[Step], limits: Limits) -> Express | None:
    """The express way through all `steps`; None where one of them has none.

    Whether what is carried is of its type is not looked at: if the union's type refuses a part, the message has to go
    the whole way.
    """
    stages = [stage_for(step, limits) for step in steps]
    known = [stage for stage in stages if stage is not None]
    if not stages or len(known) < len(stages) or limits.inflated_bytes < LARGE or limits.nesting < 1:
        return None
    if sum(isinstance(step, Compressed) for step in steps[1:]):
        return None  # the limit is for what comes out of all parts together
    first, rest, most = known[0], known[1:], limits.parts
    room = min(2 * limits.fields, LARGE_CARRIERS) if isinstance(steps[-1], Carry) else sys.maxsize
    if not rest:
        return alone(first, room)

    def express(data: bytes) -> Sequence[bytes] | None:
        try:
            parts: Sequence[bytes] | None = first(data) if len(data) <= room else None
            for stage in rest:
                if parts is None or len(parts) > most or sum(map(len, parts)) > room:
                    return None
                parts = staged(stage, parts)
        except (DecodeError, IndexError):
            return None
        return parts if parts is not None and len(parts) <= most else None

    return express


def alone(stage: Express, room: int) -> Express:
    """The express way through one step, for contents of so many bytes; it sees to its other limits itself."""

    def express(data: bytes) -> Sequence[bytes] | None:
        try:
            return stage(data) if len(data) <= room else None
        except (DecodeError, IndexError):
            return None

    return express


def staged(stage: Express, parts: Sequence[bytes]) -> Sequence[bytes] | None:
    """All parts of the parts."""
    if len(parts) == 1:
        return stage(parts[0])
    found: list[bytes] = []
    for part in parts:
        own = stage(part)
        if own is None:
            return None
        found += own
    return found


def stage_for(step: Step, limits: Limits) -> Express | None:
    """One step's own."""
    make = STAGES.get(type(step))
    return None if make is None else make(step, limits)


def delimited(_: VarintDelimited, limits: Limits) -> Express:
    """Lengths as varints."""
    most = limits.parts

    def parts(data: bytes) -> list[bytes] | None:
        found: list[bytes] = []
        at, end = 0, len(data)
        while at < end:
            size = data[at]
            if size < 128:
                at += 1
            else:
                size, at = read_varint(data, at, end)
            start, at = at, at + size
            if at > end or len(found) == most:
                return None
            found.append(data[start:at])
        return found

    return parts


def prefixed(step: LengthPrefix, _: Limits) -> Express | None:
    """One length of a fixed size."""
    if step.several:
        return None

    def parts(data: bytes) -> tuple[bytes] | None:
        size, start = step.length_at(data, 0)
        return (data[start:],) if start + size == len(data) else None

    return parts


def constant(step: ConstantPrefix, _: Limits) -> Express:
    """A constant in front."""
    prefix = bytes.fromhex(step.hex)
    size = len(prefix)

    def parts(data: bytes) -> tuple[bytes] | None:
        return (data[size:],) if data.startswith(prefix) else None

    return parts


def inflated(step: Compressed, _: Limits) -> Express | None:
    """What is compressed, and not large; not where a flag in front of it tells that."""
    if step.flag is not None:
        return None
    pieces, is_packed = step.codec.pieces, step.is_packed

    def parts(data: bytes) -> tuple[bytes] | None:
        if not is_packed(data):
            return (data,)
        found, size = [], 0
        for piece in pieces(data):
            size += len(piece)
            if size > LARGE:
                return None
            found.append(piece)
        return (b"".join(found),)

    return parts


def carried(step: Carry, _: Limits) -> Express | None:
    """A carrier on the top level with a key beside the bytes, and nothing else about it."""
    union, carrier = step.union, step.union.carrier
    if carrier is None or carrier.steps or union.inner or step.header:
        return None
    choice = carrier.choice
    if choice.remembers is not None or choice.recalls is not None or not isinstance(choice.key, FieldKey):
        return None
    field, place_tag = choice.key.field, carrier.at.number << 3 | LENGTH
    tags = {key: varint(union.members[kind.full_name] << 3 | WireType.LENGTH) for key, kind in choice.table.items()}
    default, key_number = field.default_value, field.number

    def parts(data: bytes) -> tuple[bytes] | None:
        key: int | str | None = None
        record = body = content = -1
        at, end = 0, len(data)
        while at < end:
            start, tag = at, data[at]
            at += 1
            if tag > 127:
                tag, at = tag_at(data, start)
            head, kind = at, tag & 7
            if kind == LENGTH or not kind:
                value = data[at]
                at += 1
                if value > 127:  # most of these have two bytes
                    more = data[at]
                    value, at = (value & 127 | more << 7, at + 1) if more < 128 else read_varint(data, head, end)
                if kind:
                    value, at = at, at + value
            else:
                value, at = 0, at + SIZES[kind]
            if at > end or tag < LEAST:
                return None
            if tag == place_tag:
                if record >= 0:
                    return None
                record, body, content = start, head, value
            elif tag >> 3 == key_number:
                key = key_at(data, kind, value, at)
        new = tags.get(default if key is None else key)
        if new is None:
            return (data,)
        if record < 0:
            return (data + new + b"\0",)
        if content - body > 1 and not data[content - 1]:
            return None  # a length in more bytes than it needs
        return (data[:record] + new + data[body:],)

    return parts


def tag_at(data: bytes, at: int) -> tuple[int, int]:
    """A tag of two bytes, and the offset behind it.

    Raises `DecodeError` for a number above 2047, as a union's own are, and for one in more bytes than it needs.
    """
    more = data[at + 1]
    if not 0 < more < 128:
        raise DecodeError("a tag that the express way does not take", at)
    return data[at] & 127 | more << 7, at + 2


def key_at(data: bytes, kind: int, value: int, end: int) -> int | str:
    """A key: a number, or the text from the offset `value` on. Raises `DecodeError` for an odd one."""
    if kind == LENGTH and end - value <= LONGEST_KEY:
        return data[value:end].decode(errors="replace")
    if kind or value >= HALF:
        raise DecodeError("a key that the express way does not take", end)
    return value


LENGTH: Final = int(WireType.LENGTH)

LEAST: Final = 8
"""The first tag of field 1."""

ALL: Final = 1 << 62
"""More bytes than there are, for a group, and for what is no wire type: it goes beyond the end."""

SIZES: Final = (0, 8, 0, ALL, ALL, 4, ALL, ALL)
"""By wire type: how many bytes a value has, where it does not tell."""

STAGES: Final[Mapping[type[Step], Callable[[Any, Limits], Express | None]]] = {
    VarintDelimited: delimited,
    LengthPrefix: prefixed,
    ConstantPrefix: constant,
    Compressed: inflated,
    Carry: carried,
}
