"""Random and mutated WebSocket streams through the lane: it never raises, and never loses or makes up a byte.

Usage: fuzz.py [COUNT] [SEED]
"""

from __future__ import annotations

import logging
import random
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from mitmproxy.connection import Client, Connection, ConnectionState
from mitmproxy.http import Headers, HTTPFlow, Response
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.websocket import WebsocketMessageHook
from mitmproxy.test import tflow

from bench.frames import frame
from bench.fuzzing import count_and_seed
from paperknife.proxy.lane.history import History
from paperknife.proxy.lane.injection import Injected, Injection
from paperknife.proxy.lane.layer import Lane
from paperknife.proxy.lane.peers import RESET
from paperknife.proxy.lane.track import Track
from paperknife.proxy.lane.violation import Violation
from paperknife.proxy.unlearned import Waits
from paperknife.traffic import Batch, Piece
from paperknife.traffic import Connection as Announced
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol

__all__ = ["Host", "fuzz", "one_stream"]

FIN, RSV1 = 0x80, 0x40
FIRSTS = [FIN | 2, FIN | 1, 2, 1, 0, 0, FIN, FIN | 9, FIN | 10, FIN | 8, FIN | RSV1 | 2, RSV1 | 1, 0x83, 0xB2, 0x09]
"""First bytes of frames (RFC 6455, section 5.2): most are legal somewhere."""
LEGAL = [(FIN | 2,), (FIN | 1,), (FIN | 9,), (FIN | 10,), (2, 0, FIN), (1, FIN | 9, FIN), (FIN | 8,), (FIN | RSV1 | 2,)]
"""First bytes of frames that make up whole messages; the last one is legal where compression was agreed on."""
EXTENSIONS = [
    "",
    "permessage-deflate",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    "permessage-deflate; server_max_window_bits=9; client_max_window_bits=8",
]
OPTIONS = Options()
INJECTION = Injection(Direction.SERVER, Opcode.PING, b"ours")


def squeezed(content: bytes) -> bytes:
    """A compressed message that refers to none before it."""
    deflater = zlib.compressobj(wbits=-9)
    return (deflater.compress(content) + deflater.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")


PAYLOADS = [b"", b"\x03\xe8", b"hello", bytes(125), bytes(126), squeezed(b"hello " * 20), squeezed(bytes(9000))]
SMALL = PAYLOADS[1:3]


@dataclass
class Host:
    """Who the lane works for. A `fault` of ours in the stream is kept; violations are the streams' own."""

    limit: int = 1 << 24
    hooked: bool = False
    holder: None = None
    tracks: dict[str, Track] = field(default_factory=dict)
    messages: int = 0
    violations: int = 0
    fault: Exception | None = None

    def track(self, flow: HTTPFlow) -> Track:
        """A track of its own for each stream."""
        return Track(Announced(1, "ws://h/", "c", 0), Protocol().reader(), History(flow, 10))

    def deliver(self, track: Track, batch: Batch, *, shown: bool) -> None:
        """Count."""
        self.messages += len(batch)
        if not shown:
            track.history.add(batch)

    def deliver_piece(self, track: Track, piece: Piece) -> None:
        """Count."""
        self.messages += piece.last
        track.history.add_piece(piece)

    def unread(self, track: Track, direction: Direction, reason: Violation | Exception) -> None:
        """Tell violations from faults."""
        if isinstance(reason, Violation):
            self.violations += 1
        else:
            self.fault = reason

    def changer(self, track: Track) -> None:
        """Nobody decides on messages."""

    def wake(self, track: Track) -> None:
        """Nothing is ever due."""

    def say(self, track: Track, text: str, *, warning: bool = False) -> None:
        """Nobody listens."""

    def comes(self, batch: Batch | None) -> None:
        """Messages are being decided on."""

    def waits(self, message: Message, parcel: Waits) -> None:
        """A message waits."""

    def failed(self, track: Track, error: Exception) -> None:
        """A fault of ours."""
        self.fault = error


class Driver:
    """Plays the connection handler for one lane: answers its hooks at once and gathers what it sends."""

    def __init__(self, host: Host, extensions: str, *, edits: bool) -> None:
        self.edits = edits
        flow = tflow.twebsocketflow(messages=False)
        flow.response = Response(b"HTTP/1.1", 101, b"", Headers(), b"", None, 0, 0)
        if extensions:
            flow.response.headers["Sec-WebSocket-Extensions"] = extensions
        client: Client = flow.client_conn
        client.state = flow.server_conn.state = ConnectionState.OPEN
        context = Context(client, OPTIONS)
        context.server = flow.server_conn
        self.lane: Lane = type("Fuzzed", (Lane,), {"host": host})(context, flow)
        self.lane.attached = True
        self.sent: dict[Connection, bytearray] = {context.client: bytearray(), context.server: bytearray()}
        self.client, self.server, self.flow = context.client, context.server, flow
        self.happen(events.Start())

    def happen(self, event: events.Event) -> None:
        """Let the lane handle an event and all that follows from it."""
        waiting = [event]
        while waiting:
            for command in self.lane.handle_event(waiting.pop(0)):
                if isinstance(command, commands.SendData):
                    self.sent[command.connection] += command.data
                elif isinstance(command, commands.StartHook) and command.blocking:
                    self.edit(command)
                    waiting.append(events.HookCompleted(command))

    def edit(self, hook: commands.StartHook) -> None:
        """Change and drop some messages, as another addon may."""
        if self.edits and isinstance(hook, WebsocketMessageHook):
            message = self.flow.websocket.messages[-1]
            message.content += b"!" * (len(message.content) % 3)
            message.dropped = len(message.content) % 5 == 1


def payload_for(chance: random.Random, first: int) -> bytes:
    """What suits a frame that begins so, most of the time."""
    if first & RSV1:
        return chance.choice(PAYLOADS[-2:])
    return chance.choice(SMALL if first & 8 else PAYLOADS)


def stream(chance: random.Random, *, masked: bool) -> bytes:
    """Some frames, now and then mutated, or mere noise."""
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(60))
    masks = random.Random(1) if masked else None
    count = chance.choice((1, 1, 2, 3, 6))
    if chance.random() < 0.7:
        firsts = [first for _ in range(count) for first in chance.choice(LEGAL)]
    else:
        firsts = [chance.choice(FIRSTS) for _ in range(count)]
    made = [frame(payload_for(chance, first), masks, first) for first in firsts]
    data = bytearray(b"".join(made))
    while chance.random() < 0.3:
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[at : at + 1] = chance.randbytes(1)
            case 1:
                del data[at : at + chance.choice((1, 2, 9))]
            case 2:
                data[at:at] = chance.randbytes(chance.choice((1, 2, 9)))
            case _:
                del data[at:]
    return bytes(data)


def chunks(chance: random.Random, data: bytes) -> Iterator[bytes]:
    """The stream in a few chunks."""
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.choice((0, 1, 2, 5))))
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        if end > start:
            yield data[start:end]


def one_stream(seed: int, host: Host) -> None:
    """One connection, both directions, from its start to its end. Raises `AssertionError` for what must not happen."""
    chance = random.Random(seed)
    switches = chance.random() < 0.3
    host.hooked = ever = switches and chance.random() < 0.5
    host.limit = chance.choice((125, 1000, 1 << 24))
    driver = Driver(host, chance.choice(EXTENSIONS), edits=chance.random() < 0.3)
    said = {driver.server: stream(chance, masked=True), driver.client: stream(chance, masked=False)}
    waiting = [
        (source, list(chunks(chance, said[target])))
        for source, target in ((driver.client, driver.server), (driver.server, driver.client))
    ]
    injected = 0
    while any(left for _, left in waiting):
        source, left = chance.choice([one for one in waiting if one[1]])
        if switches and chance.random() < 0.3:
            host.hooked = not host.hooked
            ever = ever or host.hooked
        if chance.random() < 0.05:
            driver.happen(Injected(driver.flow, INJECTION))
            injected += 1
        driver.happen(events.DataReceived(source, left.pop(0)))
    for source in (driver.client, driver.server):
        source.error = RESET if chance.random() < 0.1 else None
        driver.happen(events.ConnectionClosed(source))
    check(driver, said, host, injected=injected, ever=ever)


def check(driver: Driver, said: dict[Connection, bytes], host: Host, *, injected: int, ever: bool) -> None:
    """What was said must have been sent on: as it was, or with pings overtaking fragments where hooks ran."""
    if host.fault is not None:
        raise AssertionError(f"the lane has a fault: {host.fault!r}") from host.fault
    for target, data in said.items():
        sent = bytes(driver.sent[target])
        if target is driver.client and injected:
            sent = sent.replace(frame(b"ours", None, FIN | 9), b"", injected)
        if driver.client.error or driver.server.error or (ever and driver.edits):
            continue  # what was held back is gone when a connection breaks off
        same = sorted(sent) == sorted(data) if ever else sent == data
        assert same, f"{data.hex()} went on as {sent.hex()}"


def fuzz(count: int, seed: int = 0) -> Host:
    """`count` streams; what was met in them. Raises with the seed of the stream that went wrong."""
    host = Host()
    for number in range(seed, seed + count):
        try:
            one_stream(number, host)
        except Exception as error:
            raise AssertionError(f"stream {number}: {error!r}") from error
    return host


def main() -> None:
    """Run, and say what came of it."""
    wanted = count_and_seed(__doc__, 100_000)
    logging.disable(logging.WARNING)  # what is not injected is said, thousands of times
    began = time.perf_counter()
    host = fuzz(wanted.count, wanted.seed)
    seconds = time.perf_counter() - began
    print(
        f"{wanted.count:,} streams in {seconds:,.0f} s: {host.messages:,} messages, {host.violations:,} violations, "
        "no exception, no byte lost or made up."
    )


if __name__ == "__main__":
    sys.exit(main())
