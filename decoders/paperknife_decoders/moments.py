"""Points in time that are plain numbers or texts: known by their size, or by how they are written."""

from __future__ import annotations

import re

__all__ = ["FIRST", "LAST", "LONGEST_TIME", "UNITS", "is_time"]

UNITS = (1, 1_000, 1_000_000, 1_000_000_000)
FIRST, LAST = 1_000_000_000, 4_102_444_800
"""Seconds since 1970: the years 2001 to 2099. Other numbers are not taken for points in time."""

TIME_TEXT = re.compile(r"\d{4}-?\d\d-?\d\d([T -]\d\d:?\d\d.*)?|\d\d:\d\d:\d\d(\.\d+)?", re.ASCII | re.DOTALL)
LONGEST_TIME = 40
"""Characters of a text that is a time."""


def is_time(value: object) -> bool:
    """True for a point in time: a number since 1970 in one of the usual units, or a text that is one."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return any(FIRST * unit <= value < LAST * unit for unit in UNITS)
    if isinstance(value, str) and 0 < len(value) <= LONGEST_TIME:
        if value.isascii() and value.isdecimal() and len(value) > 8:
            return is_time(int(value))
        return TIME_TEXT.fullmatch(value) is not None
    return False
