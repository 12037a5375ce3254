"""Rules from a file to their effect: a real client and a real server, whole and in fragments, plain and compressed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.addon.proxy.conftest import staged
from tests.addon.saving import save
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.mutation.rules.actions.catalogue import ACTIONS
from paperknife.proxy.options import RULES, SCRIPT
from paperknife.settings.reading import Reading, load
from paperknife_decoders.message import Direction, Fate, Opcode
from paperknife_decoders.summary import summarize

READING = Reading(schema=(str(given_schema()),))
PROTOCOL = load(READING).protocol
API = Api(given_schema())
CLIENT, SERVER = Direction.CLIENT, Direction.SERVER

ONE, TWO, THREE = ("order", 1), ("order", 2), ("order", 3)
FEED = [("market_data", number) for number in range(1, 4)]
ORDERS = ["order 1 ESZ6 BUY quantity=100", "order 2 ESZ6 BUY quantity=200", "order 3 ESZ6 BUY quantity=300"]
UPDATES = ["market_data ES1", "market_data ES2", "market_data ES3"]
LAST = "heartbeat"


def envelope(direction: Direction, payload: str, number: int) -> bytes:
    """A message of one side, known by a number."""
    fields: dict[str, object] = {}
    if payload == "order":
        fields = {"request_id": number, "symbol": "ESZ6", "side": "BUY", "quantity": number * 100}
    elif payload == "market_data":
        fields = {"symbol": f"ES{number}"}
    elif payload == "subscribe":
        fields = {"request_id": number, "symbols": ["ESZ6"]}
    return (API.client if direction is CLIENT else API.server).encode(payload, fields)


def worded(direction: Direction, content: bytes) -> str:
    """A message as it is written in the cases; what is none, in hex."""
    (found,) = PROTOCOL.reader().read(direction, Opcode.BINARY, content)
    if found.message is None or not found.payload:
        return content.hex() or "nothing"
    return f"{found.payload} {summarize(found, PROTOCOL.secrets, 200)}".strip()


@dataclass(frozen=True)
class Form:
    """How both ends write: compressed or not, in so many fragments."""

    compression: str | None = None
    fragments: int = 1

    def parts(self, content: bytes) -> bytes | list[bytes]:
        """What `send` of websockets takes."""
        size = -(-len(content) // self.fragments) or 1
        parts = [content[at : at + size] for at in range(0, len(content), size)]
        return content if self.fragments == 1 or not content else parts


FORMS = {
    "whole": Form(),
    "in fragments": Form(fragments=3),
    "compressed": Form("deflate"),
    "compressed, in fragments": Form("deflate", 3),
}


@dataclass(frozen=True)
class Case:
    """Rules, what both sides say at once, what they hear of it, which rules had a hand in it, and how it ends."""

    do: str
    server_hears: Sequence[str] = tuple(ORDERS)
    client_hears: Sequence[str] = tuple(UPDATES)
    hits: int = 3
    end: tuple[int, str] | None = None
    on: str = "client order"
    rules: str = ""

    @property
    def text(self) -> str:
        """The file."""
        return self.rules or f"seed: 3\nrules: [{{name: it, on: {self.on}, {self.do}}}]"


CUT = (1006, "")
EXTRA = {"append": [("subscribe", 4)]}
FIRST, SECOND = "when: order.request_id == 1", "when: order.request_id == 2"
GONE = "12020801"
"""The beginning of an order whose length does not fit any more."""

CASES = {
    "set": Case(
        "when: order.quantity > 100, do: {set: {order.quantity: 7, order.symbol: 'NQ{counter}'}}",
        [ORDERS[0], "order 2 NQ1 BUY quantity=7", "order 3 NQ2 BUY quantity=7"],
        hits=2,
    ),
    "set, in what the server sends": Case(
        "do: {set: {market_data.symbol: 'A{market_data.symbol}'}}",
        client_hears=["market_data AES1", "market_data AES2", "market_data AES3"],
        on="server market_data",
    ),
    "clear": Case(f"{SECOND}, do: {{clear: order.side}}", [ORDERS[0], "order 2 ESZ6 quantity=200", ORDERS[2]], hits=1),
    "append": Case(
        "do: {append: {subscribe.symbols: NQZ6}}",
        [*ORDERS, "subscribe 4 symbols=ESZ6,NQZ6"],
        on="client subscribe",
        hits=1,
    ),
    "replace": Case(
        f"{SECOND}, do: {{replace: {{cancel: {{request_id: '{{order.request_id + 40}}', order_id: x}}}}}}",
        [ORDERS[0], "cancel 42 order_id=x", ORDERS[2]],
        hits=1,
    ),
    "raw": Case(f"{SECOND}, do: {{raw: '0bad'}}", [ORDERS[0], "0bad", ORDERS[2]], hits=1),
    "drop": Case(f"{SECOND}, do: drop", [ORDERS[0], ORDERS[2]], hits=1),
    "drop and reply": Case(
        "limit: 2, do: [drop, {reply: {order_response: {request_id: '{order.request_id}', text: risk}}}]",
        [ORDERS[2]],
        [*UPDATES, "order_response 1 text=risk", "order_response 2 text=risk"],
        hits=4,
    ),
    "reply, to the server": Case(
        "limit: 1, do: {reply: {subscribe: {request_id: 77, symbols: ['{market_data.symbol}']}}}",
        [*ORDERS, "subscribe 77 symbols=ES1"],
        on="server market_data",
        hits=2,
    ),
    "inject, to the client": Case(
        f"{FIRST}, do: {{inject: {{error: {{text: hello}}}}, to: client, times: 2}}",
        client_hears=[*UPDATES, "error text=hello", "error text=hello"],
        hits=3,
    ),
    "inject, to the server": Case(
        f"{FIRST}, do: {{inject: '2a0408051200', to: server}}",
        [ORDERS[0], 'cancel 5 order_id=""', *ORDERS[1:]],
        hits=2,
    ),
    "delay": Case(f"{FIRST}, do: {{delay: 50ms..80ms}}", hits=1),
    "delay, overtaken": Case(f"{FIRST}, do: {{delay: 80ms, overtaken: true}}", [*ORDERS[1:], LAST, ORDERS[0]], hits=1),
    "duplicate": Case(f"{SECOND}, do: {{duplicate: 2}}", [ORDERS[0], *[ORDERS[1]] * 3, ORDERS[2]], hits=3),
    "reorder": Case(f"{FIRST}, do: {{reorder: 1}}", [ORDERS[1], ORDERS[0], ORDERS[2]], hits=1),
    "throttle": Case("do: {throttle: 40/s}"),
    "throttle, by bytes": Case("do: {throttle: 400B/s}"),
    "truncate": Case(f"{SECOND}, do: {{truncate: 4}}", [ORDERS[0], "120d0802", ORDERS[2]], hits=1),
    "corrupt, bits of a field": Case(
        f"{SECOND}, do: {{corrupt: order.quantity, bits: 1}}",
        [ORDERS[0], "order 2 ESZ6 BUY quantity=232", ORDERS[2]],
        hits=1,
    ),
    "corrupt, bytes of a field": Case(
        f"{SECOND}, do: {{corrupt: order.quantity, bytes: 2}}",
        [ORDERS[0], "order 2 ESZ6 BUY quantity=11566", ORDERS[2]],
        hits=1,
    ),
    "corrupt, anywhere": Case(
        f"{SECOND}, do: {{corrupt: anywhere, bits: 8}}",
        [ORDERS[0], "1225080a120445537a355801204801", ORDERS[2]],
        hits=1,
    ),
    "stall": Case(f"{FIRST}, do: {{stall: 100ms}}", hits=1),
    "close": Case(
        f"{SECOND}, do: {{close: 4001, reason: 'no {{order.symbol}}'}}", ORDERS[:2], hits=1, end=(4001, "no ESZ6")
    ),
    "drop and close": Case(f"{SECOND}, do: [drop, {{close: 1013}}]", ORDERS[:1], hits=1, end=(1013, "")),
    "abort": Case(f"{SECOND}, do: [drop, abort]", hits=1, end=(1006, "")),
    "hold": Case(f"{FIRST}, do: {{hold: 60s}}", [*ORDERS[1:], LAST, ORDERS[0]], hits=1),
    "hold, in order": Case(f"{FIRST}, do: {{hold: 60s, in_order: true}}", hits=1),
    "log and count": Case("do: [{count: seen}, {log: 'no. {counter.seen}: {order.quantity}'}]"),
    "remember": Case(
        "",
        [ORDERS[0], "order 2 ESZ6 BUY quantity=100", "order 3 ESZ6 BUY quantity=100"],
        rules="""
rules:
  - {on: client order, when: order.request_id > 1, do: {set: {order.quantity: "{remembered.quantity}"}}}
  - {on: client order, do: {remember: {quantity: order.quantity}}}
""",
        hits=3,
    ),
    "script": Case(
        "do: {script: half}",
        [ORDERS[0].replace("100", "50"), ORDERS[1].replace("200", "100"), ORDERS[2].replace("300", "150")],
    ),
    "several at once": Case(
        "",
        ["order 2 NQZ6 BUY quantity=9", "order 2 NQZ6 BUY quantity=9", "order 3 NQZ6 BUY quantity=9"],
        ["market_data ES2", "market_data ES3", "error text=NQZ6"],
        rules="""
rules:
  - {on: client order, do: [{set: {order.quantity: 9}}, {delay: 20ms}]}
  - {on: client order, when: order.quantity == 9, do: {set: {order.symbol: NQZ6}}}
  - {on: client order, limit: 1, do: [{reply: {error: {text: "{order.symbol}"}}, in: 40ms}, drop]}
  - {on: client order, when: order.request_id == 2, do: [duplicate, {delay: 10ms}]}
  - {on: client order, do: {throttle: 200/s}}
  - {on: server market_data, limit: 1, do: drop}
  - {on: server, do: {delay: 1ms..3ms}}
""",
        hits=8,
    ),
}


class Talk:
    """What both sides say and hear, and how it ended for each."""

    def __init__(self, form: Form, case: Case) -> None:
        self.form = form
        self.case = case
        self.heard: dict[Direction, list[str]] = {CLIENT: [], SERVER: []}
        self.ends: dict[Direction, tuple[int | None, str | None]] = {}

    async def hold(self, connection: Any, direction: Direction, said: Sequence[tuple[str, int]]) -> None:
        """Say all of it, and hear until the end."""
        with contextlib.suppress(ConnectionClosed):
            for payload, number in said:
                await connection.send(self.form.parts(envelope(direction, payload, number)))
            async for content in connection:
                self.heard[direction.other].append(worded(direction.other, content))
        self.ends[direction] = connection.close_code, connection.close_reason

    async def serve(self, connection: Any) -> None:
        """The server's part."""
        await self.hold(connection, SERVER, FEED)

    @property
    def expected(self) -> dict[Direction, list[str]]:
        """What is to be heard."""
        last = [] if self.case.end or LAST in self.case.server_hears else [LAST]
        return {CLIENT: [*self.case.server_hears, *last], SERVER: [*self.case.client_hears]}

    @property
    def is_heard(self) -> bool:
        """True once so much was heard as is to be."""
        if self.case.end is not None:
            return len(self.ends) == 2
        return all(len(self.heard[direction]) >= len(self.expected[direction]) for direction in Direction)

    def check(self) -> None:
        """What was heard is what was expected."""
        if self.case.end is not None:
            assert self.ends == dict.fromkeys(Direction, self.case.end)
        if self.case.end == CUT:  # what was on its way is lost
            return
        for direction in Direction:
            heard, expected = self.heard[direction], self.expected[direction]
            if self.case.end is None or direction is CLIENT:
                assert by_payload(heard) == by_payload(expected)


def by_payload(words: Sequence[str]) -> list[str]:
    """The order among messages of one kind: an answer comes between any two of the other side's own messages."""
    return sorted(words, key=lambda each: each.split(" ")[0])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", CASES)
def test_an_action_has_its_effect(tmp_path, name, form) -> None:
    """Both sides hear what the rules say and all else as it was sent, in its order; everybody is told the same."""
    talk = Talk(FORMS[form], CASES[name])
    rules, script = tmp_path / "rules.yaml", tmp_path / "mine.py"
    rules.write_text(talk.case.text)
    script.write_text("def half(message, connection):\n    message.order.quantity //= 2\n")

    async def run() -> None:
        async with staged(talk.serve, reading=READING) as stage:
            stage.proxy.master.options.update(**{SCRIPT: [str(script)]})
            stage.proxy.master.options.update(**{RULES: [str(rules)]})
            stage.proxy.addon.hands.answer()
            async with connect(stage.url, proxy=None, compression=talk.form.compression) as client:
                said = [ONE, TWO, THREE, *EXTRA.get(name, ()), (LAST, 0)]
                talking = asyncio.create_task(talk.hold(client, CLIENT, said))
                if "hold" in name:
                    waits = 0 if "order" in name else 3
                    await stage.witness.until(
                        lambda: bool(stage.proxy.addon.hands.holding.waiting) and len(talk.heard[CLIENT]) >= waits,
                        "the holding",
                    )
                    stage.proxy.master.commands.execute("paperknife.release")
                await stage.witness.until(lambda: talk.is_heard, str(talk.heard))
            await talking
            await stage.witness.until(lambda: len(talk.ends) == 2, "the end")
            told = stage.witness.seen
            assert len([message for message in told if message.hits]) == talk.case.hits
            for direction in Direction if talk.case.end is None else ():
                out = [m for m in told if m.direction is direction and m.fate is not Fate.DROPPED]
                assert [worded(direction, message.content) for message in out] == talk.heard[direction]
            warnings = [text for text, warning in stage.witness.notices if warning and "no schema can read" not in text]
            assert warnings == []
            assert not [text for text, _ in stage.witness.notices if "could not" in text or "passes as it was" in text]

    asyncio.run(run())
    talk.check()


def test_every_action_is_tried() -> None:
    """None is forgotten."""
    assert [name for name in ACTIONS if not any(name in case.text for case in CASES.values())] == []


GREETING = """
rules:
  - {on: open, do: [{inject: {error: {text: first}}, to: client}, {inject: {heartbeat: {}}, to: server}]}
  - {on: open, do: {inject: {error: {text: later}}, to: client, in: 50ms}}
"""


def test_what_a_rule_sends_on_open_comes_first(tmp_path) -> None:
    """Before whatever the peers have to say, however soon they say it."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(GREETING)
    heard: list[bytes] = []

    async def serve(connection: Any) -> None:
        await connection.send(envelope(SERVER, "market_data", 1))
        heard.append(await connection.recv())
        await connection.wait_closed()

    async def run() -> None:
        async with staged(serve, reading=READING, arguments=("--set", f"{RULES}={rules}")) as stage:
            for _ in range(5):
                async with connect(stage.url, proxy=None) as client:
                    await client.send(envelope(CLIENT, *ONE))
                    said = [worded(SERVER, await client.recv()) for _ in range(3)]
                    assert said == ["error text=first", UPDATES[0], "error text=later"]
            assert [worded(CLIENT, content) for content in heard] == ["heartbeat"] * 5

    asyncio.run(run())


CHANCE = """
seed: {seed}
rules:
  - {{name: gone, on: client order, probability: 0.2, do: drop}}
  - {{name: hurt, on: client order, probability: 0.3, do: [{{corrupt: order.symbol, bits: 2}}, {{delay: 0ms..3ms}}]}}
  - {{name: mixed, on: client order, probability: 0.3, do: {{reorder: 4}}}}
  - {{name: twice, on: client order, every: 7, do: [duplicate, {{set: {{order.account: "{{uuid}}"}}}}]}}
  - {{name: drawn, on: client order, after: 30, do: {{set: {{order.quantity: "{{random 1..1000}}"}}}}}}
"""


def faults(tmp_path: Path, seed: int) -> list[list[str]]:
    """What a server hears on four connections: three at once, of which the rules change half-way, and one later."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(CHANCE.format(seed=seed))
    heard: list[list[str]] = []

    async def serve(connection: Any) -> None:
        mine: list[str] = []
        heard.append(mine)
        await connection.send(b"")
        mine.extend([worded(CLIENT, content) async for content in connection])

    async def run() -> None:
        async with staged(serve, reading=READING, arguments=("--set", f"{RULES}={rules}")) as stage:

            async def say(client: Any, numbers: Iterable[int]) -> None:
                for number in numbers:
                    await client.send(envelope(CLIENT, "order", number))
                    await asyncio.sleep(0.0005 * (number % 3))
                for number in range(5):  # which go before what lets four others go first
                    await client.send(envelope(CLIENT, "account", number))

            async with contextlib.AsyncExitStack() as stack:
                clients = []
                for _ in range(3):
                    clients.append(await stack.enter_async_context(connect(stage.url, proxy=None)))
                    await clients[-1].recv()
                await asyncio.gather(*(say(client, range(40)) for client in clients))
                await stage.witness.until(lambda: passed(stage) == 3 * 45, "half of it")
                stage.witness.notices.clear()
                save(rules, CHANCE.format(seed=seed) + "  - {name: late, on: client heartbeat, do: drop}\n")
                await stage.witness.until(lambda: any("6 rules" in text for text, _ in stage.witness.notices), "it")
                await asyncio.gather(*(say(client, range(40, 80)) for client in clients))
                for client in clients:
                    await client.send(envelope(CLIENT, LAST, 0))
            async with connect(stage.url, proxy=None) as client:
                await client.recv()
                await say(client, range(80))

    asyncio.run(run())
    return heard


def passed(stage: Any) -> int:
    """How many of the client's messages have a fate."""
    return sum(m.direction is CLIENT and m.fate is not Fate.INJECTED for m in stage.witness.seen)


def test_same_seed_same_traffic_same_faults(tmp_path, monkeypatch) -> None:
    """By another proxy too, with timers, several connections at once, a new one, and rules that are loaded anew."""
    monkeypatch.setattr("paperknife.mutation.flow.SHUFFLE_SECONDS", 60)  # what others are let go before is at hand
    first, second, other = (faults(tmp_path, seed) for seed in (7, 7, 8))
    assert first == second
    assert len({tuple(heard) for heard in (*first, *other)}) == 8
    assert all(LAST not in heard and len(heard) > 40 for heard in first)
