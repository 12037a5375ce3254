"""Splicing: what it costs to change one field of an encoded message, beside parsing, setting and serialising it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from google.protobuf import message_factory

from bench.report import Detail, Findings, Row
from bench.rounds import Bench
from bench.venue_messages import PROTO, client_messages
from paperknife_decoders.schema import load_schema
from paperknife_decoders.splice import Set, path_from, prepared, splice

__all__ = ["measure_splicing"]

SIZE = 200
PATH = "order.request_id"
MOST_MICROSECONDS = 10.0


def measure_splicing(bench: Bench) -> Findings:
    """One scalar at depth 2 of orders of 200 bytes, in three ways that take turns."""
    kind = load_schema([PROTO]).message("trading.v1.ClientMessage")
    parse = message_factory.GetMessageClass(kind).FromString
    messages = client_messages(SIZE, bench.scaled(2000))
    change = Set(path_from(PATH, kind), 123_456)

    def by_library(data: bytes) -> bytes:
        message = parse(data)
        message.order.request_id = 123_456  # type: ignore[attr-defined]
        return message.SerializeToString()

    ways = {
        "parse, set, serialise": by_library,
        "prepared splice": prepared(kind, [change]),
        "splice": lambda data: splice(data, kind, [change]),
    }
    if set(map(ways["splice"], messages)) != set(map(by_library, messages)):
        raise AssertionError("both ways have to give the same messages, as these are in the usual form")
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(bench.rounds * 3):
        for name, way in ways.items():
            taken[name].append(microseconds(way, messages))
    middle = {name: statistics.median(each) for name, each in taken.items()}
    ratio = middle["prepared splice"] / middle["parse, set, serialise"]
    measure = f"one field of {SIZE} bytes changed"
    figure = f"{middle['prepared splice']:.1f} µs, {ratio:.1f} times the library's way, which keeps less"
    details = [Detail(measure, name, f"{each:.2f} µs") for name, each in middle.items()]
    met = middle["prepared splice"] <= MOST_MICROSECONDS
    return Findings([Row(measure, f"at most {MOST_MICROSECONDS:.0f} µs", figure, met)], details)


def microseconds(way: Callable[[bytes], bytes], messages: list[bytes]) -> float:
    """CPU time for each of the messages."""
    start = time.process_time()
    for data in messages:
        way(data)
    return (time.process_time() - start) / len(messages) * 1e6
