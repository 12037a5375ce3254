"""What rules, scripts and a user's hand have decided on one connection, carried out: which bytes go on, and when.

Nothing here sends. `rule` gives what goes out at once in its direction; all else waits in a `course` until `alarm` has
the lane woken, which then asks `due` for it.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace
from functools import partial

from paperknife.mutation.chain import with_content
from paperknife.mutation.flow import Parcel, is_timed
from paperknife.mutation.held import ENDING, Held
from paperknife.mutation.verdict import Changer, Verdict
from paperknife.proxy.lane.course import Course, Going
from paperknife.proxy.lane.outgoing import CONTROL, OVERHEAD, Outgoing
from paperknife.proxy.lane.received import Piece, Received, Segment
from paperknife.traffic import Batch
from paperknife_decoders.message import Fate, Message, Opcode

__all__ = ["Ruling"]

CLOSE = int(Opcode.CLOSE)


class Ruling(Outgoing):
    """What is decided on one connection, by its `changer`."""

    changer: Changer | None = None

    def use(self, changer: Changer | None) -> None:
        """Let this one decide from now on; nobody, where it is None."""
        self.changer = changer
        for direction, course in self.courses.items():
            course.heeded = changer is not None and self.ask(partial(changer.heeds, direction), default=True)

    # messages that came

    def rule(self, course: Course, received: Received) -> list[bytes]:
        """What goes out at once for what was read."""
        now, way = time.monotonic(), course.way
        self.made = self.made_size = 0
        parts: list[bytes] = []
        batch = None
        if received.opcodes:
            batch = self.batch(course, received.opcodes, received.contents)
            if course.is_plain and not self.shut and not received.pieces and not self.wants(course, batch):
                course.pass_on(len(batch))
                self.ask(partial(self.note, course, batch), default=None)
                self.ask(partial(self.lane.hand_on_made, way, batch), default=None)
                return [segment.raw for segment in received.segments]
        self.lane.host.comes(batch)
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
        self.lane.host.comes(None)
        return parts

    def rule_segment(self, course: Course, segment: Segment, batch: Batch, now: float) -> list[bytes]:
        """The messages of a segment: those that nobody does anything with pass as they came, many at once."""
        messages, parts = batch.messages, []
        at, stop = segment.index, segment.index + segment.count
        while at < stop:
            first, verdict = at, None
            plain = course.is_plain and not self.shut
            while at < stop:
                opcode = batch.opcodes[at]
                verdict = self.verdict_on(course, messages[at], now) if opcode < CONTROL else None
                if verdict is not None or not plain or opcode == CLOSE:
                    break
                at += 1
            if at > first:
                parts.append(segment.part(first, at))
                course.pass_on(at - first)
                if at - first == len(messages):
                    # it has found out already what it holds
                    self.ask(partial(self.lane.hand_on_made, course.way, batch), default=None)
                else:
                    self.untold.extend(messages[first:at])
            if at < stop:
                parts += self.rule_unit(course, messages[at], segment.part(at, at + 1), now, verdict)
                at += 1
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

    def note(self, course: Course, batch: Batch) -> None:
        """Keep what shows how messages of ours are to be made, where somebody may send some in this direction."""
        moulds = batch.reader.moulds
        if course.heeded and course.direction in moulds.followed:
            moulds.note_all(course.direction, batch.opcodes, batch.contents, batch.payloads, batch.before)

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
            message.reader.moulds.note(message)
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
        course.number(going)
        if self.shut:
            going.content = None
        if verdict is None or going.content is None:
            if course.is_clear or going.content is None:
                return self.depart(course, going)
            self.lane.host.waits(message, course.flow.put(going, len(going.raw) + OVERHEAD, now))
            return []
        verdict = self.with_holder(verdict)
        going.content, going.hits, going.copies = verdict.content, verdict.hits, verdict.copies
        parts = self.start(course, going, verdict, message, now)
        try:
            parts += self.follow_up(course, verdict, now)
        except Exception as error:  # it goes out, or waits, already: it is not to go out twice
            self.blame(error)
        return parts

    def start(self, course: Course, going: Going, verdict: Verdict, message: Message, now: float) -> list[bytes]:
        """Let a message go, or wait."""
        if going.content is None or (course.is_clear and not is_timed(verdict)):
            return self.depart(course, going)
        parcel = course.flow.put(going, len(going.raw) + len(going.content) + OVERHEAD, now, verdict)
        self.lane.host.waits(message, parcel)
        self.hold(course, parcel, with_content(message, going.content), verdict)
        return []

    def with_holder(self, verdict: Verdict) -> Verdict:
        """The verdict without its hold where there is nobody to let the message go on."""
        if verdict.hold is None or (verdict.hold.by or self.lane.host.holder) is not None:
            return verdict
        self.say_once(f"{verdict.hold.rule} holds messages, and there is nobody to ask: they pass.")
        return replace(verdict, hold=None)

    def hold(self, course: Course, parcel: Parcel[Going], message: Message, verdict: Verdict) -> None:
        """Have somebody asked about a message that is to be held, as it is by now."""
        hold = verdict.hold
        if hold is not None and (holder := hold.by or self.lane.host.holder) is not None:
            settle = partial(self.settle, course, parcel, message)
            parcel.item.settled = False
            behind = partial(course.flow.behind, parcel)
            held = parcel.item.held = Held(message, hold.rule, parcel.ready, hold.in_order, settle, hold.by, behind)
            try:
                holder.held(held)
            except Exception as error:  # nobody knows of it
                self.blame(error)
                settle(Verdict(message.content))

    def let_awaited_pass(self) -> None:
        """Have what is kept for somebody else than the user pass as it is: there is no time to wait any longer."""
        for course in self.courses.values():
            for parcel in course.flow.waiting():
                held = parcel.item.held
                if held is not None and held.by is not None and not parcel.item.settled:
                    self.ask(partial(held.by.gone, held, ENDING), default=None)
                    held.settle(Verdict(held.message.content))
            course.heeded = False

    def settle(self, course: Course, parcel: Parcel[Going], message: Message, verdict: Verdict) -> None:
        """Somebody has decided on a message that is held; it may be that somebody else is to be asked then."""
        now, verdict = time.monotonic(), self.with_holder(verdict)
        if self.is_over or not course.settle(parcel, verdict, now):
            return
        if verdict.content is not None:
            self.hold(course, parcel, with_content(message, verdict.content), verdict)
        self.follow_up(None, verdict, now)
        self.arrange()
