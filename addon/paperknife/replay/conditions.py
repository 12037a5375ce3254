"""What each recorded message of a server waits for: the request that it answers, its subscription, or all before it."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass

from paperknife.recording.items import Closed
from paperknife.recording.subjects import subject_of
from paperknife.replay.echoes import Echoes
from paperknife.replay.timeline import Act
from paperknife_decoders.correlation import Correlator
from paperknife_decoders.difference import fingerprint
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.volatile import Volatile

__all__ = ["Reply", "Request", "Requests", "Step", "conditions", "is_beat", "is_heartbeat"]

MOST_SUBJECTS = 1 << 16
"""Subjects (symbols, rooms) whose subscription is remembered; the oldest is forgotten first."""


@dataclass(slots=True, eq=False)
class Request:
    """An envelope that the recorded client sent. `matched` is when the live client sent the same, on its clock."""

    number: int
    time_ns: int
    envelope: Envelope
    print: bytes
    matched: float | None = None


@dataclass(slots=True, eq=False)
class Reply:
    """A message that the recorded server sent: it comes after `needs`, which it answers, with what they said.

    One that answers nothing comes after its subscription, or else after all of the first `after` requests.
    """

    message: Message
    after: int = 0
    needs: tuple[Request, ...] = ()
    answers: tuple[Envelope, ...] = ()
    subscriptions: Subscriptions | None = None

    def subscribed(self) -> tuple[Request, ...]:
        """The requests before it that are about what it is about."""
        if self.subscriptions is None:
            return ()
        found = (each for envelope in self.message.envelopes for each in self.subscriptions.of(envelope))
        return tuple(dict.fromkeys(each for each in found if each.number <= self.after))

    @property
    def is_heartbeat(self) -> bool:
        """True if it says nothing but that the server is there."""
        return is_heartbeat(self.message)


type Step = Request | Reply | Closed


def is_heartbeat(message: Message) -> bool:
    """True if all envelopes of a message are heartbeats, and there is one."""
    envelopes = message.envelopes
    return bool(envelopes) and all(is_beat(message, each) for each in envelopes)


def is_beat(message: Message, envelope: Envelope) -> bool:
    """True if this one of a message's envelopes is a heartbeat."""
    return message.reader.protocol.is_heartbeat(envelope)


def conditions(acts: Iterator[Act], volatile: Volatile) -> Iterator[Step]:
    """What was said, with what it waits for. Heartbeats of the client are nothing to wait for, and left out."""
    asked = Asked(volatile)
    for act in acts:
        if isinstance(act, Closed):
            yield act
        elif act.direction is Direction.CLIENT:
            yield from asked.requests(act)
        else:
            yield asked.reply(act)


class Asked:
    """What the recorded client has asked so far, and what it has subscribed to."""

    def __init__(self, volatile: Volatile) -> None:
        self.count = 0
        self._volatile = volatile
        self._correlator = Correlator()
        self._subscriptions = Subscriptions()
        self._echoes = Echoes()

    def requests(self, message: Message) -> Iterator[Request]:
        """Each of the client's envelopes that a reply may wait for."""
        for envelope in message.envelopes:
            if is_beat(message, envelope):
                self._correlator.observe(message, envelope, envelope)
                self._echoes.answered(message, envelope)
                continue
            self.count += 1
            request = Request(self.count, message.time_ns, envelope, fingerprint(envelope, self._volatile))
            self._correlator.observe(message, envelope, request)
            self._subscriptions.add(request)
            yield request

    def reply(self, message: Message) -> Reply:
        """A message of the server, with what it waits for."""
        needs: list[Request] = []
        answers: list[Envelope] = []
        for envelope in message.envelopes:
            answer = self._correlator.observe(message, envelope)
            echoed = self._echoes.answered(message, envelope) if is_beat(message, envelope) else None
            match answer.mark if answer is not None else echoed:
                case Request() as request:
                    needs.append(request)
                    answers.append(request.envelope)
                case Envelope() as heartbeat:
                    answers.append(heartbeat)
        if needs:
            return Reply(message, self.count, tuple(dict.fromkeys(needs)), tuple(answers))
        return Reply(message, self.count, (), tuple(answers), self._subscriptions)


class Subscriptions:
    """The first request on each subject: a symbol, a room. An order that comes later is about it too, but no reason."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str | bytes | int], Request] = OrderedDict()

    def add(self, request: Request) -> None:
        """One more request, which may be about something."""
        for each in subject_of(request.envelope):
            self._known.setdefault(each, request)
        while len(self._known) > MOST_SUBJECTS:
            self._known.popitem(last=False)

    def of(self, envelope: Envelope) -> Iterator[Request]:
        """Those about what an envelope is about."""
        for each in subject_of(envelope):
            if (request := self._known.get(each)) is not None:
                yield request


class Requests:
    """Recorded requests that the live client has still to send, in their order."""

    def __init__(self) -> None:
        self._open: OrderedDict[int, Request] = OrderedDict()
        self._by_print: dict[bytes, deque[Request]] = {}

    def add(self, request: Request) -> None:
        """One more that is expected."""
        self._open[request.number] = request
        self._by_print.setdefault(request.print, deque()).append(request)

    def find(self, print: bytes) -> Request | None:
        """The first one that is the same but for what is volatile."""
        same = self._by_print.get(print)
        return same[0] if same else None

    def match(self, request: Request, now: float) -> None:
        """It was sent."""
        request.matched = now
        del self._open[request.number]
        same = self._by_print[request.print]
        same.remove(request)
        if not same:
            del self._by_print[request.print]

    @property
    def first(self) -> int:
        """The number of the first one that was not sent; beyond all numbers where there is none."""
        return next(iter(self._open), 1 << 62)

    def __iter__(self) -> Iterator[Request]:
        return iter(self._open.values())

    def __len__(self) -> int:
        return len(self._open)
