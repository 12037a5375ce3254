"""Roles of the words in rendered text, and how a terminal colours them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ANSI", "PLAIN", "Paint", "dyed"]


@dataclass(frozen=True, slots=True)
class Paint:
    """For each role what is written before a word; `reset` is written after it. All empty in `PLAIN`."""

    name: str = ""
    number: str = ""
    text: str = ""
    enum: str = ""
    secret: str = ""
    mark: str = ""
    dim: str = ""
    client: str = ""
    server: str = ""
    reset: str = ""


PLAIN = Paint()
"""No colours: for pipes, files and NO_COLOR."""

ANSI = Paint(
    name="\x1b[2m",
    number="",
    text="",
    enum="\x1b[36m",
    secret="\x1b[2;3m",
    mark="\x1b[33m",
    dim="\x1b[2m",
    client="\x1b[35m",
    server="\x1b[32m",
    reset="\x1b[0m",
)
"""The sixteen colours that every theme defines, used sparingly: what is odd stands out, names recede."""


def dyed(text: str, colour: str, paint: Paint) -> str:
    """`text` in one of the colours of `paint`; no codes at all where there is nothing to colour."""
    return f"{colour}{text}{paint.reset}" if colour and text else text
