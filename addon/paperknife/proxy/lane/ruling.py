"""What rules, scripts and a user's hand have decided on one connection, carried out: which bytes go on, and when.

Nothing here sends. `rule` gives what goes out at once in its direction; all else waits in a `course` until `alarm` has
the lane woken, which then asks `due` for it.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from paperknife.mutation.flow import Parcel, is_timed
from paperknife.mutation.held import Held
from paperknife.mutation.verdict import Changer, CloseOrder, Emission, Verdict
from paperknife.proxy.lane.course import Course, Going
from paperknife.proxy.lane.received import Piece, Received, Segment
from paperknife.proxy.lane.untold import Untold
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

CONTROL = CLOSE = int(Opcode.CLOSE)
"""Opcodes from that of a close frame on are those of control frames (RFC 6455, section 5.5)."""

AS_IT_CAME = (Fate.PASSED, Fate.DROPPED)
"""Fates of messages that are told of as they were."""


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
        self.untold = Untold(lane)

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
        batch = None
        if received.opcodes:
            batch = self.batch(course, received.opcodes, received.contents)
            if course.is_plain and not self.shut and not received.pieces and not self.wants(course, batch):
                course.pass_on(len(batch))
                self.lane.hand_on_made(way, batch)
                return [segment.raw for segment in received.segments]
        pieces = deque(received.pieces)
        for segment in received.segments:
            while pieces and segment.follows(pieces[0], len(received.pieces) - len(pieces)):
                parts += self.rule_piece(course, pieces.popleft())
            if segment.index >= 0 and batch is not None:
                parts += self.rule_segment(course, segment, batch, now)
            else:
                parts += self.drain(course)
                if way.reader is None or not segment.compressed or way.deflater is None:
                    parts.append(segment.raw)
        for piece in pieces:
            parts += self.rule_piece(course, piece)
        if way.between_messages:
            parts += self.due(course, now)
        self.untold.tell()
        return parts

    def rule_segment(self, course: Course, segment: Segment, batch: Batch, now: float) -> list[bytes]:
        """The messages of a segment: those that nobody does anything with pass as they came."""
        messages, parts = batch.messages, []
        passed: list[Message] = []
        plain = course.is_plain and not self.shut
        for index, raw in segment.units():
            message = messages[index]
            opcode = batch.opcodes[index]
            verdict = self.verdict_on(course, message, now) if opcode < CONTROL else None
            if verdict is None and plain and opcode != CLOSE:
                passed.append(message)
                parts.append(raw)
                course.pass_on(1)
                continue
            self.untold.extend(passed)
            passed = []
            parts += self.rule_unit(course, message, raw, now, verdict)
            plain = course.is_plain and not self.shut
        if len(passed) == len(messages):
            self.lane.hand_on_made(course.way, batch)  # which has found out already what it holds
        else:
            self.untold.extend(passed)
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
        batch.heads  # noqa: B018 - what masks needs them too, and payloads come of them
        return self.ask(lambda: changer.wants(course.direction, batch.payloads), default=False)

    def verdict_on(self, course: Course, message: Message, now: float) -> Verdict | None:
        """What is decided on a message."""
        changer = self.changer
        if changer is None or not course.heeded or self.shut:
            return None
        try:
            return changer.consider(message, now)
        except Exception as error:
            self.blame(error)
            return None

    def rule_unit(  # noqa: PLR0913, PLR0917
        self,
        course: Course,
        message: Message,
        raw: bytes,
        now: float,
        verdict: Verdict | None,
        going: Going | None = None,
    ) -> list[bytes]:
        """One message or control frame: what goes out at once. Where our own code fails, it passes.

        `going` is what a hook of mitmproxy's has made of it.
        """
        try:
            if message.opcode >= CONTROL:
                return self.rule_control(course, message, raw, now)
            going = going or Going(message.opcode, message.content, message.content, raw, message=message)
            return self.rule_message(course, going, message, verdict, now)
        except Exception as error:
            self.blame(error)
            return [raw]

    def rule_control(self, course: Course, message: Message, raw: bytes, now: float) -> list[bytes]:
        """A ping or a pong passes at once; a close frame when all in front of it has gone on."""
        if message.opcode is not Opcode.CLOSE:
            self.untold.add(message)
            return [raw]
        course.answered = True
        if self.shut:
            message.fate = Fate.DROPPED
            self.untold.add(message)
            self.urgent = True
            return []
        course.flow.put_last(Going(Opcode.CLOSE, message.content, message.content, raw, message=message), now)
        return self.due(course, now)

    def rule_message(
        self, course: Course, going: Going, message: Message, verdict: Verdict | None, now: float
    ) -> list[bytes]:
        """One message."""
        course.arrived += 1
        going.serial = course.arrived
        if self.shut:
            going.content = None
        if verdict is None or going.content is None:
            if course.is_clear or going.content is None:
                return self.depart(course, going)
            course.flow.put(going, len(going.raw) + OVERHEAD, now)
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
        self.untold.tell()
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
        parts = [course.data_for(going)]
        self.untold.add(self.told_of(course, going, going.fate), shown=going.shown)
        for _ in range(going.copies if going.content is not None else 0):
            parts.append(course.data_for_copy(going))
            self.untold.add(self.told_of(course, going, Fate.INJECTED))
        return parts

    def told_of(self, course: Course, going: Going, fate: Fate) -> Message:
        """A message as it is told of."""
        message, content = going.message, going.content
        if message is not None and fate in AS_IT_CAME and message.content == going.original:
            message.fate, message.hits, message.time_ns = fate, going.hits, time.time_ns()
            return message
        content = going.original if content is None else content
        original = going.original if fate is Fate.CHANGED else None
        return self.lane.message_of(course.way, going.opcode, content, fate, original, going.hits)

    def depart_close(self, course: Course, going: Going) -> list[bytes]:
        """A close frame: a peer's, or our own."""
        content = going.content or b""
        if going.message is not None:
            self.untold.add(going.message)
            self.untold.tell()
            self.lane.note_close(course.way, content)
            return [going.raw]
        self.lane.note_close(course.way, content, ours=True)
        self.untold.add(self.told_of(course, going, Fate.INJECTED))
        return [course.way.frame(Opcode.CLOSE, content)]

    def give_up_all(self) -> None:
        """The connection is over: nothing of what waits goes on."""
        self.alarm.cancel()
        self.is_over = True
        for course in self.courses.values():
            for going in course.flow.drain():
                if going.raw and going.opcode < CONTROL:
                    going.content = None
                    self.depart(course, going)
        self.untold.tell()

    # time

    def arrange(self) -> None:
        """Set the alarm to the next time at which anything is due."""
        times = [course.flow.next_time for course in self.courses.values()]
        times += [each.stalled_until for each in self.courses.values() if each.stalled_until > -math.inf]
        times += [0.0] if self.urgent else []
        times.append(None if self.abort_at == math.inf else self.abort_at)
        self.alarm.set(min((each for each in times if each is not None), default=None))
