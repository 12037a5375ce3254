"""What rules, scripts and a user's hand have decided on one connection, carried out: which bytes go on, and when.

Nothing here sends. `rule` gives what goes out at once in its direction; all else waits in a `course` until `alarm` has
the lane woken, which then asks `due` for it.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from paperknife.mutation.flow import Parcel, is_timed
from paperknife.mutation.held import Held
from paperknife.mutation.verdict import Changer, CloseOrder, Emission, Verdict
from paperknife.proxy.lane.course import Course, Going
from paperknife.proxy.lane.received import Piece, Received
from paperknife.proxy.lane.waking import Alarm
from paperknife.proxy.lane.writing import close_payload
from paperknife.traffic import Batch
from paperknife_decoders.message import Fate, Message, Opcode

if TYPE_CHECKING:
    from paperknife.proxy.lane.telling import Telling
    from paperknife.proxy.lane.way import Way

__all__ = ["Ruling"]

ANSWER_SECONDS = 5.0
"""So long both peers may take to answer a close frame of ours, before the connection is broken off."""

OVERHEAD = 400
"""Bytes that we need for a message that waits, besides its own."""

PLAIN = Opcode.CLOSE
"""Opcodes from here on are control frames (RFC 6455, section 5.5)."""


class Ruling:
    """What is decided and what waits on one connection. `ring` has the lane woken."""

    def __init__(self, lane: Telling, ways: Iterable[Way], ring: Callable[[], None]) -> None:
        self.lane = lane
        self.changer: Changer | None = None
        self.courses = {way.direction: Course(way, lane.track.number) for way in ways}
        self.alarm = Alarm(ring)
        self.order: CloseOrder | None = None
        self.ordered = False
        self.shut = False
        """We have sent close frames: nothing that comes goes on."""
        self.abort_at = math.inf
        self.is_over = False
        self.urgent = False
        """The lane is to be woken as soon as can be."""
        self.stretch: list[Going] = []
        """Messages of one direction that have simply passed and are not told of yet."""

    def use(self, changer: Changer | None) -> None:
        """Let this one decide from now on; nobody, where it is None."""
        self.changer = changer
        for direction, course in self.courses.items():
            course.heeded = changer is not None and self.ask(partial(changer.heeds, direction), default=True)

    def ask[T](self, question: Callable[[], T], default: T) -> T:
        """What a changer says. None of them raises; where one does all the same, it is told of once."""
        try:
            return question()
        except Exception as error:
            self.blame(error)
            return default

    def blame(self, error: Exception) -> None:
        """Tell of a fault of ours."""
        self.lane.host.failed(self.lane.track, error)

    # messages that came

    def rule(self, course: Course, received: Received) -> list[bytes]:
        """What goes out at once for what was read."""
        now, way = time.monotonic(), course.way
        parts: list[bytes] = []
        batch: Sequence[Message] = ()
        if received.opcodes:
            made = batch = self.batch(course, received.opcodes, received.contents)
            if course.is_plain and not self.shut and not received.pieces and not self.wants(course, made):
                course.pass_on(len(made))
                self.lane.hand_on_made(way, made)
                return [segment.raw for segment in received.segments]
        pieces = deque(received.pieces)
        for segment in received.segments:
            while pieces and segment.follows(pieces[0], len(received.pieces) - len(pieces)):
                parts += self.rule_piece(course, pieces.popleft())
            if segment.index >= 0:
                for index, raw in segment.units():
                    parts += self.rule_unit(course, batch[index], raw, now)
            else:
                parts += self.drain(course)
                if way.reader is None or not segment.compressed or way.deflater is None:
                    parts.append(segment.raw)
        for piece in pieces:
            parts += self.rule_piece(course, piece)
        if way.between_messages:
            parts += self.due(course, now)
        self.tell_plain(course)
        return parts

    def rule_piece(self, course: Course, piece: Piece) -> list[bytes]:
        """A piece of a message beyond the limit, which nobody decides on; all that waits goes before it."""
        way = course.way
        parts = self.drain(course)
        self.lane.guard(way, lambda: self.lane.hand_on_piece(way, piece))
        course.inbound.lose(course.direction)
        if piece.compressed and way.deflater is not None:
            parts.append(way.rewrite_piece(piece))
        return parts

    def batch(self, course: Course, opcodes: list[int], contents: list[bytes]) -> Batch:
        """Messages as they came, each with what came before it."""
        batch = self.lane.batch_of(course.way, opcodes, contents)
        batch.before = course.inbound.follow(batch.reader, course.direction, opcodes, contents)
        return batch

    def wants(self, course: Course, batch: Batch) -> bool:
        """True if any of the messages is of interest, or a close frame has to wait for what is aside."""
        changer = self.changer
        if not course.flow.is_empty and Opcode.CLOSE in batch.opcodes:
            return True
        if changer is None or not course.heeded:
            return False
        return self.ask(lambda: changer.wants(course.direction, batch.payloads), default=False)

    def rule_unit(
        self, course: Course, message: Message, raw: bytes, now: float, going: Going | None = None
    ) -> list[bytes]:
        """One message or control frame: what goes out at once. Where our own code fails, it passes.

        `going` is what a hook of mitmproxy's has made of it.
        """
        try:
            if message.opcode >= PLAIN:
                return self.rule_control(course, message, raw, now)
            return self.rule_message(course, message, raw, now, going)
        except Exception as error:
            self.blame(error)
            return [raw]

    def rule_control(self, course: Course, message: Message, raw: bytes, now: float) -> list[bytes]:
        """A ping or a pong passes at once; a close frame when all in front of it has gone on."""
        if message.opcode is not Opcode.CLOSE:
            self.tell_plain(course)
            self.lane.hand_on_batch(course.way, [message.opcode], [message.content])
            return [raw]
        course.answered = True
        if self.shut:
            self.tell_plain(course)
            self.lane.hand_on_one(course.way, Opcode.CLOSE, message.content, Fate.DROPPED, shown=False)
            self.urgent = True
            return []
        course.flow.put_last(Going(Opcode.CLOSE, message.content, message.content, raw), now)
        return self.due(course, now)

    def rule_message(
        self, course: Course, message: Message, raw: bytes, now: float, going: Going | None = None
    ) -> list[bytes]:
        """One message."""
        course.arrived += 1
        going = going or Going(message.opcode, message.content, message.content, raw)
        going.serial = course.arrived
        changer, verdict = self.changer, None
        if self.shut:
            going.content = None
        elif changer is not None and course.heeded and going.content is not None:
            verdict = self.ask(lambda: changer.consider(message, now), default=None)
        if verdict is None:
            if course.is_clear:
                return self.depart(course, going)
            course.flow.put(going, len(raw) + OVERHEAD, now)
            return []
        if verdict.hold is not None and (verdict.hold.by or self.lane.host.holder) is None:
            verdict = replace(verdict, hold=None)  # there is nobody to let it go on
        going.content, going.hits, going.copies = verdict.content, verdict.hits, verdict.copies
        parts = self.start(course, going, verdict, message, now)
        return parts + self.follow_up(course, verdict, now)

    def start(self, course: Course, going: Going, verdict: Verdict, message: Message, now: float) -> list[bytes]:
        """Let a message go, or wait."""
        if going.content is None or (course.is_clear and not is_timed(verdict)):
            return self.depart(course, going)
        parcel = course.flow.put(going, len(going.raw) + len(going.content) + OVERHEAD, now, verdict)
        hold = verdict.hold
        if hold is not None and (holder := hold.by or self.lane.host.holder) is not None:
            settle = partial(self.settle, course, parcel)
            going.held = Held(message, hold.rule, parcel.ready, hold.in_order, settle, hold.by)
            holder.held(going.held)
        return []

    def settle(self, course: Course, parcel: Parcel[Going], content: bytes | None) -> None:
        """Somebody has decided on a message that is held."""
        if not self.is_over and course.settle(parcel, content, time.monotonic()):
            self.arrange()

    # what a verdict asks for besides

    def follow_up(self, course: Course | None, verdict: Verdict, now: float) -> list[bytes]:
        """Carry out what does not concern the message itself; what goes out at once in this direction."""
        parts: list[bytes] = []
        for emission in verdict.emissions:
            parts += self.emit(course, emission, verdict.hits, now)
        if verdict.stall > 0:
            self.stall((course,) if course is not None else self.courses.values(), now + verdict.stall)
        if verdict.close is not None and self.order is None and not self.ordered:
            self.order = verdict.close
            self.urgent = True
        for sentence in verdict.logs:
            self.lane.host.say(self.lane.track, sentence)
        return parts

    def stall(self, courses: Iterable[Course], until: float) -> None:
        """Read nothing from the senders up to a time."""
        for course in courses:
            course.stalled_until = max(course.stalled_until, until)
            course.flow.shut(course.stalled_until)

    def emit(self, course: Course | None, emission: Emission, hits: tuple[str, ...], now: float) -> list[bytes]:
        """Send a message of our own; `course` is the direction that is being sent in at the moment."""
        target = self.courses[emission.direction]
        way = target.way
        if way.reader is None or way.closing or way.ended or self.shut:
            self.lane.host.say(self.lane.track, f"nothing can be sent {way.direction.arrow} any more.", warning=True)
            return []
        going = Going(emission.opcode, emission.content, emission.content, hits=hits)
        if target is course and emission.delay <= 0 and way.between_messages:
            return self.depart(target, going)
        verdict = Verdict(emission.content, delay=max(emission.delay, 0.0), overtaken=True)
        target.flow.put(going, len(emission.content) + OVERHEAD, now, verdict)
        return []

    def begin_close(self, now: float) -> None:
        """Put our close frames behind what waits."""
        order, self.order, self.ordered = self.order, None, True
        assert order is not None
        self.shut = True
        payload = close_payload(order.code, order.reason)
        for course in self.courses.values():
            if course.way.reader is not None and not course.way.closing and not course.way.ended:
                course.flow.put_last(Going(Opcode.CLOSE, payload, payload), now)
        self.abort_at = now + 2 * ANSWER_SECONDS

    @property
    def is_closed(self) -> bool:
        """True once both peers have answered our close frames, and have them."""
        return self.shut and all(each.answered and each.flow.is_empty for each in self.courses.values())

    # what goes out

    def due(self, course: Course, now: float) -> list[bytes]:
        """What goes out now of all that waits in a direction."""
        flow = course.flow
        if flow.is_empty:
            if now >= flow.shut_until:
                flow.shut_until = -math.inf
            return []
        before = flow.spilt
        parts = self.departing(course, flow.due(now))
        if flow.spilt > before == 0:
            self.lane.host.say(
                self.lane.track,
                f"more than {flow.limits.messages:,} messages or {flow.limits.size >> 20} MiB wait "
                f"{course.direction.arrow}; those that have waited longest pass before their time.",
                warning=True,
            )
        return parts

    def drain(self, course: Course) -> list[bytes]:
        """All that waits in a direction, whose time it is now."""
        return self.departing(course, course.flow.drain())

    def departing(self, course: Course, goings: Iterable[Going]) -> list[bytes]:
        """The bytes of messages that go out."""
        parts: list[bytes] = []
        for going in goings:
            parts += self.depart(course, going)
        self.tell_plain(course)
        return parts

    def depart(self, course: Course, going: Going) -> list[bytes]:
        """The bytes of one message that goes out, which is told of."""
        if going.held is not None and not going.settled:
            holder = going.held.by or self.lane.host.holder
            if holder is not None:
                holder.gone(going.held, "the connection has ended" if self.is_over else "its time was over")
        if going.opcode == Opcode.CLOSE:
            return self.depart_close(course, going)
        if course.way.closing and not going.raw:
            return []  # nothing follows a close frame (RFC 6455, section 5.5.1)
        fate, content, original = going.fate, going.content, None
        if fate is Fate.CHANGED:
            original = going.original
        parts = [course.data_for(going)]
        self.tell(course, going, fate, going.original if content is None else content, original)
        for _ in range(going.copies if content is not None else 0):
            parts.append(course.data_for_copy(going))
            self.tell(course, going, Fate.INJECTED, content or b"", None)
        return parts

    def depart_close(self, course: Course, going: Going) -> list[bytes]:
        """A close frame: a peer's, or our own."""
        self.tell_plain(course)
        content = going.content or b""
        if going.raw:
            self.lane.hand_on_batch(course.way, [Opcode.CLOSE], [content])
            return [going.raw]
        self.lane.note_close(course.way, content, ours=True)
        self.lane.hand_on_one(course.way, Opcode.CLOSE, content, Fate.INJECTED, shown=False)
        return [course.way.frame(Opcode.CLOSE, content)]

    def tell(self, course: Course, going: Going, fate: Fate, content: bytes, original: bytes | None) -> None:
        """Tell of one message; those that simply passed are told of together."""
        if fate is Fate.PASSED and not going.hits and not going.shown:
            self.stretch.append(going)
            return
        self.tell_plain(course)
        self.lane.hand_on_one(course.way, going.opcode, content, fate, original, shown=going.shown, hits=going.hits)

    def tell_plain(self, course: Course) -> None:
        """Tell of what has simply passed in a direction."""
        if self.stretch:
            passed, self.stretch = self.stretch, []
            self.lane.hand_on_batch(course.way, [each.opcode for each in passed], [each.original for each in passed])

    def give_up_all(self) -> None:
        """The connection is over: nothing of what waits goes on."""
        self.alarm.cancel()
        self.is_over = True
        for course in self.courses.values():
            for going in course.flow.drain():
                if going.raw and going.opcode < PLAIN:
                    going.content = None
                    self.depart(course, going)

    # time

    def arrange(self) -> None:
        """Set the alarm to the next time at which anything is due."""
        times = [course.flow.next_time for course in self.courses.values()]
        times += [each.stalled_until for each in self.courses.values() if each.stalled_until > -math.inf]
        times += [0.0] if self.urgent else []
        times.append(None if self.abort_at == math.inf else self.abort_at)
        self.alarm.set(min((each for each in times if each is not None), default=None))
