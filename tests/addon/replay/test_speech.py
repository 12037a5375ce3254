"""What is really sent for a recorded message of the client."""

from __future__ import annotations

from tests.addon.recording.sessions import Line, api, reader

from paperknife.replay.blanks import Fillings
from paperknife.replay.speech import Speech
from paperknife_decoders.learning import Learned
from paperknife_decoders.message import Direction

LINE = Line()
SECOND = 10**9


def speech(**environment: str) -> Speech:
    return Speech(Learned(reader().protocol), Fillings(environment))


def test_what_needs_nothing_is_sent_byte_for_byte() -> None:
    """Unknown fields too, and what is not decoded."""
    for content in (LINE.client(0, "order", request_id=1).content, b"\xff\xff", b"\xf8\x07\x01"):
        assert speech().content(LINE.raw(0, Direction.CLIENT, content)) == content


def test_secrets_are_filled_in_and_a_learned_token_wins() -> None:
    """The token that the server gave now, not one from the environment."""
    login = LINE.client(0, "login", user="alice", password="*****")
    login.masked = ((1, 2),)
    said = speech(PAPERKNIFE_SECRET_PASSWORD="wonderland").content(login)
    assert api().client.decode(said)[1].password == "wonderland"

    renewal = LINE.client(0, "renew_token", request_id=1, token="********")
    renewal.masked = ((1, 2),)
    one = speech(PAPERKNIFE_SECRET_TOKEN="mine")
    assert api().client.decode(one.content(renewal))[1].token == "mine"
    recorded, live = (
        LINE.server(0, "login_response", token=token).envelopes[0] for token in ("********", "live-token")
    )
    one.learned.learn(recorded, live, Direction.SERVER)
    assert api().client.decode(one.content(renewal))[1].token == "live-token"
    assert one.fault == ""


def test_times_are_moved() -> None:
    """By as much as the replay is later than the recording."""
    beat = LINE.client(0, "heartbeat", sequence=1, time={"seconds": 1_800_000_000})
    one = speech()
    one.shift_ns = 5 * SECOND
    assert api().client.decode(one.content(beat))[1].time.seconds == 1_800_000_005
