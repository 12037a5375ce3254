"""How long answers take, and which requests have none."""

from __future__ import annotations

from dataclasses import dataclass, field

from paperknife.stats.sketch import Sketch
from paperknife_decoders.correlation import Correlator, values
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.pairing import Role

__all__ = ["Answers", "Asked", "Requests"]

MOST_PAIRS = 1000
"""Pairs of payloads that are told apart."""

MOST_WAITING = 4096
"""Requests of one payload that are remembered while they wait."""

MOST_CONNECTIONS = 10_000
"""Connections whose requests are remembered; of more, those that were met first are forgotten."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A request: when, in nanoseconds since the epoch, on which connection, and whether it counts."""

    direction: Direction
    payload: str
    time_ns: int
    connection: int
    counts: bool


@dataclass(slots=True)
class Requests:
    """The requests of one payload. `by_name` is True where its name alone says that there is an answer to it."""

    by_name: bool
    asked: int = 0
    answered: int = 0
    waiting: dict[Asked, None] = field(default_factory=dict)
    forgotten: Asked | None = None

    @property
    def unanswered(self) -> int:
        """Those without an answer; a payload that was never answered and does not ask by its name expects none."""
        return self.asked - self.answered if self.by_name or self.answered else 0

    @property
    def oldest(self) -> Asked | None:
        """The one that has waited for longest."""
        return (self.forgotten or next(iter(self.waiting), None)) if self.unanswered else None

    def ask(self, asked: Asked) -> None:
        """Wait for an answer."""
        self.asked += 1
        self.waiting[asked] = None
        if len(self.waiting) > MOST_WAITING:
            oldest = next(iter(self.waiting))
            del self.waiting[oldest]
            self.forgotten = self.forgotten or oldest

    def answer(self, asked: Asked) -> None:
        """Wait no more."""
        self.answered += 1
        self.waiting.pop(asked, None)
        if asked is self.forgotten:
            self.forgotten = None


class Answers:
    """Pairs requests with the first answer to each, by `paperknife_decoders.correlation`.

    `latencies` are in nanoseconds, by the request's direction, its payload and the answer's.
    """

    def __init__(self) -> None:
        self.latencies: dict[tuple[Direction, str, str], Sketch] = {}
        self.requests: dict[tuple[Direction, str], Requests] = {}
        self._correlators: dict[int, Correlator] = {}

    def see(self, message: Message, envelope: Envelope, role: Role, *, count: bool = True) -> None:
        """An envelope that can be a request or an answer; its pair counts where either of them does."""
        correlator = self._correlators.get(message.connection)
        if correlator is None:
            if len(self._correlators) >= MOST_CONNECTIONS:
                del self._correlators[next(iter(self._correlators))]
            correlator = self._correlators[message.connection] = Correlator()
        asked = Asked(message.direction, envelope.payload, message.time_ns, message.connection, count)
        answer = correlator.observe(message, envelope, asked)
        if answer is None:
            if count and envelope.message is not None and is_request(message, envelope, role):
                self._requests_of(asked, by_name=role.asks).ask(asked)
        elif answer.first and isinstance(answer.mark, Asked):
            self._answered(answer.mark, envelope.payload, answer.latency_ns, count=count)

    def _answered(self, asked: Asked, payload: str, latency_ns: int, *, count: bool) -> None:
        requests = self.requests.get((asked.direction, asked.payload))
        if asked.counts and requests is not None:
            requests.answer(asked)
        if count or asked.counts:
            key = asked.direction, asked.payload, payload
            if key not in self.latencies and len(self.latencies) >= MOST_PAIRS:
                return
            self.latencies.setdefault(key, Sketch()).add(latency_ns)

    def _requests_of(self, asked: Asked, *, by_name: bool) -> Requests:
        key = asked.direction, asked.payload
        if key not in self.requests and len(self.requests) >= MOST_PAIRS:
            return Requests(by_name)  # nobody will ask for it
        return self.requests.setdefault(key, Requests(by_name))

    def close(self, connection: int) -> None:
        """Answers cannot come any more."""
        self._correlators.pop(connection, None)


def is_request(message: Message, envelope: Envelope, role: Role) -> bool:
    """True for what the correlator remembers as a request."""
    if role.asks:
        return True
    assert envelope.message is not None
    return message.direction is Direction.CLIENT and next(values(role.ids, envelope.message), None) is not None
