"""Calling a user's function: on a copy of the message, whatever it does there or raises."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path

from paperknife.mutation.rarely import is_power_of_ten
from paperknife.mutation.rules.course import Course, Outcome
from paperknife.mutation.scripts.connection import HELD_BY, ScriptConnection
from paperknife.mutation.scripts.loading import frames_of, place_of, said
from paperknife.mutation.scripts.naming import Handler
from paperknife.mutation.scripts.secrecy import without_secrets
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.reflection import has_field
from paperknife_decoders.splice import changes_between, splice
from paperknife_decoders.values import Dynamic

__all__ = ["Call", "Faults", "Interrupted"]

logger = logging.getLogger(__name__)

SLOW_SECONDS = 0.05
"""A function that takes longer holds up all connections, which is worth a remark."""

LONG_SECONDS = 0.2
"""A function that takes longer is interrupted where the proxy is to end."""


class Interrupted(BaseException):
    """What is raised in a function that has not returned when the proxy is to end. No ``except Exception`` holds it."""

    def __init__(self) -> None:
        super().__init__("it had not returned when paperknife was to end; no function is called any more")


class Faults:
    """What functions raised, said at the first time and then ever more rarely; the traceback is in the log once."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()
        """By their place, function and type: what an exception says may be another thing for each message."""
        self.slow: set[str] = set()
        self.late: set[str] = set()
        """Where functions stand that are said to await something for long, until they do so no more."""
        self.since = 0.0
        """When the function that is at work was called, by `time.perf_counter`; 0 where none is."""
        self.is_over = False
        """No function is called any more: one did not return, and would not the next time."""

    def interrupt(self) -> None:
        """Raise `Interrupted` if a function has long been at work; for a handler of signals, which is in its midst."""
        if self.since and time.perf_counter() - self.since > LONG_SECONDS:
            self.since, self.is_over = 0.0, True
            raise Interrupted

    def line(self, call: Call, error: BaseException) -> str:
        """The line for the user; empty where it was said often enough."""
        place, name = place_of(error, call.path), call.handler.name
        what = call.without_secrets(f"{place}: {name}: {said(error)}")
        kind = place, name, type(error).__name__
        self.counts[kind] += 1
        count = self.counts[kind]
        if count == 1:
            call.log(f"script {what}\n{frames_of(error, call.path)}")
        if not is_power_of_ten(count):
            return ""
        then = "; the message passes as it was." if call.course.message is not None else "."
        return f"! script {what}{then}{'' if count == 1 else f' ({count:,} times)'}"

    def slow_line(self, handler: Handler, seconds: float) -> str:
        """A line on a function that took long; empty where it was said."""
        if seconds < SLOW_SECONDS or handler.name in self.slow:
            return ""
        self.slow.add(handler.name)
        return (
            f"! script {handler.place}: {handler.name} took {seconds * 1000:,.0f} ms, in which nothing else passed; "
            "async def and await let others pass."
        )


@dataclass(slots=True)
class Call:
    """One call of a handler on a course: what it is given, and what becomes of what it did there."""

    handler: Handler
    path: Path
    course: Course
    connection: ScriptConnection
    faults: Faults
    log: Callable[[str], None] = logger.info
    before: Envelope | None = None
    copy: Dynamic = None
    kept: Outcome | None = None
    place: int = 0

    def run(self) -> asyncio.Task[None] | None:
        """Call the function; what it awaits, if anything, is a task that is not done. Never raises."""
        if self.faults.is_over:
            return None
        kept = self.kept = replace(self.course.outcome)
        self.place = self.course.place
        began = time.perf_counter()
        task: asyncio.Task[None] | None = None
        try:
            arguments = self.arguments()
            self.faults.since = began
            try:
                result = self.handler.function(*arguments)
                if inspect.iscoroutine(result):
                    task = eager(result)
            finally:
                self.faults.since = 0.0
            if task is None or task.done():
                if task is not None:
                    task.result()
                task = None
                self.take_over()
        except BaseException as error:  # as sys.exit() is one: a script ends nothing but itself
            task, kept.logs = None, self.course.outcome.logs
            self.course.outcome = kept
            self.say(self.faults.line(self, error))
        self.say(self.faults.slow_line(self.handler, time.perf_counter() - began))
        return task

    def arguments(self) -> tuple[Dynamic, ...]:
        """What the function is given: a copy of the message at hand, if there is one, and the connection."""
        if self.handler.event is not None:
            return (self.connection,)
        envelope = self.course.envelope
        assert envelope.type is not None
        self.before = envelope
        self.copy = self.connection.envelope = envelope.type.parse(envelope.data)
        return (given(self.copy, envelope, self.handler), self.connection)

    def take_over(self) -> None:
        """Splice what the function has set. Raises `SpliceError`."""
        before = self.before
        if before is None or before.message is None or before.type is None:
            return
        changes = changes_between(before.message, self.copy)
        if changes:
            kind = before.type.descriptor
            self.course.edit(lambda data: splice(data, kind, changes))

    def finish(self, task: asyncio.Task[None]) -> None:
        """Take over what a function has done that awaited something. Never raises."""
        self.course.place = self.place  # others may have been looked at meanwhile
        try:
            task.result()
            self.take_over()
        except (Exception, asyncio.CancelledError) as error:
            # What others have done to it meanwhile, as rules behind this one, stays.
            outcome, kept = self.course.outcome, self.kept
            self.connection._undrop()
            if outcome.hold is not None and outcome.hold.rule == HELD_BY:
                outcome.hold = kept.hold if kept is not None else None
            self.say(self.faults.line(self, error))

    def say(self, line: str) -> None:
        """Have a line told to the user."""
        if line:
            self.course.outcome.logs = (*self.course.outcome.logs, line)

    def without_secrets(self, text: str) -> str:
        """A text with none of the secrets of the message at hand."""
        return without_secrets(text, self.course.envelope_at(self.place), self.course.standing.reader.protocol.secrets)


def given(copy: Dynamic, envelope: Envelope, handler: Handler) -> Dynamic:
    """What a function works on: the message of the payload that it is named for, else the whole envelope."""
    kind = envelope.type
    field = kind.descriptor.fields_by_name.get(handler.payload) if kind is not None and handler.payload else None
    if field is None or field.message_type is None or field.is_repeated or not has_field(copy, field.name):
        return copy
    return getattr(copy, field.name)


def eager(work: Coroutine[Dynamic, Dynamic, Dynamic]) -> asyncio.Task[None]:
    """Work that has run up to where it first awaits something; all of it, where it awaits nothing."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        work.close()
        raise
    return asyncio.Task(contained(work), loop=loop, eager_start=True)


async def contained(work: Coroutine[Dynamic, Dynamic, Dynamic]) -> Dynamic:
    """The work, where what would end the whole process is a fault as any other."""
    try:
        return await work
    except (SystemExit, KeyboardInterrupt) as error:
        raise RuntimeError(said(error)).with_traceback(error.__traceback__) from None
