"""Connections that come and go: what it costs to set one up, to carry one message each way, and to take it down."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from bench import frames
from bench.contenders import BARE, OURS, PICOWS, WEBSOCKETS
from bench.pairs import Origin, Pair
from bench.report import Detail, Findings, Row
from bench.rounds import Bench, Stand
from bench.transfer import transfer
from bench.venue_messages import server_messages

__all__ = ["measure_openings"]

CONNECTIONS, TLS_CONNECTIONS, QUICK_CONNECTIONS, WARMING = 200, 100, 20, 10
"""How many are opened and closed, one after the other, in each round, and how many before that are not measured."""

CPU_SHARE, TLS_CPU_SHARE = 0.8, 0.9
"""Of bare mitmproxy's; what a handshake of TLS takes is the same for both."""

MESSAGE = frames.frame(server_messages(40, 1)[0])


@dataclass(frozen=True, slots=True)
class Opening:
    """CPU seconds of the relay for each connection."""

    cpu: float

    def __str__(self) -> str:
        return f"{self.cpu * 1e6:,.0f} us CPU a connection, {1 / self.cpu:,.0f} connections in a second of it"


def open_and_close(origin: Origin, port: int, count: int) -> None:
    """So many connections, one at a time, with one message of the server on each."""
    for _ in range(count):
        with origin.pairs(port, 1) as (pair,):
            carry(pair)


def carry(pair: Pair) -> None:
    """Have one message pass, so that the relay is known to have set up all that it needs."""
    came = 0

    def done(data: memoryview) -> bool:
        nonlocal came
        came += len(data)
        return came >= len(MESSAGE)

    transfer(pair.origin, MESSAGE, 1, pair.client, done)


def opening_run(origin: Origin, stand: Stand, count: int) -> Opening:
    """Open and close so many, once the relay is warm."""
    open_and_close(origin, stand.port, WARMING)
    before = stand.cpu_seconds()
    open_and_close(origin, stand.port, count)
    return Opening((stand.cpu_seconds() - before) / count)


@dataclass(frozen=True, slots=True)
class Case:
    """One row: our CPU at most `share` of bare's."""

    measure: str
    count: int
    share: float
    names: tuple[str, ...]
    tls: bool = False

    def row(self, found: Mapping[str, Opening]) -> Row:
        """Ours beside bare mitmproxy."""
        goal = f"at most {self.share:g} of bare's CPU"
        ours, bare = found.get(OURS), found.get(BARE)
        if ours is None or bare is None:
            return Row(self.measure, goal, "not measured", None)
        share = ours.cpu / bare.cpu
        return Row(self.measure, goal, f"{share:.2f} of bare's CPU", share <= self.share)


MEASURE = "connection set up and taken down"

CASES = (
    Case(MEASURE, CONNECTIONS, CPU_SHARE, (BARE, OURS, WEBSOCKETS, PICOWS)),
    Case(f"{MEASURE}, TLS on both sides", TLS_CONNECTIONS, TLS_CPU_SHARE, (BARE, OURS), tls=True),
)


def measure_openings(bench: Bench) -> Findings:
    """Plain, and with TLS on both sides."""
    rows: list[Row] = []
    details: list[Detail] = []
    for case in CASES:
        one = partial(opening_run, count=QUICK_CONNECTIONS if bench.quick else case.count)
        runs = bench.measure(case.names, one, bench.tls if case.tls else None)
        found = {name: Opening(statistics.median(run.cpu for run in figures)) for name, figures in runs.items()}
        details += [Detail(case.measure, name, str(figure)) for name, figure in found.items()]
        rows.append(case.row(found))
    return Findings(rows, details)
