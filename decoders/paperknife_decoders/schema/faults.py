"""What can be wrong with a schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Fault", "SchemaError"]


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
        return f"{self.file}{where}: {self.message}"


class SchemaError(Exception):
    """There is no schema to work with, or not the type that was asked for; a sentence for the user.

    `faults` are those of the files, where that is the reason; they are part of the sentence.
    """

    def __init__(self, sentence: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__("\n".join([sentence, *map(str, faults)]))
        self.faults = tuple(faults)
