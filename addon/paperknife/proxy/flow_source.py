"""What mitmproxy's flow files tell of WebSockets, those of old versions too.

A file is read where it lies: the messages of a flow are looked at one by one, all else of it is given to mitmproxy.
Flows of older versions are given to mitmproxy whole, which knows how to make newer ones of them.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from mitmproxy import http
from mitmproxy.flow import Flow
from mitmproxy.io import compat, tnetstring
from mitmproxy.version import FLOW_FORMAT_VERSION

from paperknife.proxy.handshakes import url_of
from paperknife.recording.exchange.netstrings import (
    DICT,
    LIST,
    NetstringError,
    Node,
    elements,
    members,
    node_at,
    scalar,
)
from paperknife.recording.exchange.sources import Session, SourceError, Told
from paperknife.traffic import ABNORMAL, Close, Connection, Handshake
from paperknife_decoders.message import Direction, Fate, Opcode
from paperknife_decoders.printable import printable

__all__ = ["FlowSource"]

MOST_SESSIONS = 100_000
LARGEST_FLOW = 64 << 20
"""Bytes that are given to mitmproxy at once: of a flow without its messages, or of an old one with them."""
HELD = 16 << 20
"""Bytes of messages that were read and stay in memory."""
LATEST = (1 << 63) / 1e9
"""Seconds since the epoch that a recording can hold."""

FLOW_FAULTS = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    RecursionError,
    ArithmeticError,
    AssertionError,
)
"""What mitmproxy raises for a flow that is none."""


class FlowSource:
    """A flow file of mitmproxy."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = printable(str(path))
        self._sessions: list[Session] = []
        self._messages: list[Node | int] = []
        self.others = 0
        """Flows that are no WebSockets."""
        with path.open("rb") as file:
            if not path.stat().st_size:
                raise SourceError(f"{self.name} is empty; a flow file of mitmproxy was expected.")
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._find()

    @property
    def sessions(self) -> Sequence[Session]:
        """All WebSockets in the file."""
        return self._sessions

    def messages(self) -> Iterator[Told]:
        """All messages, flow by flow."""
        for session, place in enumerate(self._messages):
            at = place if isinstance(place, int) else place.start
            try:
                for state in self._states(place):
                    yield read_message(session, state)
            except FLOW_FAULTS as error:
                raise self._fault(f"messages of the flow at byte {at:,}", error) from None

    def _states(self, place: Node | int) -> Iterator[Sequence[Any]]:
        """The messages at a place, or of the old flow there."""
        if isinstance(place, int):
            flow = self._flow(place)
            for message in flow.websocket.messages if flow.websocket else ():
                yield message.get_state()
        else:
            behind = place.start - place.start % mmap.PAGESIZE
            for node in elements(self._data, place):
                if node.start - behind > HELD:
                    behind = self._let_go(behind, node.start)
                if node.kind != LIST:
                    raise NetstringError(f"a list was expected at byte {node.start:,}")
                yield [scalar(self._data, part) for part in elements(self._data, node)]
            self._let_go(behind, place.end)

    def _let_go(self, start: int, end: int) -> int:
        """Give back the memory of what was read from `start` on; where what is still held begins. Both are bytes."""
        end -= end % mmap.PAGESIZE
        if end > start:
            self._data.madvise(mmap.MADV_DONTNEED, start, end - start)
        return end

    def notes(self) -> Sequence[str]:
        """What the file could not tell."""
        return [f"{self.others:,} flows in {self.name} are no WebSockets."] if self.others else []

    def _find(self) -> None:
        """Find the WebSockets."""
        at, end = 0, len(self._data)
        while at < end:
            try:
                node = node_at(self._data, at, end)
                found = self._read(node, at)
            except FLOW_FAULTS as error:
                raise self._fault(f"flow at byte {at:,}", error) from None
            if found is None:
                self.others += 1
            elif len(self._sessions) >= MOST_SESSIONS:
                raise SourceError(f"{self.name} has more than {MOST_SESSIONS:,} WebSockets.")
            else:
                flow, messages = found
                self._sessions.append(Session(connection_of(flow, len(self._sessions) + 1), close_of(flow)))
                self._messages.append(messages)
            at = node.end + 1

    def _read(self, node: Node, at: int) -> tuple[http.HTTPFlow, Node | int] | None:
        """The flow at a place if it is a WebSocket, and where its messages are."""
        parts = members(self._data, node)
        version = parts.get("version")
        if version is None or version.kind in (LIST, DICT) or scalar(self._data, version) != FLOW_FORMAT_VERSION:
            flow = self._flow(at)
            return (flow, at) if flow.websocket is not None else None
        websocket = parts.get("websocket")
        if websocket is None or websocket.kind != DICT:
            return None
        inside = members(self._data, websocket)
        state = self._loaded({name: each for name, each in parts.items() if name not in ("websocket", "backup")})
        messages = inside.pop("messages")
        state["websocket"] = self._loaded(inside) | {"messages": []}
        return http_flow(state | {"backup": None}), messages

    def _loaded(self, parts: dict[str, Node]) -> dict[str, Any]:
        """Values as Python has them."""
        size = sum(node.end - node.start for node in parts.values())
        if size > LARGEST_FLOW:
            raise ValueError(f"it has {size:,} bytes besides its messages, where {LARGEST_FLOW:,} are allowed")
        return {name: self._value(node) for name, node in parts.items()}

    def _value(self, node: Node) -> Any:  # noqa: ANN401 - whatever mitmproxy's states consist of
        content = self._data[node.start : node.end + 1]
        return tnetstring.loads(b"%d:%b" % (node.end - node.start, content))

    def _flow(self, at: int) -> http.HTTPFlow:
        """A flow of an older version, whole."""
        node = node_at(self._data, at, len(self._data))
        size = node.end - node.start
        if size > LARGEST_FLOW:
            raise ValueError(f"it is of an older version and has {size:,} bytes, where {LARGEST_FLOW:,} are allowed")
        return http_flow(compat.migrate_flow(self._value(node)))

    def _fault(self, what: str, error: Exception) -> SourceError:
        """The sentence for what is wrong."""
        told = printable(str(error))[:200] or type(error).__name__
        return SourceError(f"{self.name} is no flow file of mitmproxy, or not all of one: {what}: {told}.")


def http_flow(state: dict[Any, Any]) -> http.HTTPFlow:
    """The flow of a state. Raises any of `FLOW_FAULTS`."""
    flow = Flow.from_state(cast("dict[str, Any]", state))
    if not isinstance(flow, http.HTTPFlow):
        flow = http.HTTPFlow(flow.client_conn, flow.server_conn)  # of another kind: there is no WebSocket in it
    return flow


def read_message(session: int, state: Sequence[Any]) -> Told:
    """One message, as `WebSocketMessage.get_state` gives it; a file may hold anything. Raises any of `FLOW_FAULTS`."""
    kind, from_client, content, timestamp, dropped, injected = (*state, False)[:6]
    if not isinstance(content, bytes):
        raise TypeError(f"the content of a message should be bytes, not {type(content).__name__}")
    return Told(
        session,
        Direction.CLIENT if from_client else Direction.SERVER,
        Opcode(kind),
        nanoseconds(timestamp),
        content,
        Fate.INJECTED if injected else Fate.DROPPED if dropped else Fate.PASSED,
    )


def nanoseconds(seconds: float | None) -> int:
    """A time of mitmproxy's, which has no more than some ten million parts of a second."""
    if seconds is None or not 0 <= seconds < LATEST:
        raise ValueError(f"{seconds!r} is no time since 1970")
    return int(seconds) * 10**9 + round(seconds % 1 * 10**7) * 100


def connection_of(flow: http.HTTPFlow, number: int) -> Connection:
    """The connection of a flow."""
    response: http.Response | None = flow.response
    request = flow.request
    peer: tuple[str, int] | None = flow.client_conn.peername
    host, port, *_ = peer or ("", 0)
    return Connection(
        number=number,
        url=url_of(flow),
        client=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        time_ns=nanoseconds(response.timestamp_start if response else request.timestamp_start),
        subprotocol=response.headers.get("Sec-WebSocket-Protocol", "") if response else "",
        handshake=Handshake(fields_of(request.headers), fields_of(response.headers) if response else ()),
    )


def close_of(flow: http.HTTPFlow) -> Close | None:
    """How a connection ended, if it had."""
    data = flow.websocket
    assert data is not None
    if data.close_code is None and data.timestamp_end is None:
        return None
    code = ABNORMAL if data.close_code is None else int(data.close_code)
    by = None if data.closed_by_client is None else Direction.CLIENT if data.closed_by_client else Direction.SERVER
    time_ns = nanoseconds(flow.request.timestamp_start if data.timestamp_end is None else data.timestamp_end)
    return Close(code, data.close_reason or "", by, time_ns)


def fields_of(headers: http.Headers) -> tuple[tuple[str, str], ...]:
    """Headers as text."""
    return tuple(
        (name.decode("utf-8", "backslashreplace"), value.decode("utf-8", "backslashreplace"))
        for name, value in headers.fields
    )
