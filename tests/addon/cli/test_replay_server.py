"""`paperknife replay server`: a recording that answers."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys

import pexpect
import pytest
from click.testing import CliRunner
from tests.addon.recording.sessions import Line, api, write
from websockets.sync.client import connect

from paperknife.cli import main
from paperknife.cli.replay_server import address_of

line = Line()
LOGIN = api().client.encode("login", {"user": "alice", "password": "another"})


@pytest.fixture
def path(tmp_path):
    """A login, its answer and two notes of the server."""
    return write(
        tmp_path / "s.mcap",
        [
            line.opened(),
            line.client(10, "login", user="alice", password="secret-one"),
            line.server(12, "login_response", result=1, token="t-abcdef-123456"),
            line.server(13, "error", text="first"),
            line.server(14, "error", text="second"),
        ],
    )


def where(running) -> str:
    """The URL that it tells."""
    return running.until("Replaying at ", stream="err").partition("Replaying at ")[2].split()[0]


def test_a_client_is_answered(launch, path) -> None:
    """With `--once` it ends with the first connection, and well."""
    running = launch("paperknife", "replay", "server", str(path), "--listen", "127.0.0.1:0", "--once", "--speed", "max")
    with connect(f"{where(running)}/v1") as client:
        client.send(LOGIN)
        assert [api().server.decode(client.recv(60))[0] for _ in range(3)] == ["login_response", "error", "error"]
    status, out, err = running.end()
    assert (status, out) == (0, "")
    assert "#1 closed: 3 messages sent, 1 request as recorded." in err


def test_a_miss_is_told_and_is_the_exit_status(launch, path) -> None:
    """What came, what was expected, field by field."""
    running = launch("paperknife", "replay", "server", str(path), "--listen", "127.0.0.1:0")
    with connect(f"{where(running)}/v1") as client:
        client.send(api().client.encode("login", {"user": "mallory", "password": "x"}))
        running.until("login.user: recorded alice, came mallory", stream="err")
    running.until("closed", stream="err")
    running.interrupt()
    assert running.end()[0] == 1


def test_nobody_reads_what_is_told(path) -> None:
    """The client is answered all the same, though there is no more room in the pipe."""
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "paperknife", "replay", "server", str(path), "--listen", "127.0.0.1:0"]
    with subprocess.Popen([*command, "--once", "--speed", "max"], stdin=subprocess.DEVNULL, stderr=writing) as running:
        told = ""
        while not told.endswith("\n"):
            told += os.read(reading, 4096).decode()
        os.set_blocking(writing, False)
        with contextlib.suppress(BlockingIOError):
            while os.write(writing, b"x" * 512):
                pass
        os.set_blocking(writing, True)
        os.close(writing)
        with connect(f"{told.split()[-1]}/v1") as client:
            for number in range(100):
                client.send(api().client.encode("login", {"user": f"mallory {number}"}))
            client.send(LOGIN)
            assert [api().server.decode(client.recv(60))[0] for _ in range(3)] == ["login_response", "error", "error"]
        with os.fdopen(reading, encoding="utf-8") as rest:
            told = rest.read()
    assert running.returncode == 1
    assert "login.user: recorded alice, came" in told


def test_keys_let_messages_go(path) -> None:
    """In a terminal: n for the next one, q to end; the terminal is as it was."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "paperknife", "replay", "server", str(path), "--listen", "127.0.0.1:0", "--mode", "step"],
        timeout=60,
        encoding="utf-8",
    )
    child.expect(r"Replaying at (ws://[^\s]+)")
    with connect(f"{child.match.group(1)}/v1") as client:
        child.expect("is answered")
        client.send(LOGIN)
        for expected in ("login_response", "error"):
            with pytest.raises(TimeoutError):
                client.recv(0.1)
            child.send("n")
            assert api().server.decode(client.recv(60))[0] == expected
        child.send(" ")
        child.expect("Paused")
        child.send("q")
        child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_a_place_that_is_taken_is_said_with_what_to_do(path) -> None:
    """Not in the words of the system."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        done = CliRunner().invoke(main, ["replay", "server", str(path), "--listen", place])
    assert done.exit_code == 2
    assert done.stderr == (
        f"Error: Cannot listen at {place}: something listens there already; "
        "--listen HOST:PORT names another place, and port 0 a free one.\n"
    )


WRONG = [
    (["nowhere.mcap"], "nowhere.mcap"),
    (["{path}", "--listen", "9000"], "HOST:PORT"),
    (["{path}", "--speed", "0"], "2 is twice as fast"),
    (["{path}", "--max-gap", "soon"], "1s, 250ms or 2m"),
    (["{path}", "--mode", "guess"], "guess"),
    (["{path}", "--listen", "203.0.113.1:9000"], "Cannot listen at 203.0.113.1:9000"),
    (["{path}", "--protocol", "nobody"], "nobody"),
    (["{path}", "--ignore", "order.nope"], "no message of the recording has a field 'order.nope'"),
    (["{path}", "--on-miss", "pass", "--upstream", "venue"], "wss://venue.example/v1 was expected, not 'venue'"),
    (["{empty}"], "A recording with a WebSocket connection was expected"),
    (["{other}"], "was expected"),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_what_cannot_be_is_a_sentence(tmp_path, path, words, said) -> None:
    """Exit status 2, no traceback."""
    empty = write(tmp_path / "empty.mcap", [])
    other = tmp_path / "other.txt"
    other.write_text("no recording at all")
    words = [word.format(path=path, empty=empty, other=other) for word in words]
    result = CliRunner().invoke(main, ["replay", "server", *words])
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


ADDRESSES = [("127.0.0.1:9000", ("127.0.0.1", 9000)), ("[::1]:0", ("::1", 0)), (":80", ("127.0.0.1", 80))]


@pytest.mark.parametrize(("text", "found"), ADDRESSES)
def test_addresses(text, found) -> None:
    """With brackets for IPv6; without a host this machine alone."""
    assert address_of(text) == found
