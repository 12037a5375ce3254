"""The meter: traffic in, a report out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from google.protobuf.message import DecodeError

from paperknife.live.line import payload_label
from paperknife.recording.items import Closed, Item, Opened
from paperknife.stats.counts import Counts
from paperknife.stats.report import Report
from paperknife.stats.watches import Bare, Watch, Watches
from paperknife.traffic import Batch, Close, Connection, Piece
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.secrets import Secrets

__all__ = ["Meter"]

MOST_CONNECTIONS = 100_000
"""Open connections that are known; of more, the oldest are taken for ended."""
MOST_WATCHES = 128
"""Protocols and directions whose watches are kept."""

BINARY, CLOSE = int(Opcode.BINARY), int(Opcode.CLOSE)
"""As plain numbers: to compare with a member takes ten times as long."""

OVERSIZE = "(beyond the limit)"

type Wants = Callable[[Message, Envelope], bool]
"""Says which envelopes count. All are seen, for what the next ones mean stands in those before them."""


def everything(message: Message, envelope: Envelope) -> bool:
    """All envelopes count."""
    return True


class Meter:
    """Measures traffic: a `paperknife.traffic.PieceConsumer`, or `add` it the items of a recording.

    Feed it from one thread. Messages of which nothing is to be known but their number and size are not decoded.
    """

    def __init__(self, wants: Wants | None = None) -> None:
        self.counts = Counts()
        self._wants = wants or everything
        self._counts_all = wants is None
        self._open: dict[int, int] = {}
        """When the open connections were opened, 0 where that is not known."""
        self._watches: dict[Direction, Watches | None] = dict.fromkeys(Direction)
        self._kept: dict[tuple[int, Direction], Watches] = {}

    # traffic.PieceConsumer

    def opened(self, connection: Connection) -> None:
        """A connection that is not the one that has had its number so far begins with nothing before it."""
        number, time_ns = connection.number, connection.time_ns
        if self._open.get(number, time_ns) not in (0, time_ns):
            self._end(number, time_ns)
        if number not in self._open:
            self._meet(number)
        self._open[number] = time_ns
        self.counts.see(time_ns)

    def closed(self, connection: Connection, close: Close) -> None:
        if connection.number in self._open:
            self._end(connection.number, close.time_ns)
        self.counts.see(close.time_ns)

    def notice(self, text: str, *, warning: bool = False) -> None:
        pass

    def messages(self, batch: Sequence[Message]) -> None:
        if isinstance(batch, Batch) and self._counts_all:
            self._batch(batch)
            return
        for message in batch:
            self.message(message)

    def piece(self, piece: Piece) -> None:
        if piece.last and self._counts_all:
            self.counts.rate_of(piece.direction, OVERSIZE).add(1, piece.offset, piece.offset, piece.time_ns)
            self.counts.see(piece.time_ns)

    # recordings

    def add(self, item: Item) -> None:
        """Measure one item of a recording."""
        match item:
            case Message():
                self.message(item)
            case Opened(connection=connection, resumed=resumed):
                start_ns = self.counts.start_ns
                self.opened(connection)
                if resumed:  # long before, perhaps
                    self.counts.start_ns = start_ns
            case Closed(connection=connection, close=close):
                self.closed(connection, close)
            case Piece():
                self.piece(item)

    def message(self, message: Message) -> None:
        """Measure one message or control frame."""
        direction, time_ns, content = message.direction, message.time_ns, message.content
        if message.connection not in self._open:
            self._meet(message.connection)
        self.counts.see(time_ns)
        opcode = message.opcode
        if opcode >= CLOSE:
            self._control(message)
            return
        watches = self._watches[direction]
        if watches is None or watches.protocol is not message.reader.protocol:
            watches = self._turn_to(message.reader.protocol, direction)
        kind = watches.kind
        if kind is not None and opcode == BINARY and self._counts_all:
            name = kind.head(content)
            if name:
                bare = watches.bare.get(name) or watches.of_bare(name)
                if bare.is_simple and self._bare(bare, kind, content, message.connection, time_ns):
                    return
        self._opened(message, watches)

    def _bare(self, bare: Bare, kind: EnvelopeType, content: bytes, connection: int, time_ns: int) -> bool:
        """Measure a bare envelope of which nothing but numbers is looked at; False where it does not parse."""
        if bare.watch is not None:
            try:
                parsed = kind.parse(content)
            except DecodeError:
                return False
            bare.watch.see_numbers(parsed, connection, time_ns)
        size = len(content)
        bare.rate.add(1, size, size, time_ns)
        return True

    def _opened(self, message: Message, watches: Watches) -> None:
        """Measure a message by its envelopes."""
        envelopes = message.envelopes
        counted = size = 0
        for envelope in envelopes:
            counts = self._counts_all or self._wants(message, envelope)
            self._envelope(message, envelope, watches.of(envelope.type, envelope.payload), counts=counts)
            counted += counts
            size += len(envelope.data) if counts else 0
        if counted or (self._counts_all and not envelopes):
            beside = self.counts.beside[message.direction]
            beside[0] += 1 - counted
            beside[1] += len(message.content) - size

    def _batch(self, batch: Batch) -> None:
        """Measure messages that arrived together."""
        connection, direction = batch.connection, batch.direction
        kind = batch.reader.bare_type(direction, batch.opcodes)
        if kind is None:
            for message in batch:
                self.message(message)
            return
        if connection not in self._open:
            self._meet(connection)
        self.counts.see(batch.time_ns)
        watches = self._watches[direction]
        if watches is None or watches.protocol is not batch.reader.protocol:
            watches = self._turn_to(batch.reader.protocol, direction)
        if batch.accord.member and watches.of_bare(batch.accord.member).is_simple:
            self._alike(batch, watches.of_bare(batch.accord.member), range(len(batch)), watches)
            return
        alike: dict[str, list[int]] = {}
        for place, name in enumerate(batch.heads or batch.payloads):
            if name and (watches.bare.get(name) or watches.of_bare(name)).is_simple:
                alike.setdefault(name, []).append(place)
                continue
            self._all_alike(batch, alike, watches)  # it may say how their numbers go on
            self._opened(batch[place], watches)
        self._all_alike(batch, alike, watches)

    def _all_alike(self, batch: Batch, alike: dict[str, list[int]], watches: Watches) -> None:
        """Measure messages of a batch, their places by their payloads, and forget these."""
        for name, places in alike.items():
            self._alike(batch, watches.of_bare(name), places, watches)
        alike.clear()

    def _alike(self, batch: Batch, bare: Bare, places: Sequence[int], watches: Watches) -> None:
        """Measure messages of one payload, of which nothing but numbers is looked at."""
        contents = batch.contents if len(places) == len(batch) else [batch.contents[place] for place in places]
        if bare.watch is not None:
            assert watches.kind is not None
            try:
                parsed = list(map(watches.kind.parse, contents))
            except DecodeError:  # one of them; find out which
                for place in places:
                    self._opened(batch[place], watches)
                return
            bare.watch.see_all_numbers(parsed, batch.connection, batch.time_ns)
        sizes = list(map(len, contents))
        bare.rate.add(len(sizes), sum(sizes), max(sizes), batch.time_ns)

    def _envelope(self, message: Message, envelope: Envelope, watch: Watch | None, *, counts: bool) -> None:
        """Measure one envelope."""
        direction, time_ns = message.direction, message.time_ns
        if counts:
            size = len(envelope.data)
            self.counts.rate_of(direction, envelope.payload or payload_label(envelope)).add(1, size, size, time_ns)
        protocol = message.reader.protocol
        if protocol.heartbeats and protocol.is_heartbeat(envelope):
            name = envelope.payload or payload_label(envelope)
            self.counts.beats_of(direction, name).see(message.connection, time_ns, count=counts)
        if watch is None or envelope.message is None:
            return
        watch.see_numbers(envelope.message, message.connection, time_ns, count=counts)
        if watch.renews:
            self.counts.renew(message, envelope)
        if watch.role is not None:
            self.counts.answers.see(message, envelope, watch.role, count=counts)

    def _control(self, message: Message) -> None:
        """A ping or pong is a heartbeat; whether it counts where not all do, nobody can say."""
        if self._counts_all and message.opcode is not Opcode.CLOSE:
            name = f"({message.opcode.name.lower()})"
            self.counts.beats_of(message.direction, name).see(message.connection, message.time_ns)

    def _turn_to(self, protocol: Protocol, direction: Direction) -> Watches:
        """The watches of another protocol than before; they hold it, so that no other one gets its id."""
        watches = self._kept.get((id(protocol), direction))
        if watches is None:
            if len(self._kept) >= MOST_WATCHES:
                self._kept.clear()
            watches = Watches(protocol, direction, self.counts.series_of, self.counts.rate_of)
            self._kept[id(protocol), direction] = watches
            self.counts.secrets = Secrets(self.counts.secrets.paths | protocol.secrets.paths, protocol.secrets.names)
        self._watches[direction] = watches
        return watches

    def _meet(self, connection: int) -> None:
        """A connection is there that was not known."""
        if len(self._open) >= MOST_CONNECTIONS:
            self._end(next(iter(self._open)), self.counts.end_ns)
        self._open[connection] = 0
        self.counts.connections += 1

    def _end(self, connection: int, time_ns: int) -> None:
        """Nothing more comes on a connection."""
        del self._open[connection]
        self.counts.close(connection, time_ns)

    def report(self) -> Report:
        """What was measured so far."""
        return self.counts.report()
