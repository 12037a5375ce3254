"""`paperknife replay client` as a user meets it."""

from __future__ import annotations

import json
import os
import re
import socket
import sys
from pathlib import Path

import pexpect
import pytest
from click.testing import CliRunner
from websockets.server import ServerProtocol

from paperknife.cli import main
from paperknife.cli.failure import Failure
from paperknife.cli.replay_client import check_via, header_of, interrupted_text
from paperknife.demo.users import USERS
from paperknife.replay.client import Outcome

CALM = Path(__file__).parents[3] / "recordings" / "calm.mcap"
COMMAND = Path(sys.executable).with_name("paperknife")
ALICE = USERS["alice"]
NOWHERE = "ws://127.0.0.1:1"


@pytest.fixture(autouse=True)
def without_secrets(monkeypatch):
    """Nothing of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("PAPERKNIFE_")]:
        monkeypatch.delenv(name)


def client(*arguments, **environment):
    """Run the command in this process."""
    return CliRunner(env=environment).invoke(main, ["replay", "client", *map(str, arguments)])


QUIET = """heartbeat or login or login_response or account_update and not has(account_update.positions)
    or subscribe or subscribe_response or snapshot or revise or has(cancel.order_id)
    or order.symbol == "CLF7" or order_response.symbol == "CLF7" """
"""What does not depend on when the market moves: an order that rests, is revised and cancelled."""


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """A part of the recording to which the answers are the same however long each step takes."""
    path = tmp_path_factory.mktemp("quiet") / "quiet.mcap"
    made = CliRunner().invoke(main, ["filter", str(CALM), "-o", str(path), "--where", " ".join(QUIET.split())])
    assert made.exit_code == 0, made.output
    return path


@pytest.fixture(scope="module")
def venue():
    """The demo's venue as a process of its own, with a market that hardly moves; the URL."""
    running = pexpect.spawn(
        sys.executable,
        ["-m", "paperknife.demo.venue", "--port", "0", "--fresh", "--rate", "0.001"],
        encoding="utf-8",
        timeout=60,
    )
    running.expect(r"listens at (ws://\S+)")
    yield running.match[1]
    running.terminate(force=True)


def test_secrets_are_asked_for_and_all_is_the_same(venue, quiet, tmp_path) -> None:
    """On a terminal, once each, without an echo; the status is 0, and the report says the same."""
    report = tmp_path / "report.json"
    running = pexpect.spawn(
        str(COMMAND),
        ["replay", "client", str(quiet), "--to", venue, "--report", "json", str(report)],
        encoding="utf-8",
        timeout=60,
    )
    running.expect(r"login.password \(10 characters as recorded\): ")
    running.sendline(ALICE.password)
    running.expect(r"login.api_key \(19 characters as recorded\): ")
    running.sendline(ALICE.api_key)
    running.expect(pexpect.EOF)
    running.close()
    assert ALICE.password not in running.before
    assert "The same. 6 messages sent, 8 expected, 8 came, on 1 connection." in running.before
    assert running.exitstatus == 0
    assert json.loads(report.read_text())["verdict"] == "same"


def test_what_differs_is_told_and_the_status_is_1(venue) -> None:
    """A wrong password: the answer, the close, and the password nowhere."""
    result = client(
        CALM,
        "--to",
        venue,
        "--patience",
        "60s",
        PAPERKNIFE_SECRET_PASSWORD="not-the-password",
        PAPERKNIFE_SECRET_API_KEY=ALICE.api_key,
    )
    assert result.exit_code == 1
    assert "<- login_response changed\n     answers: login user=alice" in result.stdout
    assert "login_response.result: expected OK, found BAD_CREDENTIALS" in result.stdout
    assert "the server closed the connection with 4000 (bad credentials) after 1 message had been sent" in result.stdout
    assert re.search(r"^Different: 1 changed, 1 missing, 1 closed differently\.", result.stderr, re.MULTILINE)
    assert "not-the-password" not in result.output
    assert ALICE.api_key not in result.output


WRONG = [
    ([CALM, "--to", NOWHERE], r"needed to send it: login\.password \(in PAPERKNIFE_SECRET_PASSWORD\), login\.api_key"),
    (["README.md", "--to", NOWHERE], "is no recording|A recording was expected"),
    ([CALM, "--to", "http://a.example"], "--to: a URL such as wss://"),
    ([CALM, "--to", NOWHERE, "--connection", "7"], "A recording with connection 7 was expected"),
    ([CALM, "--to", NOWHERE, "--via", "127.0.0.1:8080"], "--via: the URL of a proxy"),
    ([CALM, "--to", NOWHERE, "--header", "x"], "--header: a NAME:VALUE"),
    ([CALM, "--to", NOWHERE, "--stream", "market"], "Did you mean market_data"),
    ([CALM, "--to", NOWHERE, "--report", "xml", "-"], "one of json, junit"),
    ([CALM], "Missing option '--to'"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_what_could_not_be_run_is_a_sentence_and_2(arguments, words) -> None:
    """Nothing was connected by then."""
    result = client(*arguments)
    assert result.exit_code == 2, result.output
    assert re.search(words, result.stderr)
    assert "Traceback" not in result.output


def test_a_server_that_is_not_there_is_a_sentence_and_2() -> None:
    """With its address."""
    result = client(CALM, "--to", NOWHERE, PAPERKNIFE_SECRET_PASSWORD="a", PAPERKNIFE_SECRET_API_KEY="b")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: Cannot connect to ws://127.0.0.1:1/v1: nothing listens there.\n",
    )


def test_headers_and_proxies() -> None:
    """As they are typed."""
    assert header_of("X-A: b: c") == ("X-A", "b: c")
    for text in ("x", ":x", "a:b\nc"):
        with pytest.raises(Failure):
            header_of(text)
    check_via(None)
    check_via("http://127.0.0.1:8080")


def test_through_a_proxy_it_is_seen_there(venue, quiet, launch, trading, tmp_path) -> None:
    """`--via`: an ordinary connection of the proxy, and a recording of it that is like the first one."""
    path = tmp_path / "again.mcap"
    options = ("--mode", "regular", "--schema", trading, "-p", "0", "--record", str(path), "--ui", "none")
    proxy = launch("paperknife", "proxy", *options)
    via = proxy.until("\n", stream="err").splitlines()[0].split()[-1]
    result = client(
        quiet,
        "--to",
        venue,
        "--via",
        via,
        PAPERKNIFE_SECRET_PASSWORD=ALICE.password,
        PAPERKNIFE_SECRET_API_KEY=ALICE.api_key,
    )
    proxy.interrupt()
    assert proxy.end()[0] == 0
    assert result.exit_code == 0, result.output
    again = CliRunner().invoke(main, ["diff", str(quiet), str(path)])
    assert again.exit_code == 0, again.output


def test_ctrl_c_waits_for_no_server() -> None:
    """Not even for one that never answers a close frame; what is known by then is told, and the status is no yes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        to = f"ws://127.0.0.1:{listening.getsockname()[1]}"
        running = pexpect.spawn(
            str(COMMAND),
            ["replay", "client", str(CALM), "--to", to, "--patience", "1h"],
            env={**os.environ, "PAPERKNIFE_SECRET_PASSWORD": "x", "PAPERKNIFE_SECRET_API_KEY": "y"},
            encoding="utf-8",
            timeout=60,
        )
        connection, _ = listening.accept()
        with connection:
            protocol = ServerProtocol()
            while not (requests := protocol.events_received()):
                protocol.receive_data(connection.recv(4096))
            protocol.send_response(protocol.accept(requests[0]))
            connection.sendall(b"".join(protocol.data_to_send()))
            running.expect("Replaying to")
            assert connection.recv(1)
            running.sendintr()
            running.expect(pexpect.EOF)
            running.close()
    told = " ".join(running.before.split())
    assert "The same so far. 1 message sent, 2 expected, 0 came, on 1 connection." in told
    assert "Interrupted: 1 of 1 connection had not come to the end; 2 expected messages had not come yet." in told
    assert running.exitstatus == 2


def test_ctrl_c_before_anything_was_compared_is_quiet() -> None:
    """The status is that of an interrupt."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        to = f"ws://127.0.0.1:{listening.getsockname()[1]}"
        running = pexpect.spawn(
            str(COMMAND),
            ["replay", "client", str(CALM), "--to", to],
            env={**os.environ, "PAPERKNIFE_SECRET_PASSWORD": "x", "PAPERKNIFE_SECRET_API_KEY": "y"},
            encoding="utf-8",
            timeout=30,
        )
        connection, _ = listening.accept()
        with connection:
            assert connection.recv(1)
            running.sendintr()
            running.expect(pexpect.EOF)
            running.close()
    assert (running.before.strip(), running.exitstatus) == ("^C", 130)


def test_an_interrupt_when_all_was_compared_is_none() -> None:
    """There is nothing left that is not known."""
    assert interrupted_text(Outcome(connections=2), 2) == ""
    assert interrupted_text(Outcome(connections=1), 2) == "Interrupted: 1 had not begun."
