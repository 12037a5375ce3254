"""What the clients of a recorded venue did, as far as a test is judged by it."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

from paperknife.replay.conditions import Request
from paperknife.replay.moves import Missed
from paperknife.replay.venue import UNEXPECTED
from paperknife.replay.visit import Visit
from paperknife.replay.wording import described, missed_lines, stalled_text

__all__ = ["Taken", "Taking"]

MOST_LEFT = 1000
"""So many requests that did not come are remembered of one connection."""


@dataclass(slots=True)
class Taken:
    """One connection of a client; all texts are safe to show.

    `left` are the requests that did not come, in words, each with its number; `last` is the number of the last one that
    did.
    """

    recorded: int
    misses: list[tuple[str, ...]] = field(default_factory=list)
    miss_count: int = 0
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)
    last: int = 0


class Taking:
    """Is told by the venue, in its thread; asked by the test, in its own.

    A connection on which nothing more comes that was recorded is closed after `patience` seconds, so that a client that
    waits for an answer to something else does not wait for ever.
    """

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.taken: dict[int, Taken] = {}
        self.closed_count = 0
        self._open: set[int] = set()
        self._changed = threading.Condition()

    def wait_closed(self, count: int, seconds: float) -> bool:
        """Wait until so many connections have ended; False if they have not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.closed_count >= count, seconds)

    def opened(self, visit: Visit) -> None:
        """A client has connected."""
        with self._changed:
            self.taken[visit.number] = Taken(visit.recorded.number)
            self._open.add(visit.number)

    def missed(self, visit: Visit, missed: Missed) -> None:
        """It has sent what is not in the recording."""
        lines = tuple(missed_lines(visit, missed, visit.secrets))
        with self._changed:
            taken = self.taken[visit.number]
            taken.miss_count = visit.result.miss_count
            taken.misses.append(lines)
        if taken.miss_count == 1:
            self._watch(visit)

    def stalled(self, visit: Visit, needs: tuple[Request, ...], seconds: float) -> None:
        """It has not sent what the recording waits for."""
        self._give_up(visit, stalled_text(visit, needs, seconds, visit.secrets), "what was recorded next did not come")

    def fault(self, visit: Visit, text: str) -> None:
        """Something could not be done as recorded; it says so beside what came of it."""
        with self._changed:
            self.taken[visit.number].faults.append(f"#{visit.number} {text}")

    def over(self, visit: Visit) -> None:
        """All that was recorded was sent."""

    def closed(self, visit: Visit) -> None:
        """The connection has ended."""
        left: list[tuple[int, str]] = []
        for request in visit.cursor.rest():
            if len(left) < MOST_LEFT:
                left.append((request.number, described(request.envelope, visit.secrets)))
        with self._changed:
            taken = self.taken[visit.number]
            taken.left = left
            taken.miss_count = visit.result.miss_count  # it is told of the first ones only
            taken.last = visit.cursor.last_met.number if visit.cursor.last_met is not None else 0
            self._open.discard(visit.number)
            self.closed_count += 1
            self._changed.notify_all()

    def _watch(self, visit: Visit) -> None:
        """See later whether anything has come of a connection with a miss."""
        before = visit.cursor.sent, visit.cursor.met

        def look() -> None:
            if visit.number not in self._open:
                return
            if before == (visit.cursor.sent, visit.cursor.met):
                text = f"#{visit.number} After that nothing came for {self.patience:g} s that was recorded."
                self._give_up(visit, text, "no such request was recorded")
            else:
                self._watch(visit)

        asyncio.get_running_loop().call_later(self.patience, look)

    def _give_up(self, visit: Visit, text: str, reason: str) -> None:
        """Close a connection that goes nowhere, once."""
        with self._changed:
            taken = self.taken[visit.number]
            if taken.notes:
                return
            taken.notes.append(f"{text.rstrip('.')}. The connection was closed.")
        visit.close(UNEXPECTED, reason)
