"""Slots compiled into one Python function for each message type: what a line costs is nearly all attribute access.

A loop over the slots with their callables takes up to three times as long. Nothing of a schema or peer goes into the
source but field names: as attributes only where they are Python identifiers, else as string literals.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable
from operator import attrgetter

from paperknife_decoders.columns import TIE
from paperknife_decoders.reflection import has_field
from paperknife_decoders.summary.slots import PairSlot, Presence, Rank, Slot, nothing
from paperknife_decoders.summary.wording import LONGEST_TEXT, text_word
from paperknife_decoders.values import Dynamic

__all__ = ["Line", "line_function"]

Line = Callable[[Dynamic], str]
"""Puts one message of a type on one line, however long; spaces at which no line ends are `columns.TIE`."""

PHRASES = range(Rank.BOOK, Rank.COUNTER)
"""Ranks whose slots may be several words and are set apart by commas."""


def line_function(slots: Iterable[Slot | PairSlot], root: tuple[str, ...] = (), empty: str = "") -> Line:
    """The function that shows `slots` in the order of their ranks.

    It takes the message that has what the slots are of at the path `root`, and gives `empty` where nothing is set.
    """
    ordered = sorted(slots, key=lambda slot: slot.rank)  # stable: the schema's order within a rank
    source = Source()
    if root:
        source.line(f"m = {source.value(root)}")
    if len(ordered) == 1:
        source.put, source.lead = "return {}", ""
        source.slots(ordered)
        source.line(f"return {empty!r}")
        return source.function()
    source.line("words = ''")
    source.slots(slot for slot in ordered if slot.rank < PHRASES.start)
    phrases = [slot for slot in ordered if slot.rank in PHRASES]
    if phrases:
        source.line("phrases = ''")
        source.put, source.lead = "phrases += {}", ", "
        source.slots(phrases)
        source.put, source.lead = "words += {}", " "
        source.line("if phrases: words += ' ' + phrases[2:]")
    source.slots(slot for slot in ordered if slot.rank >= PHRASES.stop)
    source.line(f"return words[1:] or {empty!r}" if empty else "return words[1:]")
    return source.function()


class Source:
    """The text of a function of one message `m`, and what the names in it stand for."""

    def __init__(self) -> None:
        self.lines = ["def line(m):"]
        self.names: dict[str, object] = {"has_field": has_field}
        self.put = "words += {}"  # what becomes of a slot's words
        self.lead = " "  # what goes before them

    def line(self, text: str) -> None:
        """One statement of the function."""
        self.lines.append(f"    {text}")

    def bound(self, value: object) -> str:
        """A name that stands for `value` in the function."""
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name

    def slots(self, slots: Iterable[Slot | PairSlot]) -> None:
        """The statements that add the words of each of `slots` where its value is set."""
        for slot in slots:
            if isinstance(slot, PairSlot):
                self.pair(slot)
            elif not slot.path:
                self.line(f"v = {self.bound(slot.say)}(m)")
                self.line(f"if v: {self.put.format(self.text(slot.label, 'v'))}")
            elif slot.presence is Presence.FIELD:
                self.line(f"if {self.is_set(slot, 'v')}:")
                self.line(f"    v = {self.value(slot.path)}")
                self.line(f"    {self.put.format(self.words(slot, 'v'))}")
            else:
                self.line(f"v = {self.value(slot.path)}")
                self.line(f"if {self.is_set(slot, 'v')}: {self.put.format(self.words(slot, 'v'))}")

    def pair(self, pair: PairSlot) -> None:
        """A quantity and a price: together, or the one that is set.

        A quantity of zero beside a price is told (it removes a level of a book), even where zero is as good as unset.
        """
        quantity, price = pair.quantity, pair.price
        self.line(f"q = {self.value(quantity.path)}")
        self.line(f"p = {self.value(price.path)}")
        count, at = self.said(quantity, "q"), self.said(price, "p")
        if quantity.presence is Presence.TRUE and quantity.say is not str:
            count = f"({count} if q else '0')"
        both = f"{{{at}}} x{TIE}{{{count}}}" if pair.is_book else f"{{{count}}}{TIE}@{TIE}{{{at}}}"
        only_price = f"{{{at}}}" if pair.is_book else f"{literal(price.label)}{{{at}}}"
        only_quantity = f"x{TIE}{{{count}}}" if pair.is_book else f"{literal(quantity.label)}{{{count}}}"
        label = literal(self.lead + pair.label)
        if quantity.presence is not Presence.TRUE:
            self.line(f"if ({self.is_set(price, 'p')}) and not ({self.is_set(quantity, 'q')}):")
            self.line(f"    {self.put.format(f"f'{label}{only_price}'")}")
            self.line(f"elif {self.is_set(price, 'p')}: {self.put.format(f"f'{label}{both}'")}")
        else:
            self.line(f"if {self.is_set(price, 'p')}: {self.put.format(f"f'{label}{both}'")}")
        self.line(f"elif {self.is_set(quantity, 'q')}: {self.put.format(f"f'{label}{only_quantity}'")}")

    def value(self, path: tuple[str, ...]) -> str:
        """The expression for what lies at `path`; fields that are called as Python's keywords are got by a call."""
        if all(name.isidentifier() and not keyword.iskeyword(name) for name in path):
            return ".".join(("m", *path))
        return f"{self.bound(attrgetter('.'.join(path)))}(m)"

    def is_set(self, slot: Slot, value: str) -> str:
        """The condition under which the slot's value, in the variable `value`, is set."""
        asked = f"has_field(m, {slot.path[0]!r})"
        return {Presence.TRUE: value, Presence.ZERO: f"{value} or {asked}", Presence.FIELD: asked}[slot.presence]

    def words(self, slot: Slot, value: str) -> str:
        """The expression for the label of a slot and the words of its value, which is in the variable `value`."""
        return self.text(slot.label, "" if slot.say is nothing else self.said(slot, value))

    def text(self, label: str, said: str) -> str:
        """The expression for what `said` gives, a label before it."""
        label = literal(self.lead + label)
        return f"f'{label}{{{said}}}'" if said else f"f'{label}'"

    def said(self, slot: Slot, value: str) -> str:
        """The expression for the words of the variable `value`; the commonest are spelled out to save the call."""
        if slot.say is str:
            return value
        said = f"{self.bound(slot.say)}({value})"
        if slot.say is not text_word:
            return said
        sign = "'.', '', 1" if slot.is_decimal else "'-', ''"
        # A string of proto2 that is no UTF-8 comes as bytes.
        plain = f"{value}.__class__ is str and len({value}) <= {LONGEST_TEXT} and {value}.replace({sign}).isalnum()"
        return f"({value} if {plain} else {said})"

    def function(self) -> Line:
        """The function itself."""
        exec("\n".join(self.lines), self.names)  # noqa: S102 - the source is all ours, see the module's docstring
        line: Line = self.names["line"]  # type: ignore[assignment]
        return line


def literal(text: str) -> str:
    """`text` as it stands inside the single quotes of an f-string."""
    return repr(f'"{text}')[2:-1].replace("{", "{{").replace("}", "}}")
