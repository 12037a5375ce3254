"""The name that was most likely meant where there is none of the name that was written."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["nearest"]

ALIKE = 0.7
"""How much of two names must be the same (`difflib.SequenceMatcher.ratio`) ..."""

ALIKE_FROM_THE_START = 0.6
"""... and how much, where they begin with the same letter: ``BYU`` is ``BUY``, and ``reqest`` is no ``tree``."""


def nearest(name: str, names: Iterable[str], count: int = 1) -> list[str]:
    """At most `count` of `names` that come close to `name`, the closest first. Case counts."""
    close = difflib.get_close_matches(name, names, n=count + 8, cutoff=ALIKE_FROM_THE_START)
    return [
        each for each in close if each[:1] == name[:1] or difflib.SequenceMatcher(None, each, name).ratio() >= ALIKE
    ][:count]
