"""The commands of mitmproxy's interfaces for messages that are held, and for those that have passed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import cast

from mitmproxy import command, ctx, exceptions

from paperknife.mutation.editing.assignments import assigned
from paperknife.mutation.editing.editor import EditorError
from paperknife.mutation.editing.nodes import EditError
from paperknife.mutation.holding import HeldError
from paperknife.proxy.hands import Hands
from paperknife.proxy.passed import Passed
from paperknife_decoders.splice import PathError, SpliceError

__all__ = ["Commands"]

type Decorator = Callable[[Callable[..., object]], Callable[..., object]]

named = cast("Callable[[str], Decorator]", command.command)
"""mitmweb reaches names of letters and dots only."""


QUOTED = """write paperknife.hold 'order.symbol == "ESZ6"' where there is text in it."""


class Commands:
    """An addon of mitmproxy's."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.passed = Passed(hands)

    def running(self) -> None:
        """Where there is an interface, somebody can be asked about messages that are held."""
        if ctx.master.addons.get("view") is not None:
            self.hands.answer()

    @named("paperknife.hold")
    def hold(self, *expression: str) -> None:
        """Hold messages that an expression is true for, such as order.quantity > 100; none more without one."""
        try:
            ctx.options.update(paperknife_hold=" ".join(expression))
        except exceptions.OptionsError as error:
            quoted = f" A command takes the inner quotes away: {QUOTED}" if len(expression) > 1 else ""
            raise exceptions.CommandError(f"{error}{quoted}") from None

    @named("paperknife.held")
    def held(self, number: str = "") -> Sequence[str]:
        """List the messages that are held, or show the one of this number as YAML, without its secrets."""
        if number:
            with told():
                return self.hands.sheet(self.hands.holding.one(number).message, ()).text.splitlines()
        now = time.monotonic()
        return [waiting.sentence(now) for waiting in self.hands.holding.waiting.values()] or ["No message is held."]

    @named("paperknife.release")
    def release(self, *numbers: str) -> None:
        """Let held messages go on as they came: their numbers, all, or the one that has waited longest."""
        with told():
            self.hands.holding.release_all(self.hands.holding.some(" ".join(numbers)))

    @named("paperknife.drop")
    def drop(self, *numbers: str) -> None:
        """Let held messages not go on: their numbers, all, or the one that has waited longest."""
        with told():
            for waiting in self.hands.holding.some(" ".join(numbers)):
                self.hands.holding.drop(waiting)

    @named("paperknife.edit")
    def edit(self, number: str = "", *changes: str) -> None:
        """Edit a held message and let it go on: in the editor, or by changes such as order.quantity=5."""
        with told():
            waiting = self.hands.holding.one(number)
            if changes:
                self.hands.holding.replace(waiting, assigned(waiting.message, changes))
            else:
                self.hands.see_that_there_is_an_editor()
                self.hands.begin(self.hands.edit_held(waiting))

    @named("paperknife.messages")
    def messages(self, connection: str = "", count: str = "20") -> Sequence[str]:
        """List the last messages of a connection, with their numbers for paperknife.inject, without secrets."""
        with told():
            return self.passed.lines(connection, count)

    @named("paperknife.inject")
    def inject(self, connection: str, message: str = "-1", *changes: str) -> None:
        """Send a message of a connection again, by their numbers (-1 is the last): edited, or with changes."""
        with told():
            track, chosen = self.passed.chosen(connection, message)
            if changes:
                self.hands.send(track, chosen, assigned(chosen, changes))
            else:
                self.hands.see_that_there_is_an_editor()
                self.hands.begin(self.hands.edit_again(track, chosen))


@contextlib.contextmanager
def told() -> Iterator[None]:
    """What the user got wrong, as mitmproxy's interfaces tell it."""
    try:
        yield
    except (HeldError, EditError, EditorError, PathError, SpliceError) as error:
        raise exceptions.CommandError(str(error)) from None
