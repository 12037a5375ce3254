"""A relay in front of the demo venue in which a fault of a server is planted, and replays through it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from paperknife.demo.api import Api
from paperknife.demo.users import USERS
from paperknife.replay.blanks import Fillings
from paperknife.replay.client import ClientOptions, Outcome, replay
from paperknife.replay.survey import surveyed
from paperknife.replay.timeline import Session, as_server_saw

RECORDINGS = Path(__file__).parents[3] / "recordings"
ALICE = USERS["alice"]
SECRETS = {"PAPERKNIFE_SECRET_PASSWORD": ALICE.password, "PAPERKNIFE_SECRET_LOGIN_API_KEY": ALICE.api_key}

type Said = bytes | float
"""A message, or seconds to wait before the next one."""
type Plant = Callable[[Any, bytes], Iterable[Said]]
"""From an envelope of the venue and its bytes to what the client gets."""


class Heard:
    """Keeps what a replay tells."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.stalls: list[str] = []
        self.faults: list[str] = []

    def connected(self, number: int, url: str) -> None:
        self.urls.append(url)

    def stalled(self, player: object, what: str, seconds: float) -> None:
        self.stalls.append(what)

    def fault(self, player: object, text: str) -> None:
        self.faults.append(text)


class Relay:
    """Passes on what both sides say, the venue's words through `plant`. `url` is where it listens."""

    def __init__(self, venue: str, api: Api, plant: Plant) -> None:
        self.venue, self.api, self.plant = venue, api, plant

    async def __aenter__(self) -> str:
        self.server = await serve(self.attend, "127.0.0.1", 0, ping_interval=None)
        return f"ws://127.0.0.1:{next(iter(self.server.sockets)).getsockname()[1]}/v1"

    async def __aexit__(self, *error: object) -> None:
        self.server.close()
        await self.server.wait_closed()

    async def attend(self, client: ServerConnection) -> None:
        async with connect(self.venue, proxy=None, ping_interval=None) as venue:
            down = asyncio.create_task(self.down(venue, client))
            try:
                async for content in client:
                    await venue.send(content)
            except ConnectionClosed:
                pass
            finally:
                await venue.close()
                await down

    async def down(self, venue, client: ServerConnection) -> None:
        try:
            async for content in venue:
                for said in self.plant(self.api.server.make.FromString(content), content):
                    if isinstance(said, bytes):
                        await client.send(said)
                    else:
                        await asyncio.sleep(said)
        except ConnectionClosed:
            pass


def as_it_is(envelope: Any, content: bytes) -> Iterable[Said]:
    """Nothing is planted."""
    yield content


async def replayed(path: Path, to: str, heard: Heard | None = None, **options: Any) -> Outcome:
    """Replay a recording."""
    session = Session([path])
    survey = surveyed(session.items(), as_server_saw)
    return await replay(session, survey, ClientOptions(to, **options), Fillings(SECRETS), heard or Heard())
