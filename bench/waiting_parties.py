"""Who takes part where rules make messages wait: the peers and what they say, a lane and its clock, and a user."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from mitmproxy.connection import Connection
from mitmproxy.http import HTTPFlow
from mitmproxy.proxy import events

from bench.fuzz import Driver, chunks
from bench.fuzz_rules import UNKNOWN, RulesHost, Said, api, said_by
from bench.waiting_model import SIDES, Expected, Rule, Throttles, envelope_in, expected_of
from paperknife.mutation.held import Held
from paperknife.mutation.rules import RuleChanger
from paperknife.mutation.verdict import Verdict
from paperknife.proxy.lane.history import History
from paperknife.proxy.lane.track import Track
from paperknife.proxy.lane.waking import Woken
from paperknife.traffic import Batch
from paperknife.traffic import Connection as Announced
from paperknife_decoders.message import Direction, Message

__all__ = ["Clock", "Hand", "Line", "Talk", "WaitingHost", "Word", "tag_of"]


class Clock:
    """The time that the lanes and their event loop go by."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, slots=True)
class Word:
    """What the user has said of a message: what goes on, when he said so, and whether that is his own."""

    content: bytes | None
    time: float
    is_edited: bool


@dataclass
class Hand:
    """A user: knows what is held, and what he has said of it."""

    waiting: list[Held] = field(default_factory=list)
    said: dict[tuple[int, str, str], Word] = field(default_factory=dict)
    """By connection, side and tag."""
    passed: Counter[str] = field(default_factory=Counter)

    def held(self, held: Held) -> None:
        """A message is kept."""
        self.waiting.append(held)

    def gone(self, held: Held, why: str) -> None:
        """It waits no more."""
        self.waiting.remove(held)
        self.passed[why] += 1

    def decide(self, chance: random.Random, now: float) -> None:
        """Let one of them go on, edit it, or drop it."""
        held = self.waiting.pop(chance.randrange(len(self.waiting)))
        message, side = held.message, SIDES[held.message.direction.value]
        content: bytes | None = message.content
        envelope = side.make.FromString(message.content)  # type: ignore[attr-defined]
        body = getattr(envelope, side.payload)
        what = chance.choice(("drop", "edit", "pass", "pass"))
        if what == "drop":
            content = None
        elif what == "edit":
            setattr(body, side.number, 88)
            content = envelope.SerializeToString()
        self.said[message.connection, side.name, body.client_tag] = Word(content, now, what == "edit")
        held.settle(Verdict(content))


@dataclass
class WaitingHost(RulesHost):
    """Who the lanes work for: keeps what it is told of each connection."""

    holder: Hand | None = None  # type: ignore[assignment]
    number: int = 0
    told: dict[tuple[int, Direction], list[Message]] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)

    def track(self, flow: HTTPFlow) -> Track:
        """A number for each."""
        self.number += 1
        reader = self.protocol.reader()  # type: ignore[attr-defined]
        return Track(Announced(self.number, "ws://h/", "c", 0), reader, History(flow, 10))

    def changer(self, track: Track) -> RuleChanger | None:  # type: ignore[override]
        """The rules of this connection."""
        return self.rules.for_connection(track.number, track.reader) if self.rules is not None else None

    def deliver(self, track: Track, batch: Batch, *, shown: bool) -> None:
        """Keep what is told."""
        super().deliver(track, batch, shown=shown)
        for message in batch:
            self.told.setdefault((track.number, message.direction), []).append(message)


class Line(Driver):
    """One connection: what is still to be said on it, and when its bytes came and went."""

    def __init__(self, host: WaitingHost, extensions: str, clock: Clock) -> None:
        self.clock = clock
        self.times: dict[Connection, list[tuple[int, float]]] = {}
        self.closed_at: float | None = None
        self.throttles: Throttles = {}
        super().__init__(host, extensions, edits=False)
        self.extensions = extensions
        self.number = host.number
        self.peers = {"client": (self.client, self.server), "server": (self.server, self.client)}
        self.talks: list[Talk] = []

    def happen(self, event: events.Event) -> None:
        """Let the lane handle an event, and note when it sent how much by then."""
        super().happen(event)
        for peer, data in self.sent.items():
            self.times.setdefault(peer, []).append((len(data), self.clock.now))

    def sent_at(self, peer: Connection, end: int) -> float:
        """When so many bytes had gone out to a peer."""
        return next(when for size, when in self.times[peer] if size >= end)

    @property
    def due(self) -> float | None:
        """When the lane wants to be woken."""
        ruling = self.lane.ruling
        return None if ruling is None or ruling.alarm.handle is None else ruling.alarm.handle.when()

    def wake(self) -> None:
        """It is time."""
        alarm = self.lane.ruling.alarm  # type: ignore[union-attr]
        alarm.handle.cancel()  # type: ignore[union-attr]
        alarm.go_off()
        self.happen(Woken(self.flow))


class Talk:
    """What one side of a connection says."""

    def __init__(self, line: Line, side: str, chance: random.Random, numbers: Iterator[int]) -> None:
        self.line, self.side = line, side
        messages = contents(chance, side, numbers)
        self.said, self.pings, data = said_by(chance, line.extensions, messages, masked=side == "client")
        self.chunks = list(chunks(chance, data))
        self.came = 0
        self.expected: list[Expected] = []

    def go_on(self, rules: list[Rule]) -> None:
        """Say a chunk more."""
        line, chunk = self.line, self.chunks.pop(0)
        self.came += len(chunk)
        while len(self.expected) < len(self.said) and self.said[len(self.expected)].end <= self.came:
            at = len(self.expected)
            found = expected_of(rules, self.side, self.said[at], at, line.clock.now, line.throttles)
            self.expected.append(found)
        line.happen(events.DataReceived(line.peers[self.side][0], chunk))


def contents(chance: random.Random, side: str, numbers: Iterator[int]) -> Iterator[tuple[int, bytes]]:
    """Messages of a side: what rules are about, other envelopes, and what is no Protobuf; no two of them the same."""
    words = api.client if side == "client" else api.server
    for _ in range(chance.choice((0, 2, 5, 12))):
        number = next(numbers)
        body = {"client_tag": f"tag-{number}", SIDES[side].number: chance.randrange(100)}
        body |= {"symbol": chance.choice(("ESZ6", "x" * 200))} if chance.random() < 0.7 else {}
        encoded = words.encode(SIDES[side].payload, body)
        kinds = (encoded, encoded, encoded, encoded + UNKNOWN, words.encode("heartbeat", {"sequence": number + 1}))
        if chance.random() < 0.85:
            yield 2, chance.choice(kinds)
        else:
            yield chance.choice(((2, b"\xff%d" % number), (1, b'{"order": {"quantity": 60, "n": %d}}' % number)))


def tag_of(side: str, said: Said) -> str:
    """What tells a message from all others of its stream."""
    envelope = envelope_in(side, said)
    return said.content.hex() if envelope is None else getattr(envelope, SIDES[side].payload).client_tag
