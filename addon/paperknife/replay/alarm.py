"""Waiting for a time, or for something to happen before it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from typing import Any, Self

__all__ = ["Alarm"]

KERNEL: Any = os
"""With what `os` has from Python 3.13 on; who checks types for 3.12 does not know it."""


class Alarm:
    """One waits, others ring. To be closed after use.

    An event loop on Linux rounds what it waits for up to whole milliseconds, which a feed at a thousand messages a
    second shows; so the time is kept by a timer of the kernel (timerfd_create(2)) where Python has it, from 3.13 on.
    """

    def __init__(self) -> None:
        self._rung = False
        self._waiter: asyncio.Future[bool] | None = None
        self._timer = -1
        self._loop: asyncio.AbstractEventLoop | None = None

    def ring(self) -> None:
        """Wake the one who waits, or who comes next."""
        self._rung = True
        self._wake(rung=True)

    def clear(self) -> None:
        """Forget what has rung so far."""
        self._rung = False

    async def wait(self, until: float | None = None) -> bool:
        """True once it rings; False at `until`, a time of the event loop's clock, if that comes first."""
        if self._rung:
            return True
        loop = asyncio.get_running_loop()
        if until is not None and until <= loop.time():
            await asyncio.sleep(0)
            return self._rung
        self._waiter = loop.create_future()
        timer = None if until is None or self._set(loop, until) else loop.call_at(until, self._wake)
        try:
            return await self._waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()

    def close(self) -> None:
        """Give the timer back."""
        if self._timer >= 0 and self._loop is not None:
            self._loop.remove_reader(self._timer)
            os.close(self._timer)
            self._timer = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wake(self, *, rung: bool = False) -> None:
        """Give the one who waits the answer, once."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(rung)

    def _set(self, loop: asyncio.AbstractEventLoop, until: float) -> bool:
        """Let the kernel's timer go off then; False where there is none."""
        if not hasattr(KERNEL, "timerfd_create"):
            return False
        if self._timer < 0:
            try:
                self._timer = KERNEL.timerfd_create(
                    time.CLOCK_MONOTONIC, flags=KERNEL.TFD_NONBLOCK | KERNEL.TFD_CLOEXEC
                )
            except OSError:  # no descriptor is left
                return False
            loop.add_reader(self._timer, self._gone_off)
            self._loop = loop
        KERNEL.timerfd_settime(self._timer, flags=KERNEL.TFD_TIMER_ABSTIME, initial=until)
        return True

    def _gone_off(self) -> None:
        """The kernel's timer went off; it may have been set anew meanwhile."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._timer, 8)
            self._wake()
