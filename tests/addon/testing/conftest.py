"""The demo's venue, beside the tests."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator

import pytest

from paperknife.demo.venue import Venue, VenueOptions


@pytest.fixture
def venue() -> Iterator[Callable[[VenueOptions], str]]:
    """`venue(options)`: the URL of a real venue, in a thread of its own."""
    with contextlib.ExitStack() as stack:

        def start(options: VenueOptions) -> str:
            ready = threading.Event()
            urls: list[str] = []
            loop = asyncio.new_event_loop()
            done = asyncio.Event()

            async def serve() -> None:
                async with Venue(options) as made:
                    urls.append(made.url)
                    ready.set()
                    await done.wait()

            thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
            thread.start()
            assert ready.wait(60)
            stack.callback(thread.join, 60)
            stack.callback(lambda: loop.call_soon_threadsafe(done.set))
            return urls[0]

        yield start
