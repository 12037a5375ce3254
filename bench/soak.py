"""Mixed faults for a long time: no leak, no stuck connection, and every message accounted for.

`python -m bench.soak --minutes 10 --rate 5000` plays both ends of some connections through our proxy, with rules that
drop, change, delay, double, reorder, throttle, answer, corrupt, stall, close and abort. Each connection ends after a
while, by a close handshake or by a rule, and another one takes its place. Of those that end by a handshake of their
peers all sums have to be exact: what was sent is what passed, was changed or dropped; what was received is what passed,
was changed or injected. Of the others no more may be received than that. Exit status 1 where anything is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import frames
from bench.venue_messages import PROTO, client_messages, server_messages
from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
from paperknife.proxy.lane.deflate import Agreement, Inflater
from paperknife.proxy.lane.frames import FrameReader
from paperknife.settings.modes import parse_mode
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Close, Connection
from paperknife_decoders.message import Direction, Fate, Message, Opcode

RULES = """
seed: 7
rules:
  - {name: cut, on: client order, probability: 0.1, do: [{set: {order.quantity: 1}}]}
  - {name: lose, on: [client order, server market_data], probability: 0.02, do: [drop]}
  - {name: late, on: [client order, server market_data], probability: 0.05, do: [{delay: 1ms..50ms}]}
  - {name: aside, on: server market_data, probability: 0.02, do: [{delay: 1ms..50ms, overtaken: true}]}
  - {name: twice, on: [client order, server market_data], probability: 0.02, do: [{duplicate: 2}]}
  - {name: mixed, on: server market_data, probability: 0.05, do: [{reorder: 4}]}
  - {name: slow, on: server market_data, probability: 0.05, do: [{throttle: 100/s}]}
  - {name: wrong, on: server market_data, probability: 0.02, do: [{corrupt: anywhere, bytes: 2}]}
  - {name: short, on: client order, probability: 0.02, do: [{truncate: 50%}]}
  - name: answered
    on: client order
    probability: 0.05
    do: [{reply: {order_response: {request_id: "{order.request_id}", status: REJECTED}}, in: 5ms}]
  - {name: stalled, on: server market_data, probability: 0.0002, do: [{stall: 100ms}]}
  - {name: closed, on: client order, probability: 0.00003, do: [{close: 4000, reason: soak}]}
  - {name: aborted, on: server market_data, probability: 0.00003, do: [abort]}
"""

CONNECTIONS = 20
TICK_SECONDS = 0.02
LIFE_SECONDS = 20.0
PATIENCE = 15.0
"""Seconds after which a connection that should have ended is stuck."""

BINARY, CLOSE = 0x82, 0x88


@dataclass
class Sums:
    """What both ends of one connection have sent and received, and what the proxy has told of it."""

    sent: Counter[Direction] = field(default_factory=Counter)
    received: Counter[Direction] = field(default_factory=Counter)
    told: Counter[tuple[Direction, Fate]] = field(default_factory=Counter)
    in_order: bool = False

    def faults(self) -> list[str]:
        """What does not add up."""
        found = []
        for direction in Direction:
            told = {fate: self.told[direction, fate] for fate in Fate}
            came = told[Fate.PASSED] + told[Fate.CHANGED] + told[Fate.DROPPED]
            went = told[Fate.PASSED] + told[Fate.CHANGED] + told[Fate.INJECTED]
            sent, received = self.sent[direction], self.received[direction]
            if (sent != came or received != went) if self.in_order else (came > sent or received > went):
                found.append(f"{direction.arrow} sent {sent:,} told {came:,}; told {went:,} received {received:,}")
        return found


class Told:
    """A consumer that counts fates, by connection."""

    def __init__(self) -> None:
        self.by_number: dict[int, Counter[tuple[Direction, Fate]]] = {}
        self.ended: set[int] = set()
        self.totals: Counter[Fate] = Counter()
        self.notices: Counter[str] = Counter()

    def opened(self, connection: Connection) -> None:
        """Begin to count."""
        self.by_number[connection.number] = Counter()

    def messages(self, batch: Sequence[Message]) -> None:
        """Count."""
        for message in batch:
            if message.opcode < Opcode.CLOSE:
                self.by_number[message.connection][message.direction, message.fate] += 1
                self.totals[message.fate] += 1

    def closed(self, connection: Connection, close: Close) -> None:
        """Nothing more comes."""
        self.ended.add(connection.number)

    def notice(self, text: str, *, warning: bool = False) -> None:
        """Keep warnings."""
        if warning:
            self.notices[text.partition(": ")[2] or text] += 1


class End:
    """One end: sends prepared messages, counts what it receives, and answers a close frame."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        direction: Direction,
        prepared: Sequence[bytes],
        sums: Sums,
        inflates: bool,
    ) -> None:
        self.reader, self.writer = reader, writer
        self.direction, self.prepared, self.sums = direction, prepared, sums
        inflater = Inflater(Agreement(takeover=False)) if inflates else None
        self.frames = FrameReader(masked=direction is Direction.SERVER, inflater=inflater)
        self.masks = random.Random(1) if direction is Direction.CLIENT else None
        self.said_close = False
        self.heard_close = False
        self.fault = ""

    def send(self, count: int, chance: random.Random) -> None:
        """Send so many messages, unless we have said that it is over."""
        if not self.said_close and not self.writer.is_closing():
            self.writer.write(b"".join(chance.choices(self.prepared, k=count)))
            self.sums.sent[self.direction] += count

    def say_close(self) -> None:
        """Send a close frame, once."""
        if not self.said_close and not self.writer.is_closing():
            self.said_close = True
            self.writer.write(frames.frame(b"\x03\xe8", self.masks, CLOSE))

    async def receive(self) -> None:
        """Read to the end."""
        try:
            while data := await self.reader.read(1 << 16):
                received = self.frames.receive(data)
                if received.violation is not None:
                    self.fault = str(received.violation)
                    return
                for opcode in received.opcodes:
                    if opcode < Opcode.CLOSE:
                        self.sums.received[self.direction.other] += 1
                    elif opcode == Opcode.CLOSE:
                        self.heard_close = True
                        self.say_close()
                if self.heard_close and self.direction is Direction.SERVER:
                    self.writer.close()
        except OSError:
            pass
        finally:
            self.writer.close()


class Soak:
    """Everything that runs."""

    def __init__(self, rate: float, minutes: float) -> None:
        self.rate, self.seconds = rate, minutes * 60
        self.told = Told()
        self.chance = random.Random(3)
        self.orders, self.updates = client_messages(60, 200), server_messages(120, 200)
        masks = random.Random(2)
        self.prepared = {
            False: ([frames.frame(m, masks) for m in self.orders], [frames.frame(m) for m in self.updates]),
            True: ([frames.deflated(m, masks) for m in self.orders], [frames.deflated(m) for m in self.updates]),
        }
        self.accepted: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]] = asyncio.Queue()
        self.opening = asyncio.Lock()
        self.faults: Counter[str] = Counter()
        self.finished: Counter[str] = Counter()
        self.sent = 0
        self.url_port = 0

    async def run(self) -> None:
        """Until the time is over."""
        with tempfile.TemporaryDirectory() as folder:
            rules = Path(folder) / "rules.yaml"
            rules.write_text(RULES)
            server = await asyncio.start_server(self.accept, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            reading = Reading(schema=(str(PROTO),))
            arguments = ("--listen-port", "0", "--set", f"confdir={folder}")
            plan = ProxyPlan(
                reading, load(reading), (parse_mode(f"reverse:ws://127.0.0.1:{port}"),), arguments, rules=(str(rules),)
            )
            async with EmbeddedProxy(plan, [self.told]) as proxy:
                self.url_port = int(proxy.listening[0].url.rpartition(":")[2].partition("/")[0])
                until = time.monotonic() + self.seconds
                workers = [asyncio.create_task(self.work(number, until)) for number in range(CONNECTIONS)]
                reporting = asyncio.create_task(self.report())
                await asyncio.gather(*workers)
                reporting.cancel()
                await asyncio.sleep(1)
                if proxy.addon.tap.live:
                    self.faults[f"{len(proxy.addon.tap.live)} connections are left open in the proxy"] += 1
            server.close()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection from the proxy: shake hands."""
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(frames.response(head))
        self.accepted.put_nowait((reader, writer, head))

    async def work(self, number: int, until: float) -> None:
        """One connection after the other."""
        while time.monotonic() < until:
            await self.one_connection(number % 2 == 1, until)

    async def open(self, deflates: bool, sums: Sums) -> tuple[End, End, int]:
        """A connection through the proxy, and its number there."""
        async with self.opening:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.url_port)
            writer.write(frames.request("127.0.0.1", frames.DEFLATE if deflates else ""))
            far_reader, far_writer, _ = await asyncio.wait_for(self.accepted.get(), PATIENCE)
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
            orders, updates = self.prepared[deflates]
            client = End(reader, writer, Direction.CLIENT, orders, sums, deflates)
            server = End(far_reader, far_writer, Direction.SERVER, updates, sums, deflates)
            while not self.told.by_number:
                await asyncio.sleep(0)
            return client, server, max(self.told.by_number)

    async def one_connection(self, deflates: bool, until: float) -> None:
        """From its opening to its end, whose sums are looked at."""
        sums = Sums()
        client, server, number = await self.open(deflates, sums)
        receiving = asyncio.gather(client.receive(), server.receive())
        life = min(until, time.monotonic() + LIFE_SECONDS * self.chance.uniform(0.5, 1.5))
        share, due = self.rate / CONNECTIONS / 2 * TICK_SECONDS, [0.0, 0.0]
        tick = time.monotonic()
        while time.monotonic() < life and not receiving.done() and not (client.heard_close or server.heard_close):
            for place, end in enumerate((client, server)):
                due[place] += share
                count, due[place] = int(due[place]), due[place] % 1
                end.send(count, self.chance)
                self.sent += count
            tick += TICK_SECONDS
            await asyncio.sleep(max(tick - time.monotonic(), 0))
        by_rule = receiving.done() or client.heard_close or server.heard_close
        client.say_close()
        try:
            await asyncio.wait_for(receiving, PATIENCE)
        except TimeoutError:
            self.faults["a connection is stuck"] += 1
        await self.look_at(sums, number, (client, server), "by a rule" if by_rule else "in order")

    async def look_at(self, sums: Sums, number: int, ends: Sequence[End], how: str) -> None:
        """Compare what was counted on a connection that has ended."""
        deadline = time.monotonic() + PATIENCE
        while number not in self.told.ended and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        if number not in self.told.ended:
            self.faults["the proxy did not tell of an end"] += 1
        self.told.ended.discard(number)
        sums.told = self.told.by_number.pop(number)
        sums.in_order = how == "in order"
        self.finished[how] += 1
        for fault in [*sums.faults(), *(f"unreadable: {end.fault}" for end in ends if end.fault)]:
            self.faults[f"{how}: {fault}"] += 1

    async def report(self) -> None:
        """A line every half minute."""
        start, before = time.monotonic(), 0
        while True:
            await asyncio.sleep(30)
            gc.collect()
            now = time.monotonic() - start
            rate, before = (self.sent - before) / 30, self.sent
            fates = ", ".join(f"{count:,} {fate.value}" for fate, count in self.told.totals.items())
            print(
                f"{now:5.0f} s, {rate:,.0f} messages/s, {resident() >> 20} MiB, {len(gc.get_objects()):,} objects, "
                f"{dict(self.finished)}, {fates}, faults: {sum(self.faults.values())}",
                flush=True,
            )


def resident() -> int:
    """Memory in use, in bytes (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=5000, help="messages a second over all connections")
    given = parser.parse_args()
    soak = Soak(given.rate, given.minutes)
    asyncio.run(soak.run())
    print(f"{soak.sent:,} messages sent, {sum(soak.told.totals.values()):,} told of: {dict(soak.told.totals)}")
    print(f"connections: {dict(soak.finished)}; {resident() >> 20} MiB at the end")
    for text, count in (soak.told.notices + soak.faults).most_common(20):
        print(f"  {count} times: {text}")
    print("All sums add up." if not soak.faults else "There are faults.")
    sys.exit(1 if soak.faults else 0)


if __name__ == "__main__":
    main()
