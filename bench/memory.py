"""Memory: what the proxy holds after millions of messages on one connection."""

from __future__ import annotations

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

MEBIBYTE = 1 << 20


def measure_memory(bench: Bench) -> Findings:
    """The memory of ours after 1, 2 and 5 million messages, and bare mitmproxy's after a hundredth of that."""
    block = make_block(from_client=False, size=SIZE)
    details, found = [], {}
    for name, marks in ((OURS, MARKS), (BARE, BARE_MARKS)):
        scaled = tuple(mark // 100 for mark in marks) if bench.quick else marks
        with bench.stands([name]) as (origin, stands, _):
            for stand in stands:
                with origin.pairs(stand.port, 1) as (pair,):
                    found[name] = memory_at(stand, pair, block, scaled)
                figures = ", ".join(f"{size / MEBIBYTE:.0f} MiB after {n:,}" for n, size in found[name].items())
                details.append(Detail("memory on one connection", name, figures))
    return Findings([row(found.get(OURS, {}))], details)


def memory_at(stand: Stand, pair: Pair, block: Block, marks: tuple[int, ...]) -> dict[int, int]:
    """Resident bytes after so many messages."""
    assert stand.relay
    found, done, distinct = {}, 0, block.messages
    for mark in marks:
        blocks = max((mark - done) // distinct, 1)
        burst(pair, block, blocks)
        done += blocks * distinct
        stand.cpu_seconds()  # waits until nothing is left to do
        found[done] = stand.relay.resident_bytes()
    return found


def row(found: dict[int, int]) -> Row:
    """The growth from the first reading to the last."""
    goal = f"flat within {FLAT_BYTES // 1_000_000} MB"
    measure = "memory after 1, 2 and 5 million messages"
    if not found:
        return Row(measure, goal, "not measured", None)
    growth = max(found.values()) - min(found.values())
    return Row(measure, goal, f"{growth / 1e6:.1f} MB more at {max(found):,}", growth <= FLAT_BYTES)
