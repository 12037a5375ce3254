"""What rules know of one connection: what they remembered and counted, and where their chance stands."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from paperknife.mutation.flow import LIMITS_AT_ONCE
from paperknife_decoders.expression import Given
from paperknife_decoders.expression.terms import Kind, Value
from paperknife_decoders.reader import Reader

__all__ = ["BUILT_IN", "Standing", "Tally"]

LONGEST_REMEMBERED = 65_536
"""Characters or bytes of a value; a longer one is not remembered."""

LARGEST_REMEMBERED = 1 << 128
"""No field holds a larger whole number. One that a rule multiplied by itself again and again would never end."""


@dataclass(slots=True)
class Tally:
    """How often one rule matched, and how often it took the message."""

    matches: int = 0
    hits: int = 0


@dataclass(slots=True)
class Standing:
    """One connection. `opened_at` is in seconds of the event loop's clock; `time_ns` is that of what is looked at.

    Each rule has a stream of random numbers of its own, which comes from its seed, its name and the connection's
    number: what other rules and other connections do does not disturb it.
    """

    number: int
    reader: Reader
    opened_at: float = 0.0
    time_ns: int = 0
    remembered: dict[str, Value] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    streams: dict[tuple[str, int], Random] = field(default_factory=dict)
    rule: str = ""
    seed: int = 0
    count: int = 0
    """Of the rule that is at work: its name, its seed, and how often it has done something, this time included."""
    sent_for: int = -1
    sent: int = 0
    sent_size: int = 0
    has_sent_enough: bool = False
    """Of messages of ours: the time of what they are sent for, how many, their bytes, and whether no more is sent."""

    def tally(self, rule: str) -> Tally:
        """How often a rule did something on this connection."""
        found = self.tallies.get(rule)
        if found is None:
            found = self.tallies[rule] = Tally()
        return found

    def random(self) -> Random:
        """The chance of the rule that is at work."""
        key = self.rule, self.seed
        stream = self.streams.get(key)
        if stream is None:
            # A text is hashed by SHA-512, the same in every process (docs.python.org/3/library/random.html).
            stream = self.streams[key] = Random(f"{self.seed}/{self.number}/{self.rule}")
        return stream

    def may_send(self, size: int) -> bool:
        """Count a message of ours; False where what came at once, which has one time, has led to too many.

        One more than can go out is made, so that whoever sends them says it.
        """
        if self.sent_for != self.time_ns:
            self.sent_for, self.sent, self.sent_size, self.has_sent_enough = self.time_ns, 0, 0, False
        if self.has_sent_enough:
            return False
        self.has_sent_enough = self.sent >= LIMITS_AT_ONCE.messages or self.sent_size > LIMITS_AT_ONCE.size
        self.sent += 1
        self.sent_size += size
        return True

    def remember(self, name: str, value: Value) -> None:
        """Keep a value of the message at hand; what is too long to be one that anybody compares is not kept."""
        if isinstance(value, str | bytes):
            is_kept = len(value) <= LONGEST_REMEMBERED
        else:
            is_kept = not isinstance(value, int) or abs(value) < LARGEST_REMEMBERED
        if is_kept:
            self.remembered[name] = value


def drawn_uuid(standing: Standing) -> str:
    """A random UUID (RFC 9562, version 4)."""
    return str(uuid.UUID(int=standing.random().getrandbits(128), version=4))


def number_of_time(factor: int) -> Callable[[Standing], int]:
    """The time in another unit than nanoseconds."""
    return lambda standing: standing.time_ns // factor


BUILT_IN = {
    "now": Given(Kind.TIMESTAMP, lambda standing: standing.time_ns),
    "now.s": Given(Kind.NUMBER, number_of_time(10**9)),
    "now.ms": Given(Kind.NUMBER, number_of_time(10**6)),
    "now.us": Given(Kind.NUMBER, number_of_time(1000)),
    "now.ns": Given(Kind.NUMBER, number_of_time(1)),
    "counter": Given(Kind.NUMBER, lambda standing: standing.count),
    "uuid": Given(Kind.STRING, drawn_uuid),
    "random": Given(Kind.NUMBER, lambda standing: standing.random().random()),
    "connection": Given(Kind.NUMBER, lambda standing: standing.number),
}
"""What rules can speak of beside the message: each is asked with a `Standing`."""
