"""Values once known as secrets, and every place where one of them turns up again."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence

from paperknife_decoders.redaction.edits import Span, joined
from paperknife_decoders.redaction.needles import Needles
from paperknife_decoders.redaction.spellings import Needle, needles
from paperknife_decoders.secrets import MASK

__all__ = ["KnownSecrets"]

KEPT = 256
"""So many values are known for the whole run: the first ones, as those of handshakes and logins are."""

RECENT = 256
"""And so many besides, the latest ones: a field with a new value in each message must not cost memory or time."""

LONGEST = 4096
"""Of a longer value every part of so many bytes counts as a value."""

MOST_PARTS = 16
"""So many parts of one value are known; what is behind them is masked where it has a name, and not found again."""

LEAST = 3
"""Shorter values are found nowhere else: they would be everywhere."""

COMMON = frozenset({b"true", b"false", b"null", b"none", b"nil", b"undefined", b"unknown", MASK.encode()})
"""Words that stand where a secret could, and are none."""

SCHEME = re.compile(rb"(?:basic|bearer|digest|token|apikey)\s+(.+)", re.IGNORECASE | re.DOTALL)
"""How a credential begins in a header (RFC 9110, section 11.4)."""


class KnownSecrets:
    """The secrets of a whole run, shared by all its connections.

    A value is found as it is, percent-encoded, with JSON's escapes, in base64 (also URL-safe, and wherever it begins in
    what was encoded) and in hex. A value of 3 to 5 bytes is found only where it is the whole of a field, a JSON string
    or a text. Not learned at all are shorter ones, one byte that repeats, and words such as ``null``.
    """

    def __init__(self) -> None:
        self.kept: dict[bytes, tuple[Needle, ...]] = {}
        self.recent: dict[bytes, tuple[Needle, ...]] = {}
        self.needles = Needles()
        self.longest = 0
        """Bytes of the longest of what is looked for."""
        self.learned = 0
        """So many values were new; it grows with each that is to be looked for."""

    def __len__(self) -> int:
        return len(self.kept) + len(self.recent)

    def __contains__(self, value: bytes) -> bool:
        return value in self.kept or value in self.recent

    def learn(self, value: str | bytes) -> None:
        """Know `value` as a secret from now on; of credentials with a scheme (``Bearer ...``) what is behind it."""
        data = value.encode(errors="surrogateescape") if isinstance(value, str) else bytes(value)
        if scheme := SCHEME.fullmatch(data):
            data = scheme[1]
            self.learn_pair(data)
        for start in range(0, min(len(data), MOST_PARTS * LONGEST), LONGEST):
            self.learn_part(data[start : start + LONGEST])

    def learn_pair(self, data: bytes) -> None:
        """Know the password of ``Basic`` credentials (RFC 7617, section 2)."""
        try:
            _, colon, password = base64.b64decode(data, validate=True).partition(b":")
        except (ValueError, binascii.Error):
            return
        if colon:
            self.learn_part(password[:LONGEST])

    def learn_part(self, value: bytes) -> None:
        """Know a value of bounded size."""
        if value in self.kept or len(value) < LEAST or value.lower() in COMMON or len(set(value)) == 1:
            return
        if value in self.recent:
            self.recent[value] = self.recent.pop(value)
            return
        store = self.kept if len(self.kept) < KEPT else self.recent
        store[value] = needles(value)
        self.learned += 1
        self.needles.add(store[value])
        self.longest = max(self.longest, *(len(needle.data) for needle in store[value]))
        if len(self.recent) > RECENT:
            self.forget(next(iter(self.recent)))

    def forget(self, value: bytes) -> None:
        """Know a value no longer. What another one has in common with it is looked for as before."""
        self.needles.discard(self.recent.pop(value))

    def found_in(self, data: bytes) -> list[Needle]:
        """What of the values, however written, is in `data`."""
        return self.needles.found_in(data) if self.needles else []

    def spans(self, data: bytes, found: Sequence[Needle] | None = None) -> tuple[Span, ...]:
        """Start and end of every place in `data` where a value stands, sorted and apart.

        `found` are the only ones to look for, where somebody knows that.
        """
        if found is None:
            found = self.found_in(data)
        return joined(span for needle in found for span in needle.spans(data)) if found else ()

    def mask_text(self, text: str) -> str:
        """`text` with the mask in place of every known value."""
        if not self.needles:
            return text
        data = text.encode(errors="surrogateescape")
        if data in self:
            return MASK
        shown, done = b"", 0
        for start, end in self.spans(data):
            shown += data[done:start] + MASK.encode()
            done = end
        return (shown + data[done:]).decode(errors="surrogateescape") if done else text
