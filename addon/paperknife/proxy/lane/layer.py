"""The lane itself: a WebSocket layer of mitmproxy's, from the handshake to the end of a connection."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import ClassVar

from mitmproxy import http
from mitmproxy.connection import Connection
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import websocket

from paperknife.proxy.lane.deflate import agreed_extension
from paperknife.proxy.lane.injection import Abort, Injected
from paperknife.proxy.lane.peers import RESET, AbortPeer, HalfClosePeer, LaneOpened, LaneRelaying
from paperknife.proxy.lane.ruled import Ruled
from paperknife.proxy.lane.violation import Violation
from paperknife.proxy.lane.waking import Woken
from paperknife.proxy.lane.way import Way
from paperknife_decoders.message import Direction, Fate, Opcode

__all__ = ["Lane"]

ABNORMAL = 1006
"""The close code for an end without a close frame (RFC 6455, section 7.4.1)."""


class Lane(Ruled, websocket.WebsocketLayer):
    """Relays one WebSocket connection.

    `attached` tells that the connection handler is ours, which carries out what mitmproxy's own has no command for. It
    is not for a connection that was opened before the lane was installed.
    """

    attached = False

    def __init__(self, context: Context, flow: http.HTTPFlow) -> None:
        super().__init__(context, flow)
        self.up = Way(Direction.CLIENT, context.client, context.server)
        self.down = Way(Direction.SERVER, context.server, context.client)

    @property
    def paused(self) -> bool:
        """True while a hook holds the connection and everything that happens queues up."""
        return self._paused is not None

    def waits(self, peer: Connection) -> bool:
        """True while no more is to be read from a peer: a hook holds the connection, or it is stalled."""
        return self._paused is not None or self.stalls(peer)

    def start(self, _: events.Event) -> CommandGenerator[None]:
        """Read the agreed extension; announce the connection."""
        assert self.flow.response is not None
        yield LaneOpened(self)
        yield websocket.WebsocketStartHook(self.flow)
        self.track = self.host.track(self.flow)
        try:
            agreed = agreed_extension(self.flow.response.headers.get("Sec-WebSocket-Extensions", ""))
        except Violation as violation:
            for way in (self.up, self.down):
                self.host.unread(self.track, way.direction, violation)
        else:
            for way in (self.up, self.down):
                agreement = None if agreed is None else agreed[way.direction.value]
                way.open(agreement, self.host.limit, keep=self.host.hooked)
        self._handle_event = self.relay  # type: ignore[assignment]
        if self.killed:
            yield from self.abort()
            return
        if self.debug is None:
            yield LaneRelaying(self)
        yield from self.begin_ruling()

    _handle_event = start

    def relay(self, event: events.Event) -> CommandGenerator[None]:
        """Handle whatever happens on an open connection."""
        if isinstance(event, events.DataReceived):
            yield from self.relay_data(self.up if event.connection is self.context.client else self.down, event.data)
        else:
            for kind, handle in self.handlers:
                if isinstance(event, kind):
                    yield from handle(self, event)
                    return
            raise AssertionError(f"an event that no WebSocket has: {event}")

    # what comes from us

    def inject(self, event: Injected) -> CommandGenerator[None]:
        """Send something of our own, now or at the next point between two messages."""
        if isinstance(event.message, Abort):
            yield from self.abort()
            return
        way = self.up if event.message.direction is Direction.CLIENT else self.down
        yield from self.inject_frame(way, event.message.opcode, event.message.content)

    def inject_message(self, event: websocket.WebSocketMessageInjected) -> CommandGenerator[None]:
        """A message that mitmproxy's interfaces or addons inject; like any other it passes the hook."""
        way = self.up if event.message.from_client else self.down
        yield from self.inject_frame(way, event.message.type, event.message.content)

    def inject_frame(self, way: Way, opcode: int, content: bytes) -> CommandGenerator[None]:
        """Send a frame of our own."""
        if way.reader is None or way.closing or way.ended:
            yield commands.Log(
                f"Nothing can be injected {way.direction.arrow} into connection #{self.track.number}: "
                f"{'it is closing' if way.reader is not None else 'its frames pass unread'}.",
                logging.WARNING,
            )
            return
        hooked = self.host.hooked and opcode in (Opcode.TEXT, Opcode.BINARY)
        if hooked:
            message = yield from self.run_hook(way, opcode, content, injected=True)
            if self.killed:
                yield from self.abort()
            if message.dropped or self.ended:
                return
            content = message.content
        frame = self.guard(way, lambda: way.frame(opcode, content))
        if frame is None:
            return
        self.guard(way, lambda: self.hand_on_one(way, opcode, content, Fate.INJECTED, shown=hooked))
        if opcode == Opcode.CLOSE:
            self.note_close(way, content)
        way.waiting.append(frame)
        if way.between_messages:
            yield from self.put_in(way, b"", 0)

    # the end

    def relay_end(self, event: events.ConnectionClosed) -> CommandGenerator[None]:
        """A peer ends its sending: so do we, to the other; when both have, it is over.

        With TLS the end of one is the end of both: to end our sending alone takes a close_notify (RFC 8446, section
        6.1), which mitmproxy's TLS layer has no command for, and a bare TCP FIN in its place is a truncation to its
        receiver. TLS 1.2 knows no half-close anyway (RFC 5246, section 7.2.1).
        """
        way, back = (self.up, self.down) if event.connection is self.context.client else (self.down, self.up)
        if self.puts_off(way, event):
            return
        if self.put_off is not None and back.source.error == RESET:  # nothing is left of whose end waits
            yield from self.abort(back)
            return
        if way.source.error != RESET:
            yield from self.send_rest(way)
        way.ended = True
        if way.reader is not None and way.reader.keep:
            yield commands.SendData(way.target, way.reader.release())
        if way.source.error == RESET and self.attached:
            yield from self.abort(way)
        elif back.ended or not self.attached or way.target.tls:
            yield from self.send_rest(back)
            yield commands.CloseConnection(self.context.server)
            yield commands.CloseConnection(self.context.client)
            yield from self.finish(back if back.ended else way)
        elif self.put_off is None:
            yield HalfClosePeer(way.target)  # else both have ended, and what waits would be lost with the connection

    def abort(self, way: Way | None = None) -> CommandGenerator[None]:
        """End both sides with no close frame; `way` is where the abort came from."""
        for peer in (self.context.server, self.context.client):
            yield AbortPeer(peer)
            yield commands.CloseConnection(peer)
        yield from self.finish(way)

    def finish(self, way: Way | None) -> CommandGenerator[None]:
        """Tell everybody that it is over."""
        assert self.flow.websocket is not None
        data = self.flow.websocket
        self.ended = True
        data.timestamp_end = time.time()
        if data.close_code is None:
            data.close_code, data.close_reason = ABNORMAL, ""
            # With no close frame it was ended by whoever ended first: the other's end is the answer to that.
            data.closed_by_client = None if way is None else way.direction is Direction.CLIENT
        self.end_ruling()
        self.track.history.flush()
        self._handle_event = self.done  # type: ignore[method-assign]
        yield websocket.WebsocketEndHook(self.flow)
        self.flow.live = False

    def done(self, _: events.Event) -> CommandGenerator[None]:
        """Nothing happens after the end."""
        yield from ()

    handlers: ClassVar[tuple[tuple[type, Callable[..., CommandGenerator[None]]], ...]] = (
        (events.ConnectionClosed, relay_end),
        (Woken, Ruled.relay_woken),
        (Injected, inject),
        (websocket.WebSocketMessageInjected, inject_message),
    )
