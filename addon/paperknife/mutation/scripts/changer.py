"""What the scripts decide for one connection."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from paperknife.mutation.rules.course import Course
from paperknife.mutation.rules.standing import Standing
from paperknife.mutation.scripts.naming import Event
from paperknife.mutation.scripts.walk import Surroundings, Walk
from paperknife.mutation.verdict import Verdict
from paperknife_decoders.message import Direction, Message

if TYPE_CHECKING:
    from paperknife.mutation.scripts.library import Scripts

__all__ = ["ScriptChanger"]


class ScriptChanger:
    """A `paperknife.mutation.verdict.Changer` that asks the user's functions.

    It asks those of the moment: scripts that are loaded anew need no new changer.
    """

    __slots__ = ("scripts", "standing")

    def __init__(self, scripts: Scripts, standing: Standing) -> None:
        self.scripts = scripts
        self.standing = standing
        standing.reader.moulds.follow(filter(self.is_framed, Direction), standing.reader.quick_opcode)

    def heeds(self, direction: Direction) -> bool:
        """False if no function is for messages of this direction."""
        wanted = self.scripts.payloads(direction)
        return wanted is None or bool(wanted) or self.is_framed(direction)

    def wants(self, direction: Direction, payloads: Sequence[str]) -> bool:
        """False if no function is for messages with these payloads."""
        wanted = self.scripts.payloads(direction)
        if wanted is None or not wanted.isdisjoint(payloads):
            return True
        return any("+" in payload and not wanted.isdisjoint(payload.split("+")) for payload in payloads)

    def is_framed(self, direction: Direction) -> bool:
        """True if what a function sends in a direction has to look like the messages that pass there."""
        reader = self.standing.reader
        return reader.has_steps(direction, reader.quick_opcode)

    def consider(self, message: Message, now: float) -> Verdict | None:
        """What is to become of a message; None where it passes untouched. Never raises."""
        standing = self.standing
        standing.time_ns = message.time_ns
        course = Course(standing, message)
        todo = deque(
            (place, path, handler)
            for place, envelope in enumerate(message.envelopes)
            if envelope.message is not None
            for path, handler in self.scripts.functions(message.direction, envelope.payload)
        )
        return Walk(course, self.surroundings(), todo).begin() if todo else None

    def opened(self, now: float) -> Verdict | None:
        """What is to be done when the connection opens."""
        self.standing.opened_at = now
        return self.event(Event.OPENED)

    def closed(self, now: float) -> Verdict | None:
        """What is to be said when it has ended; what was remembered is forgotten."""
        verdict = self.event(Event.CLOSED)
        self.scripts.forget(self.standing.number)
        return verdict

    def event(self, event: Event) -> Verdict | None:
        """Call the functions that are for an event."""
        todo = deque((0, path, handler) for path, handler in self.scripts.functions_on(event))
        return Walk(Course(self.standing), self.surroundings(), todo).begin() if todo else None

    def surroundings(self) -> Surroundings:
        """What functions are called with."""
        return self.scripts.surroundings(self.standing.number)
