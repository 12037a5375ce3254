"""What stands in front of an envelope of our own: which values it asks for, and which of them say of what type it is.

A protocol whose messages have a header shows its values as fields of the envelope. Whoever writes ``{type: 9, Tick:
{...}}`` asks for that type; of ``{Tick: {...}}`` the definition's table, read the other way round, says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.carrying.choices import Choice, HeaderKey, Key, PathKey
from paperknife_decoders.carrying.union import BODY, FIRST_HEADER, FIRST_MEMBER, Union
from paperknife_decoders.steps import Step
from paperknife_decoders.steps.carry import Behind, Carry
from paperknife_decoders.steps.new_header import NotMade
from paperknife_decoders.wire.walker import WireType, walk

__all__ = ["Parted", "keys_in_front", "leaves_of", "parted"]

DEEPEST = 20
"""Carriers in each other; further in nothing is looked at."""

NEGATIVE = 1 << 63


@dataclass(frozen=True, slots=True)
class Parted:
    """An envelope as the `values` in front and the `body`, which is all else."""

    values: Mapping[str, int | str] = field(default_factory=dict)
    body: bytes = b""


def leaves_of(steps: Sequence[Step]) -> tuple[tuple[Step, ...], tuple[Behind | Carry, ...]]:
    """The steps that frame, and those behind them, which make the envelope."""
    count = len(steps)
    while count and isinstance(steps[count - 1], Behind | Carry):
        count -= 1
    return tuple(steps[:count]), tuple(step for step in steps[count:] if isinstance(step, Behind | Carry))


def parted(envelope: bytes, leaves: Sequence[Behind | Carry]) -> Parted:
    """The values in front, where there are any. Raises `DecodeError` for what is no message."""
    names = next((leaf.header for leaf in leaves if leaf.header), ())
    if not names:
        return Parted(body=envelope)
    values: dict[str, int | str] = {}
    rest: list[bytes] = []
    for each in walk(envelope):
        place = each.number - FIRST_HEADER
        if not 0 <= place < len(names):
            rest.append(envelope[each.start : each.end])
        elif each.wire_type is WireType.LENGTH:
            values[names[place]] = envelope[each.content : each.content_end].decode(errors="replace")
        else:
            values[names[place]] = each.value - (1 << 64) if each.value >= NEGATIVE else each.value
    return Parted(values, b"".join(rest))


def keys_in_front(body: bytes, leaves: Sequence[Behind | Carry], path: str) -> dict[str, tuple[Key, ...]]:
    """The values in front that say what is behind them: by their name all that mean just that type, none for bytes of
    no type.

    `path` is that of the connection's URL. Raises `NotMade` where that means another type, or no value means all types
    that are there.
    """
    found: dict[str, tuple[Key, ...]] = {}
    for choice, kind in choices_in(body, leaves):
        if isinstance(choice.key, PathKey) and kind is not None and choice.table.get(path.partition("?")[0]) != kind:
            raise NotMade(f"the connection's URL says of what type messages are here, and that is not {kind.name}")
        if not isinstance(choice.key, HeaderKey):
            continue
        name = choice.key.name
        keys = tuple(key for key, of in choice.table.items() if of == kind)
        if name in found:
            keys = tuple(key for key in found[name] if key in keys)
            if not keys:
                raise NotMade(f"no one {name} in front means all of the types that are there; write it")
        found[name] = keys
    return found


def choices_in(body: bytes, leaves: Sequence[Behind | Carry]) -> Iterator[tuple[Choice, Descriptor | None]]:
    """Each choice of a type in an envelope, with the type that is there; None for bytes of no type."""
    for leaf in leaves:
        if isinstance(leaf, Behind):
            numbers = [each.number for each in walk(body) if each.number >= BODY]
            if len(numbers) == 1:  # else it is no message
                yield leaf.choice, kind_of(numbers[0], leaf.choice)
        else:
            yield from carried_in(body, leaf.union, DEEPEST)


def carried_in(body: bytes, union: Union, depth: int) -> Iterator[tuple[Choice, Descriptor | None]]:
    """The same for carriers, in each other too."""
    for each in walk(body):
        if each.wire_type is not WireType.LENGTH:
            continue
        if union.carrier is not None and each.number >= FIRST_MEMBER:
            yield union.carrier.choice, kind_of(each.number, union.carrier.choice)
        inner = union.inner.get(each.number)
        if inner is not None and depth:
            yield from carried_in(body[each.content : each.content_end], inner, depth - 1)


def kind_of(number: int, choice: Choice) -> Descriptor | None:
    """The type of a member."""
    holds, place = choice.holds, number - FIRST_MEMBER
    return holds[place] if 0 <= place < len(holds) else None
