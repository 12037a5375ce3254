"""The demo venue: a WebSocket server that trades with whoever logs in."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from random import Random
from types import TracebackType
from typing import Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from paperknife.demo.api import Api
from paperknife.demo.exchange import Exchange
from paperknife.demo.files import given_schema, newer_schema
from paperknife.demo.market import Market
from paperknife.demo.seat import MOST_WAITING, Seat
from paperknife.demo.session import Session
from paperknife.demo.users import USERS

__all__ = ["PATH", "Venue", "VenueOptions"]

PATH = "/v1"
LOST = 4001
"""The close code for a client whose heartbeats stayed out."""

MISSED_HEARTBEATS = 3
LARGEST_MESSAGE = 1 << 20
"""Bytes; the close code beyond it is 1009."""

CLOSE_TIMEOUT = 2.0
"""Seconds that a client is given to answer the close frame."""

FASTEST = 1_000_000
"""Market updates a second. No machine gets there; beyond what it can do, it does what it can."""

SHORTEST_NAP = 0.005
"""Seconds between two batches of market steps at rates too high for one step at a time."""

NOTICES = (
    (15, "INFORMATION", "Trading closes at 13:00 UTC on Friday"),
    (90, "WARNING", "Gateway 2 restarts at 22:00 UTC"),
)
"""At which step of every `NOTICE_CYCLE` a notice goes to everybody who is logged in."""

NOTICE_CYCLE = 200


@dataclass(frozen=True, slots=True)
class VenueOptions:
    """How the venue runs: `rate` is market updates a second, `heartbeat` seconds.

    With `fresh` each connection finds a market and accounts of its own, as they are at the start: whoever says the same
    at the same places between the updates is told the same.

    Raises ValueError for what cannot be.
    """

    host: str = "127.0.0.1"
    port: int = 0
    rate: float = 6.0
    seed: int = 1
    heartbeat: float = 2.0
    compression: bool = True
    fresh: bool = False
    clock: Callable[[], int] = time.time_ns

    def __post_init__(self) -> None:
        if not 0 < self.rate <= FASTEST:
            raise ValueError(f"the rate is a number above 0, {FASTEST:,} at most, not {self.rate:g}")
        if not 0 <= self.port <= 65535:
            raise ValueError(f"the port is a number from 0 to 65535, not {self.port}")


class Venue:
    """The venue, running inside ``async with``. `url` is where it listens then."""

    def __init__(self, options: VenueOptions | None = None) -> None:
        self.options = options or VenueOptions()
        self.api = Api(newer_schema())
        self.exchange = self.new_exchange()
        self.seats: dict[int, Seat] = {}
        self.url = ""
        self.opened = 0
        self.server: Server | None = None
        self.walking: asyncio.Task[None] | None = None

    def new_exchange(self) -> Exchange:
        """An exchange as it is at the start."""
        return Exchange(Market(Random(self.options.seed)))

    async def __aenter__(self) -> Self:
        """Listen, and start the clock of the market."""
        self.server = await serve(
            self.attend,
            self.options.host,
            self.options.port,
            process_request=refuse_other_paths,
            compression="deflate" if self.options.compression else None,
            max_size=LARGEST_MESSAGE,
            ping_interval=None,
            close_timeout=CLOSE_TIMEOUT,
        )
        host, port = next(iter(self.server.sockets)).getsockname()[:2]
        self.url = f"ws://{f'[{host}]' if ':' in host else host}:{port}{PATH}"
        self.walking = asyncio.create_task(self.walk())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye to all clients (close code 1001) and stop."""
        try:
            if self.walking:
                self.walking.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await self.walking
        finally:
            if self.server:
                self.server.close()
                await self.server.wait_closed()

    async def attend(self, connection: ServerConnection) -> None:
        """One client, from its handshake to its end."""
        self.opened += 1
        exchange = self.new_exchange() if self.options.fresh else self.exchange
        session = Session(self.opened, exchange, self.api, round(self.options.heartbeat * 1_000_000_000))
        seat = self.seats[session.number] = Seat(session, connection)
        tasks = [asyncio.create_task(work) for work in (seat.send(), self.beat(seat))]
        try:
            async for content in connection:
                session.receive(content, self.options.clock())
                self.publish(exchange)
                if session.close:
                    await seat.drained()
                    await connection.close(*session.close)
                elif seat.waiting.qsize() >= MOST_WAITING:
                    await seat.drained()
        except ConnectionClosed:
            pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            exchange.drop(session.number)
            del self.seats[session.number]

    def publish(self, exchange: Exchange | None = None) -> None:
        """Tell everybody what happened, and hand what they are told to their connections."""
        exchange = exchange or self.exchange
        now_ns = self.options.clock()
        for event in exchange.drain():
            for seat in self.at(exchange):
                seat.session.announce(event, now_ns)
        for seat in self.seats.values():
            seat.post()

    def at(self, exchange: Exchange) -> list[Seat]:
        """The seats at an exchange."""
        return [seat for seat in self.seats.values() if seat.session.exchange is exchange]

    async def beat(self, seat: Seat) -> None:
        """Heartbeats to a client that is logged in; drop one that misses three of its own, or never logs in."""
        session = seat.session
        while True:
            await asyncio.sleep(self.options.heartbeat)
            session.missed += 1
            if session.missed > MISSED_HEARTBEATS:
                await seat.connection.close(LOST, f"{MISSED_HEARTBEATS} heartbeats missed")
                return
            if session.user:
                session.beat(self.options.clock())
                seat.post()

    async def walk(self) -> None:
        """The market moves while somebody watches."""
        pause = 1 / self.options.rate
        steps = max(1, round(SHORTEST_NAP / pause))
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            # What was missed is caught up with, but not where somebody counts on the time between two updates.
            due = max(due + pause * steps, loop.time() - (0 if self.options.fresh else 1))
            await asyncio.sleep(max(0, due - loop.time()))
            for exchange in {id(seat.session.exchange): seat.session.exchange for seat in self.seats.values()}.values():
                self.advance(exchange, steps)
            for seat in self.seats.values():
                seat.catch_up()

    def advance(self, exchange: Exchange, steps: int) -> None:
        """Some steps of a market that somebody watches."""
        watched = {symbol for seat in self.at(exchange) for symbol in seat.session.symbols}
        for _ in range(steps if watched else 0):
            exchange.step(watched)
            self.notify(exchange)
            self.publish(exchange)

    def notify(self, exchange: Exchange) -> None:
        """A notice to everybody, now and then."""
        for step, urgency, headline in NOTICES:
            if exchange.steps % NOTICE_CYCLE == step:
                for seat in self.at(exchange):
                    if seat.session.user:
                        seat.session.say("notice", {"urgency": urgency, "headline": headline})


def refuse_other_paths(connection: ServerConnection, request: Request) -> Response | None:
    """404 for everything but the API's path."""
    if request.path.partition("?")[0] == PATH:
        return None
    return connection.respond(HTTPStatus.NOT_FOUND, f"The API is at {PATH}.\n")


def options_from(arguments: list[str] | None = None) -> VenueOptions:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m paperknife.demo.venue",
        description="A trading venue that speaks Protobuf over WebSocket, to try paperknife on.",
        epilog="example: python -m paperknife.demo.venue --port 9001",
    )
    defaults = VenueOptions()
    parser.add_argument("--host", default=defaults.host, help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=9001, help="0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--rate", type=float, default=defaults.rate, help="market updates a second (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=defaults.seed, help="same seed, same market (default: %(default)s)")
    parser.add_argument("--no-compression", action="store_true", help="refuse permessage-deflate")
    parser.add_argument("--fresh", action="store_true", help="a market of its own for each connection")
    given = parser.parse_args(arguments)
    compression = not given.no_compression
    try:
        return VenueOptions(given.host, given.port, given.rate, given.seed, compression=compression, fresh=given.fresh)
    except ValueError as error:
        parser.error(str(error))


async def run(options: VenueOptions) -> None:
    """Run a venue until it is interrupted."""
    async with Venue(options) as venue:
        user = USERS["alice"]
        sys.stdout.write(
            f"The venue listens at {venue.url}\n"
            f"its schema, one revision back: {given_schema()}\n"
            f"log in as {user.name} / {user.password}, API key {user.api_key}\n"
        )
        sys.stdout.flush()
        await asyncio.get_running_loop().create_future()


def main() -> int:
    """Run the venue from the command line."""
    options = options_from()
    try:
        asyncio.run(run(options))
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        sys.stderr.write(f"Cannot listen at {options.host}:{options.port}: {error.strerror or error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
