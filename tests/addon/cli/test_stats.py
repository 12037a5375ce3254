"""`paperknife stats` as a user meets it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from paperknife.cli import main
from paperknife.recording.items import Closed, Opened
from paperknife.traffic import Close
from paperknife_decoders.message import Direction

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
COMMAND = Path(sys.executable).with_name("paperknife")
RECORDINGS = Path(__file__).parents[3] / "recordings"


def stats(*arguments, **more):
    """Run the command in this process."""
    return CliRunner().invoke(main, ["stats", *map(str, arguments)], **more)


def figures(*arguments, **more):
    """What it says in JSON."""
    result = stats(*arguments, "--format", "json", **more)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def planted(tape):
    """A session with two gaps, a repeat, two missed heartbeats and a request that nobody answers."""

    def items():
        yield Opened(tape.connection())
        for ms, number in [(0, 1), (10, 2), (20, 5), (30, 6), (40, 6), (50, 8)]:
            yield tape.message(SERVER, "market_data", {"symbol": "ESZ6", "sequence": number}, ms)
        for ms, request_id in [(100, 1), (200, 2), (300, 3)]:
            yield tape.message(CLIENT, "order", {"request_id": request_id, "symbol": "ESZ6"}, ms)
            if request_id != 2:
                fields = {"request_id": request_id, "symbol": "ESZ6"}
                yield tape.message(SERVER, "order_response", fields, ms + 4)
        for ms in (1000, 2000, 3000, 6000, 7000):
            yield tape.message(CLIENT, "heartbeat", {"sequence": ms // 1000}, ms)
        yield Closed(tape.connection(), Close(1000, "", CLIENT, tape.connection(1, 7500).time_ns))

    return list(items())


def test_planted_faults(record, planted):
    """Each is reported exactly."""
    found = figures(record(planted))
    rows = {(row["direction"], row["payload"]): row for row in found["sequences"]}
    quotes = rows["server", "market_data"]
    assert (quotes["counted"], quotes["gaps"], quotes["missing"], quotes["repeats"]) == (6, 2, 3, 1)
    assert quotes["first_gap"] == {
        "time": "2030-03-17T17:46:40.020000000Z",
        "connection": 1,
        "subject": {"symbol": "ESZ6"},
        "last": 2,
        "found": 5,
    }
    (latency,) = found["latencies"]
    assert (latency["answers"], latency["min_ms"], latency["max_ms"]) == (2, 4.0, 4.0)
    (missing,) = found["unanswered"]
    assert (missing["unanswered"], missing["oldest"]) == (1, "2030-03-17T17:46:40.200000000Z")
    (beats,) = found["heartbeats"]
    assert (beats["count"], beats["period_ms"], beats["gaps"], beats["missed"]) == (5, 1000.0, 1, 2)
    assert (beats["longest_ms"], beats["longest_end"]) == (3000.0, "2030-03-17T17:46:46.000000000Z")


def test_tables(record, planted):
    """To read, without colours in a pipe; with them where they are asked for."""
    path = record(planted)
    result = stats(path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "! <- market_data.sequence: first gap at " in result.stdout
    assert "! -> order: 1 of 3 has no answer" in result.stdout
    assert "\x1b" not in result.stdout
    assert "\x1b[33m" in stats(path, "--color").stdout


@pytest.mark.parametrize("name", ["calm", "rejects", "newer"])
def test_shipped_recordings(name):
    """Their venue loses nothing and answers all; the counts are those of `info`."""
    found = figures(RECORDINGS / f"{name}.mcap")
    assert found["cut"] == []
    assert not any(row["gaps"] or row["repeats"] or row["backwards"] for row in found["sequences"])
    assert found["unanswered"] == []
    assert {row["request"] for row in found["latencies"]} >= {"login", "subscribe", "order"}
    told = CliRunner().invoke(main, ["info", str(RECORDINGS / f"{name}.mcap"), "--format", "json"])
    assert sum(each["messages"] for each in found["totals"].values()) == json.loads(told.stdout)["messages"]


def test_a_file_that_was_cut():
    """It is measured up to the cut, and that is said."""
    path = RECORDINGS / "cut.mcap"
    result = stats(path)
    assert result.exit_code == 0
    assert "<- market_data" in result.stdout
    assert "has no end: it is still being written, or was cut off at byte" in result.stderr
    assert len(figures(path)["cut"]) == 1


def test_parts_are_measured_together(record, planted, tape):
    """A request in the first file is answered in the second; numbers go on where it left off."""
    first = record(planted[:9], name="first.mcap")  # up to the second order
    second = record([Opened(tape.connection(), resumed=True), *planted[9:]], name="second.mcap")
    whole, parts = figures(record(planted)), figures(first, second)
    for each in (whole, parts):
        del each["files"]
    assert parts == whole


def test_another_session_begins_anew(record, planted, tape):
    """Its connections have the same numbers, and are others."""
    later = [Opened(tape.connection(1, 60_000))]
    later += [tape.message(SERVER, "market_data", {"symbol": "ESZ6", "sequence": 500}, 60_001)]
    found = figures(record(planted, name="first.mcap"), record(later, name="later.mcap"))
    quotes = next(row for row in found["sequences"] if row["payload"] == "market_data")
    assert (quotes["gaps"], quotes["missing"]) == (2, 3)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), {"client": 8, "server": 8}),
        (("--from", "+60ms"), {"client": 8, "server": 2}),
        (("--to", "+25ms"), {"client": 0, "server": 3}),
        (("--connection", "1"), {"client": 8, "server": 8}),
        (("--where", "order or order_response"), {"client": 3, "server": 2}),
        (("--where", "order.request_id == 1"), {"client": 1, "server": 0}),
    ],
)
def test_parts(record, planted, options, expected):
    """Times, connections, expressions."""
    found = figures(record(planted), *options)
    assert {direction: each["messages"] for direction, each in found["totals"].items()} == expected


def test_where_keeps_the_latency_of_what_it_finds(record, planted):
    """The answer does not match, and is followed all the same."""
    (latency,) = figures(record(planted), "--where", "order.request_id == 1")["latencies"]
    assert latency["answers"] == 1


@pytest.mark.parametrize("options", [("--connection", "9"), ("--from", "+9h"), ("--where", "order.request_id == 99")])
def test_nothing_in_this_part(record, planted, options):
    """Exit status 1, and a sentence."""
    result = stats(record(planted), *options)
    assert (result.exit_code, result.stderr) == (1, "There is no message in this part.\n")


def test_another_schema(record, planted, trading):
    """The messages are read by what is given."""
    assert figures(record(planted), "--schema", trading)["latencies"]
    assert figures(record(planted), "--protocol", "centrifugo")["latencies"] == []


def test_stdin(record, planted):
    """- is the standard input."""
    with record(planted).open("rb") as file:
        found = subprocess.run([COMMAND, "stats", "-"], stdin=file, capture_output=True, check=True)
    assert b"<- market_data" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("missing.mcap",), "A recording was expected at missing.mcap"),
        ((), "Missing argument 'FILE...'"),
        ((RECORDINGS / "calm.mcap", "--where", "ordr"), "did you mean order?"),
        ((RECORDINGS / "calm.mcap", "--from", "soon"), "'--from'"),
        ((RECORDINGS / "calm.mcap", "--client", "A"), "add --schema PATH"),
        ((__file__,), "is no recording"),
    ],
)
def test_mistakes(arguments, words):
    """One sentence, exit status 2."""
    result = stats(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
