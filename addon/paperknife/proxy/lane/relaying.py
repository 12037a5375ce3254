"""Relaying what comes on one direction: chunks as they are, at once; or messages one by one, where a hook may run.

Whatever the peers send, nothing here raises; and where our own code has a fault, the bytes pass on unread.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque

from mitmproxy import flow
from mitmproxy.proxy import commands
from mitmproxy.proxy.layer import CommandGenerator, Paused
from mitmproxy.proxy.layers import websocket
from mitmproxy.websocket import WebSocketMessage

from paperknife.proxy.lane.received import Piece, Received, Segment
from paperknife.proxy.lane.telling import Telling
from paperknife.proxy.lane.way import Way
from paperknife_decoders.message import Direction, Fate, Opcode

__all__ = ["Relaying"]


class Relaying(Telling):
    """The part of a lane that passes data on. Nothing is relayed any more once it has `ended`."""

    ended = False
    _paused: Paused | None

    @property
    def killed(self) -> bool:
        """True once a user or an addon has killed the flow."""
        return self.flow.error is not None and self.flow.error.msg == flow.Error.KILLED_MESSAGE

    @abstractmethod
    def abort(self, way: Way | None = None) -> CommandGenerator[None]:
        """End both sides with no close frame; what has a connection carries it out."""

    def relay_data(self, way: Way, data: bytes) -> CommandGenerator[None]:
        """Relay a chunk, either way."""
        reader = way.reader
        if reader is not None and (reader.keep or self.host.hooked):
            yield from self.relay_kept(way, data)
        else:
            yield from self.relay_at_once(way, data)

    # where nothing can change a message

    def relay_at_once(self, way: Way, data: bytes) -> CommandGenerator[None]:
        """Pass a chunk on as it is, with what waits to be put in."""
        boundary = -1 if way.reader is None else self.look_on(way, data).boundary
        if way.waiting and boundary >= 0:
            yield from self.put_in(way, data, boundary)
        else:
            yield commands.SendData(way.target, data)

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
        waiting = b"".join(way.waiting)
        way.waiting.clear()
        yield commands.SendData(way.target, data[:boundary] + waiting + data[boundary:])

    # where a message may be changed

    def relay_kept(self, way: Way, data: bytes) -> CommandGenerator[None]:
        """Relay messages one by one, each after its hook; begin and end to do so between two messages."""
        reader = way.reader
        assert reader is not None
        if not self.host.hooked and way.deflater is None:
            yield commands.SendData(way.target, reader.release())
            yield from self.relay_at_once(way, data)
            return
        if not reader.keep and not reader.idle:
            data = yield from self.relay_begun(way, data)
            if not data:
                return
        reader.keep = True
        try:
            received = reader.receive(data)
        except Exception as error:  # what it held back is not known any more: there is nothing left to pass on
            self.give_up(way, error)
            yield from self.abort()
            return
        yield from self.relay_received(way, received)
        if self.ended:
            return
        if received.violation is not None:
            self.give_up(way, received.violation)
        elif way.reader is None:
            yield commands.SendData(way.target, reader.release())
        elif way.waiting and way.between_messages:
            yield from self.put_in(way, b"", 0)

    def relay_begun(self, way: Way, data: bytes) -> CommandGenerator[bytes]:
        """What has gone out in part goes out whole: up to the end of that message; the chunk's rest."""
        boundary = self.look_on(way, data, one_message=True).boundary
        if way.reader is None or boundary <= 0:
            boundary = len(data)
            yield commands.SendData(way.target, data)
        else:
            yield from self.put_in(way, data[:boundary], boundary)
        return data[boundary:]

    def relay_received(self, way: Way, received: Received) -> CommandGenerator[None]:
        """All that a chunk completed, in order."""
        pieces = deque(received.pieces)
        for segment in received.segments:
            while pieces and segment.follows(pieces[0], len(received.pieces) - len(pieces)):
                yield from self.relay_piece(way, pieces.popleft())
            yield from self.relay_segment(way, segment, received)
            if self.ended:
                return
        while pieces:
            yield from self.relay_piece(way, pieces.popleft())

    def relay_segment(self, way: Way, segment: Segment, received: Received) -> CommandGenerator[None]:
        """Raw bytes: messages with their hooks, a control frame, or part of a message that comes in pieces."""
        if segment.index >= 0:
            for index, raw in segment.units():
                yield from self.relay_unit(way, received.opcodes[index], received.contents[index], raw)
                if self.ended:
                    return
        elif way.reader is None or not segment.compressed or way.deflater is None:
            yield commands.SendData(way.target, segment.raw)

    def relay_unit(self, way: Way, opcode: int, content: bytes, raw: bytes) -> CommandGenerator[None]:
        """A message, or a control frame, which has no hook."""
        if way.reader is None:
            yield commands.SendData(way.target, raw)
        elif opcode in (Opcode.TEXT, Opcode.BINARY):
            yield from self.relay_message(way, opcode, content, raw)
        else:
            self.guard(way, lambda: self.hand_on_batch(way, [opcode], [content]))
            yield commands.SendData(way.target, raw)

    def relay_piece(self, way: Way, piece: Piece) -> CommandGenerator[None]:
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
