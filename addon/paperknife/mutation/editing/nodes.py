"""What YAML says, with the line and the column of each value, so that a slip can be shown where it was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from paperknife_decoders.printable import printable

__all__ = ["EditError", "Group", "Listing", "Scalar", "Slip", "Value", "read_documents"]

LONGEST = 4 << 20
"""Characters of a file that is read."""
MOST_VALUES = 100_000
DEEPEST = 120
"""Of mappings and lists in each other; messages alone go 100 levels deep."""

TAG: Final = "tag:yaml.org,2002:"

HINTS: Final[Mapping[str, str]] = {
    "found undefined alias": "a text that begins with * needs quotes",
    "character '\\t'": "indent with spaces, not with tabs",
    "cannot start any token": "a text that begins so needs quotes",
    "mapping values are not allowed": "a text with a colon and a space in it needs quotes",
    "expected <block end>": "what belongs together begins in the same column",
    "expected ',' or": "a bracket or brace is still open before this, or a comma is missing",
    "unexpected end of stream": "a quote or bracket is still open",
    "could not find expected ':'": "a colon is missing behind a name",
}
"""What is meant by the words of the YAML parser; the first that is found counts."""


@dataclass(frozen=True, slots=True)
class Slip:
    """Something wrong in a file: line and column from 1, and a sentence."""

    line: int
    column: int
    sentence: str

    def __str__(self) -> str:
        return printable(f"{self.line}:{self.column}: {self.sentence}")


class EditError(ValueError):
    """A file that cannot be taken as it is, with all that is wrong in it, in the order of the lines."""

    def __init__(self, slips: Iterable[Slip]) -> None:
        self.slips = tuple(sorted(dict.fromkeys(slips), key=lambda slip: (slip.line, slip.column)))
        super().__init__("\n".join(map(str, self.slips)))


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word: `kind` is what YAML takes it for (``str``, ``int``, ``float``, ``bool``, ``null``)."""

    kind: str
    text: str
    line: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Values by name, with the scalars that were the names."""

    entries: Mapping[str, Value]
    keys: Mapping[str, Scalar] = field(compare=False)
    line: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)

    def __hash__(self) -> int:
        return hash(frozenset(self.entries.items()))


@dataclass(frozen=True, slots=True)
class Listing:
    """Values in their order."""

    items: tuple[Value, ...]
    line: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)


type Value = Scalar | Group | Listing
"""Equal where the file says the same, wherever it does."""


def read_documents(text: str) -> list[Value]:
    """The documents of a file; a null for one with nothing in it. Raises `EditError`. Nothing is ever executed."""
    if len(text) > LONGEST:
        raise EditError([Slip(1, 1, f"At most {LONGEST:,} characters are read, and there are {len(text):,}.")])
    try:
        roots: Sequence[Node | None] = [*YAML(typ="safe", pure=True).compose_all(text)]
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(str(error.problem or error.context).split())
        hint = next((f"; {meant}" for words, meant in HINTS.items() if words in problem), "")
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        raise EditError([Slip(line, column, f"This is no YAML: {problem}{hint}.")]) from None
    except (YAMLError, ValueError) as error:
        raise EditError([Slip(1, 1, f"This is no YAML: {' '.join(str(error).split())[:200]}.")]) from None
    except RecursionError:
        raise EditError([Slip(1, 1, "This is nested too deeply.")]) from None
    walk = Walk()
    found = [walk.value(root, 0) if root is not None else Scalar("null", "") for root in roots]
    if walk.slips:
        raise EditError(walk.slips)
    return found or [Scalar("null", "")]


class Walk:
    """One pass over the nodes of a file."""

    def __init__(self) -> None:
        self.slips: list[Slip] = []
        self.left = MOST_VALUES

    def value(self, node: Node, depth: int) -> Value:
        """A node as a value; a null, with a slip, for what is none."""
        self.left -= 1
        if (self.left < 0 or depth > DEEPEST) and not any("too much" in slip.sentence for slip in self.slips):
            self.slip(node, "there is too much here: aliases that repeat each other, or nesting without end")
        line, column = place_of(node)
        if self.left < 0 or depth > DEEPEST:
            return Scalar("null", "", line, column)
        match node:
            case MappingNode():
                return self.group(node, depth)
            case SequenceNode():
                return Listing(tuple(self.value(each, depth + 1) for each in node.value), line, column)
        return self.scalar(node)

    def group(self, node: MappingNode, depth: int) -> Group:
        """A mapping; its keys are scalars, each of them once."""
        entries: dict[str, Value] = {}
        keys: dict[str, Scalar] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.slip(key_node, "a name was expected here, which is a word or a number")
                continue
            key = self.scalar(key_node)
            if key.text in entries:
                self.slip(key_node, f"{key.text} stands here twice")
                continue
            entries[key.text], keys[key.text] = self.value(value_node, depth + 1), key
        return Group(entries, keys, *place_of(node))

    def scalar(self, node: Node) -> Scalar:
        """A word. What YAML takes for a date stays the text that it is."""
        kind = str(node.tag).removeprefix(TAG)
        if kind not in KINDS:
            self.slip(node, f"a plain value was expected, and one with the tag {str(node.tag)[:40]} was found")
        return Scalar(KINDS.get(kind, "str"), str(node.value), *place_of(node))

    def slip(self, node: Node, sentence: str) -> None:
        self.slips.append(Slip(*place_of(node), sentence))


KINDS: Final = {
    "str": "str",
    "timestamp": "str",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "null": "null",
    "merge": "str",
}


def place_of(node: Node) -> tuple[int, int]:
    """Line and column of a node, from 1."""
    return node.start_mark.line + 1, node.start_mark.column + 1
