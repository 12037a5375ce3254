"""What is kept of one open connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from paperknife.mutation.verdict import Changer, CloseOrder, Emission
from paperknife.proxy.lane.history import History
from paperknife.traffic import Connection
from paperknife_decoders.reader import Reader
from paperknife_decoders.trail import Trail

__all__ = ["Carrier", "Track"]


class Carrier(Protocol):
    """A lane, as far as those have to know it who say what becomes of its messages."""

    def use_changer(self, changer: Changer | None) -> None:
        """Carry out what this one decides, from the next message on; nothing, where it is None."""

    def send_by(self, emission: Emission) -> None:
        """Send a message of our own, once its delay is over."""

    def end_by(self, order: CloseOrder) -> None:
        """End the connection, behind what waits on it."""

    def hurry(self) -> None:
        """The proxy is about to end: do not begin what takes long. It may be called at any time."""

    def give_up_waiting(self) -> None:
        """The proxy ends: let what is kept for a script pass, and tell of all else that waits as dropped."""


@dataclass(slots=True)
class Track:
    """An open connection: how it is read, and what mitmproxy's interfaces show of it.

    `trail` follows what passes, and `told` the same without its secrets, as the audience is told of it.
    `by_rules` is who decides on its messages by rules, if there are any.
    `lane` tells that a lane relays it, and not mitmproxy's own layer, and `carrier` is that lane; `said` which remarks
    on it were made already.
    """

    connection: Connection
    reader: Reader
    history: History
    lane: bool = False
    carrier: Carrier | None = None
    by_rules: Changer | None = None
    said: set[str] = field(default_factory=set)
    trail: Trail = field(default_factory=Trail)
    told: Trail = field(default_factory=Trail)

    @property
    def number(self) -> int:
        """The connection's number."""
        return self.connection.number
