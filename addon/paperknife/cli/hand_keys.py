"""Keys for messages that are held, in the live view."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from typing import TYPE_CHECKING

from paperknife.cli.keys import key_presses
from paperknife.mutation.editing.editor import in_editor
from paperknife.mutation.holding import Waiting

if TYPE_CHECKING:
    from paperknife.live.view import LiveView
    from paperknife.proxy.embedded import EmbeddedProxy
    from paperknife.proxy.hands import Hands

__all__ = ["HandKeys", "can_ask"]

KEYS = "e edit, p pass, d drop, n next, a pass all"


def can_ask() -> bool:
    """True if there is a terminal to press keys in."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


class HandKeys:
    """Has the user decide by keys on the messages that `hands` holds. The `view` leaves the terminal to his editor."""

    def __init__(self, hands: Hands, view: LiveView) -> None:
        self.hands = hands
        self.view = view
        self.chosen: int | None = None
        self.keys = contextlib.ExitStack()
        hands.editor = self.editor
        hands.advice = f" Keys: {KEYS}."
        hands.answer()

    async def run(self, proxy: EmbeddedProxy) -> None:
        """Heed keys until the proxy ends."""
        with contextlib.closing(self.keys):
            self.keys.enter_context(key_presses(self.press))
            await proxy.closed()

    def press(self, key: str) -> None:
        """Do what a key means."""
        holding = self.hands.holding
        waiting = self.current()
        if key not in set("epdna") or waiting is None:
            return
        match key:
            case "e":
                self.hands.begin(self.hands.edit_held(waiting))
            case "p":
                holding.release(waiting)
            case "d":
                holding.drop(waiting)
            case "a":
                holding.release_all()
            case "n":
                self.advance(waiting)

    def current(self) -> Waiting | None:
        """The message that keys are for: the one that was chosen, else the one that has waited longest."""
        waiting = self.hands.holding.waiting
        return waiting.get(self.chosen or 0) or next(iter(waiting.values()), None)

    def advance(self, waiting: Waiting) -> None:
        """Choose the next message, the first behind the last one."""
        numbers = list(self.hands.holding.waiting)
        self.chosen = numbers[(numbers.index(waiting.number) + 1) % len(numbers)]
        chosen = self.hands.holding.waiting[self.chosen]
        self.hands.say(f"Chosen is {chosen.sentence(time.monotonic())}.{self.hands.advice}")

    async def editor(self, text: str, line: int) -> str:
        """The user's editor, while the live view waits. Raises `EditorError`."""
        self.keys.close()
        self.view.pause()
        await asyncio.sleep(0.1)  # what is being written at this moment
        try:
            return await in_editor(text, line)
        finally:
            self.view.go_on()
            self.keys.enter_context(key_presses(self.press))
