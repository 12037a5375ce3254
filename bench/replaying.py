"""Replay as the server: how fast, how evenly, and in how much memory, beside a bare server with the same messages."""

from __future__ import annotations

import itertools
import random
import re
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.frames import MessageCounter, frame, request
from bench.percentiles import Latency
from bench.relay_process import RelayProcess
from bench.report import Detail, Findings, Row
from bench.rounds import Bench
from bench.venue_messages import PROTO, serialized, server_messages
from paperknife.recording.encoder import Encoder
from paperknife.recording.items import Closed, Opened
from paperknife.recording.packing import pack
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Batch, Close, Connection
from paperknife_decoders.message import Direction, Opcode

__all__ = ["make_feed", "measure_replaying"]

START_NS = 1_900_000_000_000_000_000
SYMBOL = "ESZ6"
SIZE = 120
RATE = 1000
"""Messages a second, where time counts."""
SUBSCRIBE = {"subscribe": {"request_id": 1, "symbols": [SYMBOL]}}
MOST_GROWTH = 16
"""MiB between a hundredth and all of a million messages."""


def make_feed(path: Path, count: int, gap_ns: int) -> Path:
    """A recording: a subscription, and `count` market updates that are `gap_ns` apart."""
    reader = load(Reading(schema=(str(PROTO),))).protocol.reader()
    encoder = Encoder()
    connection = Connection(1, "ws://venue.example/v1", "127.0.0.1:51234", START_NS)
    messages = itertools.cycle(server_messages(SIZE, 2000))

    def batch(direction: Direction, at: int, content: bytes) -> bytes:
        return encoder.batch(Batch(1, direction, START_NS + at * gap_ns, [Opcode.BINARY], [content], reader))

    with path.open("wb", buffering=1 << 20) as file:
        file.write(encoder.begin({"program": "bench", "redact": "fields"}) + encoder.opened(Opened(connection)))
        file.write(batch(Direction.CLIENT, 0, serialized("ClientMessage", SUBSCRIBE)))
        for at, content in enumerate(itertools.islice(messages, count), 1):
            file.write(batch(Direction.SERVER, at, content))
        end_ns = START_NS + (count + 1) * gap_ns
        file.write(encoder.closed(Closed(connection, Close(1000, "", Direction.CLIENT, end_ns))))
    pack(path, path)
    return path


def ours(path: Path, *options: str) -> list[str]:
    """The command that replays."""
    return [sys.executable, "-m", "paperknife", "replay", "server", str(path), "--listen", "127.0.0.1:0", *options]


def bare(path: Path, pace: str) -> list[str]:
    """The bare server."""
    return [sys.executable, "-m", "bench.bare_venue", str(path), pace]


@contextmanager
def feed(port: int) -> Iterator[Iterator[tuple[float, int]]]:
    """Subscribe, and get chunk by chunk the time, in seconds, and how many messages have come by then."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request("127.0.0.1"))
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(1 << 16)
        _, _, rest = received.partition(b"\r\n\r\n")
        connection.sendall(frame(serialized("ClientMessage", SUBSCRIBE), random.Random(1)))
        counter = MessageCounter()

        def chunks() -> Iterator[tuple[float, int]]:
            data = rest
            while True:
                if data:
                    counter.feed(data)
                    yield time.monotonic(), counter.messages
                data = connection.recv(1 << 20)
                if not data:
                    return

        yield chunks()


def measure_replaying(bench: Bench) -> Findings:
    """Rate, gaps and memory."""
    with tempfile.TemporaryDirectory() as folder:
        parts = [measure(bench, Path(folder)) for measure in (measure_rate, measure_gaps, measure_replay_memory)]
    return Findings([row for part in parts for row in part.rows], [each for part in parts for each in part.details])


def measure_rate(bench: Bench, folder: Path) -> Findings:
    """Messages a second as fast as can be."""
    count = bench.scaled(100_000)
    path = make_feed(folder / "rate.mcap", count, 100_000)
    rates: dict[str, list[float]] = {}
    for _ in range(bench.rounds):
        for name, command in (("bare websockets server", bare(path, "fast")), ("replay", ours(path, "--speed", "max"))):
            with RelayProcess(command) as process, feed(process.port) as chunks:
                start, seen = next(chunks)
                at, total = next((at, total) for at, total in chunks if total >= count)
                rates.setdefault(name, []).append((total - seen) / (at - start))
    middle = {name: statistics.median(each) for name, each in rates.items()}
    ratio = middle["replay"] / middle["bare websockets server"]
    measure = f"replay of {count:,} messages as fast as can be"
    row = Row(measure, "at least 0.5 of a bare server's rate", f"{ratio:.2f}", ratio >= 0.5)
    return Findings([row], [Detail(measure, name, f"{rate:,.0f} messages/s") for name, rate in middle.items()])


def measure_gaps(bench: Bench, folder: Path) -> Findings:
    """How far the gaps between messages are from the recorded ones."""
    count = bench.scaled(5000)
    path = make_feed(folder / "gaps.mcap", count, 1_000_000_000 // RATE)
    found: dict[str, list[Latency]] = {}
    for _ in range(bench.rounds):
        for name, command in (("asyncio.sleep", bare(path, "timed")), ("replay", ours(path))):
            with RelayProcess(command) as process, feed(process.port) as chunks:
                found.setdefault(name, []).append(Latency.of(deviations(chunks, count)))
    middle = {name: Latency.median(each) for name, each in found.items()}
    mine, other = middle["replay"], middle["asyncio.sleep"]
    measure = f"gaps at {RATE:,} messages/s, beside the recorded ones"
    row = Row(measure, "no further off than with asyncio.sleep", f"{mine}; {other}", mine.p50 <= 1.1 * other.p50)
    return Findings([row], [Detail(measure, name, str(each)) for name, each in middle.items()])


def deviations(chunks: Iterator[tuple[float, int]], count: int) -> Sequence[int]:
    """Nanoseconds by which each gap differs from the recorded one."""
    times: list[float] = []
    for at, total in chunks:
        times += [at] * (total - len(times))
        if total >= count:
            break
    gaps = (after - before for before, after in itertools.pairwise(times))
    return [round(abs(gap - 1 / RATE) * 1e9) for gap in gaps]


def measure_replay_memory(bench: Bench, folder: Path) -> Findings:
    """How the process grows from a hundredth of a long recording to its end."""
    count = bench.scaled(1_000_000)
    path = make_feed(folder / "long.mcap", count, 10_000)
    with RelayProcess(ours(path, "--speed", "max")) as process, feed(process.port) as chunks:
        early = next(resident(process.process.pid) for _, total in chunks if total >= count // 100)
        late = next(resident(process.process.pid) for _, total in chunks if total >= count)
    measure = f"memory of a replay of {count:,} messages"
    row = Row(
        measure, f"at most {MOST_GROWTH} MiB more at the end", f"{late - early:+.1f} MiB", late - early <= MOST_GROWTH
    )
    return Findings([row], [Detail(measure, "replay", f"{early:.0f} MiB early, {late:.0f} MiB at the end")])


def resident(pid: int) -> float:
    """MiB that a process has in memory."""
    return int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0]) / 1024
