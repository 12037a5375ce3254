"""An event loop for tests in which time is what was slept, however busy the machine is."""

from __future__ import annotations

import asyncio
import selectors

__all__ = ["Unhurried"]


class Idle(selectors.DefaultSelector):
    """Counts the seconds for which something slept while there was nothing to do."""

    seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(timeout)
        if not ready:  # however much later that is, where the machine had something else to do
            self.seconds += timeout or 0.0
        return ready


class Unhurried(asyncio.SelectorEventLoop):
    """A loop whose clock stands still while there is anything to do, on however busy a machine.

    A market that runs in it moves when all that its last move led to has been said and heard.
    """

    def __init__(self) -> None:
        self.idle = Idle()
        super().__init__(self.idle)

    def time(self) -> float:
        return self.idle.seconds
