"""The fixture as a test author meets it: tests of a client, run by pytest, against recordings and to make them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from paperknife.demo.files import given_schema
from paperknife.demo.users import USERS
from paperknife.demo.venue import VenueOptions

ROOT = Path(__file__).parents[3]
DOCUMENTS = ("README.md", "docs/testing.md")

CLIENT = """
import asyncio
from paperknife.demo import client
from paperknife.demo.strategy import Strategy


class Greedy(Strategy):
    def receive(self, payload, message):
        for name, fields in super().receive(payload, message):
            yield name, (fields | {"quantity": fields["quantity"] + 1} if name == "order" else fields)


class Mute(Strategy):
    def receive(self, payload, message):
        return [each for each in super().receive(payload, message) if each[0] != "revise"]


def trade(url, strategy=Strategy, updates=19):
    client.Strategy = strategy
    options = client.ClientOptions(updates=updates)
    return asyncio.run(client.trade(url, seconds=20, options=options))
"""
"""The demo's client; and what a change may make of it."""


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A venue has time to hear that a client has closed."""
    monkeypatch.setattr("paperknife.testing.venues.GRACE_SECONDS", 60)


@pytest.fixture
def author(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with a client and a recording, beside which tests are written."""
    pytester.makepyfile(my_client=CLIENT)
    shutil.copy(ROOT / "recordings" / "calm.mcap", pytester.path / "session.mcap")
    pytester.syspathinsert()
    return pytester


def run(author: pytest.Pytester, body: str, *arguments: str) -> pytest.RunResult:
    """Run one test, with this body."""
    lines = "\n    ".join(body.splitlines())
    author.makepyfile(
        f"import my_client\nfrom my_client import trade\n\ndef test_client(paperknife_venue):\n    {lines}\n"
    )
    return author.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


FIRST = 'url = paperknife_venue("session.mcap")\n'

PASSING = {
    "the whole session": f"{FIRST}outcome = trade(url)\nassert outcome.close_code == 1000 and len(outcome.orders) == 4",
    "a part of it": 'trade(paperknife_venue("session.mcap", complete=False), updates=5)',
    "several venues at once": f'{FIRST}other = paperknife_venue("session.mcap")\nassert url != other\n'
    "assert trade(other).logged_in and trade(url).logged_in",
    "the same one again": f"{FIRST}trade(url)\ntrade(url)",
    "what does not count": 'trade(paperknife_venue("session.mcap", ignore="order.quantity"), my_client.Greedy)',
    "no venue at all": "pass",
    "a skipped test": f'{FIRST}import pytest\npytest.skip("no time")',
}


@pytest.mark.parametrize("body", PASSING.values(), ids=PASSING)
def test_a_client_that_says_what_was_recorded_passes(author: pytest.Pytester, body: str) -> None:
    """With nothing but a URL of its own."""
    outcomes = run(author, body).parseoutcomes()
    assert outcomes in ({"passed": 1}, {"skipped": 1})


FAILING = {
    "a change": (
        'trade(paperknife_venue("session.mcap", on_miss="close"), my_client.Greedy)',
        [
            "session.mcap: the client did not do what was recorded.",
            "#1 This was not recorded: order 2 ESZ6 BUY 4 @ 5021.50 LIMIT DAY account=DEMO-1 client_tag=alice-1",
            "   The nearest that is expected: order 2 ESZ6 BUY 3 @ 5021.50 LIMIT DAY account=DEMO-1 client_tag=alice-1",
            "     order.quantity: recorded 3, came 4",
            "#1 Of what was recorded, 7 requests did not come.",
        ],
    ),
    "a change in a client that waits": (
        'trade(paperknife_venue("session.mcap", patience=2), my_client.Greedy)',
        ["     order.quantity: recorded 3, came 4", "* The connection was closed."],
    ),
    "a request that is left out": (
        'trade(paperknife_venue("session.mcap", patience=2), my_client.Mute)',
        ["*Waiting for 2 s*revise 5 3 @ 72.11*", "#1 This was recorded and did not come: revise 5 3 @ 72.11 *"],
    ),
    "a client that leaves too early": (
        "trade(paperknife_venue('session.mcap'), updates=5)",
        ["#1 This was recorded and did not come: cancel 8 client_tag=alice-3"],
    ),
    "a client that never came": (FIRST, ["No client has connected to ws://127.0.0.1:*"]),
    "no recording": ('paperknife_venue("none.mcap")', ["A recording was expected at *none.mcap, and there is none.*"]),
    "not a recording": (
        'paperknife_venue("my_client.py")',
        ["*my_client.py is no recording: an MCAP file*"],
    ),
    "a wrong speed": (
        'paperknife_venue("session.mcap", speed="fast")',
        ["paperknife_venue: a number above 0 or max was expected, not 'fast'*"],
    ),
    "a wrong patience": (
        'paperknife_venue("session.mcap", patience="10s")',
        ["paperknife_venue: seconds above 0 were expected as patience, not '10s'."],
    ),
    "a mode that needs somebody": (
        'paperknife_venue("session.mcap", mode="step")',
        ["paperknife_venue: a mode was expected, one of auto, matched, timed, not 'step'."],
    ),
}


@pytest.mark.parametrize(("body", "lines"), FAILING.values(), ids=FAILING)
def test_another_client_fails_and_reads_why(author: pytest.Pytester, body: str, lines: list[str]) -> None:
    """In the test's own report, with what came, what was expected and what differs; no traceback of ours."""
    result = run(author, body)
    assert result.parseoutcomes() == {"failed": 1}
    result.stdout.fnmatch_lines([line.replace("[", "[[]") for line in lines])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*During handling*")


def test_what_was_not_recorded_stands_beside_a_failure_of_the_test(author: pytest.Pytester) -> None:
    """So that who reads that an answer never came reads why."""
    body = 'trade(paperknife_venue("session.mcap", on_miss="close"), my_client.Greedy)\nassert 0, "mine"'
    result = run(author, body)
    assert result.parseoutcomes() == {"failed": 1}
    result.stdout.fnmatch_lines(["*AssertionError: mine", "*Captured paperknife call*", "*recorded 3, came 4"])


def test_what_a_fixture_does_at_its_end_counts(author: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that is closed there has said less than was recorded, which is known only then."""
    monkeypatch.setattr("paperknife.testing.venues.GRACE_SECONDS", 0)
    author.makepyfile("""
        import pytest
        from websockets.sync.client import connect

        @pytest.fixture
        def client(paperknife_venue):
            with connect(paperknife_venue("session.mcap"), proxy=None) as client:
                yield client

        def test_client(client):
            pass
    """)
    result = author.runpytest_inprocess("-p", "no:cacheprovider")
    assert result.parseoutcomes() == {"passed": 1, "errors": 1}
    result.stdout.fnmatch_lines(["#1 This was recorded and did not come: login user=alice*"])


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_example_of_a_document_passes(author: pytest.Pytester, document: str) -> None:
    """As it stands there."""
    pieces = re.findall(r"^```python\n(.*?)^```", (ROOT / document).read_text(), re.MULTILINE | re.DOTALL)
    (example,) = (piece for piece in pieces if "paperknife_venue" in piece)
    author.makepyfile(test_example=example)
    assert author.runpytest_inprocess("-p", "no:cacheprovider").parseoutcomes() == {"passed": 1}


RECORDING = 'outcome = trade(paperknife_venue("made/new.mcap", schema=SCHEMA), updates=6)\nassert outcome.logged_in'


def test_a_session_is_recorded_and_then_replayed(author: pytest.Pytester, venue) -> None:
    """Against the real venue, redacted; then without it, and once means once."""
    body = RECORDING.replace("SCHEMA", repr(str(given_schema())))
    url = venue(VenueOptions(rate=100))
    once = ("--paperknife-record=once", "--paperknife-venue", f"{url}?token=geheim")
    result = run(author, body, *once)
    made = author.path / "made" / "new.mcap"
    assert result.parseoutcomes() == {"passed": 1}
    result.stdout.fnmatch_lines(
        [f"paperknife: records what has no recording yet, from {url}", f"paperknife: recorded {made}"]
    )
    assert [path.name for path in made.parent.iterdir()] == ["new.mcap"]
    assert made.stat().st_mode & 0o777 == 0o600
    content = made.read_bytes()
    for secret in ("geheim", USERS["alice"].password, USERS["alice"].api_key):
        assert secret.encode() not in content
    assert run(author, body).parseoutcomes() == {"passed": 1}
    assert run(author, body, *once).parseoutcomes() == {"passed": 1}
    assert made.read_bytes() == content


def test_only_what_has_passed_is_recorded(author: pytest.Pytester, venue) -> None:
    """A test that fails leaves the recording as it was, and shows what has passed through the proxy."""
    before = (author.path / "session.mcap").read_bytes()
    body = 'trade(paperknife_venue("session.mcap"), updates=3)\nassert 0, "mine"'
    url = venue(VenueOptions(rate=10))  # of what passes the last lines are shown, and none of those is to be lost
    result = run(author, body, "--paperknife-record", "--paperknife-venue", url)
    assert result.parseoutcomes() == {"failed": 1}
    result.stdout.fnmatch_lines(["*Captured paperknife teardown*", "*#1 -> login*"])
    assert (author.path / "session.mcap").read_bytes() == before
    assert {path.suffix for path in author.path.iterdir()} <= {".py", ".mcap", ""}
    assert not list(author.path.glob(".paperknife-*"))


NOT_RECORDED = {
    "no venue": (RECORDING, (), "To record new.mcap, the URL of the real venue was expected:*"),
    "no schema": (
        'paperknife_venue("new.mcap", venue_url="ws://127.0.0.1:1/v1")',
        (),
        "To record new.mcap, a schema was expected as schema in the call:*",
    ),
    "a wrong schema": (
        'paperknife_venue("new.mcap", venue_url="ws://127.0.0.1:1/v1", schema="nowhere")',
        (),
        "*The recording proxy did not start. It said: *nowhere*",
    ),
    "nobody came": (
        'paperknife_venue("new.mcap", venue_url="ws://127.0.0.1:1/v1", schema=SCHEMA)',
        (),
        "new.mcap was not recorded. The client never opened a WebSocket to ws://127.0.0.1:*",
    ),
}


@pytest.mark.parametrize(("body", "arguments", "line"), NOT_RECORDED.values(), ids=NOT_RECORDED)
def test_what_cannot_be_recorded_is_told(author: pytest.Pytester, body: str, arguments, line: str) -> None:
    """In a sentence, with nothing left behind."""
    result = run(author, body.replace("SCHEMA", repr(str(given_schema()))), "--paperknife-record=all", *arguments)
    assert result.ret == 1
    result.stdout.fnmatch_lines([line])
    assert not (author.path / "new.mcap").exists()
    assert not list(author.path.glob(".paperknife-*"))


def test_a_path_is_no_mode(author: pytest.Pytester) -> None:
    """What follows --paperknife-record without = is taken for its word; the sentence says what to write."""
    result = author.runpytest_inprocess("--paperknife-record", "tests")
    result.stderr.fnmatch_lines(["*one of none, once, all was expected, not 'tests'. Write --paperknife-record=all*"])


def test_pytest_starts_without_what_no_test_asks_for() -> None:
    """The plugin is loaded wherever paperknife is installed: with pytest alone."""
    code = (
        "import sys, paperknife.testing.plugin; "
        "sys.exit(sorted({'mitmproxy', 'websockets', 'google.protobuf', 'mcap', 'click'} & set(sys.modules)) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_recorded_venues_do_without_mitmproxy() -> None:
    """It takes a second to come, and is for recording alone."""
    code = "import sys, paperknife.testing.venues; sys.exit('mitmproxy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
