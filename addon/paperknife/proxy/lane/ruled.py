"""Relaying where rules have a say: what they want is kept, changed, delayed or dropped; all else passes as ever.

A lane is not asked whether it has rules for each chunk: once somebody decides, these ways of relaying are put in the
place of the ordinary ones, on that connection alone.
"""

from __future__ import annotations

import math
import time
from abc import abstractmethod

from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator

from paperknife.mutation.verdict import CloseOrder
from paperknife.proxy.lane.course import Going
from paperknife.proxy.lane.decided import Decided
from paperknife.proxy.lane.peers import RESET, ReadOn
from paperknife.proxy.lane.received import Piece
from paperknife.proxy.lane.relaying import Relaying
from paperknife.proxy.lane.waking import Woken
from paperknife.proxy.lane.way import Way
from paperknife_decoders.message import Opcode

__all__ = ["Ruled"]

END_SECONDS = 5.0
"""So long the end of a peer's sending waits for what it sent before and what is not sent on yet."""


class Ruled(Decided):
    """The part of a lane that carries out what is decided on its messages, at each chunk and when something is due."""

    context: Context
    put_off: tuple[Way, events.ConnectionClosed] | None = None
    """The end of a peer's sending that waits."""

    @abstractmethod
    def finish(self, way: Way | None) -> CommandGenerator[None]:
        """Tell everybody that it is over."""

    @abstractmethod
    def relay_end(self, event: events.ConnectionClosed) -> CommandGenerator[None]:
        """A peer ends its sending."""

    # chunks

    def pass_on_ruled(self, way: Way, data: bytes) -> bytes | None:
        """What to send for a chunk that nothing has to wait for; None where it has to take the way of `relay`."""
        ruling, reader = self.ruling, way.reader
        assert ruling is not None
        course = ruling.courses[way.direction]
        if not course.heeded and course.is_plain and not ruling.shut:
            return Relaying.pass_on(self, way, data)
        if (
            self._paused is not None
            or self.ended
            or self.host.hooked
            or course.owes
            or reader is None
            or not (reader.keep or reader.idle)
            or self.stalls(way.source)
        ):
            return None
        parts = self.take(way, data)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def relay_ruled(self, way: Way, data: bytes) -> CommandGenerator[None]:
        """Relay a chunk."""
        ruling, reader = self.ruling, way.reader
        assert ruling is not None
        course = ruling.courses[way.direction]
        if reader is None or (not course.heeded and course.is_plain and not ruling.shut):
            yield from Relaying.relay_data(self, way, data)
        elif self.host.hooked:
            yield from self.relay_kept(way, data)
            yield from self.send(way, ruling.due(course, time.monotonic()))
            ruling.arrange()
        else:
            if not reader.keep and not reader.idle:
                data = yield from self.relay_begun(way, data)
                if not data:
                    return
            yield from self.send(way, self.take(way, data), whole=False)

    def take(self, way: Way, data: bytes) -> list[bytes]:
        """Read a chunk; what goes out at once."""
        ruling, reader = self.ruling, way.reader
        assert ruling is not None
        assert reader is not None
        course = ruling.courses[way.direction]
        reader.keep = True
        try:
            received = reader.receive(data)
        except Exception as error:  # what it held back is not known any more: there is nothing left to pass on
            self.give_up(way, error)
            ruling.order = CloseOrder(abort=True)
            ruling.shut = ruling.urgent = True
            ruling.arrange()
            return []
        parts = ruling.rule(course, received)
        if received.violation is not None:
            parts += ruling.drain(course)
            self.give_up(way, received.violation)
        elif way.reader is None:
            parts += [*ruling.drain(course), reader.release()]
        elif way.waiting and way.between_messages:
            parts += way.waiting
            way.waiting.clear()
        ruling.arrange()
        return parts

    def send(self, way: Way, parts: list[bytes], *, whole: bool = True) -> CommandGenerator[None]:
        """Send bytes; if they are `whole` messages, at the next point between two messages of the peer's."""
        data = b"".join(parts)
        if data and (not whole or way.reader is None or way.between_messages):
            yield commands.SendData(way.target, data)
        elif data:
            way.waiting.append(data)

    # with hooks of mitmproxy's besides

    def relay_unit(self, way: Way, opcode: int, content: bytes, raw: bytes) -> CommandGenerator[None]:
        """A message: its hook first, then what is decided on what the hook has left of it."""
        ruling = self.ruling
        if ruling is None or way.reader is None:
            yield from super().relay_unit(way, opcode, content, raw)
            return
        course, going = ruling.courses[way.direction], None
        message = ruling.batch(course, [opcode], [content])[0]
        if opcode in (Opcode.TEXT, Opcode.BINARY) and self.host.hooked:
            hooked = yield from self.run_hook(way, opcode, content, injected=False)
            if self.killed:
                yield from self.abort()
                return
            left = None if hooked.dropped else hooked.content
            going = Going(opcode, left, content, raw, shown=True, message=message)
            if left is not None and left != content:
                message = ruling.lane.batch_of(way, [opcode], [left])[0]
        now = time.monotonic()
        ruling.made = ruling.made_size = 0
        decides = going is not None and going.content is not None
        verdict = ruling.verdict_on(course, message, now) if decides else None
        parts = ruling.rule_unit(course, message, raw, now, verdict, going)
        ruling.untold.tell()
        yield from self.send(way, parts)

    def relay_piece(self, way: Way, piece: Piece) -> CommandGenerator[None]:
        """A piece of a message beyond the limit, behind all that waits."""
        if self.ruling is not None:
            yield from self.send(way, self.ruling.drain(self.ruling.courses[way.direction]), whole=False)
        yield from super().relay_piece(way, piece)

    # time, and the end

    def relay_woken(self, _: Woken) -> CommandGenerator[None]:
        """Something is due."""
        ruling, now = self.ruling, time.monotonic()
        if ruling is None or self.ended:
            return
        ruling.urgent = False
        ruling.made = ruling.made_size = 0
        if ruling.order is not None:
            if ruling.order.abort:
                yield from self.abort()
                return
            ruling.begin_close(now)
        for course in ruling.courses.values():
            if -math.inf < course.stalled_until <= now:
                course.stalled_until = -math.inf
                yield ReadOn(course.way.source)
            yield from self.send(course.way, ruling.due(course, now))
        if ruling.is_closed:
            yield commands.CloseConnection(self.context.server)
            yield commands.CloseConnection(self.context.client)
            yield from self.finish(None)
        elif now >= ruling.abort_at:
            yield from self.abort()
        elif self.put_off is not None and ruling.courses[self.put_off[0].direction].flow.is_empty:
            ended, self.put_off = self.put_off[1], None
            yield from self.relay_end(ended)
        if not self.ended:
            ruling.arrange()

    def puts_off(self, way: Way, event: events.ConnectionClosed) -> bool:
        """True if the end of a peer's sending has to wait for what it has sent before."""
        ruling = self.ruling
        if ruling is None or self.put_off is not None or way.source.error == RESET:
            return False
        flow = ruling.courses[way.direction].flow
        if flow.is_empty:
            return False
        flow.hurry(time.monotonic() + END_SECONDS)
        self.put_off = way, event
        ruling.arrange()
        return True

    def send_rest(self, way: Way) -> CommandGenerator[None]:
        """Send all that waits in a direction: it ends."""
        if self.ruling is not None:
            yield from self.send(way, self.ruling.drain(self.ruling.courses[way.direction]))
