"""What passed, counted: the summary at the end of a run."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from paperknife.live.amounts import count_text, size_text, span_text
from paperknife.live.cells import squeeze
from paperknife.live.line import payload_label
from paperknife.traffic import Batch, Close, Connection, Piece
from paperknife_decoders.envelope import Form
from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.oddities.marks import unknown_fields
from paperknife_decoders.paint import PLAIN, Paint, dyed
from paperknife_decoders.printable import printable

__all__ = ["Tally"]

MOST_UNKNOWN = 1000
"""So many different unknown fields are told apart; a peer can make up as many as it likes."""
MOST_PAYLOADS = 1000
"""So many payloads are told apart: where several fields make one, a peer can set as many as it likes."""
MOST_RULES = 1000
"""So many rules are told apart."""
MOST_ROWS = 12
"""So many unknown fields, and rules, are listed."""
NAME_CELLS = 32
OTHERS = "(others)"


def all_known(content: bytes) -> bool:
    """Stands in place of a closer look where that was taken."""
    return True


@dataclass(slots=True)
class Count:
    """A number of messages and their bytes."""

    messages: int = 0
    size: int = 0


@dataclass(slots=True)
class Hits:
    """Messages of the peers that one rule has taken, and those that went out besides because of it."""

    messages: int = 0
    injected: int = 0

    def __str__(self) -> str:
        """``3 messages, 1 injected``."""
        parts = [count_text(self.messages, "message")] if self.messages else []
        return ", ".join([*parts, f"{self.injected:,} injected"] if self.injected else parts)


class Tally:
    """Counts traffic. A `paperknife.traffic.Consumer`; safe to be fed from several threads, a batch at a time.

    It parses what it counts, so let the live view feed it from its own thread where there is one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._payloads: dict[tuple[Direction, str], Count] = {}
        self._unknown: dict[tuple[Direction, str], int] = {}
        self._unknown_beyond = 0
        self._directions = {direction: Count() for direction in Direction}
        self._undecoded = 0
        self._fates: dict[Fate, int] = {}
        self._hits: dict[str, Hits] = {}
        self._oversize = 0
        self._connections = 0
        self._first_ns: int | None = None
        self._last_ns = 0

    def opened(self, connection: Connection) -> None:
        with self._lock:
            self._connections += 1
            self._see(connection.time_ns)

    def closed(self, connection: Connection, close: Close) -> None:
        with self._lock:
            self._see(close.time_ns)

    def notice(self, text: str, *, warning: bool = False) -> None:
        pass

    def messages(self, batch: Sequence[Message]) -> None:
        if not batch:
            return
        with self._lock:
            if isinstance(batch, Batch):
                for place in self._count_plain(batch):
                    self._count(batch[place])
                self._see(batch.time_ns)
                return
            for message in batch:
                self._count(message)
            self._see(batch[0].time_ns)
            self._see(batch[-1].time_ns)

    def _count_plain(self, batch: Batch) -> list[int]:
        """Count the envelopes of a feed, of which all is known; the places of messages to be looked at one by one."""
        kind = batch.reader.bare_type(batch.direction, batch.opcodes)
        if kind is None or batch.fate is not Fate.PASSED or batch.hits:
            return list(range(len(batch)))
        if batch.accord.member:
            self._add_plain(batch.direction, batch.accord.member, len(batch), batch.size)
            return []
        rest: list[int] = []
        sizes: dict[str, list[int]] = {}
        knows_all_of = all_known if batch.accord.known else kind.knows_all_of
        for place, (name, content) in enumerate(zip(batch.payloads, batch.contents, strict=True)):
            try:
                if name and knows_all_of(content):
                    sizes.setdefault(name, []).append(len(content))
                    continue
            except DecodeError:
                pass
            rest.append(place)
        for name, found in sizes.items():
            self._add_plain(batch.direction, name, len(found), sum(found))
        return rest

    def _add_plain(self, direction: Direction, name: str, messages: int, size: int) -> None:
        """Count messages that are one envelope each."""
        self._add(direction, name, messages, size)
        total = self._directions[direction]
        total.messages += messages
        total.size += size

    def piece(self, piece: Piece) -> None:
        """Count a message beyond the limit when all of it has passed."""
        if piece.last:
            with self._lock:
                total = self._directions[piece.direction]
                total.messages += 1
                total.size += piece.offset
                self._oversize += 1
                self._see(piece.time_ns)

    def _see(self, time_ns: int) -> None:
        if self._first_ns is None:
            self._first_ns = time_ns
        self._last_ns = max(self._last_ns, time_ns)

    def _count(self, message: Message) -> None:
        if message.opcode >= Opcode.CLOSE:
            return
        direction = message.direction
        total = self._directions[direction]
        total.messages += 1
        total.size += len(message.content)
        if message.fate is not Fate.PASSED or message.hits:
            self._count_fate(message)
        for envelope, found in zip(message.envelopes, message.oddities, strict=True):
            self._add(direction, envelope.payload or payload_label(envelope), 1, len(envelope.data))
            if envelope.form is not Form.DECODED:
                self._undecoded += envelope.type is not None  # without a schema there is nothing to fail
                continue
            for path, number in unknown_fields(found) if found else ():
                self._count_unknown(direction, f"{path}.{number}" if path else f"field {number}")

    def _count_fate(self, message: Message) -> None:
        """Count what became of a message, and by which rules."""
        if message.fate is not Fate.PASSED:
            self._fates[message.fate] = self._fates.get(message.fate, 0) + 1
        for name in message.hits:
            if name in self._hits or len(self._hits) < MOST_RULES:
                hits = self._hits.setdefault(name, Hits())
                hits.injected += message.fate is Fate.INJECTED
                hits.messages += message.fate is not Fate.INJECTED

    def _add(self, direction: Direction, name: str, messages: int, size: int) -> None:
        count = self._payloads.get((direction, name))
        if count is None:
            if len(self._payloads) >= MOST_PAYLOADS:
                name = OTHERS
            count = self._payloads.setdefault((direction, name), Count())
        count.messages += messages
        count.size += size

    def _count_unknown(self, direction: Direction, name: str) -> None:
        key = direction, name
        if key in self._unknown or len(self._unknown) < MOST_UNKNOWN:
            self._unknown[key] = self._unknown.get(key, 0) + 1
        else:
            self._unknown_beyond += 1

    def summary_text(self, paint: Paint = PLAIN) -> str:
        """A table of what passed, several lines."""
        with self._lock:
            return "".join(f"{line}\n" for line in self._lines(paint))

    def _lines(self, paint: Paint) -> Iterator[str]:
        span = self._last_ns - (self._first_ns or self._last_ns)
        sums = [
            f"{direction.arrow} {count_text(count.messages, 'message')} ({size_text(count.size)})"
            for direction, count in self._directions.items()
        ]
        yield f"{', '.join(sums)} on {count_text(self._connections, 'connection')} in {span_text(span)}"
        if self._payloads:
            yield ""
            yield from self._payload_lines(paint)
        if self._fates or self._hits:
            yield ""
            yield from self._fate_lines(paint)
        if self._unknown:
            yield ""
            yield from self._unknown_lines(paint)
        if self._undecoded:
            yield ""
            yield dyed(
                f"! {count_text(self._undecoded, 'message')} could not be decoded by the schema", paint.mark, paint
            )

        if self._oversize:
            yield ""
            yield dyed(
                f"! {count_text(self._oversize, 'message')} beyond the limit passed without being decoded",
                paint.mark,
                paint,
            )

    def _payload_lines(self, paint: Paint) -> Iterator[str]:
        rows = sorted(self._payloads.items(), key=lambda row: (row[0][0] is Direction.SERVER, -row[1].messages))
        width = min(max(14, *(len(name) for (_, name), _ in rows)), NAME_CELLS)
        yield dyed(f"   {'payload':<{width}}  messages     bytes", paint.dim, paint)
        for (direction, name), count in rows:
            tint = paint.client if direction is Direction.CLIENT else paint.server
            label = dyed(f"{direction.arrow} {squeeze(name, width):<{width}}", tint, paint)
            yield f"{label}  {count.messages:>8,}  {size_text(count.size):>8}"

    def _fate_lines(self, paint: Paint) -> Iterator[str]:
        counts = [f"{self._fates[fate]:,} {fate.value}" for fate in Fate if fate in self._fates]
        if counts:
            yield dyed(f"! messages that did not simply pass: {', '.join(counts)}", paint.mark, paint)
        if self._hits:
            yield dyed("! rules", paint.mark, paint)
        for name, hits in sorted(self._hits.items(), key=lambda row: -row[1].messages)[:MOST_ROWS]:
            yield f"   {printable(name)}  {hits}"

    def _unknown_lines(self, paint: Paint) -> Iterator[str]:
        rows = sorted(self._unknown.items(), key=lambda row: -row[1])
        yield dyed("! fields that the schema does not know (the peer has a newer one?)", paint.mark, paint)
        for (direction, name), times in rows[:MOST_ROWS]:
            yield f"   {direction.arrow} {printable(name)}  {count_text(times, 'time')}"
        if len(rows) > MOST_ROWS or self._unknown_beyond:
            beyond = sum(times for _, times in rows[MOST_ROWS:]) + self._unknown_beyond
            yield f"   and others, {count_text(beyond, 'time')}"
