"""Memory: what the proxy holds after millions of messages on one connection."""

from __future__ import annotations

import time
from collections.abc import Mapping

from bench.bursts import Block, burst, make_block
from bench.contenders import BARE, OURS
from bench.pairs import Pair
from bench.report import Detail, Findings, Row
from bench.rounds import Bench, Stand

__all__ = ["measure_memory"]

SIZE = 40

MARKS = (1_000_000, 2_000_000, 5_000_000)
"""After how many messages the memory is read."""

BARE_MARKS = (10_000, 20_000, 50_000)
"""The same for bare mitmproxy: a hundredth, which takes long enough."""

FLAT_BYTES = 10_000_000

LIMIT_SECONDS, STRIDE = 60, 10
"""When to give up, and how many blocks to send before the next look at the clock."""

MEBIBYTE = 1 << 20


def measure_memory(bench: Bench) -> Findings:
    """The memory of ours after 1, 2 and 5 million messages, and bare mitmproxy's after a hundredth of that."""
    block = make_block(from_client=False, size=SIZE)
    details, found = [], {}
    marks: dict[str, tuple[int, ...]] = {OURS: MARKS, BARE: BARE_MARKS}
    if bench.quick:
        marks = {OURS: BARE_MARKS, BARE: tuple(mark // 10 for mark in BARE_MARKS)}
    for name in marks:
        with bench.stands([name]) as (origin, stands, _):
            for stand in stands:
                with origin.pairs(stand.port, 1) as (pair,):
                    found[name] = memory_at(stand, pair, block, marks[name])
                figures = ", ".join(f"{size / MEBIBYTE:.0f} MiB after {n:,}" for n, size in found[name].items())
                details.append(Detail("memory on one connection", name, figures))
    return Findings([row(found.get(OURS, {}), marks[OURS][-1])], details)


def memory_at(stand: Stand, pair: Pair, block: Block, marks: tuple[int, ...]) -> dict[int, int]:
    """Resident bytes after so many messages, as far as the time limit lets it come."""
    assert stand.relay
    found: dict[int, int] = {}
    done, until = 0, time.monotonic() + LIMIT_SECONDS
    for mark in marks:
        while done < mark and time.monotonic() < until:
            blocks = min(STRIDE, (mark - done) // block.messages)
            burst(pair, block, blocks)
            done += blocks * block.messages
        stand.cpu_seconds()  # waits until nothing is left to do
        found[done] = stand.relay.resident_bytes()
    return found


def row(found: Mapping[int, int], wanted: int) -> Row:
    """The growth from the first reading to the last; without `wanted` messages nothing is proved."""
    goal = f"flat within {FLAT_BYTES // 1_000_000} MB"
    measure = "memory after 1, 2 and 5 million messages"
    if not found:
        return Row(measure, goal, "not measured", None)
    growth, count = max(found.values()) - min(found.values()), max(found)
    if count < wanted:
        return Row(measure, goal, f"only {count:,} messages in {LIMIT_SECONDS} s", False)
    return Row(measure, goal, f"{growth / 1e6:.1f} MB more at {count:,}", growth <= FLAT_BYTES)
