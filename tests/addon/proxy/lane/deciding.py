"""Changers for tests: what they decide is a table from contents to verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from paperknife.mutation.held import Held
from paperknife.mutation.verdict import Verdict
from paperknife_decoders.message import Direction, Message

type Decide = Callable[[Message], Verdict | None]


@dataclass
class Table:
    """Decides by content, or by `decide`, on the messages of some directions; remembers what it was asked."""

    verdicts: Mapping[bytes, Verdict] = field(default_factory=dict)
    directions: Sequence[str] = ("client", "server")
    decide: Decide | None = None
    wanted: bool = True
    first: Verdict | None = None
    asked: list[bytes] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    ended: int = 0

    def heeds(self, direction: Direction) -> bool:
        return direction.value in self.directions

    def wants(self, direction: Direction, payloads: Sequence[str]) -> bool:
        assert self.heeds(direction)
        self.batches.append(len(payloads))
        return self.wanted

    def consider(self, message: Message, now: float) -> Verdict | None:
        self.asked.append(message.content)
        return self.decide(message) if self.decide is not None else self.verdicts.get(message.content)

    def opened(self, now: float) -> Verdict | None:
        return self.first

    def closed(self, now: float) -> Verdict | None:
        self.ended += 1
        return None


@dataclass
class Desk:
    """Is told of held messages; nobody sits at it."""

    waiting: list[Held] = field(default_factory=list)
    left: list[tuple[Held, str]] = field(default_factory=list)

    def held(self, held: Held) -> None:
        self.waiting.append(held)

    def gone(self, held: Held, why: str) -> None:
        self.waiting.remove(held)
        self.left.append((held, why))
