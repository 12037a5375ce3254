"""What the rules decide for one connection."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from paperknife.mutation.rules.compiling import Rule
from paperknife.mutation.rules.course import Course
from paperknife.mutation.rules.form import Event
from paperknife.mutation.rules.standing import Standing, Tally
from paperknife.mutation.rules.tables import Fitted, Side
from paperknife.mutation.verdict import Verdict
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.expression import Frame, frame_of
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.printable import elide, printable
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.splice import SpliceError

if TYPE_CHECKING:
    from paperknife.mutation.rules.ruleset import RuleSet

__all__ = ["RuleChanger"]

LONGEST_FAULT = 300
NUMBER = attrgetter("number")


class RuleChanger:
    """A `paperknife.mutation.verdict.Changer` that goes by rules. `standing` is what it knows of the connection."""

    __slots__ = ("_fitted", "_protocol", "rules", "standing")

    def __init__(self, rules: RuleSet, standing: Standing) -> None:
        self.standing = standing
        self.rules = rules
        self._protocol: Protocol | None = None
        self._fitted = self._fit(standing.reader.protocol)

    def _fit(self, protocol: Protocol) -> Fitted:
        """The rules for the protocol that messages are read by, which a schema that was loaded anew replaces."""
        if protocol is not self._protocol:
            self._protocol, self._fitted = protocol, self.rules.fitted(protocol)
            reader = self.standing.reader
            reader.moulds.follow(self._fitted.framed, reader.quick_opcode)
        return self._fitted

    def heeds(self, direction: Direction) -> bool:
        """False if no rule concerns any message of this direction, nor sends one that has to look like these."""
        fitted = self._fit(self.standing.reader.protocol)
        interest = fitted.side(direction).interest
        return interest is None or bool(interest) or direction in fitted.framed

    def wants(self, direction: Direction, payloads: Sequence[str]) -> bool:
        """False if no rule concerns messages with these payloads."""
        fitted = self._fitted
        if self.standing.reader.protocol is not self._protocol:
            fitted = self._fit(self.standing.reader.protocol)
        interest = (fitted.client if direction is Direction.CLIENT else fitted.server).interest
        return interest is None or not interest.isdisjoint(payloads)

    def consider(self, message: Message, now: float) -> Verdict | None:
        """What is to become of a message; None where it passes untouched. Never raises."""
        try:
            return self._considered(message, now)
        except Exception as error:  # whatever it is, the message passes
            return self._complaint(message, "", f"the rules failed with {type(error).__name__}: {error}")

    def _considered(self, message: Message, now: float) -> Verdict | None:
        standing = self.standing
        standing.time_ns, standing.reader = message.time_ns, message.reader
        fitted = self._fit(message.reader.protocol)
        side = fitted.client if message.direction is Direction.CLIENT else fitted.server
        if not side.named and not side.others:
            return None
        course: Course | None = None
        for place, envelope in enumerate(message.envelopes):
            first = None
            if course is None:
                first = self._first(message, envelope, side)
                if first is None:
                    continue
                course = Course(standing, message)
            course.place = place
            self._walk(course, side, first, now)
            if course.outcome.is_final:
                break
        return self._verdict(course) if course is not None else None

    def _first(self, message: Message, envelope: Envelope, side: Side) -> Rule | None:
        """The first rule whose condition holds; None where there is none, as for most messages."""
        standing = self.standing
        frame: Frame | None = None
        for rule in side.rules_for(envelope.payload):
            if rule.when is None:
                return rule
            if frame is None:
                frame = frame_of(message, envelope, standing, side.slots)
            standing.rule, standing.seed = rule.name, rule.seed
            if rule.when.holds(frame):
                return rule
        return None

    def _walk(self, course: Course, side: Side, first: Rule | None, now: float) -> None:
        """Send an envelope through the rules from `first` on, whose condition holds, each time as it is by then."""
        message, standing = course.message, self.standing
        assert message is not None
        payload = course.envelope.payload
        rules = side.rules_for(payload)
        at = 0 if first is None else rules.index(first)
        while at < len(rules):
            rule = rules[at]
            at += 1
            standing.rule, standing.seed = rule.name, rule.seed
            when = rule.when if rule is not first else None
            if when is not None and not when.holds(frame_of(message, course.envelope, standing, side.slots)):
                continue
            self._apply(rule, course, now)
            if course.is_done:
                return
            if course.may_differ and course.envelope.payload != payload:
                payload = course.envelope.payload
                rules = side.rules_for(payload)
                at = bisect_left(rules, rule.number + 1, key=NUMBER)

    def _apply(self, rule: Rule, course: Course, now: float) -> None:
        """Do what a rule says, if it is its turn; all of it or nothing."""
        standing = self.standing
        tally = self.rules.tally(rule.name) if rule.occasions.in_run else standing.tally(rule.name)
        if not rule.is_always and not self._is_turn(rule, tally, now):
            return
        tally.hits += 1
        standing.count = tally.hits
        before = replace(course.outcome) if len(rule.acts) > 1 else course.outcome  # one action is done or is not
        try:
            for act in rule.acts:
                act(course)
        except SpliceError as error:
            course.outcome = before
            tally.hits -= 1
            self._complain(course, rule.name, str(error))
        else:
            course.outcome.hits = (*course.outcome.hits, rule.name)

    def _is_turn(self, rule: Rule, tally: Tally, now: float) -> bool:
        """True if a rule takes this one of the messages that it matches."""
        standing, when = self.standing, rule.occasions
        if when.between is not None and not when.between[0] <= now - standing.opened_at <= when.between[1]:
            return False
        tally.matches += 1
        number = tally.matches - when.after
        if number <= 0 or number % when.every:
            return False
        if when.limit is not None and tally.hits >= when.limit:
            return False
        return when.probability >= 1 or standing.random().random() < when.probability

    def _verdict(self, course: Course) -> Verdict | None:
        """What comes of a course; None where nothing was done and nothing is to be said."""
        done, hits = course.outcome, course.outcome.hits
        if not hits:
            return Verdict(course.message.content if course.message else None, logs=done.logs) if done.logs else None
        try:
            verdict = course.verdict()
        except SpliceError as error:
            return self._complaint(course.message, hits[-1], str(error))
        self.rules.count(hits, done.counts, is_event=course.message is None)
        return verdict

    # Faults

    def _complain(self, course: Course, rule: str, sentence: str) -> None:
        """Say what could not be done; once for each rule."""
        if self.rules.is_new_fault(rule):
            course.outcome.logs = (*course.outcome.logs, said(rule, sentence, course.message))

    def _complaint(self, message: Message | None, rule: str, sentence: str) -> Verdict | None:
        """The verdict on a message that passes as it came because something could not be done."""
        if not self.rules.is_new_fault(rule):
            return None
        return Verdict(message.content if message is not None else None, logs=(said(rule, sentence, message),))

    # Opening and closing

    def opened(self, now: float) -> Verdict | None:
        """What is to be done when the connection opens."""
        self.standing.opened_at = now
        return self._event(Event.OPEN, now)

    def closed(self, now: float) -> Verdict | None:
        """What is to be said when it has ended."""
        return self._event(Event.CLOSE, now)

    def _event(self, event: Event, now: float) -> Verdict | None:
        try:
            course, standing = Course(self.standing), self.standing
            nobody = Message(standing.number, Direction.CLIENT, standing.time_ns, Opcode.BINARY, b"", standing.reader)
            for rule in self._fit(self.standing.reader.protocol).events[event]:
                standing.rule, standing.seed = rule.name, rule.seed
                if rule.when is None or rule.when.holds(frame_of(nobody, course.envelope, standing, rule.when.slots)):
                    self._apply(rule, course, now)
                if course.outcome.is_final:
                    break
            return self._verdict(course)
        except Exception as error:  # the connection opens and closes all the same
            return self._complaint(None, "", f"the rules failed with {type(error).__name__}: {error}")


def said(rule: str, sentence: str, message: Message | None) -> str:
    """A line for the user; there is no `message` where a connection opens or closes."""
    where = f"rule {rule}" if rule else "rules"
    then = "; the message passes as it was." if message is not None else "."
    return f"! {printable(where)}: {printable(elide(sentence, LONGEST_FAULT))}{then}"
