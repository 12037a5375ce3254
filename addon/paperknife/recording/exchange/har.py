"""HTTP Archive 1.2 (w3c.github.io/web-performance/specs/HAR), with WebSocket messages as Chrome's DevTools have them.

An entry for each connection, with ``_resourceType`` "websocket" and ``_webSocketMessages``: `type` "send" or "receive",
`time` in seconds since the epoch, `opcode`, and `data`, which is text for text messages and base64 for all others.
DevTools want every member that they read, and numbers where there are numbers. What they have no place for stands in
members whose names begin with ``_paperknife``, so that nothing is lost on the way back.
"""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlsplit

from paperknife import __version__
from paperknife.live.amounts import rfc3339
from paperknife.recording.exchange.appending import Appending
from paperknife.recording.exchange.assembly import Assembly
from paperknife.recording.items import Closed, Item, Opened
from paperknife.recording.selection import EVERYTHING, Selection
from paperknife.traffic import Close, Connection, Piece
from paperknife_decoders.message import Direction, Fate, Message, Opcode

__all__ = ["CONNECTION", "FATE", "MASKED", "ORIGINAL", "HarWriter"]

CONNECTION = "_paperknife"
"""Member of an entry: the connection as a recording knows it."""
FATE, ORIGINAL, MASKED = "_paperknifeFate", "_paperknifeOriginal", "_paperknifeMasked"
"""Members of a message that was not simply passed on, or has masked parts."""

TYPES = {Direction.CLIENT: "send", Direction.SERVER: "receive"}


class HarWriter:
    """Writes items as a HAR to a binary stream, by `write`, then `close`.

    What a connection says is kept in a file of its own inside `folder` until it is closed, so that memory stays flat.
    """

    def __init__(self, out: BinaryIO, selection: Selection = EVERYTHING, folder: Path | None = None) -> None:
        self._out = out
        self._selection = selection
        self._folder = tempfile.TemporaryDirectory(prefix=".paperknife-", dir=folder)
        self._files = Appending(Path(self._folder.name))
        self._open: dict[int, Connection] = {}
        self._wanted: set[int] = set()
        self._last: dict[int, int] = {}
        self._assembly = Assembly()
        self._entries = 0
        self.messages = 0
        out.write(head())

    @property
    def left_out(self) -> int:
        """Messages that were too large to be put together."""
        return self._assembly.left_out

    def write(self, item: Item) -> None:
        """The next item, if it is wanted. Raises `OSError`."""
        match item:
            case Message():
                if self._selection.takes(item):
                    self._message(item)
            case Piece():
                whole = self._assembly.add(item) if self._selection.takes(item) else None
                if whole is not None:
                    self._message(whole)
            case Opened(connection=connection):
                self._open[connection.number] = connection
                if self._selection.takes(item):
                    self._wanted.add(connection.number)
            case Closed(connection=connection, close=close):
                self._assembly.forget(connection.number)
                self._open.setdefault(connection.number, connection)
                self._entry(connection.number, close)

    def close(self) -> None:
        """Write the connections that were still open, and the end. Raises `OSError`."""
        try:
            for number in sorted(self._open.keys() | self._wanted):
                self._entry(number, None)
            self._out.write(b"\n]}}\n")
        finally:
            self.discard()

    def discard(self) -> None:
        """Remove the files on the side."""
        self._files.close()
        self._folder.cleanup()

    def _message(self, message: Message) -> None:
        number = message.connection
        first = number not in self._last
        self._files.append(str(number), (b"\n" if first else b",\n") + message_text(message).encode())
        self._last[number] = message.time_ns
        self._wanted.add(number)
        self.messages += 1

    def _entry(self, number: int, close: Close | None) -> None:
        """Write the entry of a connection, if there is anything in it that is wanted."""
        connection = self._open.pop(number, None)
        last_ns = self._last.pop(number, None)
        if number not in self._wanted:
            return
        self._wanted.discard(number)
        if connection is None:  # its messages stand in the file, its handshake does not
            connection = Connection(number, "", "", last_ns or 0)
        start, end = entry_parts(connection, close, last_ns or connection.time_ns)
        self._out.write(b",\n" if self._entries else b"\n")
        self._out.write(start.encode())
        self._entries += 1
        path = self._files.finish(str(number))
        if last_ns is not None:
            with path.open("rb") as messages:
                shutil.copyfileobj(messages, self._out, 1 << 20)
            path.unlink()
        self._out.write(end.encode())


def head() -> bytes:
    """What comes before the entries."""
    creator = json.dumps({"name": "paperknife", "version": __version__})
    return f'{{"log":{{"version":"1.2","creator":{creator},"pages":[],"entries":['.encode()


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


def entry_parts(connection: Connection, close: Close | None, last_ns: int) -> tuple[str, str]:
    """The JSON of an entry before its messages, and after them."""
    end_ns = max(close.time_ns if close else last_ns, connection.time_ns)
    entry = {
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
    return json.dumps(entry)[:-1] + ', "_webSocketMessages": [', "\n]}"


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
