"""Messages that are not decoded and come in parts: what may be the beginning of a secret waits for the next part."""

from __future__ import annotations

from typing import NamedTuple

from paperknife_decoders.redaction.edits import Edit, Found, apply, spans_of, stars
from paperknife_decoders.redaction.redactor import Redactor
from paperknife_decoders.redaction.text import find_in_text
from paperknife_decoders.secrets import Secrets

__all__ = ["Part", "Parts"]

ROOM = 256
"""Bytes of a text that may stand before a secret and tell that it is one: a name, quotes, a sign."""

MOST_HELD = 64 << 10
"""So many bytes wait at most: of a longer value behind a name in a text only what came until then is masked."""


class Part(NamedTuple):
    """Some bytes of a message as they came, and the same without their secrets."""

    data: bytes
    masked: bytes


class Parts:
    """Masks one message: `add` gives back what is settled of it, `rest` the end. Nothing is lost or reordered."""

    def __init__(self, redactor: Redactor, secrets: Secrets, *, is_text: bool) -> None:
        self.redactor = redactor
        self.secrets = secrets
        self.is_text = is_text
        self.held = b""

    def add(self, data: bytes) -> Part:
        """The next bytes of the message."""
        return self.settle(data, is_last=False)

    def rest(self) -> Part:
        """What waited still, when the message is at its end, or there will be no more of it."""
        return self.settle(b"", is_last=True)

    def settle(self, data: bytes, *, is_last: bool) -> Part:
        """Mask what was held and what is new as one, and hold back the end of it."""
        whole = self.held + data
        if not whole or self.redactor.mode == "off":
            self.held = b""
            return Part(whole, whole)
        edits = self.edits(whole, is_last=is_last)
        cut = len(whole) if is_last or self.redactor.mode == "strict" else self.cut(whole, edits)
        self.held = whole[cut:]
        return Part(whole[:cut], apply(whole, edits)[:cut])

    def edits(self, whole: bytes, *, is_last: bool) -> list[Edit]:
        """What to replace. A value that runs to the end may not be there in full, and is not learned yet."""
        redactor = self.redactor
        edits = redactor.unread(whole)
        if self.is_text:
            found = find_in_text(whole, self.secrets)
            edits += found.edits
            values = zip(found.edits, found.values, strict=True)
            redactor.noted(Found([], [value for edit, value in values if is_last or edit.end < len(whole)]))
        return edits + stars(redactor.known.spans(whole))

    def cut(self, whole: bytes, edits: list[Edit]) -> int:
        """Where that begins which the next part may still tell to be a secret, or more of one."""
        size = len(whole)
        cut = size - (max(self.redactor.known.longest - 1, ROOM) if self.is_text else self.redactor.known.longest - 1)
        for start, end in reversed(spans_of(edits)):
            if end > cut:
                cut = min(cut, start - ROOM if self.is_text else start)
        return min(max(cut, size - MOST_HELD, 0), size)
