"""Waking a lane when something that waits in it is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mitmproxy import http
from mitmproxy.proxy.events import MessageInjected

__all__ = ["Alarm", "Woken"]

GRAIN_SECONDS = 0.001
"""Things that are due so close together go on together: a lane is not woken for each message of a feed."""


class Woken(MessageInjected[None]):
    """The event that tells the lane of a flow that something is due."""

    def __init__(self, flow: http.HTTPFlow) -> None:
        super().__init__(flow, None)


class Alarm:
    """Calls `ring` once at the time it is set to, in seconds of the event loop's clock."""

    __slots__ = ("handle", "ring")

    def __init__(self, ring: Callable[[], None]) -> None:
        self.ring = ring
        self.handle: asyncio.TimerHandle | None = None

    def set(self, when: float | None) -> None:
        """Ring then; None for never."""
        if self.handle is not None:
            if when is not None and self.handle.when() <= when + GRAIN_SECONDS:
                return  # it rings early enough, and is set anew then
            self.handle.cancel()
            self.handle = None
        if when is not None:
            loop = asyncio.get_running_loop()
            self.handle = loop.call_at(max(when, loop.time() + GRAIN_SECONDS), self.go_off)

    def set_now(self) -> None:
        """Ring as soon as what runs at the moment is done."""
        self.cancel()
        loop = asyncio.get_running_loop()
        self.handle = loop.call_at(loop.time(), self.go_off)

    def go_off(self) -> None:
        """Ring."""
        self.handle = None
        self.ring()

    def cancel(self) -> None:
        """Do not ring."""
        self.set(None)
