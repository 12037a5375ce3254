"""`paperknife export` as a user meets it."""

from __future__ import annotations

import base64
import csv
import io
import json
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from mitmproxy.io import FlowReader
from tests.addon.recording.sessions import START_NS, Line, write

from paperknife.cli import main
from paperknife.demo.files import newer_schema
from paperknife.recording.items import Opened
from paperknife.traffic import Handshake, Piece
from paperknife_decoders.message import Direction, Opcode

COMMAND = Path(sys.executable).with_name("paperknife")


def export(*arguments, **more):
    """Run the command in this process."""
    return CliRunner().invoke(main, ["export", *map(str, arguments)], **more)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of its own for each test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_json_lines(record):
    """On stdout, an object for each envelope and for what else happened; the count is talk."""
    result = export(record(), "--to", "jsonl")
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["payload"] for line in lines if line.get("payload")][:3] == ["login", "login_response", "market_data"]
    assert lines[0]["event"] == "opened"
    assert result.stderr.endswith(" messages exported.\n")


def test_tables(record, folder):
    """A folder of tables, for their owner alone; a large message is in none of them, which is said."""
    result = export(record(), "--to", "csv", "-o", "tables")
    assert (result.exit_code, "1 message too large to be decoded" in result.stderr) == (1, True)
    tables = folder / "tables"
    assert {"client.login.csv", "client.order.csv", "server.market_data.csv"} <= {
        path.name for path in tables.iterdir()
    }
    assert stat.S_IMODE(tables.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in tables.iterdir()} == {0o600}


def test_a_message_beyond_the_limit(folder):
    """What was too large to be decoded is in every format but in tables, and that is said once."""
    pieces = [Piece(1, Direction.CLIENT, START_NS, Opcode.BINARY, b"x" * 9, 0, False)]
    write(folder / "s.mcap", [Line().opened(), *pieces, replace(pieces[0], data=b"", offset=9, last=True)])
    result = export("s.mcap", "--to", "csv", "-o", "tables")
    assert (result.exit_code, result.stderr.count("! 1 message too large to be decoded")) == (1, 1)
    assert json.loads(export("s.mcap", "--to", "jsonl").stdout.splitlines()[1])["event"] == "oversize"
    (entry,) = json.loads(export("s.mcap", "--to", "har").stdout)["log"]["entries"]
    assert base64.b64decode(entry["_webSocketMessages"][0]["data"]) == b"x" * 9


def test_one_table(record, folder):
    """Of a single payload the table may go to stdout, or to a file."""
    selected = (record(), "--to", "csv", "--where", "payload == market_data")
    shown = export(*selected)
    rows = list(csv.DictReader(io.StringIO(shown.stdout)))
    assert len(rows) == 3
    assert export(*selected, "-o", "market.csv").exit_code == 0
    assert (folder / "market.csv").read_text() == shown.stdout


def test_several_tables_have_no_room(record, folder):
    """Without a folder, several tables are refused, and what to do is said; no file is left."""
    result = export(record(), "--to", "csv", "-o", "all.csv")
    assert result.exit_code == 2
    assert "Name a folder with -o FOLDER, or choose" in result.stderr
    assert not list(folder.glob("*.csv*"))


def test_har(record, folder):
    """A HAR, for its owner alone, and nothing beside it."""
    result = export(record(), "--to", "har", "-o", "session.har")
    assert result.exit_code == 0
    assert stat.S_IMODE((folder / "session.har").stat().st_mode) == 0o600
    entries = json.loads((folder / "session.har").read_text())["log"]["entries"]
    assert len(entries) == 2
    assert sorted(path.name for path in folder.iterdir()) == ["session.har", "session.mcap"]


def test_flows(record, folder):
    """A file that mitmproxy reads; what it has no place for is counted."""
    result = export(record(), "--to", "flow", "-o", "session.flow")
    assert result.exit_code == 0
    assert "control frame" in result.stderr
    with (folder / "session.flow").open("rb") as file:
        assert len(list(FlowReader(file).stream())) == 2


def test_a_part(record):
    """What is selected, and nothing else; nothing at all is a no."""
    one = export(record(), "--to", "jsonl", "--connection", 2)
    assert {json.loads(line)["connection"] for line in one.stdout.splitlines()} == {2}
    none = export(record(), "--to", "har", "--connection", 77)
    assert none.exit_code == 1
    assert json.loads(none.stdout)["log"]["entries"] == []


def test_another_schema(record):
    """An old recording is read by a newer schema."""
    result = export(record(), "--to", "jsonl", "--schema", newer_schema(), "--where", "order")
    assert result.exit_code == 0


def test_a_recording_that_is_cut(record, folder):
    """What is there is exported, and that it is cut is said."""
    whole = record(packed=False).read_bytes()
    (folder / "cut.mcap").write_bytes(whole[: len(whole) * 2 // 3])
    result = export("cut.mcap", "--to", "har")
    assert json.loads(result.stdout)["log"]["entries"]
    assert "! cut.mcap " in result.stderr


def test_from_the_standard_input(record):
    """``-`` is stdin."""
    path = record()
    with path.open("rb") as file:
        done = subprocess.run([COMMAND, "export", "-", "--to", "jsonl"], stdin=file, capture_output=True, check=True)
    assert done.stdout.decode() == export(path, "--to", "jsonl").stdout


MISUSE = {
    "no format": (["session.mcap"], "Missing option '--to'"),
    "raw elsewhere": (["session.mcap", "--to", "har", "--raw"], "--raw goes with --to jsonl"),
    "no file": (["none.mcap", "--to", "har"], "A recording was expected at none.mcap"),
    "no recording": (["x.txt", "--to", "har"], "x.txt is no recording: an MCAP file was expected"),
    "a bad expression": (["session.mcap", "--to", "har", "--where", "ordr"], "--where: "),
    "times": (["session.mcap", "--to", "har", "--from", "+2s", "--until", "+1s"], "The end of the part, +1s, is"),
    "the source": (["session.mcap", "--to", "har", "-o", "session.mcap"], "is the recording that is read"),
    "there already": (["session.mcap", "--to", "har", "-o", "x.txt"], "x.txt is there already"),
    "no folder": (["session.mcap", "--to", "har", "-o", "a/b.har"], "A folder was expected at a"),
    "a folder": (["session.mcap", "--to", "har", "-o", "full"], "full is a folder"),
    "a full folder": (
        ["session.mcap", "--to", "csv", "-o", "full"],
        "A new folder was expected, and full has something",
    ),
    "a file for a folder": (
        ["session.mcap", "--to", "csv", "-o", "session.mcap"],
        "session.mcap is a file. Name another",
    ),
    "a type alone": (["session.mcap", "--to", "har", "--client", "x.Y"], "add --schema PATH"),
}


@pytest.mark.parametrize(("arguments", "what"), MISUSE.values(), ids=MISUSE)
def test_misuse(record, folder, arguments, what):
    """Each mistake is a sentence and status 2, and changes no file."""
    record()
    (folder / "x.txt").write_text("hello")
    (folder / "full").mkdir()
    (folder / "full" / "x").touch()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = export(*arguments)
    assert result.exit_code == 2
    assert what in result.stderr.replace("\n", " ")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_force(record, folder):
    """A file is replaced where that is asked for."""
    (folder / "x.har").write_text("old")
    assert export(record(), "--to", "har", "-o", "x.har", "--force").exit_code == 0
    assert (folder / "x.har").read_text().startswith('{"log"')


def test_secrets(tape, folder):
    """A recording that was made open is masked on its way out, in every format; off is off."""
    secret = "open-sesame-0815"
    login = tape.message(Direction.CLIENT, "login", {"user": "alice", "password": secret})
    later = tape.raw(Direction.SERVER, f"hello {secret}".encode(), 1, opcode=Opcode.TEXT)
    headers = Handshake((("Authorization", "Bearer another-secret-4711"),), ())
    opened = replace(tape.connection(), url=f"wss://venue.example/v1?token={secret}x", handshake=headers)
    (folder / "open.mcap").write_bytes(tape.plain([Opened(opened), login, later], redact="off"))
    needles = secret.encode(), b"another-secret", base64.b64encode(login.content)[24:40]
    for form in ("jsonl", "csv", "har", "flow"):
        assert export("open.mcap", "--to", form, "-o", f"out.{form}x").exit_code == 0
    written = [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "open.mcap"]
    assert len(written) == 5
    assert not [needle for text in written for needle in needles if needle in text]
    assert secret in export("open.mcap", "--to", "jsonl", "--redact", "off").stdout
