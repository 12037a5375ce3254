"""Rules, scripts and commands where a protocol has steps: what a peer of that framing reads on the wire."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.addon.proxy.conftest import staged
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from paperknife.proxy.options import RULES, SCRIPT
from paperknife.settings.reading import Reading
from paperknife_decoders.wire.writing import length_delimited, varint

PROTO = """syntax = "proto3";
package desk;
message Order { string symbol = 1; uint32 number = 2; }
message Beat { uint32 number = 1; }
message Tick { uint32 number = 1; }
message Envelope {
  oneof payload { .desk.Order Order = 1; .desk.Beat Beat = 2; .desk.Tick Tick = 3; }
  uint32 id = 9;
}
message Frame { uint32 kind = 1; bytes body = 2; uint32 id = 9; }
"""
CARRIES = [{"in": "Frame", "at": "body", "by": "kind", "types": {7: "Order", 8: "Beat", 9: "Tick"}}]
MEMBERS = {"Order": 1, "Beat": 2, "Tick": 3}
KINDS = {"Order": 7, "Beat": 8, "Tick": 9}

UNKNOWN = bytes.fromhex("f87f858000")
"""A field that no schema has, with a number in more bytes than it needs."""

type Split = Callable[[bytes], list[tuple[bytes, bytes]]]
"""The frames in a message, each with the envelope in it; fails where bytes are missing or left."""


@dataclass(frozen=True)
class Said:
    """An envelope: a payload with its number and, of an order, a symbol. `own` has unknown fields, as a peer's has."""

    payload: str
    number: int
    symbol: str = "ES"
    own: bool = True

    @property
    def body(self) -> bytes:
        """The payload's own bytes."""
        tail = UNKNOWN if self.own else b""
        if self.payload == "Order":
            return length_delimited(1, self.symbol.encode()) + b"\x10" + varint(self.number) + tail
        return b"\x08" + varint(self.number) + tail


def bare(said: Said) -> bytes:
    """In a `oneof`."""
    return length_delimited(MEMBERS[said.payload], said.body) + (b"\x48\x05" + UNKNOWN if said.own else b"")


def carried(said: Said) -> bytes:
    """In a bytes field, with a number that says of which type it is."""
    head = b"\x08" + varint(KINDS[said.payload]) + length_delimited(2, said.body)
    return head + (b"\x48\x05" + UNKNOWN if said.own else b"")


def headed(said: Said) -> bytes:
    """Behind a header with the number of its type."""
    return (KINDS[said.payload] | 1 << 31).to_bytes(4, "little") + b"\x02\0\0\0\x18\x07" + said.body


def prefixed(*envelopes: bytes) -> bytes:
    """Each behind its length in four bytes."""
    return b"".join(len(each).to_bytes(4, "big") + each for each in envelopes)


def unprefixed(data: bytes, order: str = "big") -> list[tuple[bytes, bytes]]:
    """What lies behind lengths in four bytes."""
    found, at = [], 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], order)  # type: ignore[arg-type]
        assert at + 4 <= end <= len(data)
        found.append((data[at:end], data[at + 4 : end]))
        at = end
    return found


def delimited(*envelopes: bytes) -> bytes:
    """Each behind a varint that takes a byte more than it needs."""
    return b"".join(bytes((len(each) & 127 | 128, len(each) >> 7 | 128, 0)) + each for each in envelopes)


def undelimited(data: bytes) -> list[tuple[bytes, bytes]]:
    """What lies behind varints."""
    found, at = [], 0
    while at < len(data):
        length, begin = 0, at
        while True:
            length |= (data[begin] & 127) << 7 * (begin - at)
            begin += 1
            if data[begin - 1] < 128:
                break
        assert begin + length <= len(data)
        found.append((data[at : begin + length], data[begin : begin + length]))
        at = begin + length
    return found


LIST = (1 << 31 | 1).to_bytes(4, "little") + b"\x01\0\0\0\x07"
LAYOUT = "type:u32le&0x7fffffff|0x80000000 length:u32le header:bytes(length)"


def listed(*envelopes: bytes) -> bytes:
    """One as it is, several in a compressed list."""
    if len(envelopes) == 1:
        return envelopes[0]
    content = b"".join(len(each).to_bytes(4, "little") + each for each in envelopes)
    return LIST + b"\x08" + varint(len(content)) + length_delimited(2, gzip.compress(content, mtime=7)) + UNKNOWN


def unlisted(data: bytes) -> list[tuple[bytes, bytes]]:
    """What is in a list, or the message itself."""
    if not data.startswith(LIST):
        return [(data, data)]
    assert data.endswith(UNKNOWN)
    packed = data.index(b"\x1f\x8b")
    content = gzip.decompress(data[packed : -len(UNKNOWN)])
    size = varint(len(content))
    assert data[len(LIST) :].startswith(b"\x08" + size + b"\x12" + varint(len(data) - packed - len(UNKNOWN)))
    return unprefixed(content, "little")


def alone(*envelopes: bytes) -> bytes:
    """With nothing around it."""
    (only,) = envelopes
    return only


@dataclass(frozen=True)
class Framing:
    """How envelopes lie in messages: as a definition, and as both peers know it.

    `many`: a message may hold several. `beside` stands beside the payload of a message of our own.
    """

    definition: dict[str, Any]
    envelope: Callable[[Said], bytes]
    join: Callable[..., bytes]
    split: Split
    many: bool = True
    beside: str = ""

    def filled(self, text: str) -> str:
        """A text in which the payloads of messages of our own have their keys, as rules and scripts write them."""
        for payload, kind in KINDS.items():
            beside = self.beside.format(kind)
            text = text.replace(f"$RULE({payload})", f"{beside}{payload}")
            text = text.replace(f"$SCRIPT({payload})", beside.replace(": ", "="))
        return text

    def messages(self, said: Sequence[Sequence[Said]]) -> list[list[Said]]:
        """What is said, in as many messages as it takes."""
        return [list(each) for each in said] if self.many else [[each] for several in said for each in several]

    def content(self, said: Sequence[Said]) -> bytes:
        """A message on the wire."""
        return self.join(*map(self.envelope, said))


BARE = {"client": "Envelope", "server": "Envelope"}
CARRIED = {"client": "Frame", "server": "Frame", "carries": CARRIES}
PREFIX = [{"length-prefix": {"size": 4, "order": "big"}}]
PREFIXES = [{"length-prefix": {"several": True}}]
LISTS = [
    {"message-list": {"layout": LAYOUT, "when": "type=1", "at": 2, "inflated_size": 1}},
    {"binary-header": {"layout": LAYOUT}},
]
BY_HEADER = {"by": "header.type", "types": {7: "Order", 8: "Beat", 9: "Tick"}}
FRAMINGS = {
    "length-prefix": Framing({**BARE, "steps": PREFIX}, bare, prefixed, unprefixed, many=False),
    "length-prefix, several": Framing({**BARE, "steps": PREFIXES}, bare, prefixed, unprefixed),
    "varint-delimited": Framing({**BARE, "steps": ["varint-delimited"]}, bare, delimited, undelimited),
    "carries": Framing(CARRIED, carried, alone, lambda data: [(data, data)], many=False),
    "carries, in length-prefix": Framing(
        {**CARRIED, "steps": PREFIXES}, carried, prefixed, unprefixed, beside="kind: {}, "
    ),
    "message-list": Framing({"steps": LISTS, "behind": BY_HEADER}, headed, listed, unlisted),
}


def order(number: int, symbol: str = "ES") -> Said:
    """What a client says."""
    return Said("Order", number, symbol)


def tick(number: int, *, own: bool = True) -> Said:
    """What a server says."""
    return Said("Tick", number, own=own)


def made(number: int) -> Said:
    """What we say in the client's place."""
    return Said("Order", number, "NQ", own=False)


ORDERS = [[order(1)], [order(2), order(3), order(4)], [order(5)]]
TICKS = [[tick(1)], [tick(2), tick(3)]]
LONG = "N" * 200


@dataclass(frozen=True)
class Case:
    """What is done, and what is heard of it; `single` is what the server hears where each message has one envelope."""

    do: str = ""
    server: Sequence[Sequence[Said]] = tuple(ORDERS)
    client: Sequence[Sequence[Said]] = tuple(TICKS)
    single: Sequence[Sequence[Said]] | None = None
    on: str = "client Order"
    script: str = ""
    command: str = ""

    @property
    def rules(self) -> str:
        """The file of rules."""
        return f"rules: [{{name: it, on: {self.on}, {self.do}}}]" if self.do else "rules: []"


THIRD = "when: Order.number == 3"
CASES = {
    "nothing": Case("when: Order.number == 9, do: drop"),
    "set": Case(
        f"{THIRD}, do: {{set: {{Order.symbol: {LONG}}}}}",
        [ORDERS[0], [order(2), order(3, LONG), order(4)], ORDERS[2]],
    ),
    "set, in each": Case(
        "do: {set: {Order.symbol: 'N{Order.number}'}}",
        [[order(each.number, f"N{each.number}") for each in message] for message in ORDERS],
    ),
    "set, in what the server says": Case(
        "when: Tick.number == 3, do: {set: {Tick.number: 300}}",
        client=[TICKS[0], [tick(2), tick(300)]],
        on="server Tick",
    ),
    "drop": Case(f"{THIRD}, do: drop", [ORDERS[0], [order(2), order(4)], ORDERS[2]]),
    "drop, all of a message": Case("when: Order.number > 1 and Order.number < 5, do: drop", [ORDERS[0], ORDERS[2]]),
    "drop, and set in another": Case(
        "when: Order.number == 3, do: drop}, {on: client Order, when: Order.number == 4, "
        f"do: {{set: {{Order.symbol: {LONG}}}}}",
        [ORDERS[0], [order(2), order(4, LONG)], ORDERS[2]],
    ),
    "replace": Case(
        f"{THIRD}, do: {{replace: {{$RULE(Order): {{symbol: NQ, number: 6}}}}}}",
        [ORDERS[0], [order(2), made(6), order(4)], ORDERS[2]],
    ),
    "reply": Case(f"{THIRD}, do: {{reply: {{$RULE(Tick): {{number: 300}}}}}}", client=[*TICKS, [tick(300, own=False)]]),
    "drop and reply": Case(
        f"{THIRD}, do: [drop, {{reply: {{$RULE(Tick): {{number: '{{Order.number}}'}}}}}}]",
        [ORDERS[0], [order(2), order(4)], ORDERS[2]],
        [*TICKS, [tick(3, own=False)]],
    ),
    "inject": Case(
        f"{THIRD}, do: {{inject: {{$RULE(Order): {{symbol: NQ, number: 6}}}}, times: 2}}",
        [ORDERS[0], ORDERS[1], [made(6)], [made(6)], ORDERS[2]],
        single=[ORDERS[0], [order(2), order(3), made(6), made(6), order(4)], ORDERS[2]],
    ),
    "duplicate": Case(
        f"{THIRD}, do: duplicate",
        [ORDERS[0], ORDERS[1], ORDERS[1], ORDERS[2]],
        single=[ORDERS[0], [order(2), order(3), order(3), order(4)], ORDERS[2]],
    ),
    "script": Case(
        script="""
def client_Order(order, connection):
    if order.number == 3:
        order.symbol = "NQ"
        made = type(connection.envelope)($SCRIPT(Order))
        made.Order.symbol, made.Order.number = "NQ", 6
        connection.send("server", made)
""",
        server=[ORDERS[0], [order(2), order(3, "NQ"), order(4)], [made(6)], ORDERS[2]],
        single=[ORDERS[0], [order(2), order(3, "NQ"), made(6), order(4)], ORDERS[2]],
    ),
    "edit": Case(
        "when: Order.number == 2, do: {hold: 60s, in_order: true}",
        [ORDERS[0], [order(2, LONG), order(3), order(4)], ORDERS[2]],
        command=f"paperknife.edit 1 Order.symbol={LONG}",
    ),
    "inject by hand": Case(
        server=[*ORDERS, [order(2, LONG), order(3), order(4)]],
        single=[*ORDERS, [order(4, LONG)]],
        command=f"paperknife.inject 1 -2 Order.symbol={LONG}",
    ),
}


@pytest.fixture
def used(tmp_path):
    """Writes a case's files; the reading of its framing."""

    def use(framing: Framing, case: Case) -> Reading:
        (tmp_path / "desk.proto").write_text(PROTO)
        definition = {"name": "desk", "schema": ["desk.proto"], **framing.definition}
        YAML(typ="safe").dump({"protocols": [definition]}, tmp_path / "paperknife.yaml")
        (tmp_path / "rules.yaml").write_text(framing.filled(case.rules))
        (tmp_path / "mine.py").write_text(framing.filled(case.script))
        return Reading(config=str(tmp_path / "paperknife.yaml"), protocol="desk")

    return use


@pytest.mark.parametrize("framing", FRAMINGS.values(), ids=FRAMINGS)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_frames_are_right_frames(tmp_path, used, framing, case) -> None:
    """Both peers read what rules say, each envelope in a frame of its own; what is not touched stays bit for bit."""
    server_hears = framing.messages(case.server if framing.many or case.single is None else case.single)
    client_hears = framing.messages(case.client)
    told, heard = framing.messages(TICKS), framing.messages(ORDERS)
    at_server: list[bytes] = []
    at_client: list[bytes] = []

    async def serve(connection: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            for message in told:
                await connection.send(framing.content(message))
            while True:
                at_server.append(await connection.recv())

    async def listen(connection: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                at_client.append(await connection.recv())

    async def run() -> list[tuple[str, bool]]:
        async with staged(serve, reading=used(framing, case)) as stage:
            options, commands = stage.proxy.master.options, stage.proxy.master.commands
            options.update(paperknife_messages=0, **{RULES: [str(tmp_path / "rules.yaml")]})
            if case.script:
                options.update(**{SCRIPT: [str(tmp_path / "mine.py")]})
            stage.proxy.addon.hands.answer()
            async with connect(stage.url, proxy=None) as client:
                listening = asyncio.create_task(listen(client))
                await stage.witness.until(lambda: len(at_client) == len(told), "what the server says")
                for message in heard:
                    await client.send(framing.content(message))
                if case.command:
                    waiting = stage.proxy.addon.hands.holding.waiting
                    there = len(at_server) if "edit" in case.command else len(heard)
                    await stage.witness.until(
                        lambda: bool(waiting) if "edit" in case.command else len(at_server) == there, "all of it"
                    )
                    commands.execute(case.command)
                await stage.witness.until(
                    lambda: len(at_server) >= len(server_hears) and len(at_client) >= len(client_hears), "all of it"
                )
            await listening
            await stage.witness.until(lambda: bool(stage.witness.closes), "the end")
            return stage.witness.notices

    notices = asyncio.run(run())
    untouched = {said for message in (*told, *heard) for said in message}
    own = {frame for message in (*told, *heard) for frame, _ in framing.split(framing.content(message))}
    whole = {framing.content(message) for message in (*told, *heard)}
    for contents, expected in ((at_server, server_hears), (at_client, client_hears)):
        assert [[envelope for _, envelope in framing.split(each)] for each in contents] == [
            [framing.envelope(said) for said in message] for message in expected
        ]
        for content, message in zip(contents, expected, strict=True):
            if message in (*told, *heard):
                assert content in whole
            for (frame, _), said in zip(framing.split(content), message, strict=True):
                if said in untouched:
                    assert frame in own
    assert [text for text, _ in notices if "passes as it was" in text or "no schema can read" in text] == []
