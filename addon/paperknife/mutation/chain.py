"""Several who decide on one connection, one after the other: each sees what the one before it has left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from paperknife.mutation.held import Held, Holder
from paperknife.mutation.verdict import Changer, Hold, Verdict
from paperknife_decoders.message import Direction, Message

__all__ = ["Chain", "chained", "merged", "with_content"]


class Chain:
    """A `Changer` of several, in their order."""

    __slots__ = ("changers",)

    def __init__(self, changers: Sequence[Changer]) -> None:
        self.changers = tuple(changers)

    def heeds(self, direction: Direction) -> bool:
        """True if one of them does."""
        return any(each.heeds(direction) for each in self.changers)

    def wants(self, direction: Direction, payloads: Sequence[str]) -> bool:
        """True if one of them does."""
        return any(each.heeds(direction) and each.wants(direction, payloads) for each in self.changers)

    def consider(self, message: Message, now: float) -> Verdict | None:
        """What all of them make of a message; the last ones are not asked about what is dropped.

        While one of them does not know yet what goes on, the next ones wait for it.
        """
        return ask(self.changers, message, now)

    def opened(self, now: float) -> Verdict | None:
        """What all of them do when the connection opens."""
        return all_of(each.opened(now) for each in self.changers)

    def closed(self, now: float) -> Verdict | None:
        """What all of them say when it has ended."""
        return all_of(each.closed(now) for each in self.changers)


def ask(changers: Sequence[Changer], message: Message, now: float, found: Verdict | None = None) -> Verdict | None:
    """What these make of a message, one after the other; `found` is what was made of it before."""
    for number, each in enumerate(changers):
        verdict = each.consider(message, now) if each.heeds(message.direction) else None
        if verdict is None:
            continue
        hold, before = verdict.hold, found.hold if found is not None else None
        found = verdict if found is None else merged(found, verdict)
        if verdict.content is None:
            break
        if hold is not None and hold.by is not None:
            waiting = Waiting(hold.by, changers[number + 1 :], now, before)
            return replace(found, hold=replace(hold, by=waiting))
        message = with_content(message, verdict.content)
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """A `Holder` between the one that keeps a message and those that are asked about it once it has made up its mind.

    It came at the time `now`. What was to be held before is held then, if nobody else has it held.
    """

    by: Holder
    rest: Sequence[Changer]
    now: float
    hold: Hold | None

    def held(self, held: Held) -> None:
        """The message is kept."""
        self.by.held(replace(held, settle=lambda verdict: held.settle(self.settled(held, verdict))))

    def gone(self, held: Held, why: str) -> None:
        """It did not wait for a word."""
        self.by.gone(held, why)

    def settled(self, held: Held, verdict: Verdict) -> Verdict:
        """A verdict, and what the others make of the message that it leaves."""
        content = verdict.content
        if content is None:
            return verdict
        if verdict.hold is None and self.hold is not None:
            verdict = replace(verdict, hold=self.hold)
        return ask(self.rest, with_content(held.message, content), self.now, verdict) or verdict


def chained(changers: Iterable[Changer | None]) -> Changer | None:
    """Those that there are as one; None where there is none."""
    found = [each for each in changers if each is not None]
    if len(found) < 2:
        return found[0] if found else None
    return Chain(found)


def merged(first: Verdict, second: Verdict) -> Verdict:
    """Two verdicts on one message, of which the second is on what the first has left of it."""
    return Verdict(
        second.content,
        delay=first.delay + second.delay,
        overtaken=first.overtaken or second.overtaken,
        copies=(first.copies + 1) * (second.copies + 1) - 1,
        window=max(first.window, second.window),
        throttle=second.throttle or first.throttle,
        hold=second.hold or first.hold,
        stall=max(first.stall, second.stall),
        emissions=first.emissions + second.emissions,
        close=first.close or second.close,
        hits=first.hits + second.hits,
        logs=first.logs + second.logs,
    )


def all_of(verdicts: Iterable[Verdict | None]) -> Verdict | None:
    """Verdicts without a message, as one."""
    found: Verdict | None = None
    for verdict in verdicts:
        if verdict is not None:
            found = verdict if found is None else replace(merged(found, verdict), content=None)
    return found


def with_content(message: Message, content: bytes) -> Message:
    """The message with this content; itself where it is the one that it has."""
    if content == message.content:
        return message
    return Message(
        message.connection,
        message.direction,
        message.time_ns,
        message.opcode,
        content,
        message.reader,
        before=message.before,
    )
