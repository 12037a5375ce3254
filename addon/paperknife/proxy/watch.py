"""One run of the embedded proxy, until a signal ends it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from paperknife.proxy.abandoning import abandon_the_rest
from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
from paperknife.proxy.tuning import tune_process
from paperknife.traffic import Consumer

__all__ = ["ending_on_signals", "watch"]

INTERRUPTED = 130
"""The exit status of a process that a second Ctrl-C ends at once (128 + SIGINT)."""


async def watch(plan: ProxyPlan, consumer: Consumer, started: Callable[[EmbeddedProxy], None]) -> None:
    """Run the proxy and feed `consumer` until a signal ends it; `started` is given the proxy once it listens.

    Raises `StartError` or `ArgumentError`.
    """
    proxy = EmbeddedProxy(plan, [consumer])
    with ending_on_signals(proxy.interrupt, proxy.hurry):
        async with proxy:
            tune_process()
            started(proxy)
            await proxy.closed()
        await abandon_the_rest()


@contextmanager
def ending_on_signals(end: Callable[[], object], at_once: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Call `end` at the first SIGINT or SIGTERM; a second SIGINT leaves at once, even after this block.

    `at_once` is called before, in the midst of whatever the loop does: it may set flags, or raise in what should end.

    What comes after it, the summary, may be written to a pipe that nobody reads.
    """
    loop = asyncio.get_running_loop()
    interrupted = False

    def heed(number: int, _: object) -> None:
        nonlocal interrupted
        if interrupted and number == signal.SIGINT:
            leave()  # not by the loop, which may be in a function of a script that never returns
        interrupted |= number == signal.SIGINT
        at_once()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
        signal.signal(number, heed)  # the loop, which is told by its pipe, hears of it all the same
        signal.siginterrupt(number, False)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)
        if interrupted:
            signal.signal(signal.SIGINT, leave)


def leave(*_: object) -> None:
    """End the process without waiting for anything."""
    os._exit(INTERRUPTED)
