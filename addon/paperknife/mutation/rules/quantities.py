"""Quantities as rules say them: times with their unit, ranges, rates, shares."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from paperknife_decoders.definition.node import Node, described
from paperknife_decoders.expression.literals import duration_from

__all__ = ["LONGEST_SECONDS", "Rate", "Span", "rate_in", "seconds_in", "share_in", "size_in", "span_in"]

LONGEST_SECONDS = 86_400.0
"""Nobody means more than a day."""

BETWEEN = ".."
"""Between the two ends of a range."""

NANOS = 10**9
RATE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(B|kB|KB|KiB|MB|MiB|)\s*/\s*s", re.ASCII)
FACTORS = {"B": 1, "kB": 1000, "KB": 1000, "KiB": 1 << 10, "MB": 10**6, "MiB": 1 << 20}
SIZE = re.compile(r"([0-9]{1,9})(%?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """A number from `low` to `high`, which may be the same: seconds, bytes or percents."""

    low: float
    high: float
    in_percent: bool = False

    def draw(self, random: Callable[[], Random]) -> float:
        """One of them, each as likely; no chance is asked where there is no choice."""
        return self.low if self.low == self.high else random().uniform(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages, or bytes, in a second."""

    messages: float = 0.0
    size: float = 0.0


def seconds_of(text: str) -> float | None:
    """The seconds of ``250ms``; None for what is no time, for a negative one and for a very long one."""
    nanos = duration_from(text.strip())
    seconds = nanos / NANOS if nanos is not None else -1.0
    return seconds if 0 <= seconds <= LONGEST_SECONDS else None


def span_in(node: Node, what: str) -> Span | None:
    """A time or a range of times: ``50ms``, ``50ms..200ms``."""
    value = node.value
    if isinstance(value, str):
        low, mark, high = value.partition(BETWEEN)
        ends = seconds_of(low), seconds_of(high if mark else low)
        if ends[0] is not None and ends[1] is not None and ends[0] <= ends[1]:
            return Span(ends[0], ends[1])
    node.fault(f"{what}, a time of at most a day such as 50ms, 1.5s or 50ms..200ms, was expected, and {said(value)}")
    return None


def seconds_in(node: Node, what: str) -> float | None:
    """A time: ``10s``; 0 may stand alone."""
    seconds = seconds_of(node.value) if isinstance(node.value, str) else None
    if seconds is not None or (node.value == 0 and not isinstance(node.value, bool)):
        return seconds or 0.0
    node.fault(f"{what}, a time of at most a day such as 250ms or 10s, was expected, and {said(node.value)}")
    return None


def said(value: object) -> str:
    """What was found, and that a number lacks its unit."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{described(value)} was found{f'; say the unit, as in {value}ms or {value}s' if is_number else ''}"


def rate_in(node: Node) -> Rate | None:
    """``100/s`` is of messages, ``64KB/s`` of bytes."""
    found = RATE.fullmatch(node.value.strip()) if isinstance(node.value, str) else None
    number = float(found[1]) if found else 0.0
    if found is None or not number:
        node.fault(f"a rate such as 100/s or 64KB/s was expected, and {described(node.value)} was found")
        return None
    return Rate(size=number * FACTORS[found[2]]) if found[2] else Rate(messages=number)


def size_in(node: Node) -> Span | None:
    """A number of bytes, a share of them, or a range: ``10``, ``50%``, ``1..20``, ``10%..90%``."""
    value = node.value
    if isinstance(value, int | str) and not isinstance(value, bool):
        low, mark, high = str(value).partition(BETWEEN)
        ends = [SIZE.fullmatch(each.strip()) for each in (low, high if mark else low)]
        if ends[0] and ends[1] and ends[0][2] == ends[1][2]:
            span = Span(float(ends[0][1]), float(ends[1][1]), in_percent=bool(ends[0][2]))
            if span.low <= span.high and (not span.in_percent or span.high <= 100):
                return span
    node.fault(f"a number of bytes such as 10, 50% or 1..20 was expected, and {described(value)} was found")
    return None


def share_in(node: Node, what: str) -> float:
    """A number from 0 to 1, or a percentage; 1 where it is neither."""
    value = node.value
    if isinstance(value, str) and (found := SIZE.fullmatch(value.strip())) and found[2]:
        value = int(found[1]) / 100
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    node.fault(f"{what}, a number from 0 to 1 or a percentage, was expected, and {described(node.value)} was found")
    return 1.0
