"""A length of time as the user writes it."""

from __future__ import annotations

import re

__all__ = ["period_from"]

FORM = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(ms|s|min|m|h)?", re.ASCII)
SECONDS = {"ms": 0.001, "s": 1, "min": 60, "m": 60, "h": 3600}

SHORTEST = 0.1
"""Seconds; nobody reads faster."""


def period_from(text: str) -> float | None:
    """Seconds of ``10s``, ``500ms``, ``1min`` or ``2h``, None for no text. Raises `ValueError`: what was expected."""
    if not text.strip():
        return None
    found = FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"a time such as 10s or 1min was expected, not {text[:40]!r}")
    seconds = float(found[1]) * SECONDS[found[2] or "s"]
    if seconds < SHORTEST:
        raise ValueError(f"a time of at least {SHORTEST:g} s was expected, not {text}")
    return seconds
