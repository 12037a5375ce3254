"""What goes out on a connection where rules have a say: at once or once it is due, and told of before it is sent."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from paperknife.mutation.flow import LIMITS_AT_ONCE
from paperknife.mutation.held import ENDED
from paperknife.mutation.verdict import CloseOrder, Emission, Verdict
from paperknife.proxy.lane.course import Course, Going
from paperknife.proxy.lane.untold import Untold
from paperknife.proxy.lane.waking import Alarm
from paperknife.proxy.lane.writing import close_payload
from paperknife_decoders.message import Fate, Message, Opcode

if TYPE_CHECKING:
    from paperknife.proxy.lane.telling import Telling
    from paperknife.proxy.lane.way import Way

__all__ = ["CONTROL", "OVERHEAD", "Outgoing"]

ANSWER_SECONDS = 5.0
"""So long both peers may take to answer a close frame of ours, before the connection is broken off."""

OVERHEAD = 400
"""Bytes that we need for a message that waits, besides its own."""

CONTROL = int(Opcode.CLOSE)
"""Opcodes from that of a close frame on are those of control frames (RFC 6455, section 5.5)."""

DUE_AT_ONCE = 1000
"""So many of the messages that are due go out before we look whether the proxy is to end."""

AS_IT_CAME = (Fate.PASSED, Fate.DROPPED)
"""Fates of messages that are told of as they were."""


class Outgoing:
    """What waits on one connection, and what goes out. `ring` has the lane woken."""

    def __init__(self, lane: Telling, ways: Iterable[Way], ring: Callable[[], None]) -> None:
        self.lane = lane
        self.courses = {way.direction: Course(way) for way in ways}
        self.alarm = Alarm(ring)
        self.order: CloseOrder | None = None
        self.blamed: tuple[str, ...] = ()
        """The rules that have ordered the end."""
        self.ordered = False
        self.shut = False
        """The end has been ordered: nothing that comes goes on, and our close frames stand behind what waits."""
        self.abort_at = math.inf
        self.is_over = False
        self.is_hurried = False
        """The proxy is about to end: what is due need not go out."""
        self.urgent = False
        """The lane is to be woken as soon as can be."""
        self.untold = Untold(lane)
        self.made = self.made_size = 0
        """Messages of our own since a peer was read from last, or something was due, and their bytes."""

    def ask[T](self, question: Callable[[], T], default: T) -> T:
        """What somebody says who decides or holds. None of them raises; where one does, it is told of once."""
        try:
            return question()
        except Exception as error:
            self.blame(error)
            return default

    def blame(self, error: Exception) -> None:
        """Tell of a fault of ours."""
        self.lane.host.failed(self.lane.track, error)

    # what a verdict asks for besides

    def follow_up(self, course: Course | None, verdict: Verdict, now: float) -> list[bytes]:
        """Carry out what does not concern the message itself; what goes out at once in this direction."""
        parts: list[bytes] = []
        for emission in verdict.emissions:
            parts += self.emit(course, emission, verdict.hits, now)
        if verdict.stall > 0:
            self.stall((course,) if course is not None else self.courses.values(), now + verdict.stall)
        if verdict.close is not None and self.order is None and not self.ordered:
            self.order, self.blamed = verdict.close, verdict.hits
            self.shut = self.urgent = True
        if verdict.logs:
            self.untold.tell()  # what is secret in what came before is known then
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
            self.say_once(f"nothing can be sent {way.direction.arrow} any more.")
            return []
        if not self.may_make(len(emission.content)):
            return []
        if course is not None and course.way.source is way.target:
            course.owes = True
        going = Going(
            emission.opcode, emission.content, emission.content, hits=(emission.rule,) if emission.rule else hits
        )
        if target is course and emission.delay <= 0 and way.between_messages:
            return self.depart(target, going)
        verdict = Verdict(emission.content, delay=max(emission.delay, 0.0), overtaken=True)
        target.flow.put(going, len(emission.content) + OVERHEAD, now, verdict)
        return []

    def may_make(self, size: int) -> bool:
        """Count a message of our own; False where what was read at once, or is due at once, leads to too many."""
        most = LIMITS_AT_ONCE
        if self.made >= most.messages or self.made_size > most.size:
            self.say_once(
                f"more than {most.messages:,} messages, or {most.size >> 20} MiB of them, were to be sent besides "
                "for what came at once; the rest is not sent."
            )
            return False
        self.made += 1
        self.made_size += size
        return True

    def say_once(self, sentence: str) -> None:
        """Warn of something once on this connection."""
        track = self.lane.track
        if sentence not in track.said:
            track.said.add(sentence)
            self.lane.host.say(track, sentence, warning=True)

    def begin_close(self, now: float) -> None:
        """Put our close frames behind what waits."""
        order, self.order, self.ordered = self.order, None, True
        assert order is not None
        payload = close_payload(order.code, order.reason)
        for course in self.courses.values():
            if course.way.reader is not None and not course.way.closing and not course.way.ended:
                course.flow.put_last(Going(Opcode.CLOSE, payload, payload, hits=self.blamed), now)
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
        parts: list[bytes] = []
        while goings := flow.due(now, DUE_AT_ONCE):
            parts += self.departing(course, goings)
            if self.is_hurried:
                break
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
                why = ENDED if self.is_over else "its time was over"
                self.ask(partial(holder.gone, going.held, why), default=None)
        if going.opcode == Opcode.CLOSE:
            return self.depart_close(course, going)
        if course.way.closing and not going.raw:
            return []  # nothing follows a close frame (RFC 6455, section 5.5.1)
        parts = [course.data_for(going)]
        self.untold.add(self.told_of(course, going, going.fate), shown=going.shown)
        for _ in range(going.copies if going.content is not None else 0):
            if not self.may_make(len(going.content or b"")):
                break
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
