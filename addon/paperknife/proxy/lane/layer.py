"""The lane itself: a WebSocket layer that reads in batches and forwards the bytes that came."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from mitmproxy import http
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import websocket
from mitmproxy.websocket import WebSocketMessage

from paperknife.proxy.lane.deflate import agreed_extension
from paperknife.proxy.lane.frames import Received
from paperknife.proxy.lane.injection import Abort, Injected
from paperknife.proxy.lane.peers import AbortPeer, HalfClosePeer
from paperknife.proxy.lane.track import Track
from paperknife.proxy.lane.violation import Violation
from paperknife.proxy.lane.way import Way
from paperknife.traffic import Batch
from paperknife_decoders.message import Direction, Fate, Message, Opcode

__all__ = ["Lane", "LaneHost"]

NO_STATUS, ABNORMAL = 1005, 1006
"""Close codes for a close frame without one, and for an end without a close frame (RFC 6455, section 7.4.1)."""


class LaneHost(Protocol):
    """Who a lane works for.

    `limit` is the largest message, in bytes, that is read whole. `hooked` tells that mitmproxy's hook has to run for
    every message. `aborts` tells whether `AbortPeer` and `HalfClosePeer` are carried out.
    """

    limit: int
    hooked: bool
    aborts: bool

    def track(self, flow: http.HTTPFlow) -> Track:
        """The track of a connection that was announced by the start hook."""

    def deliver(self, track: Track, batch: Batch, *, shown: bool) -> None:
        """Messages, before they are forwarded; `shown` where mitmproxy's interfaces have them already."""

    def unread(self, track: Track, direction: Direction, violation: Violation) -> None:
        """From here on a direction passes unread."""


class Lane(websocket.WebsocketLayer):
    """Relays one WebSocket connection."""

    host: ClassVar[LaneHost]
    track: Track

    def __init__(self, context: Context, flow: http.HTTPFlow) -> None:
        super().__init__(context, flow)
        self.up = Way(Direction.CLIENT, context.client, context.server)
        self.down = Way(Direction.SERVER, context.server, context.client)

    def start(self, _: events.Event) -> CommandGenerator[None]:
        """Read the agreed extension; announce the connection."""
        assert self.flow.response is not None
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

    _handle_event = start

    def relay(self, event: events.Event) -> CommandGenerator[None]:
        """Handle whatever happens on an open connection."""
        if isinstance(event, events.DataReceived):
            way = self.up if event.connection is self.context.client else self.down
            reader = way.reader
            if reader is None:
                yield commands.SendData(way.target, event.data)
            elif reader.keep or self.host.hooked:
                yield from self.relay_kept(way, event.data)
            else:
                received = reader.receive(event.data)
                if received.opcodes or received.violation is not None:
                    self.hand_on(way, received)
                if way.waiting and received.boundary >= 0:
                    yield from self.put_in(way, event.data, received.boundary)
                else:
                    yield commands.SendData(way.target, event.data)
        else:
            for kind, handle in self.handlers:
                if isinstance(event, kind):
                    yield from handle(self, event)
                    return
            raise AssertionError(f"an event that no WebSocket has: {event}")

    def hand_on(self, way: Way, received: Received) -> None:
        """Give what was read to the host."""
        if received.opcodes:
            opcodes: Any = received.opcodes
            batch = Batch(
                self.track.number, way.direction, time.time_ns(), opcodes, received.contents, self.track.reader
            )
            if Opcode.CLOSE in opcodes:
                self.note_close(way, received.contents[received.opcodes.index(Opcode.CLOSE)])
            self.host.deliver(self.track, batch, shown=False)
        if received.violation is not None:
            way.reader = None
            self.host.unread(self.track, way.direction, received.violation)

    def put_in(self, way: Way, data: bytes, boundary: int) -> CommandGenerator[None]:
        """Send what waits for the point between two messages that `data` has."""
        frames = b"".join(way.waiting)
        way.waiting.clear()
        yield commands.SendData(way.target, data[:boundary] + frames + data[boundary:])

    # where a message may be changed

    def relay_kept(self, way: Way, data: bytes) -> CommandGenerator[None]:
        """Relay messages one by one, each after its hook; begin and end to do so between two messages."""
        reader = way.reader
        assert reader is not None
        if not self.host.hooked:
            yield commands.SendData(way.target, reader.release())
            yield from self.relay(events.DataReceived(way.source, data))
            return
        if not reader.keep and not reader.idle:
            received = reader.receive(data)
            self.hand_on(way, received)
            forward = len(data)
            if received.boundary >= 0 and not received.ahead and way.reader is not None:
                forward = received.boundary
                reader.retain(data[forward:])
            yield commands.SendData(way.target, data[:forward])
            return
        reader.keep = True
        received = reader.receive(data)
        for segment in received.segments:
            if segment.index < 0:
                yield commands.SendData(way.target, segment.raw)
            elif received.opcodes[segment.index] in (Opcode.TEXT, Opcode.BINARY):
                opcode, content = received.opcodes[segment.index], received.contents[segment.index]
                yield from self.relay_message(way, opcode, content, segment.raw)
            else:
                control = Received([received.contents[segment.index]], [received.opcodes[segment.index]])
                self.hand_on(way, control)
                yield commands.SendData(way.target, segment.raw)
        if received.violation is not None:
            self.hand_on(way, Received(violation=received.violation))
        elif way.waiting and way.between_messages:
            yield from self.put_in(way, b"", 0)

    def relay_message(self, way: Way, opcode: int, content: bytes, raw: bytes) -> CommandGenerator[None]:
        """One message: hook, consumers, peer."""
        message = yield from self.run_hook(way, opcode, content, injected=False)
        changed = message.content != content
        fate = Fate.DROPPED if message.dropped else Fate.CHANGED if changed else Fate.PASSED
        self.hand_on_one(way, opcode, message.content, fate, content if changed else None)
        if message.dropped:
            way.disturb(raw)
        else:
            yield commands.SendData(way.target, way.rewrite(opcode, message.content, raw, changed=changed))

    def run_hook(self, way: Way, opcode: int, content: bytes, *, injected: bool) -> CommandGenerator[WebSocketMessage]:
        """mitmproxy's own hook for a message; what its addons made of it."""
        assert self.flow.websocket is not None
        message = WebSocketMessage(opcode, way.direction is Direction.CLIENT, content, injected=injected)
        self.track.history.append(message)
        yield websocket.WebsocketMessageHook(self.flow)
        return message

    def hand_on_one(self, way: Way, opcode: int, content: bytes, fate: Fate, original: bytes | None = None) -> None:
        """Give one message to the host that mitmproxy's interfaces have already."""
        message = Message(
            self.track.number,
            way.direction,
            time.time_ns(),
            Opcode(opcode),
            content,
            self.track.reader,
            fate,
            original,
        )
        self.host.deliver(self.track, Batch.of(message), shown=self.host.hooked)

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
                f"{'it is closing' if way.reader is not None else 'its frames pass unread'}."
            )
            return
        if self.host.hooked and opcode in (Opcode.TEXT, Opcode.BINARY):
            message = yield from self.run_hook(way, opcode, content, injected=True)
            if message.dropped:
                return
            content = message.content
        self.hand_on_one(way, opcode, content, Fate.INJECTED)
        if opcode == Opcode.CLOSE:
            self.note_close(way, content)
        way.waiting.append(way.frame(opcode, content))
        if way.between_messages:
            yield from self.put_in(way, b"", 0)

    # the end

    def note_close(self, way: Way, payload: bytes) -> None:
        """Keep the code and reason of the first close frame (RFC 6455, section 5.5.1)."""
        assert self.flow.websocket is not None
        way.closing = True
        if self.flow.websocket.close_code is None:
            self.flow.websocket.closed_by_client = way.direction is Direction.CLIENT
            self.flow.websocket.close_code = int.from_bytes(payload[:2], "big") if payload else NO_STATUS
            self.flow.websocket.close_reason = payload[2:].decode(errors="replace")

    def relay_end(self, event: events.ConnectionClosed) -> CommandGenerator[None]:
        """A peer ends its sending: so do we, to the other; when both have, it is over."""
        way, back = (self.up, self.down) if event.connection is self.context.client else (self.down, self.up)
        way.ended = True
        if way.reader is not None and way.reader.keep:
            yield commands.SendData(way.target, way.reader.release())
        if way.source.error == RESET and self.host.aborts:
            yield from self.abort(way)
        elif back.ended or not self.host.aborts or way.target.tls:
            yield commands.CloseConnection(self.context.server)
            yield commands.CloseConnection(self.context.client)
            yield from self.finish(way)
        else:
            yield HalfClosePeer(way.target)

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
        data.timestamp_end = time.time()
        if data.close_code is None:
            data.close_code, data.close_reason = ABNORMAL, ""
            data.closed_by_client = None if way is None else way.direction is Direction.CLIENT
        self.track.history.flush()
        self._handle_event = self.done  # type: ignore[method-assign]
        yield websocket.WebsocketEndHook(self.flow)
        self.flow.live = False

    def done(self, _: events.Event) -> CommandGenerator[None]:
        """Nothing happens after the end."""
        yield from ()

    handlers: ClassVar[tuple[tuple[type, Callable[..., CommandGenerator[None]]], ...]] = (
        (events.ConnectionClosed, relay_end),
        (Injected, inject),
        (websocket.WebSocketMessageInjected, inject_message),
    )


RESET = "reset by peer"
"""The error of a connection that ended with a TCP reset."""
