"""The normal form of JSON: of messages that are JSON, and of the Structs in others.

Members have no order, 1 and 1.0 are one number, and so are 0.0 and -0.0; what is volatile by the name of its member is
blank.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from paperknife_decoders.masking import MAX_DEPTH
from paperknife_decoders.moments import is_time
from paperknife_decoders.path_patterns import State
from paperknife_decoders.reflection import kind_of, which_oneof
from paperknife_decoders.values import Dynamic
from paperknife_decoders.volatile import Mark, Volatile, mark_of_name

__all__ = ["NOWHERE", "JsonPlace", "TooDeep", "blank_text", "json_text", "member_mark", "normal_json", "plain_json"]

NOWHERE = ("",)
"""The names of a place to which no declared path leads."""

BLANK = "~"


class TooDeep(ValueError):
    """JSON that is nested too deeply to be followed."""


class JsonPlace(NamedTuple):
    """Where a value lies: how far its path has come in the patterns, its names, and how many values are around it."""

    state: State = frozenset()
    names: tuple[str, ...] = ()
    depth: int = 0

    def inside(self, volatile: Volatile, name: str) -> tuple[JsonPlace, bool]:
        """The place of a member, and whether it is ignored."""
        state, is_ignored = volatile.ignored.step(self.state, name)
        return JsonPlace(state, (*self.names, name), self.depth + 1), is_ignored


def normal_json(value: Dynamic, volatile: Volatile, place: JsonPlace) -> Dynamic:
    """A value in its normal form. Raises `TooDeep`."""
    if place.depth > MAX_DEPTH:
        raise TooDeep
    match value:
        case dict():
            members = {}
            for name, item in value.items():
                below, is_ignored = place.inside(volatile, name)
                if not is_ignored:
                    members[name] = normal_member(item, volatile, below)
            return members
        case list():
            below = place._replace(depth=place.depth + 1)
            return [normal_json(item, volatile, below) for item in value]
        case float() if value.is_integer():
            return int(value)
    return value


def normal_member(value: Dynamic, volatile: Volatile, place: JsonPlace) -> Dynamic:
    """A member's value: blank where that does not count."""
    mark = member_mark(value, volatile, place)
    if mark is None:
        return normal_json(value, volatile, place)
    if isinstance(value, list):
        return [blank_text(each) for each in value]
    return blank_text(value) if isinstance(value, str) else BLANK if isinstance(value, dict) else 0


def member_mark(value: Dynamic, volatile: Volatile, place: JsonPlace) -> Mark | None:
    """Whether the value of a member does not count."""
    name = place.names[-1]
    if ".".join(place.names) in volatile.secrets.paths:
        return Mark.VALUE
    texts = value if isinstance(value, list) else [value]
    if volatile.secrets.hides_name(name) and texts and all(isinstance(text, str) for text in texts):
        return Mark.VALUE
    if not volatile.by_name:
        return None
    mark = mark_of_name(name, value, is_outermost=len(place.names) == 1)
    return None if mark is Mark.TIME and not is_time(value) else mark


def blank_text(value: Dynamic) -> Dynamic:
    """What stands in place of a text that is not empty; others than texts are just blank."""
    return BLANK if value or not isinstance(value, str | bytes) else value


def json_text(value: Dynamic) -> str:
    """JSON, the same for the same values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def plain_json(message: Dynamic) -> Dynamic:
    """The Struct, ListValue or Value `message` as plain values; the parser bounds its depth."""
    match kind_of(message).name:
        case "Struct":
            return {key: plain_json(message.fields[key]) for key in message.fields}
        case "ListValue":
            return [plain_json(item) for item in message.values]
    match which_oneof(message, "kind"):
        case "struct_value":
            return plain_json(message.struct_value)
        case "list_value":
            return plain_json(message.list_value)
        case "number_value" | "string_value" | "bool_value" as kind:
            return getattr(message, kind)
    return None
