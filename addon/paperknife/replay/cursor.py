"""Where one live connection stands in the recording: what may be sent now, and what the client's messages mean.

A cursor does no I/O and has no clock; all times are seconds of a clock of the caller's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice

from paperknife.recording.items import Closed
from paperknife.replay.conditions import Reply, Request, Requests, Step
from paperknife.replay.heartbeats import Heartbeats
from paperknife.replay.moves import Ended, Manner, Met, Missed, Mode, Send, Waiting
from paperknife.replay.pace import FASTEST, Pace
from paperknife_decoders.difference import fingerprint, nearest_of
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.learning import Learned, shifted
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.splice import SpliceError, edited

__all__ = ["Cursor"]

MOST_AHEAD = 10_000
MOST_BYTES_AHEAD = 32 << 20
"""So much of the recording is read beyond what was sent, in search of what the client says."""

MOST_HELD = 1000
"""Answers of a further round that are kept for requests that come after their time."""

MOST_COMPARED = 100
"""Messages that were not recorded and are compared with all that is expected; a flood of them must not hold us up."""
LARGEST_COMPARED = 256 << 10
"""Bytes of such a message; of a larger one only the payload is compared."""
MOST_LOOKED_AT = 256
"""Requests among which one of the same payload is looked for then."""


class Cursor:
    """One live connection's place in the steps of a recorded one."""

    def __init__(self, steps: Iterator[Step], manner: Manner, pace: Pace) -> None:
        self.mode = manner.mode
        self.manner = manner
        self.pace = pace
        self.learned = Learned(manner.protocol)
        self.requests = Requests()
        self.heartbeats = Heartbeats()
        self.allowed = 0
        """Messages that may be sent, where each step is told."""
        self.sent = self.met = self.missed = 0
        self.fault = ""
        """Why a message could not be rewritten, the last time that happened."""
        self._steps = steps
        self._ahead: deque[Reply | Closed] = deque()
        self._bytes_ahead = 0
        self._is_read = False
        self._is_repeat = False
        self._held: deque[Reply] = deque(maxlen=MOST_HELD)
        """Answers of this round whose requests may still come again."""
        self._last_met: Request | None = None

    def repeat(self, steps: Iterator[Step], recorded_ns: int, now: float) -> None:
        """Begin anew. What answers nothing is sent again; an answer only if its request came again."""
        self._steps, self._is_read, self._is_repeat = steps, False, True
        self._held.clear()
        self.requests = Requests()
        self.pace.begin(recorded_ns, now)

    def heartbeat(self, envelope: Envelope) -> bytes | None:
        """What to say to a heartbeat of the live client; None for nothing, as the recorded server did."""
        while (answer := self.heartbeats.answer) is None:  # it may stand behind what is waited for
            if self._is_full or not self._read():
                return None
        self.learned.learn(answer.answers[0], envelope, Direction.CLIENT)
        return self.as_live(answer.message)

    def beat(self, now: float) -> Send | None:
        """A heartbeat, where the next one is due."""
        due = self.heartbeats.due(now)
        if due is None or due > now or self.heartbeats.beat is None:
            return None
        self.heartbeats.sent(now)
        return Send(self.heartbeats.beat, self.as_live(self.heartbeats.beat))

    def receive(self, envelopes: tuple[Envelope, ...], now: float) -> list[Met | Missed]:
        """What the envelopes of a live client's message are. Heartbeats are not to be handed in."""
        found: list[Met | Missed] = []
        for envelope in envelopes:
            request = self._find(fingerprint(envelope, self.manner.volatile))
            if request is None:
                self.missed += 1
                found.append(self._missed(envelope))
            else:
                self.accept(request, envelope, now)
                found.append(Met(request, envelope))
        return found

    def accept(self, request: Request, envelope: Envelope, now: float) -> None:
        """Take a live envelope for a recorded one, and learn from it."""
        self.met += 1
        self.requests.match(request, now)
        if self._last_met is None or self._last_met.number < request.number:
            self._last_met = request
        self.learned.learn(request.envelope, envelope, Direction.CLIENT)
        for reply in [each for each in reversed(self._held) if request in each.needs and not self._missing(each)]:
            self._held.remove(reply)
            self._ahead.appendleft(reply)
            self._bytes_ahead += len(reply.message.content)

    def give_up(self, request: Request, now: float) -> None:
        """Wait no longer for a request."""
        if request.matched is None:
            self.requests.match(request, now)

    @property
    def last_met(self) -> Request | None:
        """The latest of the recorded requests that the live client has sent."""
        return self._last_met

    def rest(self) -> Iterator[Request]:
        """The requests that the live client has not sent. To be asked at the end: it reads the recording to its end."""
        yield from self.requests
        yield from (step for step in self._steps if isinstance(step, Request))

    @property
    def has_sent_all(self) -> bool:
        """True if nothing is left to send, whether or not the recorded end has come."""
        while not self._ahead and not self._is_read:
            self._read()
        return not any(isinstance(each, Reply) for each in islice(self._ahead, 1))

    def next(self, now: float) -> Send | Waiting | Ended:
        """What is to be done now. What is to be sent counts as sent."""
        while True:
            while not self._ahead and not self._is_read:
                self._read()
            if not self._ahead:
                return Ended(None)
            head = self._ahead[0]
            if not (self._is_repeat and isinstance(head, Reply) and head.answers and self._missing(head)):
                break
            self._drop_head(head)
            self._held.append(head)
        waiting = self._wait(head, now)
        if waiting is not None:
            return waiting
        self._drop_head(head)
        if isinstance(head, Closed):
            self._is_read = True
            return Ended(head)
        self.sent += 1
        return Send(head.message, self.as_live(head.message))

    def _wait(self, head: Reply | Closed, now: float) -> Waiting | None:
        """What the next message has still to wait for."""
        if self.mode is Mode.STEP:
            if self.allowed <= 0:
                return Waiting()
            self.allowed -= 1
            return None
        is_matched = self.mode is Mode.MATCHED
        if is_matched and not self._is_repeat and (missing := self._missing(head)):
            return Waiting(None, missing)
        if self.pace.speed == FASTEST:
            return None
        time_ns = head.time_ns if isinstance(head, Closed) else head.message.time_ns
        due = self.pace.due(time_ns)
        if is_matched:
            due = max([due, *(self.pace.after(live, from_ns, time_ns) for live, from_ns in self._gates(head))])
        if due > now:
            return Waiting(due)
        self.pace.sent(time_ns, due)
        return None

    def _missing(self, head: Reply | Closed) -> tuple[Request, ...]:
        """The requests that the live client has not sent, and without which the next message makes no sense."""
        if isinstance(head, Closed):
            return tuple(self.requests)
        if head.needs:
            return tuple(each for each in head.needs if each.matched is None)
        if self.requests.first > head.after:
            return ()
        subscribed = head.subscribed()
        if subscribed:
            return tuple(each for each in subscribed if each.matched is None)
        return tuple(each for each in self.requests if each.number <= head.after)

    def _gates(self, head: Reply | Closed) -> Iterator[tuple[float, int]]:
        """When the requests came that the next message waited for: live, and as recorded."""
        last = () if self._last_met is None else (self._last_met,)
        for request in head.needs if isinstance(head, Reply) and head.needs else last:
            if request.matched is not None:
                yield request.matched, request.time_ns

    def _drop_head(self, head: Reply | Closed) -> None:
        """The next message is done with."""
        self._ahead.popleft()
        if isinstance(head, Reply):
            self._bytes_ahead -= len(head.message.content)

    def _missed(self, envelope: Envelope) -> Missed:
        """What is to be told of an envelope that is not expected; of many, only what is quickly found."""
        if self.missed > MOST_COMPARED or len(envelope.data) > LARGEST_COMPARED:
            first = islice(self.requests, MOST_LOOKED_AT)
            return Missed(envelope, next((each for each in first if each.envelope.payload == envelope.payload), None))
        expected = list(self.requests)
        nearest = nearest_of(envelope, [each.envelope for each in expected], self.manner.volatile)
        if nearest is None:
            return Missed(envelope, None)
        return Missed(envelope, expected[nearest.number], nearest.differences)

    def _find(self, print: bytes) -> Request | None:
        """The expected request with this fingerprint; reads ahead for it, as far as may be."""
        while (found := self.requests.find(print)) is None:
            if self._is_full or not self._read():
                return None
        return found

    @property
    def _is_full(self) -> bool:
        """True if no more may be read ahead."""
        return len(self._ahead) + len(self.requests) >= MOST_AHEAD or self._bytes_ahead >= MOST_BYTES_AHEAD

    def _read(self) -> bool:
        """Read one step; False at the end."""
        step = None if self._is_read else next(self._steps, None)
        if step is None:
            self._is_read = True
            return False
        if isinstance(step, Request):
            self.requests.add(step)
            return True
        if isinstance(step, Reply):
            if self.mode is not Mode.TIMED and step.is_heartbeat and self.heartbeats.recorded(step):
                return True
            self._bytes_ahead += len(step.message.content)
        self._ahead.append(step)
        return True

    def as_live(self, message: Message) -> bytes:
        """A recorded message with this client's values, all other bytes as recorded; as recorded where that fails."""
        content = message.content
        for place, envelope in enumerate(message.envelopes):
            changes = self.learned.rewrite(envelope, Direction.SERVER)
            if self.manner.shift_ns:
                changes += shifted(envelope, self.manner.shift_ns)
            if changes:
                try:
                    content = edited(
                        message.reader, message.direction, message.opcode, content, place, changes, message.before
                    )
                except SpliceError as error:
                    self.fault = f"A recorded message was sent without this client's values: {error}."
        return content
