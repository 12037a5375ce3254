"""What was done to a list: which elements were changed, taken out and put in."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

__all__ = ["Added", "Changed", "Removed", "Step", "aligned"]

MOST = 2_000
"""Elements of lists that are searched for what they have in common; longer ones are only compared from both ends."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The element at `index` has become the new one at `to`."""

    index: int
    to: int


@dataclass(frozen=True, slots=True)
class Removed:
    """The element at `index` is gone."""

    index: int


@dataclass(frozen=True, slots=True)
class Added:
    """The new element at `to` stands before the one at `index`, or at the end."""

    index: int
    to: int


type Step = Changed | Removed | Added


def aligned(before: Sequence[Hashable], after: Sequence[Hashable]) -> Iterator[Step]:
    """What makes `after` of `before`, from the end to the start, so that no step moves what a later one means.

    Lists of the same length are compared place by place: somebody has changed elements.
    """
    if len(before) == len(after):
        yield from (Changed(at, at) for at in reversed(range(len(before))) if before[at] != after[at])
        return
    for start, end, to, to_end in reversed([*differing(before, after)]):
        both = min(end - start, to_end - to)
        yield from (Removed(at) for at in reversed(range(start + both, end)))
        yield from (Added(start + both, at) for at in reversed(range(to + both, to_end)))
        yield from (Changed(start + at, to + at) for at in reversed(range(both)))


def differing(before: Sequence[Hashable], after: Sequence[Hashable]) -> Iterator[tuple[int, int, int, int]]:
    """Where the lists differ: start and end in one, start and end in the other."""
    shorter = min(len(before), len(after))
    head = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)
    middle, other = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(middle) + len(other) > MOST:
        yield head, head + len(middle), head, head + len(other)
        return
    for kind, start, end, to, to_end in SequenceMatcher(None, middle, other, autojunk=False).get_opcodes():
        if kind != "equal":
            yield head + start, head + end, head + to, head + to_end
