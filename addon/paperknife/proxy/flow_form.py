"""Connections as mitmproxy's own flow files have them, for ``mitmproxy -r``."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from mitmproxy import connection as mitm
from mitmproxy import http
from mitmproxy.io import tnetstring
from mitmproxy.websocket import WebSocketData

from paperknife.traffic import ABNORMAL, Close, Connection
from paperknife_decoders.message import Direction, Fate, Message, Opcode

__all__ = ["FlowForm"]

BOOLS = {True: b"4:true!", False: b"5:false!"}
PORTS = {"ws": 80, "wss": 443}
SECURE = "wss"


class FlowForm:
    """Writes flows to a binary stream; see `paperknife.recording.exchange.conversations`.

    mitmproxy knows text and binary messages only: there is no place for control frames, but for the code of the close
    frame. Times are floats there, so that the last hundreds of nanoseconds are lost.
    """

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def begin(self) -> None:
        """A flow file begins with its first flow."""

    def message(self, message: Message) -> bytes:
        """One message, as `WebSocketMessage.get_state` gives it."""
        if message.opcode >= Opcode.CLOSE:
            return b""
        time = repr(message.time_ns / 1e9).encode()
        parts = (
            b"1:%d#" % message.opcode,
            BOOLS[message.direction is Direction.CLIENT],
            b"%d:%b," % (len(message.content), message.content),
            b"%d:%b^" % (len(time), time),
            BOOLS[message.fate is Fate.DROPPED],
            BOOLS[message.fate is Fate.INJECTED],
        )
        return netstring(b"".join(parts), b"]")

    def conversation(self, connection: Connection, close: Close | None, last_ns: int, messages: Path | None) -> None:
        """One flow. The sizes that stand in front of it are those of parts that were never in memory."""
        flow = flow_from(connection, close, last_ns)
        state: dict[str, Any] = dict(flow.get_state())
        websocket = state.pop("websocket")
        del websocket["messages"]
        size = messages.stat().st_size if messages else 0
        inner = b"".join(map(dumped, pairs(websocket))) + dumped("messages")
        inner_head = b"%d:" % (len(inner) + sized(size)) + inner + b"%d:" % size
        outer = b"".join(map(dumped, pairs(state))) + dumped("websocket")
        outer_head = b"%d:" % (len(outer) + len(inner_head) + size + 2) + outer + inner_head
        self._out.write(outer_head)
        if messages is not None:
            with messages.open("rb") as file:
                shutil.copyfileobj(file, self._out, 1 << 20)
        self._out.write(b"]}}")

    def end(self) -> None:
        """Nothing comes behind the last flow."""


def sized(size: int) -> int:
    """Bytes of a value whose content has `size` bytes."""
    return len(str(size)) + 2 + size


def netstring(content: bytes, kind: bytes) -> bytes:
    """A value of a list, dict or string."""
    return b"%d:%b%b" % (len(content), content, kind)


def dumped(value: Any) -> bytes:  # noqa: ANN401 - whatever mitmproxy's states consist of
    """A value as mitmproxy writes it."""
    return tnetstring.dumps(value)


def pairs(state: dict[str, Any]) -> Iterable[Any]:
    """Names and values in turn."""
    return (part for pair in state.items() for part in pair)


def flow_from(connection: Connection, close: Close | None, last_ns: int) -> http.HTTPFlow:
    """The flow of a connection, without messages."""
    started = connection.time_ns / 1e9
    scheme, host, port, path = address(connection.url)
    peer = client_address(connection.client)
    client = mitm.Client(peername=peer, sockname=("127.0.0.1", 0), timestamp_start=started)
    flow = http.HTTPFlow(client, mitm.Server(address=(host, port)))
    flow.server_conn.timestamp_start = started
    request, response = headers(connection)
    flow.request = http.Request(
        host,
        port,
        b"GET",
        b"https" if scheme == SECURE else b"http",
        b"",
        encoded(path),
        b"HTTP/1.1",
        http.Headers(request),
        b"",
        None,
        started,
        started,
    )
    flow.response = http.Response(
        b"HTTP/1.1", 101, b"Switching Protocols", http.Headers(response), b"", None, started, started
    )
    flow.timestamp_created = started
    flow.websocket = WebSocketData(timestamp_end=last_ns / 1e9)
    if close is not None:
        flow.websocket.closed_by_client = None if close.by is None else close.by is Direction.CLIENT
        flow.websocket.close_code = close.code
        flow.websocket.close_reason = encoded(close.reason).decode() if close.code != ABNORMAL else ""
        flow.websocket.timestamp_end = close.time_ns / 1e9
    else:
        flow.websocket.timestamp_end = None
    return flow


def address(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path with query of a URL; what a recording does not tell is made up."""
    try:
        parts = urlsplit(encoded(url).decode())
        port = parts.port
    except ValueError:
        return "ws", "unknown", 80, "/"
    scheme = SECURE if parts.scheme == SECURE else "ws"
    query = f"?{parts.query}" if parts.query else ""
    return scheme, parts.hostname or "unknown", port or PORTS[scheme], f"{parts.path or '/'}{query}"


def client_address(client: str) -> tuple[str, int]:
    """``host:port`` as two."""
    host, _, port = client.rpartition(":")
    return encoded(host).decode().strip("[]"), int(port) if port.isdecimal() and len(port) < 6 else 0


type Fields = tuple[tuple[bytes, bytes], ...]


def headers(connection: Connection) -> tuple[Fields, Fields]:
    """The headers of request and response; those that a handshake must have where the recording has none."""
    handshake = connection.handshake
    _, host, port, _ = address(connection.url)
    request = handshake.request or (
        ("Host", f"{host}:{port}"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Version", "13"),
    )
    response = handshake.response or (("Upgrade", "websocket"), ("Connection", "Upgrade"))
    if connection.subprotocol and not handshake.response:
        response += (("Sec-WebSocket-Protocol", connection.subprotocol),)
    return as_fields(request), as_fields(response)


def as_fields(pairs: Iterable[tuple[str, str]]) -> Fields:
    """Headers as bytes."""
    return tuple((encoded(name), encoded(value)) for name, value in pairs)


def encoded(text: str) -> bytes:
    """UTF-8, whatever a recording holds; what is no character there is shown by its number."""
    return text.encode("utf-8", "backslashreplace")
