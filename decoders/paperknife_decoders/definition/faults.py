"""What is wrong in a definition, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from paperknife_decoders.printable import printable

__all__ = ["DefinitionError", "Fault", "Faults", "Path"]

type Path = tuple[str | int, ...]
"""Keys and places in lists (from 0), from the outermost inwards: ``("protocols", 0, "carries", 1, "types", 2106)``."""

MOST = 100
"""Faults of one definition that are kept."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a sentence that says what was expected, what was found, and what would be right.

    With `at_key` it is the last key of the `path` that is wrong, else the value there.
    """

    path: Path
    sentence: str
    at_key: bool = False

    def __str__(self) -> str:
        """``protocols[0].carries[1].in: ...``, on one line."""
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path).removeprefix(".")
        return printable(f"{where}: {self.sentence}" if where else self.sentence)


@dataclass(slots=True)
class Faults:
    """All that is wrong, each thing once, in the order in which it was found.

    With `partial` it is no fault that the schema lacks something that the definition has. With `recorded` it is none
    either that something in it names nothing at all: it was good enough to record by, whatever is checked since.
    """

    found: list[Fault] = field(default_factory=list)
    partial: bool = False
    recorded: bool = False

    @property
    def is_full(self) -> bool:
        """True if no more are kept, so that there is no use in looking for any."""
        return len(self.found) >= MOST

    def add(self, path: Path, sentence: str, *, at_key: bool = False) -> None:
        """Keep one more; of several lines of a sentence they become one."""
        fault = Fault(path, " ".join(sentence.split()), at_key)
        if fault not in self.found and len(self.found) < MOST:
            self.found.append(fault)


class DefinitionError(Exception):
    """A definition that nothing can be read by; its `faults` say why, each with its place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))
