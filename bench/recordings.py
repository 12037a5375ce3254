"""Recordings of any length, made of the demo venue's messages: nearly all market data, and one order in a hundred."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.venue_messages import PROTO, client_messages, padded, serialized, server_messages
from paperknife.recording.encoder import Encoder
from paperknife.recording.items import Closed, Opened
from paperknife.recording.packing import pack
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Batch, Close, Connection
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.reader import Reader

__all__ = ["ORDERS_IN", "Plan", "make_recording"]

START_NS = 1_900_000_000_000_000_000
ORDERS_IN = 100
"""One exchange of an order and its response comes after so many messages."""
BATCH = 100
VARIANTS = 2000
"""So many different messages take turns."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to make: so many messages of so many bytes; `noise` fills them with what does not compress."""

    messages: int
    size: int = 120
    packed: bool = True
    noise: bool = False


def make_recording(path: Path, plan: Plan) -> Path:
    """A recording at `path`: one connection that lasts a second for 10,000 messages."""
    reader = load(Reading(schema=(str(PROTO),))).protocol.reader()
    encoder = Encoder()
    connection = Connection(1, "wss://venue.example/v1", "127.0.0.1:51234", START_NS)
    next_batch = noisy(plan.size) if plan.noise else varied(plan.size)
    with path.open("wb", buffering=1 << 20) as file:
        file.write(encoder.begin({"program": "bench", "redact": "fields"}) + encoder.opened(Opened(connection)))
        for number in range(0, plan.messages, BATCH):
            time_ns = START_NS + number * 100_000
            file.write(encoder.batch(batch(reader, Direction.SERVER, time_ns, next_batch(number))))
            file.write(b"".join(encoder.batch(one) for one in exchange(reader, time_ns, number)))
        end_ns = START_NS + plan.messages * 100_000
        file.write(encoder.closed(Closed(connection, Close(1000, "", Direction.CLIENT, end_ns))))
    if plan.packed:
        pack(path, path)
    return path


def batch(reader: Reader, direction: Direction, time_ns: int, contents: list[bytes]) -> Batch:
    """Messages that came together."""
    return Batch(1, direction, time_ns, [Opcode.BINARY] * len(contents), contents, reader)


def exchange(reader: Reader, time_ns: int, number: int) -> list[Batch]:
    """An order and what comes of it."""
    order = orders()[number // BATCH % VARIANTS]
    answer = serialized("ServerMessage", {"order_response": {"request_id": 1 + number, "status": 1, "symbol": "ESZ6"}})
    return [
        batch(reader, Direction.CLIENT, time_ns, [order]),
        batch(reader, Direction.SERVER, time_ns + 1_000_000, [answer]),
    ]


@cache
def orders() -> list[bytes]:
    """Orders from a pool."""
    return client_messages(60, VARIANTS)


def varied(size: int) -> Callable[[int], list[bytes]]:
    """Batches of market data from a pool."""
    pool = server_messages(size, VARIANTS)
    return lambda number: [pool[(number * 7 + place * 13) % VARIANTS] for place in range(BATCH - 2)]


def noisy(size: int) -> Callable[[int], list[bytes]]:
    """Batches of market data whose symbols are noise."""
    bare = padded("ServerMessage", {"market_data": {"sequence": 1 << 14}}, "symbol", size)
    place = bare.find(b"XXXX")
    length = bare.count(b"X")
    chance = random.Random(5)

    def batch(_: int) -> list[bytes]:
        noise = chance.randbytes((BATCH - 2) * length).translate(SEVEN_BITS)
        begin, end = bare[:place], bare[place + length :]
        return [begin + noise[at : at + length] + end for at in range(0, len(noise), length)]

    return batch


SEVEN_BITS = bytes(32 + byte % 95 for byte in range(256))
"""Any byte as a character that is UTF-8 by itself."""
