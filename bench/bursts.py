"""Bursts: as many messages as the relay takes, one way over one connection, by CPU time and by rate."""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench import frames
from bench.contenders import BARE, DIRECT, LIVE, NODE, OURS, PICOWS, SUMMARY, WAITING, WEBSOCKETS
from bench.pairs import Origin, Pair
from bench.report import Detail, Findings, Row
from bench.rounds import Bench, Stand
from bench.transfer import transfer
from bench.venue_messages import client_messages, server_messages

__all__ = ["Burst", "measure_bursts"]

DISTINCT = 1_000
"""Messages in the block that is sent over and over."""

SECONDS, QUICK_SECONDS = 1.0, 0.1
"""About how long a burst lasts; how many messages that takes is found out when the relay is warmed up."""

WARMING_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst: CPU seconds of the relay for one message, and messages a second."""

    cpu: float
    rate: float


@dataclass(frozen=True, slots=True)
class Block:
    """Prepared frames of `DISTINCT` messages of one direction, and their size when they come out."""

    from_client: bool
    data: bytes
    size_out: int
    messages: int = DISTINCT


def make_block(from_client: bool, size: int) -> Block:
    """The frames of messages of `size` bytes."""
    if from_client:
        masks = random.Random(size)
        data = b"".join(frames.frame(message, masks) for message in client_messages(size, DISTINCT))
    else:
        data = b"".join(frames.frame(message) for message in server_messages(size, DISTINCT))
    return Block(from_client, data, len(data))


def burst(pair: Pair, block: Block, blocks: int) -> float:
    """Send the block so many times; the seconds until all of it came out."""
    left = block.size_out * blocks

    def arrived(data: memoryview) -> bool:
        nonlocal left
        left -= len(data)
        return left <= 0

    sender, receiver = (pair.client, pair.origin) if block.from_client else (pair.origin, pair.client)
    return transfer(sender, block.data, blocks, receiver, arrived)


def burst_through(origin: Origin, stand: Stand, block: Block, seconds: float) -> Burst:
    """One burst of about so many seconds over a new connection, once the relay is warm."""
    with origin.pairs(stand.port, 1) as (pair,):
        blocks, took = 1, burst(pair, block, 1)
        while took < min(WARMING_SECONDS, seconds):
            blocks *= 2
            took = burst(pair, block, blocks)
        blocks = max(round(blocks * seconds / took), 1)
        before = stand.cpu_seconds()
        took = burst(pair, block, blocks)
        messages = blocks * DISTINCT
        return Burst((stand.cpu_seconds() - before) / messages, messages / took)


def take_turns(bench: Bench, names: Sequence[str], block: Block, tls: bool = False) -> dict[str, Burst]:
    """The medians of every contender."""

    def one(origin: Origin, stand: Stand) -> Burst:
        return burst_through(origin, stand, block, QUICK_SECONDS if bench.quick else SECONDS)

    found = bench.measure(names, one, bench.tls if tls else None)
    return {
        name: Burst(statistics.median(f.cpu for f in figures), statistics.median(f.rate for f in figures))
        for name, figures in found.items()
    }


def details(measure: str, found: Mapping[str, Burst]) -> list[Detail]:
    """The figures of all contenders, each with its ratios to bare mitmproxy where that took part."""
    bare = found.get(BARE)

    def line(burst: Burst) -> str:
        figures = f"{burst.cpu * 1e6:.2f} us CPU a message, {burst.rate:,.0f} messages/s"
        if bare is None or not burst.cpu:
            return figures
        return f"{figures}, 1/{bare.cpu / burst.cpu:.1f} of bare's CPU, {burst.rate / bare.rate:.1f} times its rate"

    return [Detail(measure, name, line(figure)) for name, figure in found.items()]


@dataclass(frozen=True, slots=True)
class Case:
    """One row against bare mitmproxy: our CPU at most 1/`share` of its, at least `times` its messages a second."""

    measure: str
    from_client: bool
    size: int
    share: float
    times: float = 0
    tls: bool = False
    names: tuple[str, ...] = (DIRECT, BARE, OURS)

    @property
    def goal(self) -> str:
        """The goal in words."""
        rate = f", at least {self.times:g} times the rate" if self.times else ""
        return f"at most 1/{self.share:g} of bare's CPU{rate}"

    def row(self, found: Mapping[str, Burst]) -> Row:
        """The figures beside the goal."""
        ours, bare = found.get(OURS), found.get(BARE)
        if ours is None or bare is None:
            return Row(self.measure, self.goal, "not measured", None)
        figure = f"1/{bare.cpu / ours.cpu:.1f} of bare's CPU, {ours.rate / bare.rate:.1f} times the rate"
        return Row(
            self.measure, self.goal, figure, ours.cpu * self.share <= bare.cpu and ours.rate >= bare.rate * self.times
        )


PLAIN = (WEBSOCKETS, PICOWS, NODE)

CASES = (
    Case("server burst, 40 B", False, 40, 100, 60, names=(DIRECT, BARE, OURS, *PLAIN, WAITING, SUMMARY, LIVE)),
    Case("server burst, 300 B", False, 300, 100, 60, names=(DIRECT, BARE, OURS, *PLAIN)),
    Case("client burst, 40 B", True, 40, 60),
    Case("client burst, 300 B", True, 300, 60),
    Case("server burst with TLS on both sides, 40 B", False, 40, 20, tls=True),
    Case("server burst with TLS on both sides, 300 B", False, 300, 20, tls=True),
)


def measure_bursts(bench: Bench) -> Findings:
    """All bursts."""
    rows, all_details = [], []
    for case in CASES:
        found = take_turns(bench, case.names, make_block(case.from_client, case.size), case.tls)
        rows += [case.row(found), *other_rows(case, found)]
        all_details += details(case.measure, found)
    return Findings(rows, all_details)


def other_rows(case: Case, found: Mapping[str, Burst]) -> list[Row]:
    """What else our figures are compared with in the same run."""
    ours, bare = found.get(OURS), found.get(BARE)
    if ours is None or bare is None:
        return []
    rows = []
    for name in [name for name in case.names if name in PLAIN]:
        row = Row(f"{case.measure}, against the {name}", "less CPU a message", f"{name} could not be measured", None)
        if name in found:
            cpu = found[name].cpu
            figure = f"{ours.cpu * 1e6:.2f} us against {cpu * 1e6:.2f} us"
            row = Row(row.measure, row.goal, figure, ours.cpu < cpu)
        rows.append(row)
    if WAITING in found:
        share = found[WAITING].cpu / ours.cpu
        goal = "at most 1.5 times the first row's CPU"
        rows.append(Row("a consumer whose payload never comes", goal, f"{share:.2f} times", share <= 1.5))
    for name in (SUMMARY, LIVE):
        if name in found:
            share = bare.cpu / found[name].cpu
            rows.append(Row(name, "at most 1/10 of bare's CPU", f"1/{share:.1f} of bare's CPU", share >= 10))
    return rows
