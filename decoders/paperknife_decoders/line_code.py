"""Slots compiled into one Python function for each message type: what a line costs is nearly all attribute access.

A loop over the slots with their callables takes up to three times as long. Nothing of a schema or peer goes into the
source but field names, as attributes only where they are Python identifiers; all else is bound by names of our own.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable
from operator import attrgetter

from paperknife_decoders.slots import Presence, Rank, Slot
from paperknife_decoders.values import Dynamic
from paperknife_decoders.wording import LONGEST_TEXT, text_word

__all__ = ["Line", "line_function"]

Line = Callable[[Dynamic], str]
"""Puts one message of a type on one line, however long."""

PHRASES = range(Rank.BOOK, Rank.TIME)
"""Ranks whose slots may be several words and are set apart by commas."""


def line_function(slots: Iterable[Slot]) -> Line | None:
    """The function that shows `slots` in the order of their ranks; None where there are none."""
    ordered = sorted(slots, key=lambda slot: slot.rank)  # stable: the schema's order within a rank
    if not ordered:
        return None
    source = Source()
    words = [slot for slot in ordered if slot.rank < PHRASES.start]
    phrases = [slot for slot in ordered if slot.rank in PHRASES]
    times = [slot for slot in ordered if slot.rank >= PHRASES.stop]
    source.line("words = []")
    source.line("add = words.append")
    source.slots(words)
    if phrases:
        source.line("phrases = []")
        source.line("add = phrases.append")
        source.slots(phrases)
        source.line("add = words.append")
        source.line("if phrases: add(', '.join(phrases))")
    source.slots(times)
    source.line("return ' '.join(words)")
    return source.function()


class Source:
    """The text of a function of one message `m`, and what the names in it stand for."""

    def __init__(self) -> None:
        self.lines = ["def line(m):"]
        self.names: dict[str, object] = {}

    def line(self, text: str) -> None:
        """One statement of the function."""
        self.lines.append(f"    {text}")

    def bound(self, value: object) -> str:
        """A name that stands for `value` in the function."""
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name

    def slots(self, slots: Iterable[Slot]) -> None:
        """The statements that add the words of each of `slots` where its value is set."""
        for slot in slots:
            if not slot.path:
                self.line(f"v = {self.bound(slot.say)}(m)")
                self.line(f"if v: add({self.bound(slot.label)} + v)" if slot.label else "if v: add(v)")
            elif slot.presence is Presence.FIELD:
                self.line(f"if m.HasField({slot.path[0]!r}):")
                self.line(f"    v = {self.value(slot.path)}")
                self.line(f"    add({self.words(slot)})")
            else:
                self.line(f"v = {self.value(slot.path)}")
                is_zero = f" or m.HasField({slot.path[0]!r})" if slot.presence is Presence.ZERO else ""
                self.line(f"if v{is_zero}: add({self.words(slot)})")

    def value(self, path: tuple[str, ...]) -> str:
        """The expression for what lies at `path`; fields that are called as Python's keywords are got by a call."""
        if all(name.isidentifier() and not keyword.iskeyword(name) for name in path):
            return ".".join(("m", *path))
        return f"{self.bound(attrgetter('.'.join(path)))}(m)"

    def words(self, slot: Slot) -> str:
        """The expression for the words of the value `v`; the commonest are spelled out to save the call."""
        label = f"{{{self.bound(slot.label)}}}" if slot.label else ""
        if slot.say is str:
            return f"f'{label}{{v}}'"
        said = f"{self.bound(slot.say)}(v)"
        if slot.say is text_word:
            said = f"v if v.isalnum() and len(v) <= {LONGEST_TEXT} else {said}"
        return f"f'{label}{{{said}}}'" if label else said

    def function(self) -> Line:
        """The function itself."""
        exec("\n".join(self.lines), self.names)  # noqa: S102 - the source is all ours, see the module's docstring
        line: Line = self.names["line"]  # type: ignore[assignment]
        return line
