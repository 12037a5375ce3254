"""A value in plain data with its place, and the questions that a reader of definitions asks of it.

What is not as it is asked for becomes a fault, and the answer is None or nothing, so that the reader goes on with all
the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from paperknife_decoders.definition.faults import Faults, Path
from paperknife_decoders.nearest import nearest
from paperknife_decoders.printable import elide

__all__ = ["Node", "described", "meant"]

LONGEST = 60
"""Characters of a value in a sentence."""

MOST_NAMES = 12
"""Names that a sentence lists."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value at its `path`; what is wrong with it goes to `faults`."""

    value: object
    path: Path = ()
    faults: Faults = field(default_factory=Faults, repr=False, compare=False)

    def fault(self, sentence: str, *, at_key: bool = False) -> None:
        """Keep that something is wrong here."""
        self.faults.add(self.path, sentence, at_key=at_key)

    def lacks(self, sentence: str) -> None:
        """Keep that the schema has nothing of this name; one definition may be for several of them."""
        if not self.faults.partial:
            self.names_nothing(sentence)

    def names_nothing(self, sentence: str) -> None:
        """Keep that there is nothing that this could mean; a definition in a recording was good enough all the same."""
        if not self.faults.recorded:
            self.fault(sentence)

    def at(self, key: str | int, value: object) -> Node:
        """A value within this one."""
        return Node(value, (*self.path, key), self.faults)

    def members(self, known: Iterable[str], what: str) -> dict[str, Node]:
        """The values of a mapping whose keys are among `known`; `what` says what the mapping is, for a sentence."""
        names = tuple(known)
        found = {}
        for key, node in self.entries(f"{what}, with {listed(names)}"):
            if key in names:
                found[str(key)] = node
            else:
                node.fault(
                    f"{what} has {listed(names)}, and {described(key)} was found{meant(key, names)}", at_key=True
                )
        return found

    def entries(self, what: str) -> list[tuple[object, Node]]:
        """The keys and values of a mapping with any keys."""
        if not isinstance(self.value, Mapping):
            self.fault(f"{what} was expected, and {described(self.value)} was found")
            return []
        return [(key, self.at(key if isinstance(key, int) else str(key), value)) for key, value in self.value.items()]

    def items(self) -> list[Node]:
        """The values of a list; a value alone is a list of it, and nothing an empty one."""
        if self.value is None:
            return []
        if not isinstance(self.value, list | tuple):
            return [self]
        return [self.at(number, value) for number, value in enumerate(self.value)]

    def text(self, what: str) -> str | None:
        """A text that is not empty."""
        if isinstance(self.value, str) and self.value:
            return self.value
        hint = "; put it into quotes" if isinstance(self.value, int | float) else ""
        self.fault(f"{what} was expected, and {described(self.value)} was found{hint}")
        return None

    def texts(self, what: str) -> tuple[str, ...]:
        """The texts of a list, or the one that stands alone."""
        found = (node.text(what) for node in self.items())
        return tuple(text for text in found if text is not None)

    def number(self, what: str, most: int) -> int | None:
        """A whole number from 1 to `most`."""
        value = self.value
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
            return value
        self.fault(f"{what}, a whole number from 1 to {most:,}, was expected, and {described(value)} was found")
        return None

    def truth(self, what: str) -> bool:
        """True or false; false where it is neither."""
        if isinstance(self.value, bool):
            return self.value
        self.fault(f"{what}, true or false, was expected, and {described(self.value)} was found")
        return False

    def choice(self, names: Iterable[str], what: str) -> str | None:
        """One of some words."""
        among = tuple(names)
        if isinstance(self.value, str) and self.value in among:
            return self.value
        self.fault(
            f"{what}, {' or '.join(among)}, was expected, and {described(self.value)} was found"
            + meant(self.value, among)
        )
        return None


def listed(names: Iterable[str]) -> str:
    """``host, path and subprotocol``, at most so many that one still reads it."""
    shown = list(names)
    if len(shown) > MOST_NAMES:
        shown = [*shown[:MOST_NAMES], f"{len(shown) - MOST_NAMES} more"]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def meant(value: object, names: Iterable[str]) -> str:
    """The end of a sentence: ``; did you mean host?`` if a name comes close."""
    close = nearest(value[:LONGEST], list(names)) if isinstance(value, str) else []
    return f"; did you mean {close[0]}?" if close else ""


def described(value: object) -> str:
    """What stands in the data, in words; never much of it."""
    match value:
        case str():
            return repr(elide(value, LONGEST)) if value else "an empty text"
        case bool():
            return str(value).lower()
        case int():
            return f"the number {value}" if abs(value) < 10**LONGEST else "a huge number"
        case float():
            return f"the number {value}"
        case None:
            return "nothing"
        case Mapping():
            return "a mapping"
        case list() | tuple():
            return "a list"
    return "something else"
