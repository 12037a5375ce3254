"""Latency: round trips one at a time, and one way at a fixed rate.

One process holds both ends and looks at them without pause: no clocks are compared, and no wake-up of ours is measured.
Messages keep their order on a connection: the n-th that arrives is the n-th that was sent, and needs no time in it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench import frames
from bench.contenders import BARE, DIRECT, OURS, PICOWS, WEBSOCKETS
from bench.pairs import Origin, Pair, Tls
from bench.percentiles import Latency
from bench.report import Detail, Findings, Row
from bench.rounds import Bench, Stand
from bench.transfer import STALL_SECONDS, Stalled, receive, send
from bench.venue_messages import client_messages, server_messages

__all__ = ["measure_latency"]

SIZE, DISTINCT = 300, 1000

RATE = 10_000
"""Messages a second for the way one way."""

ONE_WAY_COUNT, TRIP_COUNT, WARMING_COUNT = 20_000, 2_000, 200

WAYS_REPEATED = 2
"""Times that all rounds of it are run: the 99th percentile of one round is a tenth or ten times that of another."""

BARE_P50_SHARE, BARE_P99_SHARE = 0.35, 0.5
"""What a round trip may take of bare mitmproxy's."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Frames of both directions."""

    client: Sequence[memoryview]
    server: Sequence[memoryview]


def prepare() -> Prepared:
    """The frames of all messages."""
    masks = random.Random(SIZE)
    client = [memoryview(frames.frame(message, masks)) for message in client_messages(SIZE, DISTINCT)]
    return Prepared(client, [memoryview(frames.frame(message)) for message in server_messages(SIZE, DISTINCT)])


def round_trips(pair: Pair, prepared: Prepared, count: int) -> list[int]:
    """Send an order, answer it with market data, so many times; nanoseconds each."""
    found = []
    for number in range(count):
        up, down = prepared.client[number % DISTINCT], prepared.server[number % DISTINCT]
        start = time.perf_counter_ns()
        send(pair.client, up)
        wait_for(pair, up, up_way=True)
        send(pair.origin, down)
        wait_for(pair, down, up_way=False)
        found.append(time.perf_counter_ns() - start)
    return found


def wait_for(pair: Pair, sent: memoryview, up_way: bool) -> None:
    """Look for as many bytes as were sent, without pause."""
    end, left = pair.origin if up_way else pair.client, len(sent)
    until = time.monotonic() + STALL_SECONDS
    while left:
        left -= len(receive(end))
        if left and time.monotonic() > until:
            raise Stalled("A message did not come through.")


def one_way(pair: Pair, messages: Sequence[memoryview], rate: int, count: int) -> list[int]:
    """Send market data at a fixed rate; nanoseconds that each was on its way."""
    size, period = len(messages[0]), 1_000_000_000 // rate
    sent_at: list[int] = []
    latencies: list[int] = []
    arrived, sending = 0, memoryview(b"")
    start = time.perf_counter_ns()
    until = start + count * period + STALL_SECONDS * 1_000_000_000
    while len(latencies) < count:
        now = time.perf_counter_ns()
        if not sending and len(sent_at) < count and now >= start + len(sent_at) * period:
            sending = messages[len(sent_at) % DISTINCT]
            sent_at.append(now)
        if sending:
            sending = sending[send(pair.origin, sending) :]
        arrived += len(receive(pair.client))
        now = time.perf_counter_ns()
        while len(latencies) < arrived // size:
            latencies.append(now - sent_at[len(latencies)])
        if now > until:
            raise Stalled(f"{count - len(latencies):,} of {count:,} messages did not come through in time.")
    return latencies


def measure_latency(bench: Bench) -> Findings:
    """Round trips, round trips with TLS, and the way one way."""
    prepared = prepare()
    rows, details = [], []
    for measure, tls in (("ping-pong", None), ("ping-pong with TLS on both sides", bench.tls)):
        trips = measure_trips(bench, prepared, tls)
        details += [Detail(measure, name, str(latency)) for name, latency in trips.items()]
        rows.append(trip_row(measure, trips, has_goal=tls is None))
    ways = measure_ways(bench, prepared)
    measure = f"one way at {RATE:,} messages/s, {SIZE} B"
    details += [Detail(measure, name, str(latency)) for name, latency in ways.items()]
    return Findings([*rows, way_row(measure, ways)], details)


def measure_trips(bench: Bench, prepared: Prepared, tls: Tls | None) -> dict[str, Latency]:
    """Round trips of all contenders."""

    def one(origin: Origin, stand: Stand) -> Latency:
        with origin.pairs(stand.port, 1) as (pair,):
            round_trips(pair, prepared, WARMING_COUNT)
            return Latency.of(round_trips(pair, prepared, bench.scaled(TRIP_COUNT)))

    names = (DIRECT, BARE, OURS) if tls else (DIRECT, BARE, OURS, WEBSOCKETS, PICOWS)
    return {name: Latency.median(runs) for name, runs in bench.measure(names, one, tls).items()}


def measure_ways(bench: Bench, prepared: Prepared) -> dict[str, Latency]:
    """The way one way through all contenders that can keep up with it."""

    def one(origin: Origin, stand: Stand) -> Latency:
        with origin.pairs(stand.port, 1) as (pair,):
            one_way(pair, prepared.server, RATE, bench.scaled(ONE_WAY_COUNT) // 10)
            return Latency.of(one_way(pair, prepared.server, RATE, bench.scaled(ONE_WAY_COUNT)))

    names = (DIRECT, OURS, WEBSOCKETS, PICOWS)
    found = [bench.measure(names, one) for _ in range(WAYS_REPEATED)]
    runs = {name: [run for each in found for run in each.get(name, ())] for name in names}
    return {name: Latency.median(its) for name, its in runs.items() if its}


def trip_row(measure: str, found: Mapping[str, Latency], has_goal: bool) -> Row:
    """Ours beside bare mitmproxy."""
    goal = f"p50 at most {BARE_P50_SHARE} of bare's, p99 at most {BARE_P99_SHARE}" if has_goal else "none"
    if OURS not in found or BARE not in found:
        return Row(measure, goal, "not measured", None)
    p50, p99 = found[OURS].p50 / found[BARE].p50, found[OURS].p99 / found[BARE].p99
    met = p50 <= BARE_P50_SHARE and p99 <= BARE_P99_SHARE if has_goal else None
    return Row(measure, goal, f"p50 {p50:.2f} of bare's, p99 {p99:.2f}", met)


def way_row(measure: str, found: Mapping[str, Latency]) -> Row:
    """Ours beside the relay on websockets."""
    goal = f"p50 and p99 no worse than the {WEBSOCKETS}"
    if OURS not in found or WEBSOCKETS not in found:
        return Row(measure, goal, "not measured", None)
    ours, relay = found[OURS], found[WEBSOCKETS]
    return Row(measure, goal, f"{ours}; the relay {relay}", ours.p50 <= relay.p50 and ours.p99 <= relay.p99)
