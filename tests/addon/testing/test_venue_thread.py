"""A recorded venue in a thread of its own."""

import socket
import threading
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from paperknife.replay.timeline import Session
from paperknife.replay.venue import VenueOptions
from paperknife.testing.taking import Taking
from paperknife.testing.venue_thread import VenueThread

CALM = Path(__file__).parents[3] / "recordings" / "calm.mcap"


@pytest.fixture
def thread():
    """One that serves."""
    made = VenueThread(Session([CALM]), Taking(10), VenueOptions())
    made.start()
    yield made
    made.stop()


def test_it_serves_from_start_to_stop(thread: VenueThread) -> None:
    """A synchronous client in the test's own thread is answered; afterwards nobody listens and no thread is left."""
    with connect(f"{thread.url}/v1", proxy=None):
        pass
    assert thread.opened == 1
    thread.stop()
    with pytest.raises(ConnectionRefusedError):
        connect(f"{thread.url}/v1", proxy=None)
    assert "paperknife venue" not in {each.name for each in threading.enumerate() if each is thread._thread}


def test_who_is_still_there_at_the_end_is_told(thread: VenueThread) -> None:
    """With a close frame; one that answers nothing does not hold the end up, and all is told by then."""
    host, _, port = thread.url.removeprefix("ws://").partition(":")
    with connect(f"{thread.url}/v1", proxy=None) as client, socket.create_connection((host, int(port))) as mute:
        mute.sendall(
            b"GET /v1 HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert mute.recv(4096).startswith(b"HTTP/1.1 101 ")
        thread.stop()
        with pytest.raises(ConnectionClosed, match="1001"):
            client.recv()
    assert isinstance(thread.listener, Taking)
    assert thread.listener.closed_count == thread.opened == 2


def test_it_says_that_it_cannot_listen() -> None:
    """With the error of the system."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        made = VenueThread(Session([CALM]), Taking(10), VenueOptions(port=taken.getsockname()[1]))
        with pytest.raises(OSError, match="in use"):
            made.start()
