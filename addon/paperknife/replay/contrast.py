"""Two recordings side by side: what the same client and the same server said then, and another time."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from paperknife.live.amounts import count_text
from paperknife.recording.items import Closed
from paperknife.replay.bundles import bundled, held_acts
from paperknife.replay.comparison import Asking, Comparison, Terms
from paperknife.replay.findings import Finding, Findings, Kind
from paperknife.replay.streams import chosen_streams
from paperknife.replay.survey import ConnectionSurvey, Survey
from paperknife.replay.timeline import Act, Session, as_it_left, as_server_saw
from paperknife_decoders.difference import fingerprint
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.printable import printable
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import Reader
from paperknife_decoders.volatile import Volatile, volatile_of

__all__ = ["CannotCompare", "Contrast", "ContrastOptions", "contrast", "pairs_of"]

MOST_REQUESTS = 1 << 16
"""Different requests whose number is remembered."""


class CannotCompare(Exception):
    """Two recordings that have nothing to do with each other; one sentence."""


@dataclass(frozen=True, slots=True)
class ContrastOptions:
    """What counts: see `paperknife.replay.client.ClientOptions`."""

    ignore: tuple[str, ...] = ()
    slowdown: float | None = None
    streams: frozenset[str] | None = None


@dataclass(slots=True)
class Contrast:
    """What was compared."""

    findings: Findings = field(default_factory=Findings)
    connections: int = 0
    expected: int = 0
    found: int = 0
    same: int = 0


type Pair = tuple[ConnectionSurvey | None, ConnectionSurvey | None]


def contrast(one: Session, other: Session, surveys: tuple[Survey, Survey], options: ContrastOptions) -> Contrast:
    """Compare all connections of two recordings, the first being what is expected. Raises `CannotCompare`."""
    result = Contrast()
    streams = chosen_streams(options.streams, *(each.streams for each in surveys))
    for bundle in bundled(pairs_of(*(list(survey.connections.values()) for survey in surveys))):
        both = [(ours.recorded, theirs.recorded) for ours, theirs in bundle if ours is not None and theirs is not None]
        ours_said = held_acts(one, [each.number for each, _ in both], as_server_saw)
        theirs_said = held_acts(other, [each.number for _, each in both], as_server_saw)
        for ours, theirs in bundle:
            if ours is None or theirs is None:
                alone(ours, theirs, result.findings)
                continue
            protocol = common_protocol(ours, theirs)
            terms = Terms(volatile_of(protocol, options.ignore), streams, options.slowdown, with_requests=True)
            comparison = Comparison(ours.recorded.number, terms, result.findings)
            beside(
                comparison,
                read_anew(ours_said.pop(ours.recorded.number), protocol.reader(ours.recorded.path)),
                read_anew(theirs_said.pop(theirs.recorded.number), protocol.reader(theirs.recorded.path)),
                terms.volatile,
            )
            comparison.finish()
            result.connections += 1
            result.expected += comparison.expected_count
            result.found += comparison.found_count
            result.same += comparison.same_count
    return result


def pairs_of(ours: list[ConnectionSurvey], theirs: list[ConnectionSurvey]) -> list[Pair]:
    """Connections that belong together: those of the same path in their order, then what is left in its order."""
    waiting: defaultdict[str, deque[ConnectionSurvey]] = defaultdict(deque)
    for each in theirs:
        waiting[each.recorded.path].append(each)
    matched = {each.recorded.number: same.popleft() for each in ours if (same := waiting[each.recorded.path])}
    taken = {each.recorded.number for each in matched.values()}
    left = deque(each for each in theirs if each.recorded.number not in taken)
    pairs: list[Pair] = []
    for each in ours:
        other = matched.get(each.recorded.number) or (left.popleft() if left else None)
        pairs.append((each, other))
    return pairs + [(None, each) for each in left]


def alone(ours: ConnectionSurvey | None, theirs: ConnectionSurvey | None, findings: Findings) -> None:
    """A connection that only one of the recordings has."""
    only = ours or theirs
    assert only is not None
    kind = Kind.MISSING if ours is not None else Kind.EXTRA
    url = printable(only.recorded.connection.url)
    text = f"to {url}, with {count_text(only.messages, 'message')}"
    findings.add(Finding(kind, only.recorded.number, 0.0, "connection", Direction.CLIENT, text=text))


def common_protocol(ours: ConnectionSurvey, theirs: ConnectionSurvey) -> Protocol:
    """What both are read by, the first one's. Raises `CannotCompare` where they are of different types."""
    one, other = ours.protocol, theirs.protocol
    if one is None or other is None:
        return one or other or Protocol()
    for side in Direction:
        kinds = one.type_for(side), other.type_for(side)
        names = tuple(kind.name for kind in kinds if kind is not None)
        if len(set(names)) > 1:
            raise CannotCompare(
                f"These recordings are of two protocols: the {side.value} sends {names[0]} in the first one, and "
                f"{names[1]} in the second. To read both by the same one, name it with --protocol or --schema."
            )
    return one if one.client is not None or one.server is not None else other


def read_anew(acts: Iterator[Act], reader: Reader) -> Iterator[Act]:
    """What happened on a connection, all of it as the server saw it and by one protocol."""
    for act in acts:
        yield act if isinstance(act, Closed) else read_by(as_it_left(act, Direction.SERVER), reader)


def read_by(message: Message, reader: Reader) -> Message:
    """The same message, read by another reader."""
    if message.reader.protocol is reader.protocol:
        return message
    return Message(
        message.connection,
        message.direction,
        message.time_ns,
        message.opcode,
        message.content,
        reader,
        masked=message.masked,
        before=message.before,
    )


def beside(comparison: Comparison, ours: Iterator[Act], theirs: Iterator[Act], volatile: Volatile) -> None:
    """Feed both sides, one message of each at a time, so that neither is far ahead."""
    asked = Asked(volatile), Asked(volatile)
    ends: list[Closed | None] = [None, None]
    for both in zip_longest(ours, theirs):
        for side, act in enumerate(both):
            if isinstance(act, Closed):
                ends[side] = act
            elif act is not None:
                take = comparison.found if side else comparison.expected
                take(act, asked[side].marks(act))
    comparison.closed(*(None if end is None else end.close for end in ends))


class Asked:
    """The requests of one side: which one it is, by what it says and how often that was said before."""

    def __init__(self, volatile: Volatile) -> None:
        self.volatile = volatile
        self.counts: OrderedDict[bytes, int] = OrderedDict()

    def marks(self, message: Message) -> tuple[Asking | None, ...]:
        """Marks for the envelopes of a client's message; none for the server's."""
        if message.direction is Direction.SERVER:
            return ()
        return tuple(Asking(self.key(fingerprint(each, self.volatile)), each) for each in message.envelopes)

    def key(self, print: bytes) -> tuple[bytes, int]:
        """What the same request has on the other side."""
        count = self.counts.pop(print, 0) + 1
        self.counts[print] = count
        while len(self.counts) > MOST_REQUESTS:
            self.counts.popitem(last=False)
        return print, count
