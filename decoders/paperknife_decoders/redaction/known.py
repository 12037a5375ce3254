"""Values once known as secrets, and every place where one of them turns up again."""

from __future__ import annotations

from collections.abc import Sequence

from paperknife_decoders.redaction.edits import Span, joined
from paperknife_decoders.redaction.spellings import Needle, needles
from paperknife_decoders.secrets import MASK

__all__ = ["KnownSecrets"]

MOST_VALUES = 500
"""So many values are known at a time; the one that was met longest ago is forgotten for a new one."""

LONGEST = 4096
"""Of a longer value every part of so many bytes counts as a value."""

LEAST = 3
"""Shorter values are found nowhere else: they would be everywhere."""

COMMON = frozenset({b"true", b"false", b"null", b"none", b"undefined", b"unknown", b"default", b"anonymous", b"guest"})
"""Words that stand where a secret could, and are none."""


class KnownSecrets:
    """The secrets of a whole run, shared by all its connections.

    A value is found as it is, percent-encoded, with JSON's escapes, in base64 (also URL-safe, and wherever it begins in
    what was encoded) and in hex. A value of 3 to 5 bytes is found only where it is the whole of a field, a JSON string
    or a text. Not learned at all are shorter ones, one byte that repeats, and words such as ``null``.
    """

    def __init__(self) -> None:
        self.values: dict[bytes, tuple[Needle, ...]] = {}

    def __len__(self) -> int:
        return len(self.values)

    def learn(self, value: str | bytes) -> None:
        """Know `value` as a secret from now on."""
        data = value.encode(errors="surrogateescape") if isinstance(value, str) else bytes(value)
        for start in range(0, min(len(data), 16 * LONGEST), LONGEST):
            self.learn_part(data[start : start + LONGEST])

    def learn_part(self, value: bytes) -> None:
        """Know a value of bounded size."""
        if len(value) < LEAST or value.lower() in COMMON or len(set(value)) == 1:
            return
        found = self.values.pop(value, None)
        self.values[value] = needles(value) if found is None else found
        if len(self.values) > MOST_VALUES:
            del self.values[next(iter(self.values))]

    def is_in(self, data: bytes) -> bool:
        """True if one of the values may be in `data`."""
        return any(needle.data in data for each in self.values.values() for needle in each)

    def spans(self, data: bytes) -> tuple[Span, ...]:
        """Start and end of every place in `data` where a value stands, sorted and apart."""
        return joined(
            span
            for each in self.values.values()
            for needle in each
            if needle.data in data
            for span in needle.spans(data)
        )

    def mask_text(self, text: str) -> str:
        """`text` with the mask in place of every known value."""
        if not self.values:
            return text
        data = text.encode(errors="surrogateescape")
        spans: Sequence[Span] = self.spans(data)
        if data in self.values:
            spans = [(0, len(data))]
        shown, done = b"", 0
        for start, end in spans:
            shown += data[done:start] + MASK.encode()
            done = end
        return (shown + data[done:]).decode(errors="surrogateescape")
