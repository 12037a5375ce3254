"""What clients of a recorded venue did, as a test is told."""

from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.demo.users import USERS
from paperknife.replay.pace import FASTEST
from paperknife.replay.timeline import Session
from paperknife.replay.venue import VenueOptions
from paperknife.testing.taking import Taking
from paperknife.testing.venue_thread import VenueThread

CALM = Path(__file__).parents[3] / "recordings" / "calm.mcap"
API = Api(given_schema())
ORDER = {"symbol": "ESZ6", "side": "BUY", "quantity": 3}


@pytest.fixture
def serve():
    """`serve(taking)` runs the venue, and gives its URL."""
    threads = []

    def start(taking: Taking) -> str:
        threads.append(VenueThread(Session([CALM]), taking, VenueOptions(speed=FASTEST, patience=taking.patience)))
        threads[0].start()
        return f"{threads[0].url}/v1"

    yield start
    threads[0].stop()


def log_in(client: ClientConnection) -> None:
    """As recorded."""
    alice = USERS["alice"]
    login = {
        "user": alice.name,
        "password": alice.password,
        "application": "paperknife-demo",
        "version": "1.4.0",
        "language": "en",
        "wanted_heartbeat": {"seconds": 2},
    }
    client.send(API.client.encode("login", login | ({"api_key": alice.api_key} if alice.api_key else {})))
    client.recv()


def test_what_came_and_what_did_not_is_remembered(serve) -> None:
    """By connection, once it has ended; recorded requests with their place in the recording."""
    taking = Taking(10)
    with connect(serve(taking), proxy=None) as client:
        log_in(client)
        client.send(API.client.encode("order", ORDER))
    assert taking.wait_closed(1, 60)
    taken = taking.taken[1]
    assert (taken.recorded, taken.last, taken.miss_count, taken.notes) == (1, 1, 1, [])
    assert taken.misses[0][0].startswith("#1 This was not recorded: order ESZ6 BUY quantity=3")
    assert [number for number, _ in taken.left] == [*range(2, 10)]
    assert taken.left[0][1].startswith("subscribe 1 depth=5")
    assert not any(USERS["alice"].password in text for lines in taken.misses for text in lines)


def test_a_client_that_waits_in_vain_is_let_go(serve) -> None:
    """After the patience that there is, with the reason in the close frame; that is noted once."""
    taking = Taking(0.1)
    with connect(serve(taking), proxy=None) as client, pytest.raises(ConnectionClosed, match="1008"):
        client.send(API.client.encode("order", ORDER))
        client.recv()
    assert taking.wait_closed(1, 60)
    (note,) = taking.taken[1].notes
    assert note.endswith(". The connection was closed.")


def test_waiting_for_the_end_of_connections_has_an_end() -> None:
    """Where a test leaves one open."""
    assert Taking(10).wait_closed(0, 0)
    assert not Taking(10).wait_closed(1, 0.01)
