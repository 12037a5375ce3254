"""The trading client against the real venue, and against worse."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter

import pytest
from tests.addon.unhurried import Unhurried
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from paperknife.demo.acts import SCRIPT
from paperknife.demo.api import Api
from paperknife.demo.client import ClientOptions, Outcome, trade
from paperknife.demo.strategy import UPDATES_BETWEEN
from paperknife.demo.users import USERS, User
from paperknife.demo.venue import Venue, VenueOptions

ROUND = len(SCRIPT) * UPDATES_BETWEEN
"""Market updates until the client has done everything once."""

STRANGER = ClientOptions(User("alice", "wonderland", "x", ""))


async def bounded(work):
    async with asyncio.timeout(60):
        return await work


def trade_with(handler, seconds: float = 10.0, **more) -> Outcome:
    """Trade with a server that a test makes up."""

    async def stage() -> Outcome:
        async with serve(handler, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            return await bounded(trade(f"ws://127.0.0.1:{port}/v1", seconds=seconds, **more))

    return asyncio.run(stage(), loop_factory=Unhurried)


class Relay:
    """Stands between client and venue and keeps what passes, as a proxy would; ends after so many market updates."""

    def __init__(self, url: str, given: Api) -> None:
        self.url, self.given = url, given
        self.passed: list[tuple[str, bytes]] = []
        self.done = asyncio.Event()

    async def __call__(self, client: ServerConnection) -> None:
        async with connect(self.url, proxy=None) as venue:
            await asyncio.gather(self.pump("client", client, venue), self.pump("server", venue, client))

    async def pump(self, direction: str, source, target) -> None:
        try:
            async for content in source:
                self.passed.append((direction, content))
                await target.send(content)
        except ConnectionClosed:
            pass
        await target.close(source.close_code or 1000)


@pytest.fixture(scope="module")
def watched(given: Api) -> tuple[Outcome, list[tuple[str, bytes]]]:
    """Everything that passes in a session of two rounds."""

    async def stage():
        async with Venue(VenueOptions(rate=100, heartbeat=0.1)) as venue:
            relay = Relay(venue.url, given)
            async with serve(relay, "127.0.0.1", 0) as server:
                port = next(iter(server.sockets)).getsockname()[1]
                options = ClientOptions(updates=2 * ROUND)
                outcome = await bounded(trade(f"ws://127.0.0.1:{port}/v1", seconds=None, options=options))
            return outcome, relay.passed

    return asyncio.run(stage(), loop_factory=Unhurried)


def test_a_viewer_sees_everything(watched, given):
    """Within a round: all that the demo promises, by payload and by what became of orders."""
    outcome, passed = watched
    payloads = Counter()
    statuses = set()
    for direction, content in passed:
        envelopes = given.client if direction == "client" else given.server
        payload, message = envelopes.decode(content)
        payloads[f"{direction} {payload}"] += 1
        if payload == "order_response":
            statuses.add(message.status)
    wanted = {
        "client": "login subscribe order revise cancel heartbeat account renew_token",
        "server": "login_response subscribe_response snapshot market_data order_response account_update heartbeat"
        " renew_token_response",
    }
    for direction, kinds in wanted.items():
        assert {f"{direction} {kind}" for kind in kinds.split()} <= set(payloads)
    accepted, partially, filled, cancelled, revised, held, rejected = 1, 2, 3, 4, 5, 6, -1
    assert {accepted, partially, filled, cancelled, revised, held, rejected} <= statuses
    assert (outcome.close_code, outcome.unreadable) == (1000, 0)


def test_the_given_schema_meets_the_newer_one(watched, given, newer):
    """Here and there: an unknown payload, unknown fields and unknown enum values; most messages have none."""
    _, passed = watched
    contents = [content for direction, content in passed if direction == "server"]
    odd = Counter()
    for content in contents:
        envelope = given.server.make.FromString(content)
        stripped = given.server.make.FromString(content)
        stripped.DiscardUnknownFields()
        if not envelope.WhichOneof("payload"):
            odd["payload"] += 1
        elif stripped.ByteSize() != envelope.ByteSize():
            odd["field"] += 1
        response = envelope.order_response
        if response.status not in response.DESCRIPTOR.file.enum_types_by_name["OrderStatus"].values_by_number:
            odd["value"] += 1
    assert odd["payload"]
    assert odd["field"]
    assert odd["value"]
    assert odd.total() < len(contents) / 2


def test_nothing_is_lost_on_the_way_through_the_older_revision(watched, given, newer):
    """Read and written by the older schema, every message still says the same to the newer one, and the reverse."""
    for direction, content in watched[1]:
        old, new = (api.client if direction == "client" else api.server for api in (given, newer))
        passed_on = old.make.FromString(content).SerializeToString()
        assert new.make.FromString(passed_on) == new.make.FromString(content)
        passed_back = new.make.FromString(content).SerializeToString()
        assert old.make.FromString(passed_back) == old.make.FromString(content)


def test_the_outcome_is_what_was_traded(watched, given):
    """Orders by tag, decisions in order, counts; no order is left working."""
    outcome, passed = watched
    assert outcome.logged_in
    sent = sum(direction == "server" for direction, _ in passed)
    assert sent - 5 < outcome.received <= sent  # what is on its way when the client closes it does not count
    assert outcome.sent == sum(direction == "client" for direction, _ in passed)
    assert outcome.orders["alice-1"].status == "FILLED"
    assert {order.status for order in outcome.orders.values()} <= {"FILLED", "CANCELLED", "REJECTED"}
    assert [fields["request_id"] for _, fields in outcome.decisions] == list(range(1, len(outcome.decisions) + 1))
    assert "alice-1: FILLED, 3 of 3 ESZ6 filled" in str(outcome)
    assert USERS["alice"].password not in str(outcome)


def test_two_clients_at_once():
    """Each keeps its own orders and account."""

    async def stage() -> list[Outcome]:
        async with Venue(VenueOptions(rate=200)) as venue:
            users = (ClientOptions(USERS[name], updates=ROUND) for name in ("alice", "bob"))
            return await bounded(asyncio.gather(*(trade(venue.url, seconds=None, options=user) for user in users)))

    alice, bob = asyncio.run(stage(), loop_factory=Unhurried)
    assert alice.close_code == bob.close_code == 1000
    assert alice.orders["alice-1"].status == bob.orders["bob-1"].status == "FILLED"
    assert not alice.orders.keys() & bob.orders.keys()
    ids = [order.order_id for outcome in (alice, bob) for order in outcome.orders.values() if order.order_id]
    assert len(ids) == len(set(ids))


def test_a_refused_login_is_an_outcome():
    """Close code 4000, and nothing decided."""

    async def stage() -> Outcome:
        async with Venue() as venue:
            return await bounded(trade(venue.url, seconds=10, options=STRANGER))

    outcome = asyncio.run(stage(), loop_factory=Unhurried)
    assert (outcome.logged_in, outcome.close_code, outcome.decisions) == (False, 4000, ())


def test_a_venue_that_goes_away():
    """The close code is the outcome's."""

    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.close(1012, "restart")

    outcome = trade_with(handler)
    assert (outcome.close_code, outcome.close_reason) == (1012, "restart")


def test_a_venue_that_is_cut_off():
    """1006, and no exception."""

    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        connection.transport.abort()
        await connection.wait_closed()

    assert trade_with(handler).close_code == 1006


def test_a_venue_that_talks_nonsense(given):
    """Text, garbage, cut and empty messages are counted or ignored, and the client trades on."""

    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        whole = given.server.encode("login_response", {"result": "OK", "token": "t"})
        for content in ("hello", b"\xff\xff", whole[:-1], b"", whole):
            await connection.send(content)
        await connection.recv()
        await connection.close(1000)

    outcome = trade_with(handler)
    assert (outcome.unreadable, outcome.received, outcome.logged_in) == (3, 5, True)
    assert [payload for payload, _ in outcome.decisions] == ["subscribe"]


def test_a_venue_that_falls_silent(given):
    """After three missed heartbeats the client leaves with 4001."""

    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        interval = {"nanos": 20_000_000}
        await connection.send(given.server.encode("login_response", {"result": "OK", "heartbeat": interval}))
        async for _ in connection:
            pass

    assert trade_with(handler).close_code == 4001


def test_no_venue_at_all():
    """The caller is told by the usual exception."""
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        asyncio.run(trade("ws://127.0.0.1:1/v1", seconds=1))


def run_client(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "paperknife.demo.client", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("http://127.0.0.1:1/v1",), "A URL like ws://127.0.0.1:9001/v1 was expected, not 'http://127.0.0.1:1/v1'"),
        (("ws://127.0.0.1:1/v1",), "Cannot trade at ws://127.0.0.1:1/v1: "),
        (("ws://127.0.0.1:1/v1", "--seconds", "0"), "error: --seconds: a number above 0 was expected, not 0"),
    ],
)
def test_a_mistake_on_the_command_line_is_a_sentence(arguments, sentence):
    """Exit status 2, no traceback."""
    ended = run_client(*arguments)
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


def test_both_from_the_command_line():
    """The venue prints its URL and where its schema is; the client trades there; Ctrl-C ends the venue quietly."""
    command = [sys.executable, "-m", "paperknife.demo.venue", "--port", "0", "--rate", "100"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as venue:
        assert venue.stdout is not None
        url = venue.stdout.readline().split()[-1]
        assert "proto" in venue.stdout.readline()
        traded = run_client(url, "--seconds", "60", "--updates", "12")
        venue.send_signal(signal.SIGINT)
        _, stderr = venue.communicate(timeout=60)
    assert (traded.returncode, traded.stderr) == (0, "")
    assert "alice-1: FILLED" in traded.stdout
    assert (venue.returncode, stderr) == (0, "")
