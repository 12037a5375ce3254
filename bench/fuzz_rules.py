"""Random WebSocket streams through a lane in which random rules are at work: what comes out is what they say.

A message that no rule takes goes on bit for bit, one that is changed says what a full parse with the change says, a
dropped one is gone; all of them in their order. Pings may overtake a message in fragments that rules wait to see.

Usage: fuzz_rules.py [COUNT] [SEED]
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf.message import DecodeError
from mitmproxy.connection import Connection
from mitmproxy.http import HTTPFlow
from mitmproxy.proxy import events

from bench.frames import frame
from bench.fuzz import EXTENSIONS, FIN, RSV1, Driver, Host, chunks
from bench.fuzzing import count_and_seed
from bench.venue_messages import PROTO
from paperknife.demo.api import Api
from paperknife.mutation.rules import RuleChanger, RuleSet, load_rules
from paperknife.proxy.lane.history import History
from paperknife.proxy.lane.track import Track
from paperknife.proxy.lane.waking import Woken
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Connection as Announced

__all__ = ["UNKNOWN", "RulesHost", "Said", "api", "fuzz", "heard", "one_stream", "said_by"]

ACTIONS = {
    "pass": "count: seen",
    "set": "set: {order.quantity: 77, order.client_tag: ruled}",
    "clear": "clear: [order.price, order.labels]",
    "drop": "drop",
    "double": "duplicate",
    "answer": "reply: {error: {text: ruled}}",
}
"""What a rule on the client's orders may do."""
WHENS = {"": lambda order: True, "when: order.quantity > 50,": lambda order: order.quantity > 50}
CONTROLS = (FIN | 9, FIN | 10)
UNKNOWN = bytes.fromhex("a2060568656c6c6f")
"""Field 100, which the schema lacks."""

api = Api(PROTO)
ANSWER = api.server.encode("error", {"text": "ruled"})


@dataclass
class RulesHost(Host):
    """Who the lane works for; `rules` decide. Nothing wakes it: the streams do that themselves."""

    rules: RuleSet | None = None
    changed: int = 0
    passed: int = 0
    dropped: int = 0
    protocol: object = field(default_factory=lambda: load(Reading(schema=(str(PROTO),))).protocol)

    def track(self, flow: HTTPFlow) -> Track:
        """A track of its own for each stream."""
        reader = self.protocol.reader()  # type: ignore[attr-defined]
        return Track(Announced(1, "ws://h/", "c", 0), reader, History(flow, 10))

    def changer(self, track: Track) -> RuleChanger | None:  # type: ignore[override]
        """The rules of this stream."""
        return self.rules.for_connection(1, track.reader) if self.rules is not None else None


@dataclass(frozen=True, slots=True)
class Said:
    """A message as its sender writes it: its content, and the bytes of its frames without those between them.

    `end` is how many bytes of the stream there are with it.
    """

    content: bytes
    frames: tuple[bytes, ...]
    opcode: int
    end: int = 0


def rule_sets(folder: Path, protocol: object) -> dict[tuple[str, str], RuleSet]:
    """One file of rules for each action and condition."""
    found = {}
    for action, text in ACTIONS.items():
        for when in WHENS:
            path = folder / f"{len(found)}.yaml"
            do = text if text in ("drop", "duplicate") else f"{{{text}}}"
            path.write_text(f"rules: [{{on: client order, {when} do: [{do}]}}]")
            found[action, when] = load_rules([path], [protocol])  # type: ignore[list-item]
    return found


def contents(chance: random.Random) -> Iterator[tuple[int, bytes]]:
    """Messages of a client: orders, others, and what is no Protobuf."""
    for _ in range(chance.choice((1, 2, 3, 8))):
        order = {"quantity": chance.randrange(100), "symbol": chance.choice(("ESZ6", "x" * 200, ""))}
        order |= {"price": {"value": "1.5"}, "labels": {"a": "b"}} if chance.random() < 0.5 else {}
        kinds = (
            (2, api.client.encode("order", order)),
            (2, api.client.encode("order", order) + UNKNOWN),
            (2, api.client.encode("heartbeat", {"sequence": chance.randrange(9)})),
            (2, chance.randbytes(chance.randrange(12))),
            (2, b""),
            (1, b'{"order": {"quantity": 60}}'),
        )
        yield chance.choice(kinds)


def said_by(
    chance: random.Random, extensions: str, messages: Iterable[tuple[int, bytes]], *, masked: bool = True
) -> tuple[list[Said], list[bytes], bytes]:
    """What a peer says: its messages, its pings, and all bytes in their order."""
    masks, squeeze = random.Random(chance.random()) if masked else None, zlib.compressobj(wbits=-9)
    said, pings, data = [], [], b""
    for opcode, content in messages:
        payload, first = content, opcode
        if extensions and chance.random() < 0.7:
            if "no_context" in extensions or "bits" in extensions:
                squeeze = zlib.compressobj(wbits=-9)
            payload = (squeeze.compress(content) + squeeze.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")
            first |= RSV1
        cuts = sorted(chance.randrange(len(payload) + 1) for _ in range(chance.choice((0, 0, 1, 3))))
        parts = [payload[start:end] for start, end in zip([0, *cuts], [*cuts, len(payload)], strict=True)]
        frames = []
        for number, part in enumerate(parts):
            if chance.random() < 0.2:
                pings.append(frame(b"ping", masks, chance.choice(CONTROLS)))
                data += pings[-1]
            head = (first if number == 0 else 0) | (FIN if number == len(parts) - 1 else 0)
            frames.append(frame(part, masks, head))
            data += frames[-1]
        said.append(Said(content, tuple(frames), opcode, len(data)))
    return said, pings, data


def frames_of(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """The first byte, the content and all bytes of each frame."""
    at = 0
    while at < len(data):
        begin, flags = at, data[at + 1]
        size, at = flags & 0x7F, at + 2
        if size > 125:
            width = 2 if size == 126 else 8
            size, at = int.from_bytes(data[at : at + width], "big"), at + width
        key = b""
        if flags & 0x80:
            key, at = data[at : at + 4], at + 4
        content = data[at : at + size]
        assert len(content) == size, "a frame is cut off"
        at += size
        yield (
            data[begin],
            bytes(byte ^ key[place % 4] for place, byte in enumerate(content)) if key else content,
            data[begin:at],
        )


def heard(data: bytes, *, fresh: bool) -> tuple[list[Said], list[bytes]]:
    """What a receiver reads: messages and pings. A `fresh` receiver begins each message with an empty window."""
    said, pings, inflater = [], [], zlib.decompressobj(wbits=-15)
    first, payload, frames, end = 0, b"", [], 0
    for head, content, raw in frames_of(data):
        end += len(raw)
        if head & 8:
            pings.append(raw)
            continue
        first = head if not frames else first
        assert bool(head & 15) == (not frames), "a message within a message"
        payload, frames = payload + content, [*frames, raw]
        if head & FIN:
            if first & RSV1:
                inflater = zlib.decompressobj(wbits=-15) if fresh else inflater
                payload = inflater.decompress(payload + b"\x00\x00\xff\xff")
            said.append(Said(payload, tuple(frames), first & 15, end))
            payload, frames = b"", []
    assert not frames, "a message without an end"
    return said, pings


def order_in(message: Said) -> object | None:
    """The parsed envelope of an order, None for anything else."""
    if message.opcode != 2:
        return None
    try:
        envelope = api.client.make.FromString(message.content)
    except DecodeError:
        return None
    return envelope if envelope.WhichOneof("payload") == "order" else None


def check(came: list[Said], went: list[Said], action: str, when: str, *, exact: bool, host: RulesHost) -> int:
    """Hold what went on to what came, by a full parse; how many answers there have to be."""
    rest, answers = iter(went), 0
    for message in came:
        envelope = order_in(message)
        taken = envelope is not None and WHENS[when](envelope.order)  # type: ignore[attr-defined]
        if taken and action == "drop":
            host.dropped += 1
            continue
        expected = message.content
        if taken and action in ("set", "clear"):
            host.changed += 1
            change(envelope, action)
            found = next(rest)
            assert api.client.make.FromString(found.content) == envelope, (
                f"{message.content.hex()}: {found.content.hex()}"
            )
            assert (UNKNOWN in found.content) == (UNKNOWN in message.content)
            continue
        answers += taken and action == "answer"
        for number in range(2 if taken and action == "double" else 1):
            found = next(rest)
            assert (found.opcode, found.content) == (message.opcode, expected), f"{expected.hex()}: {found}"
            if exact and number == 0:
                assert found.frames == message.frames, f"{message.frames} went on as {found.frames}"
                host.passed += 1
    assert next(rest, None) is None, "there is more than came"
    return answers


def change(envelope: object, action: str) -> None:
    """Do by hand what the rule does."""
    order = envelope.order  # type: ignore[attr-defined]
    if action == "set":
        order.quantity, order.client_tag = 77, "ruled"
    else:
        order.ClearField("price")
        order.ClearField("labels")


def one_stream(seed: int, host: RulesHost, rules: dict[tuple[str, str], RuleSet]) -> None:
    """One connection from its start to its end. Raises `AssertionError` for what must not happen."""
    chance = random.Random(seed)
    (action, when), host.rules = chance.choice(list(rules.items()))
    extensions = chance.choice(EXTENSIONS)
    driver = Driver(host, extensions, edits=False)
    came, pings, data = said_by(chance, extensions, contents(chance))
    broken = chance.random() < 0.2
    if broken:
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.randbytes(chance.choice((1, 3))) + data[at + chance.choice((0, 1, 9)) :]
    for chunk in chunks(chance, data):
        driver.happen(events.DataReceived(driver.client, chunk))
        if chance.random() < 0.5:
            driver.happen(Woken(driver.flow))
    driver.happen(Woken(driver.flow))
    sent: dict[Connection, bytes] = {peer: bytes(told) for peer, told in driver.sent.items()}
    for peer in (driver.client, driver.server):
        driver.happen(events.ConnectionClosed(peer))
    if host.fault is not None:
        raise AssertionError(f"the lane has a fault: {host.fault!r}") from host.fault
    if broken:
        return
    went, passed = heard(sent[driver.server], fresh="no_context" in extensions)
    assert passed == pings, "pings are others, or in another order"
    touched = action in ("set", "clear", "drop", "double") and bool(extensions)  # then windows differ from there on
    answers = check(came, went, action, when, exact=not touched, host=host)
    back, _ = heard(sent[driver.client], fresh="no_context" in extensions)
    assert [message.content for message in back] == [ANSWER] * answers


def fuzz(count: int, seed: int = 0) -> RulesHost:
    """`count` streams; what was met in them. Raises with the seed of the stream that went wrong."""
    host = RulesHost()

    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            rules = rule_sets(Path(folder), host.protocol)
        for number in range(seed, seed + count):
            try:
                one_stream(number, host, rules)
            except Exception as error:
                raise AssertionError(f"stream {number}: {error!r}") from error

    asyncio.run(run())  # a lane asks the loop for the time
    return host


def main() -> None:
    """Run, and say what came of it."""
    wanted = count_and_seed(__doc__, 20_000)
    logging.disable(logging.WARNING)
    began = time.perf_counter()
    host = fuzz(wanted.count, wanted.seed)
    print(
        f"{wanted.count:,} streams in {time.perf_counter() - began:,.0f} s: {host.passed:,} messages bit for bit, "
        f"{host.changed:,} changed as a full parse says, {host.dropped:,} dropped; no exception."
    )


if __name__ == "__main__":
    sys.exit(main())
