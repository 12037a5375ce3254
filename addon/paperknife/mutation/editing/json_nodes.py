"""Values of JSON (Struct, ListValue, Value) from the file."""

from __future__ import annotations

from itertools import zip_longest

from paperknife.mutation.editing.nodes import Group, Listing, Slip, Value
from paperknife.mutation.editing.words import is_placeholder, plain_value
from paperknife_decoders.values import Dynamic

__all__ = ["json_of"]


def json_of(after: Value, before: Value | None, true: Dynamic, slips: list[Slip]) -> Dynamic:
    """The JSON that a value of the file says.

    What is as it was `before` is what it truly was (`true`), so that placeholders keep what they stand for; one that
    stands elsewhere is a slip.
    """
    if before is not None and after == before:
        return true
    match after:
        case Group():
            old = before.entries if isinstance(before, Group) else {}
            inner = true if isinstance(true, dict) else {}
            return {name: json_of(each, old.get(name), inner.get(name), slips) for name, each in after.entries.items()}
        case Listing():
            items = before.items if isinstance(before, Listing) else ()
            values = true if isinstance(true, list) else []
            both = zip_longest(items[: len(after.items)], values[: len(after.items)])
            olds = [*both, *[(None, None)] * len(after.items)]
            return [json_of(each, *old, slips) for each, old in zip(after.items, olds, strict=False)]
    if is_placeholder(after):
        slips.append(
            Slip(after.line, after.column, "A placeholder keeps what is at its own place; a value was expected here.")
        )
    if after.kind == "null":
        return None
    value = plain_value(after)
    return float(value) if after.kind == "float" and isinstance(value, str) else value
