"""What is told of a replay."""

from types import SimpleNamespace

from tests.addon.recording.sessions import Line

from paperknife.replay import wording
from paperknife.replay.conditions import Request
from paperknife.replay.moves import Missed
from paperknife.replay.timeline import Recorded
from paperknife.replay.visit import VisitResult
from paperknife_decoders.difference import differences
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.volatile import Volatile

line = Line()
SECRETS = Secrets()


def visit(**result):
    return SimpleNamespace(number=3, recorded=Recorded(line.connection), result=VisitResult(**result))


def request(message) -> Request:
    return Request(1, 0, message.envelopes[0], b"")


def test_a_miss_explains_itself() -> None:
    """What came, what is nearest, and each field that differs; secrets and escapes never show."""
    recorded = line.client(1, "login", user="alice", password="secret-one")
    live = line.client(1, "login", user="mal\x1b[31mice", password="secret-two")
    unlike = differences(recorded.envelopes[0], live.envelopes[0], Volatile())
    lines = list(wording.missed_lines(visit(), Missed(live.envelopes[0], request(recorded), unlike), SECRETS))
    assert lines[0].startswith("#3 This was not recorded: login ")
    assert lines[1].startswith("   The nearest that is expected: login ")
    assert lines[2].startswith("     login.user: recorded alice, came ")
    assert "secret" not in "".join(lines)
    assert "\x1b" not in "".join(lines)


def test_where_nothing_is_expected_that_is_said() -> None:
    """In the place of the nearest request."""
    live = line.client(1, "heartbeat")
    assert list(wording.missed_lines(visit(), Missed(live.envelopes[0], None), SECRETS))[1:] == [
        "   No request is expected any more."
    ]


def test_a_stall_names_the_first_requests() -> None:
    """And counts the others."""
    needs = tuple(request(line.client(1, "account", account=name)) for name in "abcde")
    text = wording.stalled_text(visit(), needs, 10.0, SECRETS)
    assert text.startswith("#3 Waiting for 10 s for the client to send: account ")
    assert text.endswith(" and 2 more")


ENDS = [
    ({"sent": 1200, "met": 3, "is_complete": True}, "1,200 messages sent, 3 requests as recorded."),
    ({"sent": 1, "met": 0}, "1 message sent, 0 requests as recorded, the recording was not over."),
    ({"miss_count": 2, "is_complete": True}, "0 messages sent, 0 requests as recorded, 2 not recorded."),
]


def test_the_end_says_how_it_went() -> None:
    """With what was missing on either side."""
    for result, expected in ENDS:
        assert wording.closed_text(visit(**result)) == f"#3 closed: {expected}"
    left = (request(line.client(1, "account")),)
    assert "1 recorded one did not come" in wording.closed_text(visit(left=left))


def test_opening_and_end_of_the_recording() -> None:
    """By the live and the recorded number."""
    assert wording.opened_text(visit()) == "#3 A client is answered as #1 was, wss://venue.example/v1."
    assert wording.over_text(visit()) == "#3 All that was recorded was sent."
