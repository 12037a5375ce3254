"""What can be wrong with a schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paperknife_decoders.printable import printable

__all__ = ["Fault", "SchemaError", "fault_lines"]

FAULTS_SHOWN = 5
"""How many faults of a schema are written out where something else is meant to be read too."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in one file. `line` and `column` count from 1; 0 stands for the file as a whole."""

    file: str
    message: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """As compilers write it and editors follow it: ``file:line:col: message``."""
        where = f":{self.line}:{self.column}" if self.line else ""
        return printable(f"{self.file}{where}: {self.message}")


class SchemaError(Exception):
    """There is no schema to work with, or not the type that was asked for; a sentence for the user.

    `faults` are those of the files, where that is the reason; the first of them follow the `sentence`, one a line.
    Names that come out of a schema file are made printable.
    """

    def __init__(self, sentence: str, faults: Sequence[Fault] = ()) -> None:
        self.sentence = "\n".join(map(printable, sentence.split("\n")))
        self.faults = tuple(faults)
        super().__init__("\n".join([self.sentence, *fault_lines(faults)]))


def fault_lines(faults: Sequence[Fault]) -> list[str]:
    """The first faults, and a line that counts the others."""
    shown = list(map(str, faults[:FAULTS_SHOWN]))
    more = len(faults) - FAULTS_SHOWN
    if more > 0:
        shown.append(f"and {more} more fault{'s' * (more > 1)} in the schema: see `paperknife schema check`")
    return shown
