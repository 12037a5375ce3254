"""What is replaced in some bytes, and by what: always as many bytes as there were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = [
    "DONE",
    "STARS",
    "VARINTS",
    "ZEROS",
    "Edit",
    "Found",
    "Span",
    "apply",
    "joined",
    "moved",
    "spans_of",
    "stars",
]

STARS = b"*" * 256
"""For text and bytes: ASCII, so that text stays valid UTF-8."""

ZEROS = bytes(256)
"""For numbers of fixed width."""

VARINTS = bytes(byte & 128 for byte in range(256))
"""For varints, one or many in a row: zero in as many bytes, which may be over-long and is legal."""

DONE = bytes(range(256))
"""For what was replaced already."""

type Span = tuple[int, int]


class Edit(NamedTuple):
    """Start, end, and the table by which each byte between them is translated."""

    start: int
    end: int
    table: bytes = STARS


@dataclass(slots=True)
class Found:
    """What to replace, and the texts that are secret."""

    edits: list[Edit] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)


def apply(data: bytes, edits: Iterable[Edit]) -> bytes:
    """`data` with all `edits` made; it keeps its length."""
    changed = bytearray(data)
    for start, end, table in edits:
        changed[start:end] = changed[start:end].translate(table)
    return bytes(changed)


def stars(spans: Iterable[Span]) -> list[Edit]:
    """An edit to asterisks for each span."""
    return [Edit(start, end) for start, end in spans]


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans sorted, those that overlap or touch made one."""
    whole: list[Span] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = whole[-1][0], max(end, whole[-1][1])
        else:
            whole.append((start, end))
    return tuple(whole)


def moved(edit: Edit, by: int) -> Edit:
    """The same edit, so many bytes further."""
    return Edit(edit.start + by, edit.end + by, edit.table)


def spans_of(edits: Sequence[Edit]) -> tuple[Span, ...]:
    """The spans of edits, joined."""
    return joined((edit.start, edit.end) for edit in edits)
