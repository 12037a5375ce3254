"""Both ends of a WebSocket that passes a real proxy, as raw sockets: nothing is too rude for them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mitmproxy.certs import CertStore
from tests.addon.proxy.lane.by_hand import frame

from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
from paperknife.proxy.lane.injection import Injected
from paperknife.settings.modes import parse_mode
from paperknife.settings.reading import Loaded, Reading
from paperknife_decoders.protocol import Protocol

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY = b"\x01\x02\x03\x04"
PATIENCE = 60
"""Seconds until something that was waited for is said not to have happened."""


class End:
    """One end: what it says and hears are bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, masks: bool) -> None:
        self.reader = reader
        self.writer = writer
        self.key = KEY if masks else b""

    async def say(self, data: bytes) -> None:
        """Send bytes, and wait until they have left us."""
        self.writer.write(data)
        await asyncio.wait_for(self.writer.drain(), PATIENCE)

    async def send(self, first: int, content: bytes = b"") -> bytes:
        """Send a frame with this first byte, masked as this end has to; the bytes of it."""
        data = frame(first, content, self.key)
        await self.say(data)
        return data

    async def hear(self, size: int) -> bytes:
        """The next bytes, exactly so many."""
        return await asyncio.wait_for(self.reader.readexactly(size), PATIENCE)

    async def rest(self) -> bytes:
        """All that comes up to the end. Raises `ConnectionResetError` where that is a reset."""
        return await asyncio.wait_for(self.reader.read(), PATIENCE)

    async def ending(self) -> str:
        """Read to the end: ``end`` or ``reset``."""
        try:
            await self.rest()
        except ConnectionResetError:
            return "reset"
        return "end"

    def finish(self) -> None:
        """Send no more, and read on."""
        self.writer.write_eof()

    def reset(self) -> None:
        """Break off with a TCP reset."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def close(self) -> None:
        """Close the socket."""
        self.writer.close()


@dataclass
class Wire:
    """A WebSocket that is open from `client` to `server` by way of `proxy`; `witness` sees what passes."""

    client: End
    server: End
    proxy: EmbeddedProxy
    witness: Any

    def ends(self, direction: str) -> tuple[End, End]:
        """Who sends and who receives in a direction."""
        return (self.client, self.server) if direction == "client" else (self.server, self.client)

    @property
    def track(self):
        """What the tap keeps of the only connection."""
        (track,) = self.proxy.addon.tap.live.values()
        return track

    @property
    def flow(self):
        """mitmproxy's flow of the only connection."""
        return self.track.history.flow

    def add(self, addon: object) -> None:
        """Load another addon."""
        self.proxy.master.addons.add(addon)
        self.proxy.addon.tap.refresh()

    def inject(self, what: object) -> None:
        """Put something into the connection."""
        self.proxy.master.addons.get("proxyserver").inject_event(Injected(self.flow, what))

    async def closed(self):
        """The end of the connection as it was announced."""
        await self.witness.until(lambda: self.witness.closes, "the end")
        return self.witness.closes[-1]

    def warnings(self) -> list[str]:
        """What the user was warned of."""
        return [text for text, warning in self.witness.notices if warning]


class Onlooker:
    """An addon of a user's: it may look at mitmproxy's list of messages, which is kept for nobody otherwise."""


async def read_head(reader: asyncio.StreamReader) -> bytes:
    return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)


def request(extensions: str) -> bytes:
    """A client's opening handshake (RFC 6455, section 4.1)."""
    lines = ["GET /v1 HTTP/1.1", "Host: venue.example", "Upgrade: websocket", "Connection: Upgrade"]
    lines += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}"]
    lines += [f"Sec-WebSocket-Extensions: {extensions}"] if extensions else []
    return "\r\n".join([*lines, "", ""]).encode()


def response(head: bytes, extensions: str) -> bytes:
    """A server's answer (section 4.2.2)."""
    key = next(line[18:].strip() for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:"))
    accept = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Accept: {accept}"]
    lines += [f"Sec-WebSocket-Extensions: {extensions}"] if extensions else []
    return "\r\n".join([*lines, "", ""]).encode()


@contextlib.asynccontextmanager
async def accepting(context: ssl.SSLContext | None) -> AsyncIterator[tuple[int, asyncio.Queue]]:
    """A server: its port, and its connections as they come."""
    accepted: asyncio.Queue = asyncio.Queue()

    def accept(*ends: object) -> None:
        accepted.put_nowait(ends)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context, limit=1 << 16)
    try:
        yield server.sockets[0].getsockname()[1], accepted
    finally:
        server.close()


async def open_wire(port: int, accepted: asyncio.Queue, extensions: str, **options: Any) -> tuple[End, End]:
    """Shake hands through the proxy at `port`; both ends."""
    client = End(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 16, **options), masks=True)
    await client.say(request(extensions))
    server = End(*await asyncio.wait_for(accepted.get(), PATIENCE), masks=False)
    await server.say(response(await read_head(server.reader), extensions))
    await read_head(client.reader)
    return client, server


@pytest.fixture(scope="session")
def server_context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A TLS server's side, with a certificate that nobody trusts."""
    folder: Path = tmp_path_factory.mktemp("certificates")
    CertStore.from_store(folder, "server", 2048)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server-ca.pem")
    return context


def careless() -> ssl.SSLContext:
    """A TLS client's side that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.fixture
def wire(new_witness, server_context) -> Callable[..., contextlib.AbstractAsyncContextManager[Wire]]:
    """`async with wire(extensions, *arguments)`: a WebSocket between raw ends; `tls` on both sides."""

    @contextlib.asynccontextmanager
    async def make(
        extensions: str = "", arguments: Sequence[str] = (), *, tls: bool = False, addons: Sequence[object] = ()
    ) -> AsyncIterator[Wire]:
        async with accepting(server_context if tls else None) as (port, accepted):
            url = f"{'wss' if tls else 'ws'}://127.0.0.1:{port}/v1"
            plan = ProxyPlan(
                Reading(redact="off"),  # whose warnings are none of the lane's
                Loaded(Protocol()),
                (parse_mode(f"reverse:{url}"),),
                ("--listen-port", "0", "--set", "ssl_insecure=true", *arguments),
            )
            witness = new_witness()
            async with EmbeddedProxy(plan, [witness]) as proxy:
                proxy.master.addons.add(Onlooker(), *addons)
                listening = int(proxy.listening[0].url.rpartition(":")[2].partition("/")[0])
                options = {"ssl": careless(), "server_hostname": "venue.example"} if tls else {}
                client, server = await open_wire(listening, accepted, extensions, **options)
                try:
                    await witness.until(lambda: witness.connections, "the opening")
                    yield Wire(client, server, proxy, witness)
                finally:
                    for end in (client, server):
                        end.writer.transport.abort()

    return make
