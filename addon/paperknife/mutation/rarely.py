"""Saying what happens again and again ever more rarely."""

from __future__ import annotations

__all__ = ["is_power_of_ten"]


def is_power_of_ten(count: int) -> bool:
    """True for 1, 10, 100 and so on: the times that are worth a line."""
    return str(count).rstrip("0") == "1"
