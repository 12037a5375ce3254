"""A real proxy between real WebSocket peers, all on loopback, all in one event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from mitmproxy.test import taddons
from websockets.asyncio.server import ServerConnection, serve

from paperknife.demo.files import given_schema
from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
from paperknife.proxy.options import add_options
from paperknife.settings.modes import parse_mode
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Close, Connection, Piece
from paperknife_decoders.message import Message, Opcode

type Handler = Callable[[ServerConnection], Awaitable[None]]


@dataclass
class Witness:
    """A consumer that remembers all it is told."""

    connections: list[Connection] = field(default_factory=list)
    seen: list[Message] = field(default_factory=list)
    controls: list[Message] = field(default_factory=list)
    closes: list[Close] = field(default_factory=list)
    notices: list[tuple[str, bool]] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    def opened(self, connection: Connection) -> None:
        self.connections.append(connection)

    def messages(self, batch: Sequence[Message]) -> None:
        for message in batch:
            (self.controls if message.opcode >= Opcode.CLOSE else self.seen).append(message)

    def piece(self, piece: Piece) -> None:
        self.pieces.append(piece)

    def closed(self, connection: Connection, close: Close) -> None:
        self.closes.append(close)

    def notice(self, text: str, *, warning: bool = False) -> None:
        self.notices.append((text, warning))

    async def until(self, holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Wait until `holds`, and fail with what was seen if it does not in time."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not holds():
            assert asyncio.get_running_loop().time() < deadline, f"{what} did not happen; {self}"
            await asyncio.sleep(0.005)


@dataclass(frozen=True)
class Stage:
    """A proxy in front of a server: `url` is the client's, `witness` sees what passes."""

    url: str
    proxy: EmbeddedProxy
    witness: Witness
    upstream: str


async def echo(connection: ServerConnection) -> None:
    """Send back what comes."""
    async for content in connection:
        await connection.send(content)


@contextlib.asynccontextmanager
async def staged(
    handler: Handler = echo,
    *,
    reading: Reading | None = None,
    path: str = "/v1",
    arguments: Sequence[str] = (),
    upstream: str = "",
) -> AsyncIterator[Stage]:
    """Run `handler` as a server at `path`, and a proxy in front of it, or of `upstream` where that is given."""
    reading = Reading(schema=(str(given_schema()),)) if reading is None else reading
    async with serve(handler, "127.0.0.1", 0, max_size=None, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        upstream = upstream or f"ws://127.0.0.1:{port}{path}"
        plan = ProxyPlan(
            reading, load(reading), (parse_mode(f"reverse:{upstream}"),), ("--listen-port", "0", *arguments)
        )
        witness = Witness()
        async with EmbeddedProxy(plan, [witness]) as proxy:
            yield Stage(proxy.listening[0].url, proxy, witness, upstream)


@pytest.fixture
def new_witness() -> type[Witness]:
    """`new_witness()`: a consumer that remembers all it is told."""
    return Witness


@pytest.fixture
def stage() -> Callable[..., contextlib.AbstractAsyncContextManager[Stage]]:
    """`async with stage(handler)`: a proxy in front of a server."""
    return staged


@pytest.fixture
def schema_folder(tmp_path: Path) -> Path:
    """A schema that a test may change."""
    folder = tmp_path / "protos"
    folder.mkdir()
    (folder / "tiny.proto").write_text(
        'syntax = "proto3";\npackage tiny;\n'
        "message Ask { int64 id = 1; string what = 2; }\n"
        "message ClientMessage { oneof payload { Ask ask = 1; } }\n"
        "message ServerMessage { oneof payload { Ask answer = 1; } }\n"
    )
    return folder


class Declaring:
    """An addon that only declares the options."""

    load = staticmethod(add_options)


@pytest.fixture(scope="module")
def options():
    """mitmproxy's options with ours among them."""

    async def run():
        with taddons.context(Declaring()) as context:
            return context.options

    return asyncio.run(run())
