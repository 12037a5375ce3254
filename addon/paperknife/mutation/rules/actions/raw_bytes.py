"""The bytes of a message as they are: others in their place, fewer of them, or some that are wrong.

Whatever rules do to fields is done first, and this at the end, to the whole WebSocket message.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from random import Random

from paperknife.mutation.rules.actions.item import Item
from paperknife.mutation.rules.course import Act, Course
from paperknife.mutation.rules.drafts import path_in
from paperknife.mutation.rules.quantities import Span, size_in
from paperknife_decoders.definition.node import Node, described
from paperknife_decoders.splice import SpliceError, spans_at
from paperknife_decoders.splice.paths import Path
from paperknife_decoders.wire.walker import WireType

__all__ = ["corrupt", "raw", "truncate"]

MOST_DAMAGED = 10_000
LEAST_CUT, MOST_CUT = 0.0, 99.0
"""Percents of a message that are left, where nothing is said."""


def raw(item: Item) -> Act | None:
    """``raw: 0a03``: hex, in place of the whole message."""
    value = item.node.value
    try:
        content = bytes.fromhex(value) if isinstance(value, str) else None
    except ValueError:
        content = None
    if content is None:
        hint = "; put it into quotes" if isinstance(value, int | float) else ""
        item.node.fault(f'bytes in hex such as "0a03" were expected, and {described(value)} was found{hint}')
        return None
    return at_end(lambda data, random: content)


def truncate(item: Item) -> Act | None:
    """``truncate: 10`` leaves so many bytes; a share, a range, or by itself any number."""
    span = Span(LEAST_CUT, MOST_CUT, in_percent=True) if item.is_bare else size_in(item.node)
    if span is None:
        return None

    def cut(data: bytes, random: Random) -> bytes:
        size = span.draw(lambda: random)
        return data[: int(len(data) * size / 100 if span.in_percent else size)]

    return at_end(cut)


def at_end(edit: Callable[[bytes, Random], bytes]) -> Act:
    """An edit of the whole message, with chance of its own: at the end other rules may have drawn theirs."""

    def act(course: Course) -> None:
        seed = course.random().getrandbits(64)
        course.outcome.bytes_edits = (*course.outcome.bytes_edits, lambda data: edit(data, Random(seed)))

    return act


def corrupt(item: Item) -> Act | None:
    """``corrupt`` flips a bit anywhere, ``corrupt: order.symbol`` in a field; `bits` and `bytes` say how many."""
    bits = item.options["bits"].number("how many bits", MOST_DAMAGED) if "bits" in item.options else 0
    whole = item.options["bytes"].number("how many bytes", MOST_DAMAGED) if "bytes" in item.options else 0
    if bits is None or whole is None:
        return None
    if "bits" in item.options and "bytes" in item.options:
        item.options["bytes"].fault("either bits or bytes were expected, and both were found", at_key=True)
        return None
    damage = damaging(bits if not whole else 0, whole)
    if item.is_bare or item.node.value == "anywhere":
        return at_end(lambda data, random: damage(data, [(0, len(data))], random, 0xFF))
    paths = paths_in(item)
    return in_fields(paths, damage) if paths else None


def paths_in(item: Item) -> list[Path]:
    """The fields to be damaged; none, with faults, where one is wrong."""
    descriptor = item.descriptor()
    nodes: list[Node] = item.node.items() if descriptor is not None else []
    found = [
        path
        for node in nodes
        if descriptor is not None
        and (text := node.text("the path of a field, or anywhere,")) is not None
        and (path := path_in(node, text, descriptor)) is not None
    ]
    if len(found) < len(nodes):
        return []
    for path, node in zip(found, nodes, strict=True):
        item.scope.touch(path, node)
    return found


type Damage = Callable[[bytes, list[tuple[int, int]], Random, int], bytes]


def damaging(bits: int, whole: int) -> Damage:
    """Flip so many bits, or replace so many bytes by others, in some parts of data; one bit where neither is said.

    Only the bits of `mask` are touched.
    """

    def damage(data: bytes, spans: list[tuple[int, int]], random: Random, mask: int) -> bytes:
        ends = list(accumulate(end - start for start, end in spans))
        count = ends[-1] if ends else 0
        changed = bytearray(data)

        def place(number: int) -> int:
            """Where the byte of this number is in the data."""
            span = bisect_right(ends, number)
            return spans[span][1] - (ends[span] - number)

        if whole:
            for number in random.sample(range(count), min(whole, count)):
                changed[place(number)] ^= random.randint(1, mask)
        else:
            usable = [bit for bit in range(8) if mask >> bit & 1]
            for number in random.sample(range(count * len(usable)), min(bits or 1, count * len(usable))):
                changed[place(number // len(usable))] ^= 1 << usable[number % len(usable)]
        return bytes(changed)

    return damage


def in_fields(paths: list[Path], damage: Damage) -> Act:
    """Damage the content of fields. The highest bits of a varint stay, so that all behind it is still read."""

    def act(course: Course) -> None:
        random = course.random()

        def edit(data: bytes) -> bytes:
            found = False
            for path in paths:
                spans = [(start, end) for start, end in spans_at(data, path.descriptor, path) if end > start]
                if spans:
                    mask = 0x7F if path.hops[-1].form.wire_type is WireType.VARINT else 0xFF
                    data, found = damage(data, spans, random, mask), True
            if not found:
                raise SpliceError(f"{' and '.join(map(str, paths))} is not in this message, there is nothing to damage")
            return data

        course.edit(edit)

    return act
