"""Both ends of relayed connections: a client's socket and the origin's, opened through a relay or directly."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import frames

__all__ = ["Origin", "Pair", "Tls"]

HOST = "127.0.0.1"

OPEN_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Tls:
    """What TLS on both sides needs. `certificate` is a PEM file with a key, for the origin and the relays."""

    certificate: Path
    origin: ssl.SSLContext
    client: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Pair:
    """One connection: the client's end, the origin's end, neither blocking, and which of them agreed to compress."""

    client: socket.socket
    origin: socket.socket
    client_deflates: bool
    origin_deflates: bool

    def close(self) -> None:
        """End both connections, without a close handshake."""
        self.client.close()
        self.origin.close()


class Origin:
    """Listens as the origin server, and opens pairs: as the client through a relay's port, or directly."""

    def __init__(self, tls: Tls | None = None) -> None:
        self.tls = tls
        self.listener = socket.create_server((HOST, 0), backlog=1024)
        self.listener.settimeout(OPEN_SECONDS)
        self.port: int = self.listener.getsockname()[1]
        # The relay may connect to the origin before, during or after the client's handshake.
        self.threads = ThreadPoolExecutor(1)

    def close(self) -> None:
        """Stop listening."""
        self.listener.close()
        self.threads.shutdown()

    @contextmanager
    def pairs(self, port: int, count: int, extensions: str = "") -> Iterator[list[Pair]]:
        """Open `count` pairs by way of `port`, and close them at the end."""
        with ExitStack() as opened:
            made = []
            for _ in range(count):
                made.append(self.open(port, extensions))
                opened.callback(made[-1].close)
            yield made

    def open(self, port: int, extensions: str = "") -> Pair:
        """Open one pair by way of `port`."""
        client = self.threads.submit(self.open_client, port, extensions)
        origin, offered = self.accept()
        near, agreed = client.result(OPEN_SECONDS)
        for end in (near, origin):
            end.setblocking(False)
        return Pair(near, origin, frames.agrees_to_deflate(agreed), frames.agrees_to_deflate(offered))

    def open_client(self, port: int, extensions: str) -> tuple[socket.socket, bytes]:
        """The client's socket and the handshake that it got."""
        raw = socket.create_connection((HOST, port), OPEN_SECONDS)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end = self.tls.client.wrap_socket(raw, server_hostname="localhost") if self.tls else raw
        end.sendall(frames.request(f"{HOST}:{port}", extensions))
        return end, read_head(end)

    def accept(self) -> tuple[socket.socket, bytes]:
        """The origin's socket and the handshake that came."""
        raw, _ = self.listener.accept()
        raw.settimeout(OPEN_SECONDS)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end = self.tls.origin.wrap_socket(raw, server_side=True) if self.tls else raw
        head = read_head(end)
        end.sendall(frames.response(head))
        return end, head


def read_head(end: socket.socket) -> bytes:
    """One HTTP head; nothing may follow it yet."""
    head = b""
    while b"\r\n\r\n" not in head:
        data = end.recv(65536)
        if not data:
            raise ConnectionError(f"A WebSocket handshake was expected and the connection ended after {head[:80]!r}.")
        head += data
    return head
