"""The lane itself: a WebSocket layer that reads in batches and forwards the bytes that came.

Whatever the peers send, the layer does not raise; and where our own code has a fault, the bytes pass on unread.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import ClassVar

from mitmproxy import flow, http
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import websocket
from mitmproxy.websocket import WebSocketMessage

from paperknife.proxy.lane import frames
from paperknife.proxy.lane.deflate import agreed_extension
from paperknife.proxy.lane.frames import Received
from paperknife.proxy.lane.injection import Abort, Injected
from paperknife.proxy.lane.peers import RESET, AbortPeer, HalfClosePeer, LaneOpened, LaneRelaying
from paperknife.proxy.lane.telling import Telling
from paperknife.proxy.lane.violation import Violation
from paperknife.proxy.lane.way import Way
from paperknife_decoders.message import Direction, Fate, Opcode

__all__ = ["Lane"]

ABNORMAL = 1006
"""The close code for an end without a close frame (RFC 6455, section 7.4.1)."""


class Lane(Telling, websocket.WebsocketLayer):
    """Relays one WebSocket connection.

    `attached` tells that the connection handler is ours, which carries out what mitmproxy's own has no command for. It
    is not for a connection that was opened before the lane was installed.
    """

    attached = False
    ended = False

    def __init__(self, context: Context, flow: http.HTTPFlow) -> None:
        super().__init__(context, flow)
        self.up = Way(Direction.CLIENT, context.client, context.server)
        self.down = Way(Direction.SERVER, context.server, context.client)

    @property
    def paused(self) -> bool:
        """True while a hook holds the connection and everything that happens queues up."""
        return self._paused is not None

    @property
    def killed(self) -> bool:
        """True once a user or an addon has killed the flow."""
        return self.flow.error is not None and self.flow.error.msg == flow.Error.KILLED_MESSAGE

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
        elif self.debug is None:
            yield LaneRelaying(self)

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
                boundary = self.look_on(way, event.data).boundary
                if way.waiting and boundary >= 0:
                    yield from self.put_in(way, event.data, boundary)
                else:
                    yield commands.SendData(way.target, event.data)
        else:
            for kind, handle in self.handlers:
                if isinstance(event, kind):
                    yield from handle(self, event)
                    return
            raise AssertionError(f"an event that no WebSocket has: {event}")

    def pass_on(self, way: Way, data: bytes) -> bytes | None:
        """What to send for a chunk that nothing has to wait for; None where it has to take the way of `relay`."""
        reader = way.reader
        if self._paused is not None or self.ended or (reader is not None and (reader.keep or self.host.hooked)):
            return None
        if reader is None:
            return data
        boundary = self.look_on(way, data).boundary
        if way.waiting and boundary >= 0:
            data = data[:boundary] + b"".join(way.waiting) + data[boundary:]
            way.waiting.clear()
        return data

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
        if not self.host.hooked and way.deflater is None:
            yield commands.SendData(way.target, reader.release())
            yield from self.relay(events.DataReceived(way.source, data))
            return
        if not reader.keep and not reader.idle:
            received = self.look_on(way, data)
            forward = len(data)
            if received.boundary >= 0 and not received.ahead and way.reader is not None:
                forward = received.boundary
                reader.retain(data[forward:])
            yield commands.SendData(way.target, data[:forward])
            return
        reader.keep = True
        try:
            received = reader.receive(data)
        except Exception as error:  # what it held back is not known any more: there is nothing left to pass on
            self.give_up(way, error)
            yield from self.abort()
            return
        pieces = deque(received.pieces)
        for segment in received.segments:
            while pieces and (piece_is_due(segment, pieces[0], len(received.pieces) - len(pieces))):
                yield from self.relay_piece(way, pieces.popleft())
            yield from self.relay_segment(way, segment, received)
            if self.ended:
                return
        while pieces:
            yield from self.relay_piece(way, pieces.popleft())
        if received.violation is not None:
            self.give_up(way, received.violation)
        elif way.reader is None:
            yield commands.SendData(way.target, reader.release())
        elif way.waiting and way.between_messages:
            yield from self.put_in(way, b"", 0)

    def relay_segment(self, way: Way, segment: frames.Segment, received: Received) -> CommandGenerator[None]:
        """Raw bytes: a message with its hook, a control frame, or part of a message that comes in pieces."""
        if way.reader is None:
            yield commands.SendData(way.target, segment.raw)
        elif segment.index < 0:
            if not segment.compressed or way.deflater is None:
                yield commands.SendData(way.target, segment.raw)
        else:
            opcode, content = received.opcodes[segment.index], received.contents[segment.index]
            if opcode in (Opcode.TEXT, Opcode.BINARY):
                yield from self.relay_message(way, opcode, content, segment.raw)
            else:
                self.guard(way, lambda: self.hand_on_batch(way, [opcode], [content]))
                yield commands.SendData(way.target, segment.raw)

    def relay_piece(self, way: Way, piece: frames.Piece) -> CommandGenerator[None]:
        """A piece of a message beyond the limit, which has no hook; compressed anew where our compression has begun."""
        self.guard(way, lambda: self.hand_on_piece(way, piece))
        if piece.compressed and way.deflater is not None:
            yield commands.SendData(way.target, way.rewrite_piece(piece))

    def relay_message(self, way: Way, opcode: int, content: bytes, raw: bytes) -> CommandGenerator[None]:
        """One message: hook, consumers, peer."""
        message = None
        if self.host.hooked:
            message = yield from self.run_hook(way, opcode, content, injected=False)
            if self.killed:
                yield from self.abort()
                return
        data = self.guard(way, lambda: self.settle(way, opcode, content, raw, message))
        yield commands.SendData(way.target, raw if data is None else data)

    def settle(self, way: Way, opcode: int, content: bytes, raw: bytes, hooked: WebSocketMessage | None) -> bytes:
        """Tell the host what became of a message; the bytes to send for it."""
        if hooked is None:
            self.hand_on_batch(way, [opcode], [content])
            return way.rewrite(opcode, content, raw, changed=False)
        changed = hooked.content != content
        fate = Fate.DROPPED if hooked.dropped else Fate.CHANGED if changed else Fate.PASSED
        if hooked.dropped:
            data = b""
            way.disturb(raw)
        else:
            data = way.rewrite(opcode, hooked.content, raw, changed=changed)
        self.hand_on_one(way, opcode, hooked.content, fate, content if changed else None)
        return data

    def run_hook(self, way: Way, opcode: int, content: bytes, *, injected: bool) -> CommandGenerator[WebSocketMessage]:
        """mitmproxy's own hook for a message; what its addons made of it."""
        assert self.flow.websocket is not None
        message = WebSocketMessage(opcode, way.direction is Direction.CLIENT, content, injected=injected)
        self.track.history.append(message)
        yield websocket.WebsocketMessageHook(self.flow)
        return message

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
        """A peer ends its sending: so do we, to the other; when both have, it is over."""
        way, back = (self.up, self.down) if event.connection is self.context.client else (self.down, self.up)
        way.ended = True
        if way.reader is not None and way.reader.keep:
            yield commands.SendData(way.target, way.reader.release())
        if way.source.error == RESET and self.attached:
            yield from self.abort(way)
        elif back.ended or not self.attached or way.target.tls:
            yield commands.CloseConnection(self.context.server)
            yield commands.CloseConnection(self.context.client)
            yield from self.finish(back if back.ended else way)
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
        self.ended = True
        data.timestamp_end = time.time()
        if data.close_code is None:
            data.close_code, data.close_reason = ABNORMAL, ""
            # With no close frame it was ended by whoever ended first: the other's end is the answer to that.
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


def piece_is_due(segment: frames.Segment, piece: frames.Piece, number: int) -> bool:
    """True if a piece, the chunk's `number`th from 0, was read before a segment or with it."""
    return number < segment.pieces if segment.index < 0 else piece.after <= segment.index
