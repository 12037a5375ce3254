"""One message on its way through the rules: what it has become so far, and what else is to be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from paperknife.mutation.rules.standing import Standing
from paperknife.mutation.verdict import Emission, Verdict
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.printable import printable
from paperknife_decoders.splice import SpliceError
from paperknife_decoders.splice.envelopes import opened_way
from paperknife_decoders.splice.own import own_message
from paperknife_decoders.steps import Opened, closed_without

if TYPE_CHECKING:
    from paperknife.mutation.scripts.walk import Walk

__all__ = ["Act", "Course", "Outcome"]

NO_ENVELOPE = Envelope(b"", Form.BYTES)
"""Where there is no message, because a connection opens or closes."""

MOST_EMISSIONS = 1000
"""Messages of ours that one message brings about."""

MOST_TOLD = 1000
"""Sentences on messages of ours, each of which is said once on a connection."""


@dataclass(slots=True)
class Outcome(Verdict):
    """A verdict in the making: what rules want to be done, gathered from all of them."""

    content: bytes | None = None
    is_final: bool = False
    """No further rule is asked."""
    walk: Walk | None = None
    """Functions of which one awaits something: the message is kept until all of them have come to their end."""
    counts: tuple[str, ...] = ()
    """Counters that are one higher."""
    bytes_edits: tuple[Callable[[bytes], bytes], ...] = ()
    """What is done to the bytes of the whole message at the end."""
    parts: tuple[bytes, ...] | None = None
    """The envelopes, where one has changed."""
    gone: frozenset[int] = frozenset()
    """The envelopes that are dropped, by their places."""

    def add(self, verdict: Verdict | None) -> None:
        """Have done besides what a verdict without a message asks for."""
        if verdict is not None:
            self.emissions += verdict.emissions
            self.logs += verdict.logs
            self.close = self.close or verdict.close


@dataclass(slots=True)
class Course:
    """One message, of which envelope number `place` is looked at, or an opening or closing connection without one."""

    standing: Standing
    message: Message | None = None
    place: int = 0
    outcome: Outcome = field(default_factory=Outcome)
    opened: Opened | None = None
    known: tuple[bytes, Envelope] | None = None
    may_differ: bool = False
    """The envelope may have become one of another payload."""

    @property
    def random(self) -> Callable[[], Random]:
        """The chance of the rule that is at work."""
        return self.standing.random

    @property
    def envelope(self) -> Envelope:
        """The envelope as it is by now."""
        return self.envelope_at(self.place)

    def envelope_at(self, place: int) -> Envelope:
        """The one of that number as it is by now."""
        if self.message is None:
            return NO_ENVELOPE
        own = self.message.envelopes[place]
        parts = self.outcome.parts
        if parts is None or parts[place] == own.data:
            return own
        data = parts[place]
        if self.known is None or self.known[0] != data:
            self.known = data, read_envelope(data, own.type)
        return self.known[1]

    def edit(self, splicer: Callable[[bytes], bytes], *, keeps_payload: bool = False) -> None:
        """Change the bytes of the envelope, which may become one of another payload unless this `keeps_payload`.

        Raises `SpliceError` where this message has no fields to be changed.
        """
        parts = self._parts()
        place = self.place
        changed = splicer(parts[place])
        if changed != parts[place]:
            self.outcome.parts = (changed,) if len(parts) == 1 else (*parts[:place], changed, *parts[place + 1 :])
            self.may_differ |= not keeps_payload

    def drop(self) -> None:
        """Drop the envelope, and the message where no other one is left in it."""
        self.outcome.gone |= {self.place}

    @property
    def is_done(self) -> bool:
        """True if no further rule is asked about this envelope."""
        return self.outcome.is_final or self.place in self.outcome.gone

    @property
    def is_dropped(self) -> bool:
        """True if nothing of the message goes on."""
        gone, message = self.outcome.gone, self.message
        return bool(gone) and message is not None and len(gone) >= len(message.envelopes)

    def emit(self, emissions: Iterable[Emission]) -> None:
        """Send messages of our own, of which none is made any more where a chunk of tiny ones has led to enough.

        Raises `SpliceError` for too many.
        """
        made: list[Emission] = []
        for emission in emissions:
            if len(self.outcome.emissions) + len(made) >= MOST_EMISSIONS:
                raise SpliceError(f"one message brings about at most {MOST_EMISSIONS:,} others")
            if not self.standing.may_send(len(emission.content)):
                break
            made.append(emission)
        self.outcome.emissions = (*self.outcome.emissions, *made)

    def emission(self, direction: Direction, envelope: bytes, delay: float = 0.0) -> Emission:
        """A message with an envelope, in the form that messages of a direction have. Raises `SpliceError`."""
        reader = self.standing.reader
        own = own_message(reader, direction, envelope)
        if own.told and own.told not in reader.moulds.told and len(reader.moulds.told) < MOST_TOLD:
            reader.moulds.told.add(own.told)
            rule = f"rule {printable(self.standing.rule)}: " if self.standing.rule else ""
            self.outcome.logs = (*self.outcome.logs, rule + own.told)
        return Emission(direction, reader.quick_opcode, own.content, delay, self.standing.rule)

    def emission_of(self, direction: Direction, content: bytes, delay: float = 0.0) -> Emission:
        """A message of any bytes."""
        return Emission(direction, self.standing.reader.quick_opcode, content, delay, self.standing.rule)

    def _parts(self) -> tuple[bytes, ...]:
        """The envelopes' bytes, ready to be changed."""
        if self.outcome.parts is not None:
            return self.outcome.parts
        if self.message is None:
            raise SpliceError("there is no message here whose fields could be changed")
        if self.opened is None:
            self.opened = way_of(self.message)
        if self.place >= len(self.opened.parts):
            raise SpliceError("this message holds no envelope, so no field can be changed")
        return self.opened.parts

    def content(self) -> bytes | None:
        """What goes on in the message's place. Raises `SpliceError` where it cannot be put together again."""
        outcome, message = self.outcome, self.message
        gone = outcome.gone if outcome.walk is None else outcome.gone - outcome.walk.undecided
        if message is None or (gone and len(gone) >= len(message.envelopes)):
            return None
        content = message.content
        if gone:
            left = [None if place in gone else part for place, part in enumerate(self._parts())]
            assert self.opened is not None
            content = closed(self.opened, left)
        elif outcome.parts is not None and self.opened is not None and outcome.parts != self.opened.parts:
            content = closed(self.opened, outcome.parts)
        for edit in outcome.bytes_edits:
            content = edit(content)
        return message.content if content == message.content else content

    def verdict(self) -> Verdict:
        """What is to become of the message. Raises `SpliceError` where it cannot be put together again."""
        done = self.outcome
        done.content = self.content()
        if len(done.hits) > 1:
            done.hits = tuple(dict.fromkeys(done.hits))  # a rule may have taken several envelopes of it
        if done.walk is not None:
            done.hold = done.walk.keep(done.hold)
        return done


def way_of(message: Message) -> Opened:
    """The way to a message's envelopes and back; a bare one that was read already is not read again."""
    reader, direction, opcode = message.reader, message.direction, message.opcode
    if message.envelopes[0].form is Form.DECODED and not reader.has_steps(direction, opcode):
        return Opened((message.content,), b"".join)
    return opened_way(reader, direction, opcode, message.content, message.before)


def closed(opened: Opened, parts: Sequence[bytes | None]) -> bytes:
    """The content that holds these envelopes, without those that are None."""
    try:
        return closed_without(opened, parts)
    except DecodeError as error:
        raise SpliceError(f"the changed message cannot be put together again: {error}") from error
    except ValueError as error:
        raise SpliceError(f"the message cannot be put together with so many envelopes: {error}") from error


type Act = Callable[[Course], None]
"""Does one thing. Raises `SpliceError` where that cannot be done with this message."""
