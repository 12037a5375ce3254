"""Choosing one of the last messages by its number, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from paperknife_decoders.message import Message

__all__ = ["Picking"]

ENTER, ERASE, LEAVE = "\r\n", "\x7f\b", "q\x1b"
OLDER = "i"
LONGEST = 6
"""Digits of a number."""


class Picking:
    """A list of messages, the newest with the number 1, that is shown page by page from the newest one back.

    `rows` are messages and the line of each, the newest first; a page has at most `size` of them. After `press` the
    choice is `is_over`, with what was `chosen`, or goes on.
    """

    def __init__(self, rows: Iterator[tuple[Message, str]], size: int) -> None:
        self.rows = rows
        self.size = size
        self.known: list[Message] = []
        self.typed = ""
        self.is_over = False
        self.chosen: Message | None = None

    def page(self) -> str:
        """The next older messages, the newest of them last; empty where there are no more."""
        found = list(islice(self.rows, self.size))
        first = len(self.known) + 1
        self.known += [message for message, _ in found]
        lines = [f"{number:>4} {line}" for number, (_, line) in enumerate(found, first)]
        return "".join(f"{line.rstrip()}\n" for line in reversed(lines))

    @property
    def prompt(self) -> str:
        """What is asked."""
        return f"Send which one again, edited? Its number (Enter: 1, {OLDER}: older ones, q: none): {self.typed}"

    def press(self, key: str) -> str:
        """Take a key; what is to be written for it."""
        if key in ENTER:
            return self.take()
        if key in LEAVE:
            self.is_over = True
            return "\n"
        if key in ERASE and self.typed:
            self.typed = self.typed[:-1]
            return "\b \b"
        if key == OLDER:
            page = self.page()
            return f"\n{page or 'There are no older ones.\n'}{self.prompt}"
        if key.isascii() and key.isdigit() and len(self.typed) < LONGEST:
            self.typed += key
            return key
        return ""

    def take(self) -> str:
        """Choose what was typed."""
        number, self.typed = int(self.typed or "1"), ""
        if 1 <= number <= len(self.known):
            self.chosen, self.is_over = self.known[number - 1], True
            return "\n"
        return f"\nThe numbers go from 1 to {len(self.known)}.\n{self.prompt}"
