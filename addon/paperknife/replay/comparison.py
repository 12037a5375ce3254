"""What was said on one connection, beside what was recorded of it.

Both sides are taken in as they come, in steps of any size. What is said is

* a heartbeat, which is not compared;
* a message of a stream (`streams`), of which kind and rate count;
* an answer, which is compared with the recorded answers to the same request, in their order;
* anything else, compared with what has the same payload and is about the same, in its order (`lineup`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import NamedTuple

from paperknife.live.line import payload_label
from paperknife.recording.subjects import subject_of
from paperknife.replay.findings import Finding, Findings, Kind
from paperknife.replay.lineup import Item, Lineup, Settled
from paperknife.replay.streams import ANSWERS, Key, Side, StreamFault, Streams
from paperknife.traffic import Close
from paperknife_decoders.correlation import Correlator
from paperknife_decoders.difference import Difference, What, fingerprint
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.volatile import IDS, Volatile

__all__ = ["LATE_SECONDS", "Asking", "Comparison", "Heard", "Terms"]

LATE_SECONDS = 0.05
"""An answer is not late for less than this, whatever the factor: so long a machine may think of something else."""


@dataclass(slots=True, eq=False)
class Asking:
    """A request as both sides know it: `key` is the same on both. `answers` counts those of one side."""

    key: Hashable
    envelope: Envelope
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts. `slowdown` is the factor from which on an answer is late, None for never."""

    volatile: Volatile
    streams: frozenset[Key] = frozenset()
    slowdown: float | None = None
    with_rates: bool = True
    with_requests: bool = False
    """The client's messages are compared too."""


class Heard(NamedTuple):
    """What an envelope is: its group, what it answers, and how long that took where it is the first answer."""

    group: Hashable
    payload: str
    asked: Asking | None = None
    latency_ns: int | None = None


class Ears:
    """One side: says of each envelope what it is."""

    def __init__(self, streams: frozenset[Key]) -> None:
        self.correlator = Correlator()
        self.streams = streams

    def hear(self, message: Message, envelope: Envelope, mark: Asking | None = None) -> Heard | None:
        """What an envelope is; None for a heartbeat. Its answers will have the `mark`."""
        answer = self.correlator.observe(message, envelope, mark)
        if message.reader.protocol.is_heartbeat(envelope):
            return None
        payload = payload_label(envelope)
        asked = answer.mark if answer is not None and isinstance(answer.mark, Asking) else None
        if (message.direction, payload) in self.streams:
            return Heard(("stream", message.direction, payload), payload)
        if answer is not None and asked is not None:
            asked.answers += 1
            if asked.answers <= ANSWERS or message.direction is Direction.CLIENT:
                latency = answer.latency_ns if answer.first else None
                return Heard(("answer", asked.key), payload, asked, latency)
        about = frozenset((name, value) for name, value in subject_of(envelope) if name not in IDS)
        return Heard(("alone", message.direction, payload, about), payload)


class Comparison:
    """Two sides of one connection. `paired` is told of a recorded envelope and of the one that came in its place."""

    def __init__(
        self,
        connection: int,
        terms: Terms,
        findings: Findings,
        paired: Callable[[Envelope, Envelope], None] = lambda expected, found: None,
    ) -> None:
        self.connection = connection
        self.terms = terms
        self.findings = findings
        self.expected_count = self.found_count = self.same_count = 0
        self.pending = self.unplaced = 0
        """Where it was interrupted: what had not come yet, and what came and has no place yet."""
        self._in_streams = 0
        self._cut_ns: int | None = None
        self.streams = Streams(terms.streams)
        self._lineup = Lineup(
            terms.volatile, self._settled, lambda expected, found: paired(expected.envelope, found.envelope)
        )
        self._expecting = Ears(terms.streams)
        self._finding = Ears(terms.streams)

    def expected(self, message: Message, marks: tuple[Asking | None, ...] = ()) -> list[Heard]:
        """What was recorded next; the answers to a request have its mark."""
        self.streams.expected.clock(message.time_ns)
        return self._take(message, marks, self._expecting, self.streams.expected, self._lineup.expected)

    def found(self, message: Message, marks: tuple[Asking | None, ...] = ()) -> list[Heard]:
        """What came next; the answers to a request have its mark."""
        self.streams.found.clock(message.time_ns)
        return self._take(message, marks, self._finding, self.streams.found, self._lineup.found)

    def closed(self, expected: Close | None, found: Close | None) -> None:
        """How both ended; None for what is not known."""
        if expected is None or found is None:
            return
        ours, theirs = closing(expected), closing(found)
        unlike = tuple(
            Difference(name, What.CHANGED, one, other)
            for name, one, other in zip(("by", "code", "reason"), ours, theirs, strict=True)
            if one != other
        )
        if unlike:
            self._add(Kind.CLOSED, "connection", self.streams.expected.seconds, differences=unlike)

    def ended(self, text: str) -> None:
        """The connection ended in a way that can not be compared; `text` says how."""
        self._add(Kind.CLOSED, "connection", self.streams.expected.seconds, text=text)

    def stopped(self, text: str) -> None:
        """It could not be compared to its end; `text` is a sentence."""
        self._add(Kind.STOPPED, "connection", self.streams.expected.seconds, text=text)

    @property
    def surplus(self) -> int:
        """Messages that came beyond those that are expected by now, streams aside."""
        return self.found_count - self.expected_count - self._in_streams

    def finish(self) -> None:
        """Nothing more will come, on either side."""
        self._lineup.finish()
        for fault in self.streams.faults(with_rates=self.terms.with_rates):
            self._stream_fault(fault)
        if self._lineup.overflowed:
            self.stopped("Too many messages waited for their like; the oldest of them were taken for missing or extra.")

    def interrupt(self, given_up_ns: int) -> None:
        """It ends before its time. What was recorded after `given_up_ns` and has not come is no finding.

        Nor is what came, and may have been recorded further on.
        """
        self._cut_ns = given_up_ns
        self._lineup.finish()
        for fault in self.streams.faults(with_rates=False):
            if fault.path or fault.kind is Kind.DOUBLED:
                self._stream_fault(fault)

    def _take(
        self,
        message: Message,
        marks: tuple[Asking | None, ...],
        ears: Ears,
        side: Side,
        put: Callable[[Item], None],
    ) -> list[Heard]:
        found = []
        counts = message.direction is Direction.SERVER or self.terms.with_requests
        for at, envelope in enumerate(message.envelopes):
            heard = ears.hear(message, envelope, marks[at] if marks else None)
            if heard is None:
                continue
            found.append(heard)
            if not counts:
                continue
            if side is self.streams.expected:
                self.expected_count += 1
            else:
                self.found_count += 1
            key = message.direction, heard.payload
            if key in self.terms.streams:
                side.add(key, envelope)
                self._in_streams += 1 if side is self.streams.found else -1
            else:
                put(self._item(message, envelope, heard))
        return found

    def _item(self, message: Message, envelope: Envelope, heard: Heard) -> Item:
        pool: Hashable = None
        if heard.asked is None or self.terms.with_requests:
            pool = (message.direction, heard.payload, heard.asked is None)
        return Item(
            heard.group,
            envelope,
            fingerprint(envelope, self.terms.volatile),
            heard.payload,
            message.time_ns,
            message.direction,
            None if heard.asked is None else heard.asked.envelope,
            heard.latency_ns,
            pool,
        )

    def _settled(self, settled: Settled) -> None:
        """What has become of an expected and a found envelope."""
        if settled.kind is None:
            self.same_count += 1
        elif self._cut_ns is not None and settled.found is None and settled.time_ns > self._cut_ns:
            self.pending += 1
        elif self._cut_ns is not None and settled.expected is None:
            self.unplaced += 1
        else:
            self._told(settled, settled.kind)
        self._check_latency(settled)

    def _told(self, settled: Settled, kind: Kind) -> None:
        item = settled.expected or settled.found
        assert item is not None
        self._add(
            kind,
            item.payload,
            self._seconds(settled),
            direction=item.direction,
            asked=item.asked,
            expected=settled.expected.envelope if settled.expected else None,
            found=settled.found.envelope if settled.found else None,
            differences=tuple(settled.differences),
            more=settled.differences.more,
        )

    def _check_latency(self, settled: Settled) -> None:
        """Whether an answer took too long."""
        expected, found, slowdown = settled.expected, settled.found, self.terms.slowdown
        if expected is None or found is None or slowdown is None:
            return
        before, now = expected.latency_ns, found.latency_ns
        if before is None or now is None or now <= before * slowdown or now - before < LATE_SECONDS * 1e9:
            return
        self._add(
            Kind.LATE,
            found.payload,
            self._seconds(settled),
            asked=found.asked,
            found=found.envelope,
            differences=(Difference("", What.CHANGED, latency_text(before), latency_text(now)),),
        )

    def _seconds(self, settled: Settled) -> float:
        """When it was, counted from the first message of its side."""
        item, side = (
            (settled.expected, self.streams.expected) if settled.expected else (settled.found, self.streams.found)
        )
        assert item is not None
        return (item.time_ns - (side.first_ns or item.time_ns)) / 1e9

    def _stream_fault(self, fault: StreamFault) -> None:
        direction, payload = fault.key
        label = fault.path or payload
        self._add(fault.kind, label, self.streams.expected.seconds, direction=direction, text=fault.text)

    def _add(self, kind: Kind, label: str, seconds: float, **more: object) -> None:
        self.findings.add(
            Finding(kind, self.connection, seconds, label, secrets=self.terms.volatile.secrets, **more)  # type: ignore[arg-type]
        )


def latency_text(latency_ns: int) -> str:
    """A latency in milliseconds."""
    return f"after {latency_ns / 1e6:,.1f} ms"


def closing(close: Close) -> tuple[str, str, str]:
    """An end in words: who began it, the code, and what was given as the reason."""
    return close.by.value if close.by else "", str(close.code), close.reason if close.code not in UNSPOKEN else ""


UNSPOKEN = (1005, 1006)
"""Codes that no close frame has (RFC 6455, section 7.4.1); a reason is then our own word."""
