"""Warnings that come again and again: said once, then counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Repeats"]

SECONDS = 5.0
"""For so long what was said is not said again; then comes the count."""

ALIKE = 3
"""How many that differ in numbers only (ports, ids, sizes) are said in that time."""

KEPT = 256
"""Kinds that are remembered. The peers choose what is in a warning, so there is no end to them."""

NUMBER = re.compile(r"0x[0-9a-fA-F]+|\d+")


@dataclass(slots=True)
class Kind:
    """Warnings that are the same but for their numbers, since a time."""

    since: float
    said: set[str] = field(default_factory=set)
    last: str = ""
    count: int = 0


class Repeats:
    """Which of many warnings are to be said. Times are seconds of a clock that only goes forward."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self.kinds: dict[str, Kind] = {}

    def takes(self, text: str, now: float) -> bool:
        """True if `text` is to be said now; otherwise it is counted."""
        key = NUMBER.sub("0", text)
        kind = self.kinds.get(key)
        if kind is None or (not kind.count and now - kind.since >= self.seconds):
            self.kinds.pop(key, None)  # so that the order is that of `since`
            kind = self.kinds[key] = Kind(now)
            if len(self.kinds) > KEPT:
                del self.kinds[next(iter(self.kinds))]
        if text in kind.said or len(kind.said) >= ALIKE:
            kind.last, kind.count = text, kind.count + 1
            return False
        kind.said.add(text)
        return True

    def counts(self, now: float, *, all_of_them: bool = False) -> Iterator[str]:
        """A sentence for each kind that was counted and whose time has come; at the end, for all of them."""
        for key, kind in list(self.kinds.items()):
            passed = now - kind.since
            if passed < self.seconds and not all_of_them:
                continue
            if not kind.count:
                del self.kinds[key]
                continue
            times = "once" if kind.count == 1 else f"{kind.count:,} times"
            first, _, more = kind.last.partition("\n")
            yield f"Again, {times} in {max(passed, 0.1):.1f} s: {first}{' ...' if more else ''}"
            kind.since, kind.count = now, 0
