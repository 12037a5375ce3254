"""Messages of our own behind headers, as peers read them that know nothing but the bytes."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.addon.proxy.conftest import staged
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from paperknife.proxy.options import RULES, SCRIPT
from paperknife.settings.reading import Reading

PROTO = """syntax = "proto3";
package desk;
message Order { uint32 number = 1; }
message Beat { uint32 number = 1; }
message Tick { uint32 number = 1; }
"""
ORDER, BEAT, TICK = 7, 8, 9
DEFINITION = {
    "name": "desk",
    "schema": ["desk.proto"],
    "steps": [
        {"binary-header": {"layout": "magic:u16be=0xcafe type:u8 flags:u8 sequence:u32be size:u32be=length(part)"}}
    ],
    "behind": {"by": "header.type", "types": {ORDER: "Order", BEAT: "Beat", TICK: "Tick", 12: "Tick"}},
}
HEAD = struct.Struct(">HBBII")

type Said = tuple[int, int, int, int]
"""A message: its type, flags, sequence and number."""


def written(said: Said) -> bytes:
    """A message as a peer writes it."""
    kind, flags, sequence, number = said
    return HEAD.pack(0xCAFE, kind, flags, sequence, 2) + bytes((8, number))


def read(content: bytes) -> Said:
    """A message as a peer reads it; it fails where anything is not as it has to be."""
    magic, kind, flags, sequence, size = HEAD.unpack_from(content)
    body = content[HEAD.size :]
    assert (magic, size, body[0], len(body)) == (0xCAFE, len(body), 8, 2)
    return kind, flags, sequence, body[1]


@dataclass(frozen=True)
class Case:
    """What is done, what both sides hear then, and what the user is told. The server says `told` at first."""

    rules: str = "rules: []"
    script: str = ""
    commands: Sequence[str] = ()
    told: Sequence[Said] = ((BEAT, 3, 40, 1), (BEAT, 3, 41, 2))
    client_hears: Sequence[Said] = ()
    server_hears: Sequence[Said] = field(default=((ORDER, 1, 1, 5),))
    notice: str = ""


FIRST = (ORDER, 1, 1, 5)
CASES = {
    "a type that has not passed": Case(
        "rules: [{name: it, on: client Order, do: {reply: {Tick: {number: 6}}}}]",
        client_hears=[(TICK, 3, 41, 6)],
        notice="of type 9, 12, which all mean it, it gets the first; flags and sequence in front are repeated from an "
        "earlier Beat",
    ),
    "the last one of a type": Case(
        "rules: [{name: it, on: client Order, do: {reply: {Tick: {number: 6}}}}]",
        told=[(12, 4, 7, 1), (BEAT, 3, 41, 2)],
        client_hears=[(12, 4, 7, 6)],
        notice="Tick of our own: of type 9, 12, which all mean it, it gets that of the last one; flags and sequence in "
        "front are repeated from the last Tick",
    ),
    "before anything has passed": Case(
        "rules: [{name: it, on: client Order, do: {reply: {flags: 1, sequence: 0, Tick: {number: 6}}}}]",
        told=[],
        client_hears=[(TICK, 1, 0, 6)],
    ),
    "when a connection opens": Case(
        "rules: [{name: it, on: open, do: {inject: {flags: 2, sequence: 9, Beat: {number: 6}}, to: server}}]",
        server_hears=[(BEAT, 2, 9, 6), FIRST],
    ),
    "several who decide": Case(  # each message counts once, so that it is seen what grows
        "rules: [{name: it, on: client Order, do: {reply: {Beat: {number: 6}}}}, {on: server, do: {log: x}}]",
        "def server(message, connection): pass",
        told=[(BEAT, 3, 40, 1), (BEAT, 3, 41, 2), (BEAT, 3, 42, 3)],
        client_hears=[(BEAT, 3, 42, 6)],
        notice="repeated from the last Beat; sequence grows from message to message here",
    ),
    "what nobody knows": Case(
        "rules: [{name: it, on: client Order, do: {reply: {flags: 1, Tick: {number: 6}}}}]",
        told=[],
        notice="! rule it: Tick cannot be sent: sequence in front of it is not known",
    ),
    "script": Case(
        script="""
def client_Order(order, connection):
    connection.send("server", "Beat", number=6)
    connection.reply("Tick", number=7)
""",
        client_hears=[(TICK, 3, 41, 7)],
        server_hears=[FIRST, (BEAT, 1, 1, 6)],
        notice="Beat of our own: flags and sequence in front are repeated from an earlier Order",
    ),
    "replaced on its way": Case(
        "rules: [{name: it, on: client Order, do: {replace: {Beat: {number: 6}}}}]",
        server_hears=[(BEAT, 1, 1, 6)],
    ),
    "its header changed on its way": Case(
        "rules: [{name: it, on: client Order, do: {set: {sequence: 300}}}]",
        server_hears=[(ORDER, 1, 300, 5)],
    ),
    "by hand": Case(
        commands=["paperknife.inject 1 -1 Beat.number=6", "paperknife.inject 1 -2 sequence=2"],
        server_hears=[FIRST, (BEAT, 1, 1, 6), (ORDER, 1, 2, 5)],
    ),
}


@pytest.fixture
def used(tmp_path):
    """Writes a case's files; how its messages are read."""

    def use(case: Case, definition: dict[str, Any]) -> Reading:
        (tmp_path / "desk.proto").write_text(PROTO)
        YAML(typ="safe").dump({"protocols": [definition]}, tmp_path / "paperknife.yaml")
        (tmp_path / "rules.yaml").write_text(case.rules)
        (tmp_path / "mine.py").write_text(case.script)
        return Reading(config=str(tmp_path / "paperknife.yaml"), protocol="desk")

    return use


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_headers_are_right(tmp_path, used, case) -> None:
    """Each message has the type of what is behind it and its length; what is repeated or not known is told."""
    at_server: list[Said] = []
    at_client: list[Said] = []

    async def serve(connection: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            for said in case.told:
                await connection.send(written(said))
            while True:
                at_server.append(read(await connection.recv()))

    async def listen(connection: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                at_client.append(read(await connection.recv()))

    async def run() -> list[str]:
        async with staged(serve, reading=used(case, DEFINITION)) as stage:
            options, witness = stage.proxy.master.options, stage.witness
            options.update(paperknife_messages=0, **{RULES: [str(tmp_path / "rules.yaml")]})
            if case.script:
                options.update(**{SCRIPT: [str(tmp_path / "mine.py")]})
            stage.proxy.addon.hands.answer()
            async with connect(stage.url, proxy=None) as client:
                listening = asyncio.create_task(listen(client))
                await witness.until(lambda: len(at_client) == len(case.told), "what the server says")
                await client.send(written(FIRST))
                for number, command in enumerate(case.commands):
                    await witness.until(lambda number=number: len(at_server) == number + 1, "what the client says")
                    stage.proxy.master.commands.execute(command)
                heard = len(case.told) + len(case.client_hears), len(case.server_hears)
                await witness.until(lambda: (len(at_client), len(at_server)) == heard, "all of it")
            await listening
            await witness.until(lambda: bool(witness.closes), "the end")
            return [text for text, _ in witness.notices]

    notices = asyncio.run(run())
    assert at_server == list(case.server_hears)
    assert at_client == [*case.told, *case.client_hears]
    told = [text for text in notices if " in front " in text]
    assert bool(told) == bool(case.notice)
    assert any(case.notice in text for text in notices)
