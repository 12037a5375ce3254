"""Keys of the live view: for messages that are held, and to send one again that has passed."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from paperknife.cli.keys import key_presses
from paperknife.cli.picking import Picking
from paperknife.live.printer import say
from paperknife.mutation.editing.editor import in_editor
from paperknife.mutation.holding import Waiting
from paperknife.mutation.recent import Recent

if TYPE_CHECKING:
    from paperknife.live.view import LiveView
    from paperknife.proxy.embedded import EmbeddedProxy
    from paperknife.proxy.hands import Hands
    from paperknife_decoders.message import Message

__all__ = ["HandKeys"]

KEYS = "e edit, p pass, d drop, n next, a pass all, i send an earlier one again"

MARGIN = 5
"""Columns of a number in front of a message's line."""

ROWS = range(5, 40)
"""How many messages are listed at a time, by the height of the terminal."""


class HandKeys:
    """Has the user decide by keys on the messages that `hands` holds, and choose one that has passed. The `view` leaves
    the terminal to his editor, and to what he chooses from.
    """

    def __init__(self, hands: Hands, view: LiveView) -> None:
        self.hands = hands
        self.view = view
        self.chosen: int | None = None
        self.keys = contextlib.ExitStack()
        self.picking: Picking | None = None
        self.terminal = asyncio.Lock()
        """Held by an editor, of which there is one at a time."""
        self.writer = ThreadPoolExecutor(1)
        """A terminal that was stopped holds up nobody else."""
        self.recent = hands.tap.recent = Recent()
        hands.editor = self.editor
        hands.advice = f" Keys: {KEYS}."
        hands.answer()

    def begin(self, proxy: EmbeddedProxy) -> None:
        """Heed keys, from when this returns until the proxy ends."""
        self.keys.enter_context(key_presses(self.press))
        self.hands.begin(self.run(proxy))

    async def run(self, proxy: EmbeddedProxy) -> None:
        """Wait for the end."""
        with contextlib.closing(self.keys), self.writer:
            await proxy.closed()

    def press(self, key: str) -> None:
        """Do what a key means."""
        if self.picking is not None:
            self.pick(self.picking, key)
            return
        if key == "i":
            self.begin_picking()
            return
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

    # a message that has passed

    def begin_picking(self) -> None:
        """List the last messages."""
        height = shutil.get_terminal_size().lines - 3
        picking = Picking(self.rows(), min(max(height, ROWS.start), ROWS.stop))
        page = picking.page()
        if not page:
            self.hands.say("No message of a connection that is open has passed yet.")
            return
        self.picking = picking
        self.view.pause()
        self.write(f"\n{page}{picking.prompt}")

    def rows(self) -> Iterator[tuple[Message, str]]:
        """The last messages of open connections, each with its line, without secrets, as far as they are shown."""
        hands, line_of = self.hands, self.view.liner(MARGIN)
        for message in self.recent.newest_first():
            if hands.links.track(message.connection) is not None and (line := line_of(hands.shown(message))):
                yield message, line

    def pick(self, picking: Picking, key: str) -> None:
        """Take a key for the list."""
        self.write(picking.press(key))
        if not picking.is_over:
            return
        self.picking = None
        self.view.go_on()
        message = picking.chosen
        track = self.hands.links.track(message.connection) if message is not None else None
        if message is not None and track is not None:
            self.hands.begin(self.hands.edit_again(track, message))
        elif message is not None:
            self.hands.say(f"Connection #{message.connection} has ended.", warning=True)

    def write(self, text: str) -> None:
        """Write to the terminal, past the view."""
        self.writer.submit(say, text, sys.stdout if sys.stdout.isatty() else sys.stderr)

    async def editor(self, text: str, line: int) -> str:
        """The user's editor, while the live view waits. Raises `EditorError`."""
        async with self.terminal:
            self.keys.close()
            self.view.pause()
            await asyncio.sleep(0.1)  # what is being written at this moment
            try:
                return await in_editor(text, line)
            finally:
                self.view.go_on()
                self.keys.enter_context(key_presses(self.press))
