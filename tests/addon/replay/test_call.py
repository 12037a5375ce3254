"""Where a recorded connection goes now, and with which handshake."""

from __future__ import annotations

import asyncio
import ssl

import pytest
from websockets.exceptions import InvalidMessage, InvalidURI

from paperknife.replay.blanks import Fillings, MissingSecret
from paperknife.replay.call import CannotReplay, call_for, connecting, reason_of, shown_url, target_of
from paperknife.replay.survey import ConnectionSurvey
from paperknife.replay.timeline import Recorded
from paperknife.traffic import Connection, Handshake

REQUEST = (
    ("Host", "a.example"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", "abc"),
    ("Sec-WebSocket-Protocol", "v1, v2"),
    ("Authorization", "Bearer [redacted]"),
    ("User-Agent", "desk"),
)


def survey(*request):
    return ConnectionSurvey(Recorded(Connection(1, "ws://a.example/v1", "", 0, handshake=Handshake(request))))


def test_the_handshake_is_as_recorded() -> None:
    """But for what belongs to one connection, secrets, and what the user gives."""
    fillings = Fillings({"PAPERKNIFE_HEADER_AUTHORIZATION": "Bearer x"})
    call = call_for(survey(*REQUEST), "wss://b.example", [("user-agent", "test")], fillings)
    assert call.url == "wss://b.example/v1"
    assert call.headers == (("Authorization", "Bearer x"), ("user-agent", "test"))
    assert call.subprotocols == ("v1", "v2")
    with pytest.raises(MissingSecret, match="the header Authorization"):
        call_for(survey(*REQUEST), "wss://b.example", [], Fillings({}))


def test_a_server_that_never_answers_is_left() -> None:
    """It opens in time or not at all."""

    async def stage() -> None:
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        call = call_for(survey(), f"ws://127.0.0.1:{port}", [], Fillings({}))
        async with server:
            with pytest.raises(InvalidMessage) as caught:
                await connecting(call, None, None, 1.0)
        assert reason_of(caught.value).startswith("the server is no WebSocket server: ")

    asyncio.run(stage())


REASONS = [
    (TimeoutError(), "no answer within 10 s"),
    (ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 1)"), "nothing listens there"),
    (OSError(113, "Connect call failed"), "No route to host"),
    (UnicodeError("label empty"), "the name of its host is not valid"),
    (OSError(), "the server ended the connection"),
    (ssl.SSLError(1, "[SSL] bad\x1b"), r"[SSL] bad\x1b"),
    (InvalidURI("x", "y"), "the URL is not valid"),
    (ValueError("x"), "x"),
]


@pytest.mark.parametrize(("error", "words"), REASONS, ids=[type(error).__name__ for error, _ in REASONS])
def test_why_a_server_could_not_be_reached(error, words) -> None:
    """In words, and printable."""
    assert reason_of(error) == words


TARGETS = [
    ("wss://b.example", "ws://a.example/v1?x=1", "wss://b.example/v1?x=1"),
    ("wss://b.example/", "ws://a.example/v1", "wss://b.example/v1"),
    ("wss://b.example/v2", "ws://a.example/v1?x=1", "wss://b.example/v2?x=1"),
    ("wss://b.example/v2?y=2", "ws://a.example/v1?x=1", "wss://b.example/v2?y=2"),
    ("ws://[::1]:9000", "ws://a.example/", "ws://[::1]:9000/"),
    ("ws://b.example", "ws://a.example/v1?token=[redacted]&n=1", "ws://b.example/v1?token=a%26b&n=1"),
]


@pytest.mark.parametrize(("to", "recorded", "url"), TARGETS)
def test_what_the_target_does_not_say_is_as_recorded(to, recorded, url) -> None:
    """Path and query; secrets in the query come from the environment."""
    assert target_of(to, recorded, Fillings({"PAPERKNIFE_QUERY_TOKEN": "a&b"})) == url


@pytest.mark.parametrize("to", ["", "foo", "http://b.example", "wss://", "ws://b.example:99999/", "ws://[::1/"])
def test_a_target_that_is_none_is_told(to) -> None:
    """With what would be one."""
    with pytest.raises(CannotReplay, match="such as wss://"):
        target_of(to, "ws://a.example/", Fillings({}))


SHOWN = [
    ("ws://a.example/v1?depth=5", "ws://a.example/v1?depth=5"),
    ("ws://alice:wonderland@a.example/v1", "ws://alice:[redacted]@a.example/v1"),
    ("wss://a.example/v1?token=abcdefgh", "wss://a.example/v1?token=[redacted]"),
    ("ws://a.example/\x1b[31m", "ws://a.example/\\x1b[31m"),
]


@pytest.mark.parametrize(("url", "shown"), SHOWN, ids=["plain", "password", "token", "escape"])
def test_a_url_is_shown_without_its_secrets(url, shown) -> None:
    """Nor with what a terminal would obey."""
    assert shown_url(url) == shown
