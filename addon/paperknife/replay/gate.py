"""Waiting for what the recorded client had heard, as long as patience lasts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field

from paperknife.replay.comparison import Heard
from paperknife.replay.waits import Waits

__all__ = ["Gate", "now", "sleep_until"]

LEAST_PATIENCE = 0.1
"""Each time that something was waited for in vain, patience is half as long, down to so many seconds."""


@dataclass(slots=True)
class Gate:
    """Waits for messages that were recorded. `patience` are seconds; `stalled` is told how many were waited in vain."""

    patience: float
    stalled: Callable[[float], None]
    waits: Waits = field(default_factory=Waits)
    progress: float = 0.0
    """When something happened that was waited for, on the clock of `now`."""
    _gave_up: float = 0.0
    _left: float = field(init=False)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.progress = now()
        self._left = self.patience

    def came(self, heard: Heard) -> None:
        """The server has sent something."""
        if self.waits.came(heard):
            self.progress = now()
            self._left = self.patience
            self._wake.set()

    async def all(self, upto: int = 0, stream_seconds: float | None = None) -> None:
        """Wait until all but so many have come, streams too."""
        waits = self.waits
        seconds = self.patience if stream_seconds is None else stream_seconds
        await self._until(lambda: waits.open + waits.open_in_streams <= upto, seconds)

    async def these(self, keys: Collection[Hashable]) -> None:
        """Wait for these alone, and for no stream."""
        self.waits.write_off(streams_only=True)
        await self._until(lambda: not any(map(self.waits.is_open, keys)), 0.0)

    async def heard(self, needed: Collection[Hashable], stream_seconds: float) -> None:
        """Wait for all; of what is overtaken only for what is `needed`, and for the rest of it no more."""
        waits = self.waits

        def is_heard() -> bool:
            if waits.open_in_streams:
                return False
            return not waits.open or (waits.are_overtaken and not any(map(waits.is_open, needed)))

        await self._until(is_heard, stream_seconds)
        waits.write_off()

    async def _until(self, is_met: Callable[[], bool], stream_seconds: float) -> None:
        """Wait for something; for streams only so long, and for all else as patience is."""
        waits = self.waits
        streams_until = now() + stream_seconds
        while not is_met():
            until = max(self.progress, self._gave_up) + self._left if waits.open else streams_until
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, until - now())):
                    await self._wake.wait()
                    continue
            if now() < until:
                continue
            if waits.open:
                self.stalled(self._left)
                self._left = max(self._left / 2, min(self.patience, LEAST_PATIENCE))
                self._gave_up = now()
            waits.write_off(streams_only=not waits.open)


async def sleep_until(due: float) -> None:
    """Until it is so late on the clock of `now`; not at all where that was before."""
    seconds = due - now()
    if seconds > 0:
        await asyncio.sleep(seconds)


def now() -> float:
    """Seconds on the clock that a replay goes by, which is the event loop's."""
    return asyncio.get_running_loop().time()
