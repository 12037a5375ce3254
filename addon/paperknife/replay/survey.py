"""What a recording holds, found in one pass before anything is compared or sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from paperknife.live.line import payload_label
from paperknife.recording.items import Closed, Item, Opened
from paperknife.replay.blanks import MaskedField, masked_fields
from paperknife.replay.comparison import Asking
from paperknife.replay.conditions import Reply
from paperknife.replay.echoes import Echoes
from paperknife.replay.heartbeats import Heartbeats
from paperknife.replay.streams import ANSWERS, Key, streams_in
from paperknife.replay.timeline import Recorded
from paperknife.traffic import Piece
from paperknife_decoders.correlation import Correlator
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol

__all__ = ["ConnectionSurvey", "Survey", "surveyed"]

SHORTEST = 0.5
"""Seconds between two heartbeats, where only one was recorded."""
MOST_MASKS = 4096
"""Masked texts of servers' messages that are remembered."""


@dataclass(slots=True)
class ConnectionSurvey:
    """One connection: how it is read, what keeps it alive, and what of the client's messages stands masked.

    `secrets` are the masked fields that no earlier message of the server could have held.
    """

    recorded: Recorded
    protocol: Protocol | None = None
    messages: int = 0
    size: int = 0
    """Bytes in the messages, with those that they had before they were changed, and those beyond the limit."""
    requests: int = 0
    closed_ns: int | None = None
    first_beat_ns: int | None = None
    """When the client sent a heartbeat first that answers nothing."""
    begin_ns: int = 0
    """The time of the first message."""
    period: float | None = None
    """Seconds between two heartbeats of the client that answer nothing."""
    heartbeats: Heartbeats = field(default_factory=Heartbeats)
    echoes: Echoes = field(default_factory=Echoes)
    secrets: dict[MaskedField, None] = field(default_factory=dict)
    given: set[tuple[str, str]] = field(default_factory=set)
    """Names of fields of the server with their masked texts."""


class Survey:
    """All connections, and what is a stream."""

    def __init__(self) -> None:
        self.connections: dict[int, ConnectionSurvey] = {}
        self.unasked: Counter[Key] = Counter()
        self.requests = 0
        self._correlator = Correlator()

    @property
    def streams(self) -> frozenset[Key]:
        """The streams, by their rule."""
        return streams_in(self.unasked, self.requests)

    @property
    def protocols(self) -> list[Protocol]:
        """How the connections are read."""
        found = [each.protocol for each in self.connections.values() if each.protocol is not None]
        return list({id(each): each for each in found}.values())

    def opened(self, item: Opened) -> None:
        """A connection; one that goes on in a later file counts once."""
        number = item.connection.number
        if number not in self.connections:
            self.connections[number] = ConnectionSurvey(Recorded(item.connection, item.resumed))

    def message(self, connection: ConnectionSurvey, message: Message) -> None:
        """A message of a connection that is known."""
        connection.messages += 1
        connection.size += len(message.content) + len(message.original or b"")
        connection.begin_ns = connection.begin_ns or message.time_ns
        connection.protocol = connection.protocol or message.reader.protocol
        if message.masked:
            self.masked(connection, message)
        for envelope in message.envelopes:
            if message.reader.protocol.is_heartbeat(envelope):
                self.heartbeat(connection, message, envelope)
            elif message.direction is Direction.CLIENT:
                connection.requests += 1
                self.requests += 1
                self._correlator.observe(message, envelope, Asking(None, envelope))
            else:
                answer = self._correlator.observe(message, envelope)
                self.unasked[Direction.SERVER, payload_label(envelope)] += is_unasked(answer and answer.mark)

    def heartbeat(self, connection: ConnectionSurvey, message: Message, envelope: Envelope) -> None:
        """A heartbeat; of the client the first ones are kept, to be sent again."""
        answer = self._correlator.observe(message, envelope, envelope)
        echoed = connection.echoes.answered(message, envelope)
        if message.direction is Direction.CLIENT:
            heard = answer.mark if answer is not None else echoed
            answers = (heard,) if isinstance(heard, Envelope) else ()
            if not connection.heartbeats.recorded(Reply(message, answers=answers)):
                connection.first_beat_ns = message.time_ns
                # Until there is a second one: how long it took from the beginning.
                connection.period = max(SHORTEST, (message.time_ns - connection.begin_ns) / 1e9)
            connection.period = connection.heartbeats.period or connection.period

    def masked(self, connection: ConnectionSurvey, message: Message) -> None:
        """A message with something masked."""
        for each in masked_fields(message):
            known = each.name, each.text
            if message.direction is Direction.SERVER:
                if len(connection.given) < MOST_MASKS:
                    connection.given.add(known)
            elif known not in connection.given:
                connection.secrets[each.anywhere()] = None


def is_unasked(mark: object) -> bool:
    """True for what answers nothing, or comes after many answers to the same request."""
    if not isinstance(mark, Asking):
        return True
    mark.answers += 1
    return mark.answers > ANSWERS


def surveyed(items: Iterable[Item], choose: Callable[[Message], bool], connections: Iterable[int] = ()) -> Survey:
    """Read all items once; of `connections` only, where there are any. Memory does not grow with their number."""
    survey, wanted = Survey(), frozenset(connections)
    for item in items:
        match item:
            case Message() if item.opcode < Opcode.CLOSE and choose(item):
                found = survey.connections.get(item.connection)
                if found is not None:
                    survey.message(found, item)
            case Opened() if not wanted or item.connection.number in wanted:
                survey.opened(item)
            case Piece() if item.connection in survey.connections:
                survey.connections[item.connection].size += len(item.data)
            case Closed() if item.connection.number in survey.connections:
                survey.connections[item.connection.number].closed_ns = item.time_ns
    return survey
