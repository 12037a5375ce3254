"""`paperknife demo`: the whole of it in one terminal."""

import json
import re
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from paperknife.cli import main
from paperknife.demo.files import given_schema

PAYLOADS = ["login", "login_response", "subscribe", "snapshot", "market_data", "order", "order_response"]


def test_it_shows_a_conversation_and_ends_with_what_to_do_next(launch) -> None:
    """Within its seconds: each kind of message in decoded words, unknown fields marked, a summary, three commands."""
    status, out, err = launch("paperknife", "demo", "--seconds", "4", "--rate", "40").end()
    assert status == 0
    for payload in PAYLOADS:
        assert re.search(rf"#1 (->|<-) {payload} ", out), payload
    assert "! unknown field" in out
    assert "password=[redacted]" in out or "[redacted]" in out
    assert "1000 normal closure" in out
    first = out.splitlines()[0]
    assert "Schema: " in first
    assert re.search(r"-> \d+ messages \(.*\), <- \d+ messages \(.*\) on 1 connection", err)
    assert "fields that the schema does not know" in err
    assert re.search(r"-> order, order_response +\d+( +[\d.]+ (ms|us|s)){4}\n", err)
    assert re.search(r"<- market_data.sequence +\d+ +3( +0){4}\n", err)
    assert err.count("\n    paperknife ") == 3


def test_with_the_newer_schema_nothing_that_the_venue_says_is_unknown(launch) -> None:
    """The same conversation, read by the revision that the venue runs; the client still speaks the older one."""
    running = launch("paperknife", "demo", "--seconds", "600", "--newer")
    running.until("#1 <- market_data ", times=5)
    running.interrupt()
    status, out, _ = running.end()
    assert status == 0
    assert re.search(r"#1 <- market_data ", out)
    lines = [line for line in out.splitlines() if " #1 <- " in line]
    assert len(lines) > 5
    assert not [line for line in lines if "unknown" in line]


def test_json_is_one_object_a_line(launch) -> None:
    """Filters and formats work here as everywhere."""
    options = ("--seconds", "600", "--format", "json", "--where", "direction == client", "--hide", "login")
    running = launch("paperknife", "demo", *options)
    running.until("order")  # which comes behind market data
    running.interrupt()
    status, out, _ = running.end()
    assert status == 0
    payloads = {line["payload"] for line in map(json.loads, out.splitlines()) if "event" not in line}
    assert "subscribe" in payloads
    assert not payloads & {"login", "market_data"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_ends_it_in_order(launch, number: signal.Signals) -> None:
    """The client says goodbye, the summary is printed, exit status 0."""
    running = launch("paperknife", "demo", "--seconds", "600")
    running.until("market_data")
    running.interrupt(number)
    status, out, err = running.end()
    assert status == 0
    assert "-- closed              1001 " in out
    assert "on 1 connection" in err
    assert "Traceback" not in err


def test_a_signal_at_the_very_start_is_quiet(launch) -> None:
    """Whenever Ctrl-C comes, no traceback follows."""
    running = launch("paperknife", "demo", "--seconds", "600", PYTHONVERBOSE="1")
    running.until("import 'paperknife.cli.demo'", stream="err")
    running.interrupt()
    status, _, err = running.end()
    assert status in (0, 130)
    assert "Traceback" not in err


def test_a_closed_pipe_ends_it(launch) -> None:
    """`paperknife demo | head -1` does not go on for its ten seconds."""
    running = launch("paperknife", "demo", "--seconds", "600", stalled=True)
    running.process.stdout.readline()
    running.process.stdout.close()
    status, _, err = running.end()
    assert status == 0
    assert "Traceback" not in err


def test_a_full_disk_is_said_and_ends_it(launch) -> None:
    """Lines that cannot be written are a failure: exit status 2."""
    running = launch("sh", "-c", "exec paperknife demo --seconds 600 >/dev/full")
    status, _, err = running.end()
    assert status == 2
    assert "The lines could not be written: No space left on device." in err


def test_without_stdout_it_says_so(launch) -> None:
    """`>&-` is a sentence, not a traceback."""
    status, _, err = launch("sh", "-c", "exec paperknife demo >&-").end()
    assert status == 2
    assert err.startswith("Error: A place for the lines was expected, and stdout is closed.")


def test_a_home_that_cannot_be_written_to_is_a_sentence(launch) -> None:
    """mitmproxy wants a folder for its certificates."""
    status, _, err = launch("paperknife", "demo", HOME="/dev/null").end()
    assert status == 2
    assert err.splitlines()[-1].startswith("Error: A folder for mitmproxy's certificates was expected at ~/.mitmproxy")


def test_the_schema_can_be_found() -> None:
    """--print-schema prints a folder that --schema takes, and nothing else."""
    result = CliRunner().invoke(main, ["demo", "--print-schema"])
    assert result.stdout == f"{given_schema()}\n"
    assert list(Path(result.stdout.strip()).rglob("*.proto"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--where", "ordr"], "did you mean order?"),
        (["--seconds", "0"], "0.5<=x<=3600"),
        (["--rate", "0"], "0.1<=x<=10000"),
    ],
)
def test_bad_input_is_a_sentence(options: list[str], sentence: str) -> None:
    """Said on stderr, exit status 2."""
    result = CliRunner().invoke(main, ["demo", *options])
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_rules_and_scripts_can_be_tried_on_it(launch, tmp_path) -> None:
    """Without any venue: the client's orders are cut, and marked with the rule's name and the script's."""
    rules, script = tmp_path / "rules.yaml", tmp_path / "mine.py"
    rules.write_text("rules: [{name: cut, on: client order, do: {set: {order.quantity: 1}}}]")
    script.write_text("def client_subscribe(request, connection):\n    request.depth = 2\n")
    running = launch("paperknife", "demo", "--seconds", "600", "--rules", str(rules), "--script", str(script))
    running.until("! changed: cut")
    running.interrupt()
    status, out, err = running.end()
    assert status == 0
    assert re.search(r"#1 -> order .* 1 @ .*! changed: cut", out)
    assert re.search(r"#1 -> subscribe .*depth=2 .*! changed: script client_subscribe", out)
    assert re.search(r"\n   cut +\d+ messages?\n", err)
