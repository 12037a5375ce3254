"""`paperknife import` as a user meets it."""

from __future__ import annotations

import base64
import json
import re

import pytest
from click.testing import CliRunner
from websockets.sync.client import connect

from paperknife.cli import main
from paperknife.demo.files import given_schema
from paperknife.recording.items import Opened
from paperknife.recording.reading import Recording
from paperknife_decoders.message import Message, Opcode


def run(*arguments):
    """Run a command in this process."""
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of its own for each test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def facts(path):
    """All messages of a recording, each with all that it is."""
    return [
        (
            item.connection,
            item.direction,
            item.time_ns,
            item.opcode,
            item.content,
            item.fate,
            item.original,
            item.masked,
        )
        for item in Recording(path)
        if isinstance(item, Message)
    ]


def test_recording_to_har_to_recording(record):
    """All messages come back, control frames, fates, originals and masks with them, to the nanosecond."""
    assert run("export", record(), "--to", "har", "-o", "a.har").exit_code == 0
    result = run("import", "a.har", "-o", "back.mcap", "--schema", given_schema())
    assert result.exit_code == 0
    before = facts("session.mcap")
    after = facts("back.mcap")
    large = [fact for fact in after if fact[4] == b"x" * 40 + b"yy"]
    assert len(large) == 1
    assert [fact for fact in after if fact not in large] == before
    assert result.stdout == ""
    assert result.stderr.endswith(f"back.mcap: {len(after)} messages of 2 connections.\n")


def test_recording_to_flow_to_recording(record):
    """Messages come back byte for byte with opcode, direction, order and fate; times to the microsecond."""
    assert run("export", record(), "--to", "flow", "-o", "a.flow").exit_code == 0
    assert run("import", "a.flow", "-o", "back.mcap", "--schema", given_schema()).exit_code == 0
    before = [fact for fact in facts("session.mcap") if fact[3] < Opcode.CLOSE]
    after = [fact for fact in facts("back.mcap") if fact[4] != b"x" * 40 + b"yy"]
    assert [(fact[0], fact[1], fact[3], fact[4]) for fact in after] == [(f[0], f[1], f[3], f[4]) for f in before]
    assert all(abs(new[2] - old[2]) < 1000 for new, old in zip(after, before, strict=True))


def test_what_a_real_mitmdump_saw(launch, served, tape, folder):
    """A real session through a real mitmdump is imported from both kinds of file that it writes."""
    venue = served().removesuffix("/v1").replace("ws:", "http:")
    files = ("--set", "hardump=session.har", "-w", "session.flow")
    proxy = launch("mitmdump", "--mode", f"reverse:{venue}", "--listen-port", "0", *files, PYTHONUNBUFFERED="1")
    port = re.search(r"listening at \S*?:(\d+)", proxy.until("listening at"))[1]
    order = tape.api.client.encode("order", {"symbol": "ESZ6", "quantity": 3})
    with connect(f"ws://127.0.0.1:{port}/v1?token=geheim-12345", proxy=None) as client:
        for content in (order, "héllo", order):
            client.send(content)
            client.recv()
    proxy.until("closed by", stream="out")
    proxy.interrupt()
    proxy.end()
    for name in ("session.har", "session.flow"):
        result = run("import", name, "-o", f"{name}.mcap", "--schema", given_schema())
        assert result.exit_code == 0
        items = list(Recording(f"{name}.mcap"))
        said = [item for item in items if isinstance(item, Message)]
        assert [(item.direction.value, item.opcode, item.content) for item in said] == [
            (direction, opcode, content)
            for opcode, content in ((Opcode.BINARY, order), (Opcode.TEXT, "héllo".encode()), (Opcode.BINARY, order))
            for direction in ("client", "server")
        ]
        assert said[0].envelopes[0].payload == "order"
        opened = next(item for item in items if isinstance(item, Opened)).connection
        assert opened.url.startswith("ws://127.0.0.1:")
        assert opened.url.endswith("/v1?token=[redacted]")
        assert b"geheim" not in (folder / f"{name}.mcap").read_bytes()


def test_without_a_schema(record):
    """Messages are kept as they are, and that nothing can be read in them is said."""
    run("export", record(), "--to", "har", "-o", "a.har")
    result = run("import", "a.har", "-o", "back.mcap")
    assert result.exit_code == 0
    assert "No schema was given (--schema PATH" in result.stderr
    assert facts("back.mcap")[0][4] == facts("session.mcap")[0][4]


NOTHING = {
    "no entries": {"log": {"entries": []}},
    "no WebSocket": {"log": {"entries": [{"request": {"url": "https://x/"}, "response": {"status": 200}}]}},
    "no messages": {
        "log": {
            "creator": {"name": "Firefox"},
            "entries": [
                {
                    "startedDateTime": "2027-01-15T08:00:00Z",
                    "request": {"url": "wss://x/"},
                    "response": {"status": 101},
                }
            ],
        }
    },
}


@pytest.mark.parametrize("har", NOTHING.values(), ids=NOTHING)
def test_nothing_to_import(folder, har):
    """No message is a no: status 1, and no file."""
    (folder / "x.har").write_text(json.dumps(har))
    result = run("import", "x.har", "-o", "x.mcap")
    assert result.exit_code == 1
    assert "There is no message of a WebSocket in x.har. x.mcap was not made." in result.stderr
    assert ("(Firefox wrote it)" in result.stderr) is ("Firefox" in str(har))
    assert [path.name for path in folder.iterdir()] == ["x.har"]


def test_addresses_that_do_not_match(record, folder):
    """What is at no address that was named is left out; where that is all, no file is made."""
    run("export", record(), "--to", "har", "-o", "a.har")
    assert run("import", "a.har", "-o", "x.mcap", "--match", "venue.example/v1").exit_code == 0
    result = run("import", "a.har", "-o", "y.mcap", "--match", "other.example")
    assert result.exit_code == 1
    assert "or none at an address that --match names. y.mcap was not made." in result.stderr
    assert not (folder / "y.mcap").exists()


WRONG = {
    "nothing there": (None, "A HAR or a flow file was expected at x.bin: No such file or directory"),
    "a recording": (b"\x89MCAP0\r\n", "a recording needs no import"),
    "a zip": (b"PK\x03\x04....", "is a zip archive. Unpack it"),
    "gzip": (b"\x1f\x8b....", "is compressed with gzip"),
    "text": (b"hello", "x.bin is no HAR file, or not all of one: '{' was expected"),
    "empty": (b"", "x.bin is no HAR file, or not all of one: the file ends early"),
    "a bad flow": (b"1:2", "x.bin is no flow file of mitmproxy"),
    "a cut HAR": (b'{"log": {"entries": [{"_webSocketMessages": [{"ty', "the file ends early at character 49"),
}


@pytest.mark.parametrize(("data", "what"), WRONG.values(), ids=WRONG)
def test_files_that_are_none(folder, data, what):
    """Each is a sentence and status 2, and no file is made."""
    if data is not None:
        (folder / "x.bin").write_bytes(data)
    result = run("import", "x.bin", "-o", "x.mcap")
    assert result.exit_code == 2
    assert what in result.stderr.replace("\n", " ")
    assert not (folder / "x.mcap").exists()


def test_a_fault_behind_good_messages_leaves_no_file(folder):
    """Half an import is none."""
    good = {"type": "send", "time": 1800000000, "opcode": 1, "data": "hi"}
    entry = {
        "startedDateTime": "2027-01-15T08:00:00Z",
        "request": {"url": "wss://x/"},
        "_webSocketMessages": [good, good, {**good, "type": "?"}],
    }
    (folder / "x.har").write_text(json.dumps({"log": {"entries": [entry]}}))
    result = run("import", "x.har", "-o", "x.mcap")
    assert result.exit_code == 2
    assert "log.entries[0]._webSocketMessages[2] is no message" in result.stderr
    assert [path.name for path in folder.iterdir()] == ["x.har"]


def test_secrets_are_masked(tape, folder):
    """By default a login is masked in the recording, and its password wherever it comes again; off is off."""
    secret = "open-sesame-0815"
    login = tape.api.client.encode("login", {"user": "alice", "password": secret})
    said = [
        {"type": "send", "time": 1800000000.5, "opcode": 2, "data": base64.b64encode(login).decode()},
        {"type": "receive", "time": 1800000001, "opcode": 1, "data": f"hello {secret}"},
    ]
    entry = {"startedDateTime": "2027-01-15T08:00:00Z", "request": {"url": "wss://x/"}, "_webSocketMessages": said}
    (folder / "x.har").write_text(json.dumps({"log": {"entries": [entry]}}))
    assert run("import", "x.har", "-o", "x.mcap", "--schema", given_schema()).exit_code == 0
    assert all(secret.encode() not in fact[4] and fact[7] for fact in facts("x.mcap"))
    run("import", "x.har", "-o", "open.mcap", "--schema", given_schema(), "--redact", "off")
    assert [fact[4] for fact in facts("open.mcap")] == [login, f"hello {secret}".encode()]
