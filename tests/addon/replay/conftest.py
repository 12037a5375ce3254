"""Sessions with the demo venue, recorded by a real proxy, and a venue that replays them."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from google.protobuf.message_factory import GetMessageClass
from tests.addon.recording.sessions import MS, START_NS

from paperknife.demo.venue import Venue as DemoVenue
from paperknife.demo.venue import VenueOptions as DemoOptions
from paperknife.replay.conditions import Request
from paperknife.replay.moves import Missed
from paperknife.replay.timeline import Session
from paperknife.replay.venue import Venue, VenueOptions
from paperknife.replay.visit import Visit
from paperknife.settings.reading import Reading, load
from paperknife_decoders.message import Direction, Message, Opcode


class Heard:
    """Keeps what a replay tells."""

    def __init__(self) -> None:
        self.visits: list[Visit] = []
        self.missed_ones: list[Missed] = []
        self.stalls: list[tuple[Request, ...]] = []
        self.faults: list[str] = []
        self.over_count = 0
        self.closed_ones: list[Visit] = []

    def opened(self, visit: Visit) -> None:
        self.visits.append(visit)

    def missed(self, visit: Visit, missed: Missed) -> None:
        self.missed_ones.append(missed)

    def stalled(self, visit: Visit, needs: tuple[Request, ...], seconds: float) -> None:
        self.stalls.append(needs)

    def fault(self, visit: Visit, text: str) -> None:
        self.faults.append(text)

    def over(self, visit: Visit) -> None:
        self.over_count += 1

    def closed(self, visit: Visit) -> None:
        self.closed_ones.append(visit)


@contextlib.contextmanager
def in_a_thread(entered: contextlib.AbstractAsyncContextManager) -> Iterator[object]:
    """Run an asynchronous context in an event loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def call(work):
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    try:
        yield call(entered.__aenter__())
    finally:
        call(entered.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.close()


@pytest.fixture
def demo_venue() -> Iterator[str]:
    """The demo venue's URL."""
    with in_a_thread(DemoVenue(DemoOptions(rate=120, seed=4))) as venue:
        yield venue.url


@pytest.fixture
def recorded(launch, trading, demo_venue, tmp_path) -> Callable[[Callable[[str], object]], tuple[Path, object]]:
    """`recorded(act)` calls `act` with the URL of a proxy that records: the file, and what `act` returned."""

    def record(act):
        path = tmp_path / "session.mcap"
        mode = f"reverse:{demo_venue.replace('ws://', 'http://').partition('/v1')[0]}"
        proxy = launch(
            "paperknife", "proxy", "--mode", mode, "--schema", trading, "-p", "0", "--record", str(path), "--ui", "none"
        )
        result = act(proxy.url().rstrip("/") + "/v1")
        proxy.interrupt()
        assert proxy.end()[0] == 0
        return path, result

    return record


@pytest.fixture
def replayed() -> Iterator[Callable[..., tuple[str, Heard]]]:
    """`replayed(path, ...)` answers as recorded: the URL without a path, and what is told."""
    with contextlib.ExitStack() as stack:

        def start(path: Path, **options: object) -> tuple[str, Heard]:
            heard = Heard()

            async def make() -> Venue:
                return Venue(Session([path]), heard, VenueOptions(**options))

            venue = stack.enter_context(in_a_thread(Made(make)))
            return venue.url, heard

        yield start


class Made:
    """An asynchronous context that is made inside the event loop."""

    def __init__(self, make) -> None:
        self.make = make

    async def __aenter__(self):
        self.context = await self.make()
        return await self.context.__aenter__()

    async def __aexit__(self, *error):
        await self.context.__aexit__(*error)


CENTRIFUGO = Path(__file__).parents[1] / "presets" / "protos" / "centrifugo.proto"


@pytest.fixture(scope="module")
def centrifugo():
    """`centrifugo(ms, side, *envelopes)`: a message of several; the empty one is a ping or a pong."""
    protocol = load(Reading(schema=(str(CENTRIFUGO),), protocol="centrifugo")).protocol

    def message(ms: int, side: Direction, *envelopes: dict) -> Message:
        make = GetMessageClass(protocol.type_for(side).descriptor)
        each = [make(**fields).SerializeToString() for fields in envelopes]
        content = b"".join(bytes([len(one)]) + one for one in each)
        return Message(1, side, START_NS + ms * MS, Opcode.BINARY, content, protocol.reader())

    return message
