"""The whole demo in one event loop: the venue, the proxy in front of it, and a client that trades through the proxy."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from paperknife.demo.client import Outcome, trade
from paperknife.demo.venue import Venue, VenueOptions
from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
from paperknife.proxy.tuning import tune_process
from paperknife.proxy.watch import ending_on_signals
from paperknife.recording.segments import NOTHING, RecordWords
from paperknife.settings.modes import parse_mode
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Consumer

__all__ = ["perform", "plan_for"]


def plan_for(
    reading: Reading, record: RecordWords = NOTHING, rules: Sequence[str] = (), scripts: Sequence[str] = ()
) -> Callable[[str], ProxyPlan]:
    """Load the schema ahead; what comes back makes the plan for a venue's URL."""
    loaded = load(reading)
    return lambda url: ProxyPlan(
        reading,
        loaded,
        (parse_mode(f"reverse:{url}"),),
        ("--listen-port", "0"),
        record=record,
        rules=tuple(rules),
        scripts=tuple(scripts),
    )


async def perform(
    venue: VenueOptions,
    plan: Callable[[str], ProxyPlan],
    consumer: Consumer,
    started: Callable[[EmbeddedProxy], None],
    seconds: float,
) -> Outcome | None:
    """Play it for so many seconds, or until a signal; the client's outcome, None where a signal came first."""
    async with Venue(venue) as stage:
        proxy = EmbeddedProxy(plan(stage.url), [consumer])
        with ending_on_signals(proxy.shutdown):
            async with proxy:
                tune_process()
                started(proxy)
                trading = asyncio.create_task(trade(proxy.listening[0].url, seconds=seconds, seed=venue.seed))
                closed = asyncio.create_task(proxy.closed())
                await asyncio.wait([trading, closed], return_when=asyncio.FIRST_COMPLETED)
                trading.cancel()
                closed.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    return await trading
    return None
