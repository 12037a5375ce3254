"""What is to be changed in a message."""

from __future__ import annotations

from dataclasses import dataclass

from paperknife_decoders.splice.paths import Path
from paperknife_decoders.values import Dynamic

__all__ = ["Append", "Change", "Clear", "Insert", "Set"]


@dataclass(frozen=True, slots=True)
class Set:
    """What is at `path` gets `value`: a field, an element of a list, a value of a map, or a whole list or map."""

    path: Path | str
    value: Dynamic


@dataclass(frozen=True, slots=True)
class Clear:
    """What is at `path` goes: a field is unset, a list or a map is empty, an element or an entry is taken out."""

    path: Path | str


@dataclass(frozen=True, slots=True)
class Append:
    """The list at `path` gets one more element, `value`, at its end."""

    path: Path | str
    value: Dynamic


@dataclass(frozen=True, slots=True)
class Insert:
    """The list gets one more element, `value`, before the one that `path` leads to."""

    path: Path | str
    value: Dynamic


type Change = Set | Clear | Append | Insert
