"""A part of a recording as a recording of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from paperknife.recording.chains import Chains
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.selection import Selection
from paperknife.recording.state import State
from paperknife.traffic import Piece
from paperknife_decoders.message import Message, Opcode

__all__ = ["Excerpt"]


@dataclass(slots=True)
class Excerpt:
    """What `selection` takes from a recording, with the connections that it belongs to.

    A connection comes along with its first message that is wanted; where there are no expressions, all that were open
    in the time range do. `with_state` adds, before the first message that is wanted or at the start of the time range,
    what holds by then (`state`), at the times at which it passed. Messages that are wanted come with those that they
    begin and end in (`chains`). `kept`, `added` and `seen` count messages
    without control frames, `forgotten` those of the state that were too many.
    """

    selection: Selection
    with_state: bool = False
    kept: int = 0
    added: int = 0
    seen: int = 0
    forgotten: int = 0
    _waiting: dict[int, Opened] = field(default_factory=dict)
    _present: set[int] = field(default_factory=set)
    _state: State | None = None
    _chains: Chains = field(default_factory=Chains)

    def items(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items of the excerpt."""
        self._state = State() if self.with_state else None
        selection = self.selection
        for item in items:
            match item:
                case Message():
                    counted = item.opcode < Opcode.CLOSE
                    self.seen += counted
                    taken = self._chains.with_wanted(item, wanted=selection.takes(item))
                    if taken:
                        yield from self._arrive(item.connection, item.time_ns)
                        self.kept += counted * len(taken)
                        yield from taken
                    elif self._state is not None and self._of_connections(item.connection):
                        self._state.observe(item)
                case Piece():
                    if selection.takes(item):
                        yield from self._arrive(item.connection, item.time_ns)
                        yield item
                case Opened():
                    yield from self._opened(item)
                case Closed():
                    yield from self._closed(item)
                case Noticed():
                    if selection.takes(item):
                        yield item
        yield from self._all_waiting()

    def _of_connections(self, number: int) -> bool:
        return not self.selection.connections or number in self.selection.connections

    @property
    def _takes_all(self) -> bool:
        return self.selection.where is None and not self.selection.hide

    def _opened(self, item: Opened) -> Iterator[Item]:
        """A connection waits until something of it is wanted."""
        if not self._of_connections(item.connection.number) or self.selection.is_past(item.time_ns):
            return
        self._waiting[item.connection.number] = item
        if self._takes_all and self.selection.takes(item):
            yield from self._arrive(item.connection.number, item.time_ns)

    def _closed(self, item: Closed) -> Iterator[Item]:
        number = item.connection.number
        self._chains.closed(number)
        if self._state is not None:
            self._state.closed(number)
        wanted = self.selection.takes(item)
        was_open = number in self._waiting and item.time_ns >= (self.selection.start_ns or 0)
        if self._takes_all and (wanted or was_open):
            yield from self._arrive(number, item.time_ns)
        if wanted and number in self._present:
            yield item
        self._waiting.pop(number, None)
        self._present.discard(number)

    def _arrive(self, number: int, time_ns: int) -> Iterator[Item]:
        """What comes before the first thing that is wanted of a connection: its handshake, and the state of all."""
        if self._state is not None:
            held = self._state.messages()
            self.forgotten, self._state = self._state.forgotten, None
            for each in sorted({message.connection for message in held}):
                yield from self._handshake(each)
            self.added = len(held)
            yield from held
            if held:
                yield Noticed(f"The {len(held):,} messages before this are from before the excerpt.", False, time_ns)
        yield from self._handshake(number)

    def _handshake(self, number: int) -> Iterator[Item]:
        self._present.add(number)
        opened = self._waiting.pop(number, None)
        if opened is not None:
            late = self.selection.start_ns is not None and opened.time_ns < self.selection.start_ns
            yield replace(opened, resumed=True) if late else opened

    def _all_waiting(self) -> Iterator[Item]:
        """Connections that were open in the time range, and said nothing in it."""
        if self._takes_all:
            for number in list(self._waiting):
                yield from self._handshake(number)
