"""A part of a recording: some connections, some time, some messages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING

from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.traffic import Piece
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.message import Message, Opcode

if TYPE_CHECKING:
    from paperknife_decoders.expression import Expression

__all__ = ["EVERYTHING", "Selection"]

NOTHING = Envelope(b"", Form.BYTES)
"""Stands for a message in which the protocol reads no envelope at all."""


SLACK_NS = 5 * 10**9
"""A clock may have been set back while it was recorded: so long after the end of a time range one goes on reading."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted of a recording.

    `connections` are their numbers (empty: all). Times are nanoseconds since the epoch, from `start_ns` to before
    `end_ns` (None: without a bound). Of these, messages for which `where` is true for one of their envelopes and `hide`
    is not true for all; control frames and parts of messages beyond the limit only where there is no `where`.
    """

    connections: frozenset[int] = frozenset()
    start_ns: int | None = None
    end_ns: int | None = None
    where: Expression | None = None
    hide: tuple[Expression, ...] = ()

    def covers(self, connection: int, time_ns: int) -> bool:
        """True for a time in the range, and one of the connections."""
        if self.connections and connection not in self.connections:
            return False
        return (self.start_ns is None or time_ns >= self.start_ns) and not self.is_past(time_ns)

    @property
    def until_ns(self) -> int | None:
        """The time from which on nothing more of the range comes, in nanoseconds since the epoch; None: none."""
        return None if self.end_ns is None else self.end_ns + SLACK_NS

    def is_past(self, time_ns: int) -> bool:
        """True for what comes after the end of the range."""
        return self.end_ns is not None and time_ns >= self.end_ns

    def wants(self, message: Message, envelope: Envelope) -> bool:
        """True if the expressions let this envelope of a message through."""
        if self.where is not None and not self.where.matches(message, envelope):
            return False
        return not self.hide or not any(hidden.matches(message, envelope) for hidden in self.hide)

    def takes(self, item: Item) -> bool:
        """True if `item` is wanted, as far as can be told from it alone."""
        match item:
            case Message():
                return self.covers(item.connection, item.time_ns) and self.takes_content(item)
            case Piece():
                return self.where is None and self.covers(item.connection, item.time_ns)
            case Opened() | Closed():
                return self.covers(item.connection.number, item.time_ns)
            case Noticed():
                return self.where is None and not self.connections and self.covers(0, item.time_ns)

    def takes_content(self, message: Message) -> bool:
        """True if the expressions let a message through, wherever and whenever it passed."""
        if self.where is None and not self.hide:
            return True
        if message.opcode >= Opcode.CLOSE:
            return self.where is None
        if not self.may_match(message):
            return False
        pairs = ((message, envelope) for envelope in message.envelopes or (NOTHING,))
        return any(starmap(self.wants, pairs))

    def may_match(self, message: Message) -> bool:
        """False if the name of the payload alone says that `where` is not true; it takes far less than a parse."""
        if self.where is None or message.reader.protocol.steps_for(message.direction):
            return True
        payloads = self.where.payloads(message.direction)
        return payloads is None or (
            message.reader.payloads(message.direction, (message.opcode,), (message.content,))[0] in payloads
        )


EVERYTHING = Selection()
"""All of a recording."""
