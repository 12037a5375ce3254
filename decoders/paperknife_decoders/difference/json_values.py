"""The differences between two JSON values, by path."""

from __future__ import annotations

from paperknife_decoders.difference.alignment import pairs_of
from paperknife_decoders.difference.found import Finding, What
from paperknife_decoders.difference.json_normal import JsonPlace, TooDeep, json_text, normal_json, normal_member
from paperknife_decoders.difference.wording import Wording
from paperknife_decoders.masking import MAX_DEPTH
from paperknife_decoders.values import Dynamic
from paperknife_decoders.volatile import Volatile
from paperknife_decoders.yaml_words import key_text

__all__ = ["JsonComparing"]


class JsonComparing:
    """Goes through two values at once. What is too deep is for the caller to find out before."""

    def __init__(self, volatile: Volatile, finding: Finding) -> None:
        self.volatile = volatile
        self.finding = finding
        self.words = Wording(volatile.secrets)

    def value(self, expected: Dynamic, found: Dynamic, place: JsonPlace, path: str) -> None:
        """Two values that lie at the same place, and are not volatile themselves."""
        match expected, found:
            case dict(), dict() if place.depth <= MAX_DEPTH:
                self.members(expected, found, place, path)
            case list(), list() if place.depth <= MAX_DEPTH:
                self.items(expected, found, place, path)
            case _:
                if self.text(expected, place) != self.text(found, place):
                    self.changed(expected, found, place, path)

    def members(self, expected: Dynamic, found: Dynamic, place: JsonPlace, path: str) -> None:
        """Two objects, by name; in the order of the names."""
        for name in sorted(expected.keys() | found.keys()):
            below, is_ignored = place.inside(self.volatile, name)
            if is_ignored:
                continue
            at = f"{path}.{key_text(name)}" if path else key_text(name)
            if name not in found:
                self.lone(What.MISSING, expected[name], below, at)
            elif name not in expected:
                self.lone(What.EXTRA, found[name], below, at)
            else:
                self.member(expected[name], found[name], below, at)

    def member(self, expected: Dynamic, found: Dynamic, place: JsonPlace, path: str) -> None:
        """The values of a member that both objects have."""
        one, other = (normal_member(each, self.volatile, place) for each in (expected, found))
        if json_text(one) == json_text(other):
            return
        match expected, found:
            case (dict(), dict()) | (list(), list()) if self.is_open(expected, place) and self.is_open(found, place):
                self.value(expected, found, place, path)
            case _:
                self.changed(expected, found, place, path)

    def is_open(self, value: Dynamic, place: JsonPlace) -> bool:
        """True if what is in a member's value is compared, and not the whole of it blank."""
        return json_text(normal_member(value, self.volatile, place)) == self.text(value, place)

    def items(self, expected: Dynamic, found: Dynamic, place: JsonPlace, path: str) -> None:
        """Two arrays, aligned."""
        below = place._replace(depth=place.depth + 1)
        keys = ([self.text(item, below) for item in each] for each in (expected, found))
        for one, other in pairs_of(*keys):
            if one is None:
                assert other is not None
                self.lone(What.EXTRA, found[other], below, f"{path}[{other}]")
            elif other is None:
                self.lone(What.MISSING, expected[one], below, f"{path}[{one}]")
            else:
                self.value(expected[one], found[other], below, f"{path}[{one}]")

    def text(self, value: Dynamic, place: JsonPlace) -> str:
        """What tells values from each other."""
        try:
            return json_text(normal_json(value, self.volatile, place))
        except TooDeep:
            return "too deep"

    def lone(self, what: What, value: Dynamic, place: JsonPlace, path: str) -> None:
        """A value that has no partner."""
        say = lambda: self.words.json(value, place.names)  # noqa: E731
        self.finding.add(path, what, *((say, None) if what is What.MISSING else (None, say)))

    def changed(self, expected: Dynamic, found: Dynamic, place: JsonPlace, path: str) -> None:
        """Two values that differ."""
        self.finding.add(
            path,
            What.CHANGED,
            lambda: self.words.json(expected, place.names),
            lambda: self.words.json(found, place.names),
        )
