"""Waking a lane when something that waits in it is due."""

from __future__ import annotations

import asyncio
import math
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
    """Calls `ring` at the time it is set to, in seconds of the event loop's clock."""

    __slots__ = ("handle", "rang", "ring")

    def __init__(self, ring: Callable[[], None]) -> None:
        self.ring = ring
        self.rang = -math.inf
        self.handle: asyncio.TimerHandle | None = None

    def set(self, when: float | None) -> None:
        """Ring then, or as soon as what runs at the moment is done; None for never."""
        if when is None:
            self.cancel()
            return
        when = max(when, self.rang + GRAIN_SECONDS)
        if self.handle is not None:
            if self.handle.when() <= when:
                return  # it rings early enough, and is set anew then
            self.handle.cancel()
        self.handle = asyncio.get_running_loop().call_at(when, self.go_off)

    def go_off(self) -> None:
        """Ring."""
        self.handle = None
        self.rang = asyncio.get_running_loop().time()
        self.ring()

    def cancel(self) -> None:
        """Do not ring."""
        if self.handle is not None:
            self.handle.cancel()
            self.handle = None
