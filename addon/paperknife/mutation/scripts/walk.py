"""One message on its way through the functions that are for it, at once or while it is held."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path

from paperknife.mutation.held import ENDED, ENDING, Held
from paperknife.mutation.rules.course import Course, Outcome
from paperknife.mutation.scripts.calling import Call, Faults
from paperknife.mutation.scripts.connection import Link, Memory, ScriptConnection
from paperknife.mutation.scripts.naming import Handler
from paperknife.mutation.verdict import Hold, Verdict
from paperknife_decoders.splice import SpliceError

__all__ = ["SECONDS", "Surroundings", "Walk"]

SECONDS = 60.0
"""So long a message is held at most for functions that await something."""

REMIND_SECONDS = 5.0
"""After so long it is said which function it is that a message still waits for."""

BECOMES = {ENDED: "it is dropped", ENDING: "it passes as it was, if nothing else keeps it"}
"""What becomes of a message that did not wait, by the reason."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What functions are called with on one connection. Without a `link` what is sent later is lost."""

    memory: Memory
    faults: Faults
    link: Link | None = None

    def mask(self, text: str) -> str:
        """A text without what is known as a secret."""
        return text if self.link is None else self.link.mask(text)

    def log(self, text: str) -> None:
        """Write to the log."""
        if self.link is not None:
            self.link.log(text)


@dataclass(slots=True, eq=False)
class Walk:
    """A message, or a connection that opens or closes, and the functions `todo`, each with its envelope's place.

    It is the `paperknife.mutation.held.Holder` of the message while a function awaits something. What is asked for
    then comes with its last word on the message; what it asked for before, with the verdict that had the message kept.
    """

    course: Course
    around: Surroundings
    todo: deque[tuple[int, Path, Handler]]
    awaited: tuple[asyncio.Task[None], Call] | None = None
    is_late: bool = False
    kept: Held | None = None
    hold: Hold | None = None
    reminder: asyncio.TimerHandle | None = None
    reminded: str = ""
    """The function that was said to be late."""

    def begin(self) -> Verdict | None:
        """Call the functions; what is to become of the message. Never raises."""
        is_over = self.proceed()
        outcome = self.course.outcome
        if not outcome.hits:
            content = self.course.message.content if self.course.message is not None else None
            return Verdict(content, logs=outcome.logs) if outcome.logs else None
        verdict = self.verdict()
        if not is_over:
            self.hand_over()
        return verdict

    def verdict(self) -> Verdict:
        """What is to become of the message by what the functions have done so far."""
        try:
            return self.course.verdict()
        except SpliceError as error:
            content = self.course.message.content if self.course.message is not None else None
            logs = (f"! script: {error}; the message passes as it was.", *self.course.outcome.logs)
            return Verdict(content, logs=logs)

    def keep(self, hold: Hold | None) -> Hold | None:
        """How the message is kept while a function awaits something; `hold` is how it is to be held then."""
        self.hold = hold
        if self.awaited is None or self.course.message is None:
            return None
        return Hold(name_of(self.awaited[1].handler), SECONDS, in_order=True, by=self)

    @property
    def undecided(self) -> frozenset[int]:
        """The envelope, by its place, that the function has dropped which awaits something: it may still fail."""
        return self.awaited[1].connection._dropped if self.awaited is not None else frozenset()

    def hand_over(self) -> None:
        """What was asked for up to here is in a verdict, and not to be asked for again."""
        done = self.course.outcome
        self.course.outcome = Outcome(
            walk=self, hold=self.hold, bytes_edits=done.bytes_edits, parts=done.parts, gone=done.gone
        )

    def proceed(self) -> bool:
        """Call one function after the other; False where one awaits something."""
        course = self.course
        while self.todo and not course.is_dropped:
            course.place, path, handler = self.todo.popleft()
            if course.place in course.outcome.gone:
                continue
            connection = ScriptConnection(course, self.around.memory, self.around.mask)
            connection._link = self.around.link if self.is_late else None
            call = Call(handler, path, course, connection, self.around.faults, self.around.log)
            before = replace(course.outcome)
            task = call.run()
            if task is not None:
                self.awaited = task, call
                self.is_late, connection._link = True, self.around.link
                course.outcome.walk = self
                course.outcome.hits = (*course.outcome.hits, name_of(handler))
                task.add_done_callback(self.done)
                return False
            if replace(course.outcome, logs=before.logs) != before:
                course.outcome.hits = (*course.outcome.hits, name_of(handler))
        return True

    def done(self, task: asyncio.Task[None]) -> None:
        """A function that awaited something has come to its end."""
        assert self.awaited is not None
        _, call = self.awaited
        if task.cancelled() and self.kept is None:
            return  # by ourselves: it was too late
        call.finish(task)
        self.awaited = None
        is_over = self.proceed()
        self.tell()
        if is_over and self.kept is not None:
            self.no_more_reminding()
            self.course.outcome.walk = None
            self.kept.settle(self.verdict())

    # as the holder of the message

    def held(self, held: Held) -> None:
        """The message is kept."""
        self.kept = held
        self.reminder = asyncio.get_running_loop().call_later(REMIND_SECONDS, self.remind)
        self.hand_over()

    def gone(self, held: Held, why: str) -> None:
        """It waits no more: what a function would do with it now is too late."""
        self.kept = None
        self.no_more_reminding()
        if self.awaited is not None:
            task, call = self.awaited
            task.cancel()
            self.say(
                f"! script {call.handler.place}: {call.handler.name} awaited something, and the message did not wait "
                f"for it any longer: {why}; {BECOMES.get(why, 'it passes as it was')}."
            )

    def remind(self) -> None:
        """Say which function the message still waits for, and what waits for it; of many alike, of the first one."""
        if self.kept is None or self.awaited is None:
            return
        handler, late = self.awaited[1].handler, self.around.faults.late
        if handler.place in late:
            return
        late.add(handler.place)
        self.reminded = handler.place
        behind = self.kept.behind()
        waiting = f"; {behind:,} behind it {'waits' if behind == 1 else 'wait'} too" if behind else ""
        self.say(
            f"! script {handler.place}: {handler.name} still awaits something, and its message waits for it"
            f"{waiting}. After {SECONDS:g} s in all it passes as it was."
        )

    def no_more_reminding(self) -> None:
        """The message waits no more."""
        if self.reminder is not None:
            self.reminder.cancel()
        self.around.faults.late.discard(self.reminded)

    # what is told late

    def tell(self) -> None:
        """Tell what was logged, and end the connection where that was asked for."""
        outcome, link = self.course.outcome, self.around.link
        for line in outcome.logs:
            self.say(line)
        if outcome.close is not None and link is not None:
            link.close(self.course.standing.number, outcome.close)
        outcome.logs, outcome.close = (), None

    def say(self, line: str) -> None:
        """Tell the user something."""
        if self.around.link is not None:
            self.around.link.say(self.course.standing.number, line, warning=line.startswith("!"))


def name_of(handler: Handler) -> str:
    """What a function is called among the rules that had a part in a message."""
    return f"script {handler.name}"
