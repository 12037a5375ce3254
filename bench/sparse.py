"""Sparse traffic: many connections that each carry a message now and then, where the cost is that of waking up."""

from __future__ import annotations

import select
import statistics
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bench import frames
from bench.contenders import BARE, DIRECT, OURS, PICOWS, WEBSOCKETS
from bench.pairs import Origin, Pair
from bench.percentiles import Latency
from bench.report import Detail, Findings, Row
from bench.rounds import Bench, Stand
from bench.transfer import STALL_SECONDS, Stalled, receive, send
from bench.venue_messages import server_messages

__all__ = ["measure_sparse"]

SIZE = 300

CONNECTIONS = (100, 1000)

RATE_EACH = 10
"""Messages a second on each connection."""

SECONDS, QUICK_SECONDS, WARMING_SECONDS, GRACE_SECONDS = 4.0, 1.0, 1.0, 0.5
"""How long is measured, how long before that is not, and how late the last message may be."""

ROUNDS = 3

CPU_SHARE, P99_TIMES, GROWTH_BYTES = 1 / 4, 3.0, 10_000_000

SERVED = 0.999
"""All but what is still on its way."""


@dataclass(frozen=True, slots=True)
class Sparse:
    """One run: CPU seconds a message, the share of messages that came through, their latency, and growth in bytes."""

    cpu: float
    served: float
    latency: Latency
    growth: int

    def __str__(self) -> str:
        return f"{self.cpu * 1e6:.1f} us CPU a message, {self.served:.1%} served, {self.latency}"


def sparse_run(origin: Origin, stand: Stand, connections: int, seconds: float) -> Sparse:
    """Open the connections, warm them up, then measure."""
    with origin.pairs(stand.port, connections) as pairs:
        traffic = Traffic(pairs)
        traffic.run(WARMING_SECONDS)
        traffic.drain()
        cpu, memory = stand.cpu_seconds(), resident_bytes(stand)
        traffic.run(seconds)
        used = stand.relay.cpu_seconds() - cpu if stand.relay else 0.0
        growth = resident_bytes(stand) - memory
    arrived = len(traffic.latencies)
    return Sparse(used / max(arrived, 1), arrived / traffic.sent, Latency.of(traffic.latencies or [0]), growth)


def resident_bytes(stand: Stand) -> int:
    """Memory of the relay, if there is one."""
    return stand.relay.resident_bytes() if stand.relay else 0


class Traffic:
    """Market data on one connection after the other, evenly.

    After a `run`, `sent` is how many messages were sent in it, and `latencies` has the nanoseconds that each of those
    took that arrived.
    """

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self.pairs = pairs
        self.messages = [memoryview(frames.frame(message)) for message in server_messages(SIZE, 1000)]
        self.size = len(self.messages[0])
        self.numbers = {pair.client.fileno(): number for number, pair in enumerate(pairs)}
        self.sent_at: list[deque[int]] = [deque() for _ in pairs]
        self.arrived = [0] * len(pairs)
        self.sent = 0
        self.latencies: list[int] = []

    def run(self, seconds: float) -> None:
        """Send for so long, and wait a little for the last."""
        self.sent, self.latencies = 0, []
        rate = RATE_EACH * len(self.pairs)
        count, period = int(seconds * rate), 1_000_000_000 // rate
        start = time.perf_counter_ns()
        until = start + int((seconds + GRACE_SECONDS) * 1e9)
        with select.epoll() as poll:
            for descriptor in self.numbers:
                poll.register(descriptor, select.EPOLLIN)
            while len(self.latencies) < count and (now := time.perf_counter_ns()) < until:
                if self.sent < count and now >= start + self.sent * period:
                    self.send(now)
                for descriptor, _ in poll.poll(0):
                    self.receive(self.numbers[descriptor])

    def drain(self) -> None:
        """Wait for all that is still on its way."""
        until = time.monotonic() + STALL_SECONDS
        while any(self.sent_at):
            for number, waiting in enumerate(self.sent_at):
                if waiting:
                    self.receive(number)
            if time.monotonic() > until:
                raise Stalled("Messages of the warming up did not come through.")
            time.sleep(0.01)

    def send(self, now: int) -> None:
        """Send one message on the connection whose turn it is."""
        number = self.sent % len(self.pairs)
        if send(self.pairs[number].origin, self.messages[self.sent % len(self.messages)]) < self.size:
            raise Stalled("A connection took no more messages.")
        self.sent_at[number].append(now)
        self.sent += 1

    def receive(self, number: int) -> None:
        """Note what came on one connection."""
        self.arrived[number] += len(receive(self.pairs[number].client))
        now = time.perf_counter_ns()
        while self.arrived[number] >= self.size:
            self.arrived[number] -= self.size
            self.latencies.append(now - self.sent_at[number].popleft())


def measure_sparse(bench: Bench) -> Findings:
    """Few connections and many."""
    rows: list[Row] = []
    details: list[Detail] = []
    for connections in CONNECTIONS:
        one = partial(sparse_run, connections=connections, seconds=QUICK_SECONDS if bench.quick else SECONDS)
        runs = bench.measure((DIRECT, BARE, OURS, WEBSOCKETS, PICOWS), one, rounds=1 if bench.quick else ROUNDS)
        found = {name: median(figures) for name, figures in runs.items()}
        measure = f"{connections:,} connections at {RATE_EACH} messages/s"
        details += [Detail(measure, name, str(figure)) for name, figure in found.items()]
        rows += compare(measure, found)
    return Findings(rows, details)


def median(runs: Sequence[Sparse]) -> Sparse:
    """The medians of several runs; of the growth, the most."""
    return Sparse(
        statistics.median(run.cpu for run in runs),
        statistics.median(run.served for run in runs),
        Latency.median([run.latency for run in runs]),
        max(run.growth for run in runs),
    )


def compare(measure: str, found: Mapping[str, Sparse]) -> list[Row]:
    """Ours beside bare mitmproxy and the relay on websockets."""
    ours, bare, relay = found.get(OURS), found.get(BARE), found.get(WEBSOCKETS)
    if ours is None or bare is None or relay is None:
        return [Row(measure, "", "not measured", None)]
    share, times = ours.cpu / bare.cpu, ours.latency.p99 / relay.latency.p99
    return [
        Row(f"{measure}, CPU", "at most 1/4 of bare's", f"{share:.2f} of bare's", share <= CPU_SHARE),
        Row(f"{measure}, served", "all", f"{ours.served:.1%}, bare {bare.served:.1%}", ours.served >= SERVED),
        Row(
            f"{measure}, p99",
            f"within {P99_TIMES:g} times of the {WEBSOCKETS}",
            f"{times:.2f} times",
            times <= P99_TIMES,
        ),
        Row(f"{measure}, memory", "no growth", f"{ours.growth / 1e6:.1f} MB", ours.growth <= GROWTH_BYTES),
    ]
