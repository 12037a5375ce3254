"""Large messages: an echo of 1, 16 and 64 MB, as one frame, in fragments and compressed."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from bench import frames
from bench.contenders import DIRECT, OURS, WEBSOCKETS
from bench.pairs import Origin, Pair
from bench.report import Detail, Findings, Row
from bench.rounds import Bench, Stand
from bench.transfer import transfer
from bench.venue_messages import serialized

__all__ = ["measure_large"]

MEGABYTE = 1_000_000
SIZES, QUICK_SIZES = (1, 16, 64), (1, 4)
"""In megabytes."""

FRAGMENT = 4096

TIMES_RELAY = 3.0
"""An echo may take so many times what it takes through the relay on websockets."""

LINEAR = 1.5
"""Linear: from one size to the next the time grows at most so many times more than the size, or than the time of a
direct connection where that grows more: on a busy machine with small caches it may."""

ROUNDS = 7

Framing = Callable[..., bytes]

SHAPES: Mapping[str, tuple[Framing, str]] = {
    "one frame": (frames.frame, ""),
    f"fragments of {FRAGMENT} B": (lambda payload, masks=None: frames.fragments(payload, FRAGMENT, masks), ""),
    "compressed": (frames.deflated, frames.DEFLATE),
}
"""How a message is framed, and the extensions that the client offers."""


@dataclass(frozen=True, slots=True)
class Echo:
    """One message each way as prepared bytes; `plain` where an end did not agree to compress."""

    up: bytes
    down: bytes
    plain_down: bytes


def make_echo(framing: Framing, size: int) -> Echo:
    """Messages of `size` bytes: a login with an endless program name up, an error with an endless excerpt down."""
    chance = random.Random(size)
    text = b"".join(b"%d.%02d " % (chance.randrange(10_000), chance.randrange(100)) for _ in range(MEGABYTE // 6))
    filling = (text * (size // len(text) + 1))[:size]
    up = serialized("ClientMessage", {"login": {"application": filling.decode()}})
    down = serialized("ServerMessage", {"error": {"excerpt": filling}})
    return Echo(framing(up, chance), framing(down), frames.frame(down))


def echo_seconds(origin: Origin, stand: Stand, echo: Echo, extensions: str) -> float:
    """Seconds from the first byte up to the last byte down, over a new connection."""
    with origin.pairs(stand.port, 1, extensions) as (pair,):
        start = time.perf_counter()
        pass_message(pair, echo.up, up_way=True)
        down = echo.down if pair.origin_deflates or not extensions else echo.plain_down
        pass_message(pair, down, up_way=False)
        return time.perf_counter() - start


def pass_message(pair: Pair, data: bytes, up_way: bool) -> None:
    """Send one message, however framed, and wait until a whole one has come out, however framed."""
    counter = frames.MessageCounter()

    def arrived(piece: memoryview) -> bool:
        counter.feed(piece)
        return counter.messages > 0 and not counter.skip

    sender, receiver = (pair.client, pair.origin) if up_way else (pair.origin, pair.client)
    transfer(sender, data, 1, receiver, arrived)


def all_sizes(origin: Origin, stand: Stand, echoes: Mapping[int, Echo], extensions: str) -> dict[int, float]:
    """The seconds of each size, one right after the other, so that what disturbs one disturbs all."""
    return {size: echo_seconds(origin, stand, echo, extensions) for size, echo in echoes.items()}


def measure_large(bench: Bench) -> Findings:
    """All shapes in all sizes."""
    rows, details = [], []
    sizes = QUICK_SIZES if bench.quick else SIZES
    for shape, (framing, extensions) in SHAPES.items():
        echoes = {size: make_echo(framing, size * MEGABYTE) for size in sizes}
        one = partial(all_sizes, echoes=echoes, extensions=extensions)
        figures = bench.measure((DIRECT, OURS, WEBSOCKETS), one, rounds=1 if bench.quick else ROUNDS)
        found = {
            size: {name: statistics.median(seconds[size] for seconds in rounds) for name, rounds in figures.items()}
            for size in sizes
        }
        details += [
            Detail(f"echo of {size} MB, {shape}", name, f"{seconds * 1000:,.1f} ms")
            for size, names in found.items()
            for name, seconds in names.items()
        ]
        rows += [relay_row(shape, found), linear_row(shape, found)]
    return Findings(rows, details)


def relay_row(shape: str, found: Mapping[int, Mapping[str, float]]) -> Row:
    """Ours beside the relay on websockets, at the size where it is worst."""
    measure, goal = f"echo, {shape}", f"within {TIMES_RELAY:g} times of the {WEBSOCKETS}"
    if any(OURS not in names for names in found.values()):
        return Row(measure, goal, "a size did not come through in time", False)
    shares = {size: names[OURS] / names[WEBSOCKETS] for size, names in found.items() if WEBSOCKETS in names}
    if not shares:
        return Row(measure, goal, f"the {WEBSOCKETS} could not be measured", None)
    figure = ", ".join(f"{size} MB {share:.2f} times" for size, share in shares.items())
    return Row(measure, goal, figure, max(shares.values()) <= TIMES_RELAY)


def linear_row(shape: str, found: Mapping[int, Mapping[str, float]]) -> Row:
    """How our time grows from each size to the next. What is beyond our limit is less work for each byte."""
    measure, goal = f"echo, {shape}, growth from {' to '.join(map(str, found))} MB", "linear"
    if any(name not in names for names in found.values() for name in (OURS, DIRECT)):
        return Row(measure, goal, "a size did not come through in time", False)
    figures, met = [], True
    for smaller, larger in pairwise(found):
        size = larger / smaller
        times, direct = (found[larger][name] / found[smaller][name] for name in (OURS, DIRECT))
        figures.append(f"{size:g} times the size takes {times:.1f} times as long (direct {direct:.1f})")
        met = met and times <= max(size, direct) * LINEAR
    return Row(measure, goal, ", ".join(figures), met)
