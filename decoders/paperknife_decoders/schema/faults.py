"""What can be wrong with a schema."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from paperknife_decoders.printable import printable

__all__ = ["NOTHING_LOADED", "Fault", "SchemaError", "collapsed", "fault_lines"]

NOTHING_LOADED = "Nothing of the schema could be loaded:"
"""Stands before the faults of its files."""

FAULTS_OF_A_FILE = 20
"""How many faults of one file are kept: what is no .proto at all has one in nearly each of its bytes."""

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


def collapsed(faults: Iterable[Fault]) -> list[Fault]:
    """`faults`, each of them once, and of each file the first ones, followed by one that counts the others."""
    by_file: dict[str, list[Fault]] = {}
    for fault in dict.fromkeys(faults):
        by_file.setdefault(fault.file, []).append(fault)
    kept: list[Fault] = []
    for file, own in by_file.items():
        kept += own[:FAULTS_OF_A_FILE]
        more = len(own) - FAULTS_OF_A_FILE
        if more > 0:
            kept.append(Fault(file, f"and {more:,} more fault{'s' * (more > 1)} in this file"))
    return kept


def fault_lines(faults: Sequence[Fault]) -> list[str]:
    """The first faults, and a line that counts the others."""
    shown = list(map(str, faults[:FAULTS_SHOWN]))
    more = len(faults) - FAULTS_SHOWN
    if more > 0:
        shown.append(f"and {more} more fault{'s' * (more > 1)} in the schema: see `paperknife schema check`")
    return shown
