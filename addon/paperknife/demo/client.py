"""The demo's trading client: a WebSocket client around a strategy, one revision of the schema behind the venue."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ssl
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidURI, WebSocketException

from paperknife.demo.api import Api, DecodeError, Fields
from paperknife.demo.files import given_schema
from paperknife.demo.strategy import OrderState, Strategy
from paperknife.demo.users import USERS, User

__all__ = ["ClientOptions", "Outcome", "trade"]

LOST = 4001
"""The close code for a venue whose heartbeats stayed out."""

GOING_AWAY = 1001
MISSED_HEARTBEATS = 3
NO_MESSAGE = b"\xff"
"""What no schema can read, in the place of a text message."""

PATIENCE = 2.0
"""Seconds that the client waits at the end for its cancels to be answered."""


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """Who trades, how long, and how the connection is made.

    `updates` ends it after so many market updates, if the time is not over before. `proxy` True takes the proxy that
    the environment names.
    """

    user: User = USERS["alice"]
    updates: int | None = None
    compression: bool = True
    tls: ssl.SSLContext | None = None
    proxy: Literal[True] | str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended. `orders` are by client tag, `decisions` all requests in order: ``(payload, fields)``."""

    logged_in: bool
    orders: Mapping[str, OrderState]
    positions: Mapping[str, int]
    balance: str
    decisions: tuple[tuple[str, Fields], ...]
    sent: int
    received: int
    unreadable: int
    close_code: int
    close_reason: str

    def __str__(self) -> str:
        lines = [f"{self.sent} messages sent, {self.received} received, closed with {self.close_code}"]
        lines += [
            f"{tag}: {order.status or 'no answer'}, {order.filled} of {order.quantity} {order.symbol} filled"
            for tag, order in self.orders.items()
        ]
        lines.append(
            f"positions: {', '.join(f'{symbol} {net:+d}' for symbol, net in self.positions.items()) or 'none'}"
        )
        return "\n".join([*lines, f"balance: {self.balance or 'unknown'}"])


class Trader:
    """One connection of the client."""

    def __init__(self, connection: ClientConnection, strategy: Strategy, api: Api) -> None:
        self.connection = connection
        self.strategy = strategy
        self.api = api
        self.sent = self.received = self.unreadable = 0
        self.heartbeats = 0
        self.agreed = asyncio.Event()
        self.missed = 0

    async def run(self, seconds: float | None, updates: float) -> None:
        """Log in, trade until it is enough or the venue closes, and leave."""
        loop = asyncio.get_running_loop()
        beating = asyncio.create_task(self.beat())
        try:
            with contextlib.suppress(TimeoutError):
                await self.say(self.strategy.begin())
                deadline = None if seconds is None else loop.time() + seconds
                while self.strategy.updates < updates:
                    await self.hear(deadline)
            with contextlib.suppress(TimeoutError):
                await self.say(self.strategy.finish())
                deadline = loop.time() + PATIENCE
                while self.strategy.unsettled():
                    await self.hear(deadline)
            await self.leave()
        except ConnectionClosed:
            pass
        except asyncio.CancelledError:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self.leave(GOING_AWAY, "interrupted")
            raise
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    async def leave(self, code: int = 1000, reason: str = "done") -> None:
        """Close, reading on meanwhile: the venue's close frame comes after all that is still on its way."""
        closing = asyncio.create_task(self.connection.close(code, reason))
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.connection.recv()
        await closing

    async def say(self, messages: Iterable[tuple[str, Fields]]) -> None:
        """Send messages."""
        for payload, fields in messages:
            await self.connection.send(self.api.client.encode(payload, fields))
            self.sent += 1

    async def hear(self, deadline: float | None) -> None:
        """Take one message and answer it; TimeoutError at the deadline."""
        async with asyncio.timeout_at(deadline):
            content = await self.connection.recv()
        self.received += 1
        self.missed = 0
        try:
            payload, message = self.api.server.decode(content if isinstance(content, bytes) else NO_MESSAGE)
        except DecodeError:
            self.unreadable += 1
        else:
            await self.say(self.strategy.receive(payload, message))
        if self.strategy.heartbeat:
            self.agreed.set()

    async def beat(self) -> None:
        """Heartbeats as agreed at login; a venue that is silent for three of them is lost."""
        await self.agreed.wait()
        while True:
            await asyncio.sleep(self.strategy.heartbeat)
            self.missed += 1
            if self.missed > MISSED_HEARTBEATS:
                await self.connection.close(LOST, f"{MISSED_HEARTBEATS} heartbeats missed")
                return
            self.heartbeats += 1
            seconds, nanos = divmod(time.time_ns(), 1_000_000_000)
            stamp: Fields = {"seconds": seconds, "nanos": nanos // 1000 * 1000}
            await self.say([("heartbeat", {"sequence": self.heartbeats, "time": stamp})])


async def trade(
    url: str, *, seconds: float | None = 5.0, seed: int = 1, options: ClientOptions | None = None
) -> Outcome:
    """Trade at the venue behind `url` for some seconds (None: until it closes), and tell how it went.

    Raises OSError, TimeoutError or WebSocketException where there is no venue; how a connection ended is part of the
    outcome.
    """
    options = options or ClientOptions()
    tls: dict[str, Any] = {} if options.tls is None else {"ssl": options.tls}  # None would mean: not at all
    api = await asyncio.to_thread(Api, given_schema())
    strategy = Strategy(options.user, Random(seed))
    async with connect(
        url,
        compression="deflate" if options.compression else None,
        proxy=options.proxy,
        ping_interval=None,
        **tls,
    ) as connection:
        trader = Trader(connection, strategy, api)
        await trader.run(seconds, float("inf") if options.updates is None else options.updates)
    return Outcome(
        strategy.logged_in,
        strategy.orders,
        strategy.positions,
        strategy.balance,
        tuple(strategy.decisions),
        sent=trader.sent,
        received=trader.received,
        unreadable=trader.unreadable,
        close_code=connection.close_code or 1006,
        close_reason=connection.close_reason or "",
    )


def main() -> int:
    """Run the client from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m paperknife.demo.client",
        description="A trading client, to watch through paperknife. It uses the proxy that the environment names.",
        epilog="example: python -m paperknife.demo.client ws://127.0.0.1:9001/v1 --seconds 10",
    )
    parser.add_argument("url", help="where the venue is, or paperknife in front of it")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long it trades (default: %(default)s)")
    parser.add_argument("--updates", type=int, help="end after so many market updates, if that is earlier")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same decisions (default: %(default)s)")
    parser.add_argument("--user", choices=sorted(USERS), default="alice", help="who trades (default: %(default)s)")
    parser.add_argument("--no-compression", action="store_true", help="do not offer permessage-deflate")
    given = parser.parse_args()
    if not 0 < given.seconds < float("inf"):
        parser.error(f"--seconds: a number above 0 was expected, not {given.seconds:g}")
    options = ClientOptions(USERS[given.user], given.updates, compression=not given.no_compression, proxy=True)
    try:
        outcome = asyncio.run(trade(given.url, seconds=given.seconds, seed=given.seed, options=options))
    except KeyboardInterrupt:
        return 130
    except InvalidURI:
        sys.stderr.write(f"A URL like ws://127.0.0.1:9001/v1 was expected, not {given.url!r}\n")
        return 2
    except (OSError, WebSocketException) as error:
        sys.stderr.write(f"Cannot trade at {given.url}: {error}\n")
        return 2
    sys.stdout.write(f"{outcome}\n")
    return 0 if outcome.logged_in else 1


if __name__ == "__main__":
    sys.exit(main())
