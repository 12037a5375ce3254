"""The short way: from one socket to the other within one callback of the event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mitmproxy.proxy.server import ConnectionHandler

    from paperknife.proxy.lane.way import Way

__all__ = ["DirectProtocol", "PassingOn", "go_direct"]

FULL = 1 << 16
"""Bytes that wait to be sent to a peer before we take no more from the other: asyncio's own high-water mark."""


class PassingOn(Protocol):
    """A lane, as far as the short way has to know it."""

    up: Way
    down: Way

    def pass_on(self, way: Way, data: bytes) -> bytes | None:
        """What to send for `data`, where nothing has to wait for anything; None where the long way is to be taken."""


class DirectProtocol(asyncio.Protocol):
    """Stands between a TCP connection and the stream by which mitmproxy reads it.

    A chunk that nothing has to wait for passes the lane and goes out to the other side at once. All others go to the
    stream, and so through mitmproxy's layers, as do all ends: while hooks run, while the other side is slow to take
    what it is sent, and as long as something that came earlier is still on the long way: in the stream, or in the hands
    of whoever reads it. Only while he waits for more is there no such thing.
    """

    __slots__ = ("handler", "lane", "reader", "stream", "target", "way")

    def __init__(self, handler: ConnectionHandler, lane: PassingOn, way: Way) -> None:
        source, target = handler.transports[way.source], handler.transports[way.target]
        assert isinstance(source.writer, asyncio.StreamWriter)
        assert isinstance(source.reader, asyncio.StreamReader)
        assert isinstance(target.writer, asyncio.StreamWriter)
        stream = source.writer.transport.get_protocol()
        assert isinstance(stream, asyncio.Protocol)
        self.handler = handler
        self.lane = lane
        self.way = way
        self.stream = stream
        self.reader = source.reader
        self.target = target.writer.transport
        source.writer.transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        """Take the short way, or else the long one."""
        target = self.target
        if (
            self.reader._waiter is not None  # type: ignore[attr-defined]
            and target.get_write_buffer_size() <= FULL
            and not target.is_closing()  # else the long way finds out why
        ):
            passed = self.lane.pass_on(self.way, data)
            if passed is not None:
                self.handler.timeout_watchdog.register_activity()
                target.write(passed)
                return
        self.stream.data_received(data)

    def eof_received(self) -> bool | None:
        """The source sends no more."""
        return self.stream.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.stream.connection_lost(exc)

    def pause_writing(self) -> None:
        """The source is slow to take what it is sent."""
        self.stream.pause_writing()

    def resume_writing(self) -> None:
        """The source has taken what it was sent."""
        self.stream.resume_writing()


def go_direct(handler: ConnectionHandler, lane: PassingOn) -> bool:
    """Take the short way for both directions of a lane, if both sides are plain TCP; True if so.

    That somebody waits for more is seen by a private attribute of asyncio's; without it all take the long way.
    """
    for peer in (lane.up.source, lane.down.source):
        transport = handler.transports.get(peer)
        if transport is None or not isinstance(transport.writer, asyncio.StreamWriter):
            return False
        if peer.tls or not hasattr(transport.reader, "_waiter"):
            return False
    for way in (lane.up, lane.down):
        DirectProtocol(handler, lane, way)
    return True
