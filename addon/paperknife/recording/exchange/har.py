"""HTTP Archive 1.2 (w3c.github.io/web-performance/specs/HAR), with WebSocket messages as Chrome's DevTools have them.

An entry for each connection, with ``_resourceType`` "websocket" and ``_webSocketMessages``: `type` "send" or "receive",
`time` in seconds since the epoch, `opcode`, and `data`, which is text for text messages and base64 for all others.
DevTools want every member that they read, and numbers where there are numbers; those of Chromium 156 were tried. What
they have no place for is in members whose names begin with ``_paperknife``, so that nothing is lost on the way back.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl, urlsplit

from paperknife import __version__
from paperknife.live.amounts import rfc3339
from paperknife.traffic import Close, Connection
from paperknife_decoders.message import Direction, Fate, Message, Opcode

__all__ = ["CONNECTION", "FATE", "MASKED", "ORIGINAL", "HarForm"]

CONNECTION = "_paperknife"
"""Member of an entry: the connection as a recording knows it."""
FATE, ORIGINAL, MASKED = "_paperknifeFate", "_paperknifeOriginal", "_paperknifeMasked"
"""Members of a message that was not simply passed on, or has masked parts."""

TYPES = {Direction.CLIENT: "send", Direction.SERVER: "receive"}


class HarForm:
    """Writes a HAR to a binary stream; see `conversations`."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._entries = 0

    def begin(self) -> None:
        """The start of the file."""
        creator = json.dumps({"name": "paperknife", "version": __version__})
        self._out.write(f'{{"log":{{"version":"1.2","creator":{creator},"pages":[],"entries":['.encode())

    def message(self, message: Message) -> bytes:
        """One member of ``_webSocketMessages``, with the comma before it."""
        return f",\n{message_text(message)}".encode()

    def conversation(self, connection: Connection, close: Close | None, last_ns: int, messages: Path | None) -> None:
        """One entry."""
        self._out.write(b",\n" if self._entries else b"\n")
        self._entries += 1
        entry = json.dumps(entry_object(connection, close, last_ns))
        self._out.write(f'{entry[:-1]}, "_webSocketMessages": ['.encode())
        if messages is not None:
            with messages.open("rb") as file:
                file.seek(1)  # no comma before the first
                shutil.copyfileobj(file, self._out, 1 << 20)
        self._out.write(b"\n]}")

    def end(self) -> None:
        """The end of the file."""
        self._out.write(b"\n]}}\n")


def seconds(time_ns: int) -> str:
    """A time as a JSON number of seconds, exact to the nanosecond."""
    whole, rest = divmod(time_ns, 1_000_000_000)
    return f"{whole}.{rest:09d}"


def message_text(message: Message) -> str:
    """One member of ``_webSocketMessages``, as JSON."""
    content = message.content
    if message.opcode is Opcode.TEXT:
        data = json.dumps(content.decode("utf-8", "surrogateescape"))
    else:
        data = f'"{base64.b64encode(content).decode()}"'
    more = "".join(f',"{name}":{json.dumps(value)}' for name, value in special(message))
    kind, time = TYPES[message.direction], seconds(message.time_ns)
    return f'{{"type":"{kind}","time":{time},"opcode":{int(message.opcode)},"data":{data}{more}}}'


def special(message: Message) -> Iterator[tuple[str, Any]]:
    """What sets a message apart from one that was passed on as it came."""
    if message.fate is not Fate.PASSED:
        yield FATE, message.fate.value
    if message.original is not None:
        yield ORIGINAL, base64.b64encode(message.original).decode()
    if message.masked:
        yield MASKED, [list(span) for span in message.masked]


def entry_object(connection: Connection, close: Close | None, last_ns: int) -> Mapping[str, Any]:
    """An entry but for its messages."""
    end_ns = max(close.time_ns if close else last_ns, connection.time_ns)
    return {
        "_resourceType": "websocket",
        "startedDateTime": rfc3339(connection.time_ns),
        "time": (end_ns - connection.time_ns) / 1e6,
        "request": request_object(connection),
        "response": response_object(connection),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": (end_ns - connection.time_ns) / 1e6},
        "connection": str(connection.number),
        CONNECTION: connection_object(connection, close),
    }


def request_object(connection: Connection) -> Mapping[str, Any]:
    """The request of the handshake."""
    try:
        query = parse_qsl(urlsplit(connection.url).query, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        query = []
    return {
        "method": "GET",
        "url": connection.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": pairs(connection.handshake.request),
        "queryString": pairs(query),
        "headersSize": -1,
        "bodySize": 0,
    }


def response_object(connection: Connection) -> Mapping[str, Any]:
    """The response of the handshake."""
    headers = connection.handshake.response
    if not headers and connection.subprotocol:
        headers = (("Sec-WebSocket-Protocol", connection.subprotocol),)
    return {
        "status": 101,
        "statusText": "Switching Protocols",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": pairs(headers),
        "content": {"size": 0, "mimeType": "x-unknown"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def connection_object(connection: Connection, close: Close | None) -> Mapping[str, Any]:
    """What the members of an entry do not tell."""
    known: dict[str, Any] = {
        "connection": connection.number,
        "client": connection.client,
        "subprotocol": connection.subprotocol,
        "read": connection.read,
    }
    if close is not None:
        by = close.by.value if close.by else None
        known["close"] = {"code": close.code, "reason": close.reason, "by": by, "time": rfc3339(close.time_ns)}
    return known


def pairs(fields: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Names and values as HAR lists them."""
    return [{"name": name, "value": value} for name, value in fields]
