"""What it costs to read a message, by the way in which it is put on the WebSocket.

All of it is measured in this process, in turns, on market data of the demo venue: as it is, with a length in front, as
bytes beside a number, and compressed. What is shown and recorded is masked too, which is done for each burst. CPU time,
the median of the rounds.
"""

from __future__ import annotations

import gzip
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.report import Detail, Findings, Row
from bench.rounds import Bench
from bench.venue_messages import PROTO, server_messages
from paperknife_decoders.definition import protocol_from, read_definition
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction import Redactor
from paperknife_decoders.schema import Schema, load_schema
from paperknife_decoders.wire.walker import walk
from paperknife_decoders.wire.writing import length_delimited, varint

__all__ = ["Style", "measure_styles", "styles"]

SIZES = (40, 300)

MESSAGES, ROUNDS = 2000, 9

PACKED_SIZE, PACKED_MESSAGES = 16_000, 200
"""Of what is compressed, which is worth it for large messages: a page of what a chat or a market said meanwhile."""

CARRIER = 'syntax = "proto3"; package bench; message Carrier { uint32 kind = 1; bytes body = 2; uint64 id = 3; }'
TYPES = {"client": "trading.v1.ClientMessage", "server": "trading.v1.ServerMessage"}
NUMBERED: dict[str, object] = {
    "client": "bench.Carrier",
    "server": "bench.Carrier",
    "carries": [{"in": "bench.Carrier", "at": "body", "by": "kind", "types": {7: "trading.v1.MarketUpdate"}}],
}

PLAIN_TIMES, STEP_TIMES, PACKED_TIMES, MASKED_TIMES = 1.1, 2.0, 1.3, 3.0

BURST = 20
"""Messages that arrive together, and are masked so."""

KNOWN = ("a-password-of-the-login", "and-the-token-that-came-back")
"""Secrets that are looked for in each message."""

BARE, PLAIN = "parsed and asked for its payload, in a loop of its own", "a bare envelope"
DELIMITED, CARRIED, PACKED = "behind a varint", "bytes beside a type's number", "gzip"
MASKED = "masked"
BOTH = "a bare envelope read and masked"


@dataclass(frozen=True, slots=True)
class Style:
    """Messages in one style, and what reads them."""

    protocol: Protocol
    messages: tuple[bytes, ...]

    def read(self) -> None:
        """Read each, as the live view and the recorder do."""
        read = self.protocol.reader().read
        for message in self.messages:
            read(Direction.SERVER, Opcode.BINARY, message)

    def mask(self) -> None:
        """Look for secrets in bursts of them, as is done before anybody is told of them, and find none."""
        redactor, reader = Redactor(), self.protocol.reader()
        for value in KNOWN:
            redactor.known.learn(value)
        for start in range(0, len(self.messages), BURST):
            burst = self.messages[start : start + BURST]
            redactor.redact(reader, Direction.SERVER, [Opcode.BINARY] * len(burst), burst)

    def payloads(self) -> None:
        """Find out what each is, as a consumer in the lane does that waits for some of them."""
        self.protocol.reader().payloads(Direction.SERVER, [Opcode.BINARY] * len(self.messages), self.messages)


def bench_schema() -> Schema:
    """The demo's schema, with an envelope that carries bytes."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "carrier.proto").write_text(CARRIER)
        return load_schema([PROTO, folder])


def protocol(schema: Schema, **definition: object) -> Protocol:
    """The protocol that a definition says."""
    return protocol_from(read_definition({"name": "bench", **TYPES, **definition}), schema)


def payload_of(message: bytes) -> bytes:
    """The one payload's bytes of an envelope."""
    (field,) = walk(message)
    return message[field.content : field.content_end]


def styles(schema: Schema, size: int, count: int) -> dict[str, Style]:
    """The same messages in each style."""
    plain = tuple(server_messages(size, count))
    carried = (length_delimited(2, payload_of(message)) for message in plain)
    gzipped = [{"compressed": {"codec": "gzip"}}]
    return {
        PLAIN: Style(protocol(schema), plain),
        DELIMITED: Style(
            protocol(schema, steps=["varint-delimited"]), tuple(varint(len(message)) + message for message in plain)
        ),
        CARRIED: Style(
            protocol(schema, **NUMBERED),
            tuple(b"\x08\x07" + body + b"\x18" + varint(number) for number, body in enumerate(carried, 1)),
        ),
        PACKED: Style(protocol(schema, steps=gzipped), tuple(gzip.compress(message, 6) for message in plain)),
    }


def take_turns(works: dict[str, Callable[[], None]], count: int, rounds: int) -> dict[str, float]:
    """The median CPU seconds a message of each."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = time.process_time()
            work()
            taken[name].append((time.process_time() - start) / count)
    return {name: statistics.median(figures) for name, figures in taken.items()}


def parsing(style: Style) -> Callable[[], None]:
    """What the bare parser takes for the same."""
    kind = style.protocol.server
    assert kind is not None

    def work() -> None:
        for message in style.messages:
            kind.payload_of(kind.parse(message))

    return work


def inflating(messages: Sequence[bytes]) -> Callable[[], None]:
    """What zlib takes for the same."""

    def work() -> None:
        for message in messages:
            zlib.decompress(message, 31)

    return work


def row(measure: str, figure: float, against: float, most: float, what: str) -> Row:
    """One ratio beside its goal."""
    times = figure / against
    return Row(measure, f"at most {most:g} times {what}", f"{times:.2f} times, {figure * 1e6:.2f} us", times <= most)


def measure_styles(bench: Bench) -> Findings:
    """Each style beside the bare envelope, and what is compressed beside its inflation."""
    schema, rounds = bench_schema(), 1 if bench.quick else ROUNDS
    rows: list[Row] = []
    details: list[Detail] = []
    for size in SIZES:
        made = styles(schema, size, bench.scaled(MESSAGES))
        works = {name: style.read for name, style in made.items()}
        works |= {f"{name}, {MASKED}": style.mask for name, style in made.items()}
        works |= {BARE: parsing(made[PLAIN]), "payloads": made[PLAIN].payloads}
        found = take_turns(works, len(made[PLAIN].messages), rounds)
        where = f"reading a message, {size} B"
        rows.append(row(f"{where}, what a lane's consumer asks", found["payloads"], found[BARE], PLAIN_TIMES, BARE))
        rows += [row(f"{where}, {name}", found[name], found[PLAIN], STEP_TIMES, PLAIN) for name in (DELIMITED, CARRIED)]
        both = {name: found[name] + found[f"{name}, {MASKED}"] for name in made}
        rows += [
            row(f"{where} and masking it, {name}", both[name], both[PLAIN], MASKED_TIMES, BOTH)
            for name in (DELIMITED, CARRIED)
        ]
        details += [Detail(where, name, f"{figure * 1e6:.2f} us CPU a message") for name, figure in found.items()]
    packed = styles(schema, PACKED_SIZE, bench.scaled(PACKED_MESSAGES))
    works = {
        PACKED: packed[PACKED].read,
        PLAIN: packed[PLAIN].read,
        "zlib alone": inflating(packed[PACKED].messages),
    }
    found = take_turns(works, len(packed[PLAIN].messages), rounds)
    where = f"reading a message, {PACKED_SIZE:,} B"
    unpacking = found[PACKED] - found[PLAIN]  # the rest is what any message of this size costs
    rows.append(row(f"{where}, {PACKED}", unpacking, found["zlib alone"], PACKED_TIMES, "zlib alone, parsing left out"))
    details += [Detail(where, name, f"{figure * 1e6:.2f} us CPU a message") for name, figure in found.items()]
    return Findings(rows, details)
