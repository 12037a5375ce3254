"""The venue as a server: real connections, well behaved and not."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.addon.unhurried import Unhurried
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from paperknife.demo import seat
from paperknife.demo.api import Api
from paperknife.demo.users import USERS
from paperknife.demo.venue import Venue, VenueOptions

ALICE = USERS["alice"]
QUICK = VenueOptions(rate=500)


class Peer:
    """A client that says what a test wants it to."""

    def __init__(self, connection: ClientConnection, api: Api) -> None:
        self.connection, self.api = connection, api

    async def say(self, payload: str, **fields: object) -> None:
        await self.connection.send(self.api.client.encode(payload, fields))

    async def hear(self, *wanted: str) -> tuple[str, Any]:
        """The next message, or the next one of the wanted kinds."""
        while True:
            content = await self.connection.recv()
            assert isinstance(content, bytes)
            payload, message = self.api.server.decode(content)
            if not wanted or payload in wanted:
                return payload, message

    async def log_in(self) -> None:
        await self.say("login", user=ALICE.name, password=ALICE.password, api_key=ALICE.api_key)
        _, response = await self.hear("login_response")
        assert response.result == 1


def play(scene: Callable[[Venue, Callable[..., Any]], Awaitable[None]], options: VenueOptions = QUICK) -> None:
    """Run a scene with a venue and a way to connect to it."""

    async def stage() -> None:
        async with asyncio.timeout(60), Venue(options) as venue:
            await scene(venue, lambda **more: connect(venue.url, proxy=None, ping_interval=None, **more))

    asyncio.run(stage(), loop_factory=Unhurried)


def test_a_conversation(newer):
    """Log in, subscribe, see the market, trade, leave."""

    async def scene(venue, dial):
        async with dial() as connection:
            peer = Peer(connection, newer)
            await peer.log_in()
            await peer.say("subscribe", request_id=1, symbols=["ESZ6"])
            assert [(await peer.hear())[0] for _ in range(4)][1:] == ["subscribe_response", "snapshot", "snapshot"]
            _, update = await peer.hear("market_data")
            assert (update.symbol, update.sequence) == ("ESZ6", 1)
            order = {"symbol": "ESZ6", "side": "BUY", "quantity": 1, "type": "MARKET", "account": "DEMO-1"}
            await peer.say("order", request_id=2, **order)
            _, accepted = await peer.hear("order_response")
            _, filled = await peer.hear("order_response")
            assert (accepted.request_id, filled.request_id, filled.filled_quantity) == (2, 0, 1)
        assert connection.close_code == 1000

    play(scene)


def test_the_market_is_the_same_for_the_same_seed(newer):
    """Whenever the client comes: the market waits for its first watcher."""

    async def first_updates(seed: int, pause: float) -> list[bytes]:
        options = VenueOptions(rate=500, seed=seed, clock=lambda: 0)
        async with asyncio.timeout(60), Venue(options) as venue, connect(venue.url, proxy=None) as connection:
            peer = Peer(connection, newer)
            await peer.log_in()
            await asyncio.sleep(pause)
            await peer.say("subscribe", request_id=1, symbols=["ESZ6", "CLF7"])
            return [(await peer.hear("market_data"))[1].SerializeToString() for _ in range(30)]

    one, other, third = (
        asyncio.run(first_updates(*case), loop_factory=Unhurried) for case in ((1, 0), (1, 0.1), (2, 0))
    )
    assert one == other
    assert one != third


def test_two_clients_see_one_market(newer):
    """The same updates, and each its own orders."""

    async def scene(venue, dial):
        async with dial() as first, dial() as second:
            peers = [Peer(first, newer), Peer(second, newer)]
            for peer in peers:
                await peer.log_in()
                await peer.say("subscribe", request_id=1, symbols=["ESZ6"])
                await peer.hear("snapshot")
            seen = [{} for _ in peers]
            while len(common := seen[0].keys() & seen[1].keys()) < 20:  # the first has seen some before the second came
                for peer, updates in zip(peers, seen, strict=True):
                    _, update = await peer.hear("market_data")
                    updates[update.sequence] = update.SerializeToString()
            assert all(seen[0][number] == seen[1][number] for number in common)
            rejected = {"request_id": 9, "symbol": "ZZZ9"}
            await peers[0].say("order", **rejected)
            assert (await peers[0].hear("order_response"))[1].request_id == 9
            await peers[1].say("renew_token", request_id=3)
            kind, _ = await peers[1].hear("order_response", "renew_token_response")
            assert kind == "renew_token_response"

    play(scene)


def test_a_wrong_key_ends_with_4000(newer):
    """After the answer that says so."""

    async def scene(venue, dial):
        async with dial() as connection:
            peer = Peer(connection, newer)
            await peer.say("login", user="alice", password=ALICE.password, api_key="x")
            _, response = await peer.hear()
            assert response.result == -1
            with pytest.raises(ConnectionClosed):
                await peer.hear()
            assert (connection.close_code, connection.close_reason) == (4000, "bad credentials")

    play(scene)


def test_garbage_is_answered_and_survived(newer):
    """Binary and text; the login works after it."""

    async def scene(venue, dial):
        async with dial() as connection:
            peer = Peer(connection, newer)
            for nonsense in (b"\xff\x00", "hello", b"", '{"a": 1}', b"\x08"):
                await connection.send(nonsense)
                kind, error = await peer.hear()
                assert (kind, error.excerpt) == ("error", nonsense.encode() if isinstance(nonsense, str) else nonsense)
            await peer.log_in()

    play(scene)


def test_too_large_a_message_ends_with_1009(newer):
    """Beyond the limit, by the protocol's own code."""

    async def scene(venue, dial):
        async with dial() as connection:
            await connection.send(b"x" * (2 << 20))
            with pytest.raises(ConnectionClosed):
                await connection.recv()
            assert connection.close_code == 1009

    play(scene)


def test_a_flood_is_answered_in_full(newer):
    """Thousands of requests at once: each gets its answer, in order."""
    count = 2 * seat.MOST_WAITING + 500

    async def scene(venue, dial):
        async with dial() as connection:
            peer = Peer(connection, newer)
            await peer.log_in()

            async def flood() -> None:
                for number in range(1, count + 1):
                    await peer.say("renew_token", request_id=number)

            flooding = asyncio.create_task(flood())
            for number in range(1, count + 1):
                _, response = await peer.hear("renew_token_response")
                assert response.request_id == number
            await flooding

    play(scene)


def test_a_slow_reader_is_brought_up_to_date(newer, monkeypatch):
    """Updates that do not fit are left out, and a snapshot follows; nobody else waits for it."""
    monkeypatch.setattr(seat, "MOST_WAITING", 5)

    async def scene(venue, dial):
        async with dial() as connection:
            peer = Peer(connection, newer)
            await peer.log_in()
            await peer.say("subscribe", request_id=1, symbols=["ESZ6"])
            await peer.hear("snapshot")
            await peer.hear("snapshot")
            (slow,) = venue.seats.values()
            for _ in range(50):
                venue.exchange.step(["ESZ6"])
                venue.publish()
            assert slow.waiting.qsize() <= 5
            kinds = []
            while "snapshot" not in kinds:
                kind, message = await peer.hear("market_data", "snapshot")
                kinds.append(kind)
            assert 0 < kinds.count("market_data") < 50
            assert message.request_id == 0
            while kind == "snapshot":  # if it is slow again there is another one
                sequence = message.depths.items[0].sequence
                kind, message = await peer.hear("market_data", "snapshot")
            assert message.sequence == sequence + 1

    play(scene)


def test_a_client_that_disappears_leaves_nothing(newer):
    """Cut off in the middle of trading, without a close frame: its seat and its orders go."""

    async def scene(venue, dial):
        connection = await dial()
        peer = Peer(connection, newer)
        await peer.log_in()
        await peer.say("subscribe", request_id=1, symbols=["ESZ6"])
        price = {"value": "5010.00"}
        order = {"symbol": "ESZ6", "side": "BUY", "quantity": 1, "type": "LIMIT", "price": price, "account": "DEMO-1"}
        await peer.say("order", request_id=2, **order)
        await peer.hear("order_response")
        assert (len(venue.seats), len(venue.exchange.working)) == (1, 1)
        connection.transport.abort()
        while venue.seats:
            await asyncio.sleep(0.01)
        assert venue.exchange.working == {}

    play(scene)


def test_heartbeats_go_both_ways(newer):
    """A client that sends none is dropped with 4001 after the venue sent three; one that does stays."""

    async def scene(venue, dial):
        async with dial() as silent, dial() as lively:
            peers = [Peer(silent, newer), Peer(lively, newer)]
            for peer in peers:
                await peer.log_in()
            for number in range(1, 6):
                _, beat = await peers[1].hear("heartbeat")
                assert beat.sequence == number
                await peers[1].say("heartbeat", sequence=number)
            heard = []
            with pytest.raises(ConnectionClosed):
                while True:
                    heard.append((await peers[0].hear("heartbeat"))[1].sequence)
            assert heard == [1, 2, 3]
            assert silent.close_code == 4001
            await peers[1].hear("heartbeat")

    play(scene, VenueOptions(rate=500, heartbeat=0.05))


def test_a_client_that_never_logs_in_is_dropped(newer):
    """By the same count."""

    async def scene(venue, dial):
        async with dial() as connection:
            with pytest.raises(ConnectionClosed):
                await connection.recv()
            assert connection.close_code == 4001

    play(scene, VenueOptions(heartbeat=0.02))


def test_the_end_of_the_venue(newer):
    """Its clients are told: 1001."""

    async def scene() -> int | None:
        async with Venue(QUICK) as venue:
            connection = await connect(venue.url, proxy=None)
            await Peer(connection, newer).log_in()
        await connection.wait_closed()
        return connection.close_code

    assert asyncio.run(scene(), loop_factory=Unhurried) == 1001


@pytest.mark.parametrize("compression", [True, False])
def test_compression_can_be_switched_off(newer, compression):
    """On by default, as websockets does it."""

    async def scene(venue, dial):
        async with dial() as connection:
            assert ("Sec-WebSocket-Extensions" in connection.response.headers) is compression

    play(scene, VenueOptions(compression=compression))


def test_other_paths_are_not_found(newer):
    """The API is at one path; a query after it does no harm."""

    async def scene(venue, dial):
        with pytest.raises(InvalidStatus) as refused:
            await connect(venue.url.removesuffix("/v1"), proxy=None)
        assert refused.value.response.status_code == 404
        async with connect(f"{venue.url}?from=test", proxy=None) as connection:
            await Peer(connection, newer).log_in()

    play(scene)


@pytest.mark.parametrize(
    "wrong", [{"rate": 0}, {"rate": -1}, {"rate": float("nan")}, {"rate": float("inf")}, {"port": -1}, {"port": 65536}]
)
def test_options_that_cannot_be(wrong):
    """Are refused before anything listens."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        VenueOptions(**wrong)


def run_venue(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "paperknife.demo.venue", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("arguments", [("--rate", "0"), ("--rate", "nan"), ("--port", "70000"), ("--port", "x")])
def test_a_mistake_on_the_command_line_is_a_sentence(arguments):
    """Exit status 2, no traceback."""
    ended = run_venue(*arguments)
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith("python -m paperknife.demo.venue: error: ")


def test_a_port_in_use_is_a_sentence():
    """It names the address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run_venue("--port", str(port))
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"Cannot listen at 127.0.0.1:{port}: ")
    assert "Traceback" not in ended.stderr


def test_a_fresh_market_for_each_connection(newer):
    """Whoever says the same is told the same: one client's trades are not the next one's market."""

    async def scene(venue, dial):
        seen = []
        for _ in range(2):
            async with dial() as connection:
                peer = Peer(connection, newer)
                await peer.log_in()
                order = {"symbol": "ESZ6", "side": "BUY", "quantity": 30, "type": "MARKET", "account": "DEMO-1"}
                await peer.say("order", request_id=1, **order)
                fills = []
                while True:
                    _, fill = await peer.hear("order_response")
                    fills.append((fill.order_id, fill.filled_quantity, fill.average_price.value))
                    if fill.open_quantity == 0:
                        break
                await peer.say("subscribe", request_id=2, symbols=["ESZ6"])
                _, update = await peer.hear("market_data")
                seen.append((fills, update.sequence, update.bid.price.value))
        assert seen[0] == seen[1]

    play(scene, VenueOptions(rate=100, fresh=True))
