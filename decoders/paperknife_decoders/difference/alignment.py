"""Which elements of two lists belong together, where some were put in or taken out."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher

__all__ = ["pairs_of"]

MOST_ALIGNED = 400
"""Elements of either list, equal ones at both ends not counted, that are aligned; longer lists are taken by index."""


def pairs_of(expected: Sequence[Hashable], found: Sequence[Hashable]) -> Iterator[tuple[int | None, int | None]]:
    """The indices of elements that belong together and differ; of one that has no partner one of the two is None.

    Elements are equal if their keys, which are given, are. Between equal ones those that differ are taken in order.
    """
    start = 0
    shorter = min(len(expected), len(found))
    while start < shorter and expected[start] == found[start]:
        start += 1
    end = 0
    while end < shorter - start and expected[-1 - end] == found[-1 - end]:
        end += 1
    left, right = expected[start : len(expected) - end], found[start : len(found) - end]
    if max(len(left), len(right)) > MOST_ALIGNED:
        blocks = [("replace", 0, len(left), 0, len(right))]
    else:
        blocks = list(SequenceMatcher(None, left, right, autojunk=False).get_opcodes())
    for tag, left_start, left_end, right_start, right_end in blocks:
        if tag != "equal":
            yield from block(
                range(start + left_start, start + left_end),
                range(start + right_start, start + right_end),
                expected,
                found,
            )


def block(
    left: range, right: range, expected: Sequence[Hashable], found: Sequence[Hashable]
) -> Iterator[tuple[int | None, int | None]]:
    """The elements between equal ones, in order; where there are more of one list these come last."""
    for one, other in zip(left, right, strict=False):
        if expected[one] != found[other]:
            yield one, other
    both = min(len(left), len(right))
    yield from ((one, None) for one in left[both:])
    yield from ((None, other) for other in right[both:])
