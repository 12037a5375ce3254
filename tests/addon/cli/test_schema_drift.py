"""`paperknife schema drift` as a user meets it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from tests.addon.recording.sessions import CLIENT, SERVER, START_NS, Line, trading_day, write

from paperknife.cli import main
from paperknife.demo.files import given_schema, newer_schema
from paperknife.settings.reading import Reading, load
from paperknife_decoders.message import Message, Opcode
from paperknife_decoders.protocol import Protocol

SHIPPED = Path(__file__).parents[3] / "recordings"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of one's own, and times of day as in London in winter."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield tmp_path
    monkeypatch.undo()
    time.tzset()


def drift(*arguments: object):
    """Run the command in this process."""
    return CliRunner().invoke(main, ["schema", "drift", *map(str, arguments)])


def test_a_newer_venue():
    """What a newer revision brings is listed: as a table, then as lines to add, each with its type and file."""
    result = drift(SHIPPED / "newer.mcap", "--schema", given_schema())
    assert result.exit_code == 1
    table, *blocks = result.stdout.split("\n\n// to add to ")
    rows = [line.split() for line in table.splitlines()]
    assert rows[0][:3] == ["TYPE", "NUMBER", "WIRE"]
    assert ["trading.v1.MarketUpdate", "9", "varint", "int64"] in [row[:4] for row in rows]
    assert ["trading.v1.LoginResponse", "9", "length", "string"] in [row[:4] for row in rows]
    assert any(block.startswith(f"trading.v1.MarketUpdate, in {given_schema()}/trading/v1/market") for block in blocks)
    assert "int64 field_9 = 9;" in result.stdout
    assert "84 messages read: the schema lacks" in result.stderr


def test_adding_the_lines_settles_it(folder):
    """A schema with the lines in it has nothing left to say."""
    line = Line()
    write(folder / "one.mcap", [line.opened(), line.raw(1, CLIENT, bytes.fromhex("1203c03e07"))])
    Path("a.proto").write_text(PROTO.replace("NEW", ""))
    (found,) = map(json.loads, drift("one.mcap", "--schema", "a.proto", "--format", "json").stdout.splitlines())
    assert (found["type"], found["number"], found["wire"], found["guess"]) == ("t.Order", 1000, "varint", "int64")
    Path("a.proto").write_text(PROTO.replace("NEW", found["add"] + "\n"))
    result = drift("one.mcap", "--schema", "a.proto")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "1 message read: the schema knows all that is in them.\n"


PROTO = """syntax = "proto3"; package t;
message ClientMessage { oneof payload { Order order = 2; } }
message ServerMessage {}
message Order { NEW }
"""


def test_json():
    """One object for each finding, with all that the table tells."""
    result = drift(SHIPPED / "rejects.mcap", "--format", "json")
    found = {(each["type"], each["number"]): each for each in map(json.loads, result.stdout.splitlines())}
    value = found["trading.v1.RejectReason", -9]
    assert value | {"first": None} == {
        "kind": "unknown enum value",
        "type": "trading.v1.RejectReason",
        "file": "trading/v1/orders.proto",
        "number": -9,
        "path": "order_response.reject_reason",
        "wire": "varint",
        "guess": None,
        "repeated": False,
        "count": 5,
        "first": None,
        "example": "-9",
        "add": "REJECT_REASON_MINUS_9 = -9;",
    }
    assert value["first"]["direction"] == "server"
    assert found["trading.v1.ServerMessage", 10]["add"].startswith("// in oneof payload:\nPayload10 payload_10 = 10;")


def test_json_of_a_hostile_schema(folder):
    """What it calls its files is no command to a terminal."""
    file = FileDescriptorProto(name="\x9b31m.proto", syntax="proto3")
    for name in ("ClientMessage", "ServerMessage"):
        file.message_type.add(name=name)
    Path("hostile.binpb").write_bytes(FileDescriptorSet(file=[file]).SerializeToString())
    reader = load(Reading(schema=("hostile.binpb",))).protocol.reader()
    message = Message(1, CLIENT, START_NS, Opcode.BINARY, b"\x08\x07", reader)
    write(folder / "one.mcap", [Line().opened(), message])
    told = drift("one.mcap", "--format", "json").stdout
    assert told.isascii()
    assert json.loads(told)["file"] == "\x9b31m.proto"


def test_no_drift():
    """A recording that its own schema reads, or another one, is told of in one line."""
    write(Path("day.mcap"), trading_day())
    result = drift("day.mcap")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "28 messages read: the schema knows all that is in them.\n"
    assert drift("day.mcap", "--schema", newer_schema()).exit_code == 0


def test_messages_that_do_not_parse():
    """Such ones are no field or value, but no agreement either."""
    line = Line()
    write(Path("odd.mcap"), [line.opened(), line.raw(1, SERVER, b"\x0a\xff"), line.raw(2, SERVER, b"hi", Opcode.TEXT)])
    result = drift("odd.mcap")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "! 1 of 2 messages did not parse as the type expected" in result.stderr


def test_secrets_are_masked():
    """A recording with secrets in it gives none away in an example, unless that is asked for."""
    line = Line()
    login = line.client(1, "login", user="alice", password="hunter2-hunter2").content
    # the password once more, in a field that the schema lacks
    more = login[:1] + bytes([login[1] + 18]) + login[2:] + b"\xba\x01\x0fhunter2-hunter2"
    write(Path("secret.mcap"), [line.opened(), line.raw(1, CLIENT, login), line.raw(2, CLIENT, more)], redact="off")
    result = drift("secret.mcap")
    assert result.exit_code == 1
    assert "LoginRequest" in result.stdout
    assert "hunter2" not in result.output
    assert "hunter2" in drift("secret.mcap", "--redact", "off").stdout


FAILURES = {
    "no recording": (["gone.mcap"], "A recording was expected at gone.mcap"),
    "no schema": (["bare.mcap"], "No message was found that has a type."),
    "no such schema": (["bare.mcap", "--schema", "gone"], "There is no schema at gone"),
    "a type and no schema": (["bare.mcap", "--client", "M"], "add --schema PATH"),
}


@pytest.mark.parametrize(("arguments", "sentence"), FAILURES.values(), ids=FAILURES)
def test_failure(arguments, sentence):
    """What cannot be done is a sentence on stderr and status 2."""
    line, reader = Line(), Protocol().reader()
    bare = line.raw(1, CLIENT, b"\x08\x01")
    bare.reader = reader
    write(Path("bare.mcap"), [line.opened(), bare])
    result = drift(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


DESK = """syntax = "proto3"; package desk;
message Frame { uint32 kind = 1; bytes body = 2; }
message Order { string symbol = 1; Party party = 2; }
message Party { string badge = 1; }
"""
DEFINITION = """protocols:
  - name: desk
    schema: [desk.proto]
    client: Frame
    server: json
    steps: [varint-delimited]
    carries: [{in: Frame, at: body, by: kind, types: {7: Order}}]
"""
PARTY = bytes.fromhex("0a01621801")
ORDER = b"\x0a\x02ES\x12\x05" + PARTY + b"\x28\x09"
FRAME = b"\x08\x07\x12" + bytes([len(ORDER)]) + ORDER + b"\x18\x05"
LACKED = {("desk.Frame", 3, ""), ("desk.Order", 5, "Order"), ("desk.Party", 3, "Order.party")}


@pytest.mark.parametrize("recorded", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_behind_steps_and_in_what_is_carried(folder, recorded, named):
    """What a carried message lacks is told of its own type, as the schema calls it; so is what its envelope lacks."""
    Path("desk.proto").write_text(DESK)
    Path("paperknife.yaml").write_text(DEFINITION)
    line = Line()
    protocol = load(Reading(protocol="desk", config="paperknife.yaml")).protocol if recorded else Protocol()
    content = bytes([len(FRAME)]) + FRAME + b"\x00"
    write(folder / "one.mcap", [line.opened(), Message(1, CLIENT, 5, Opcode.BINARY, content, protocol.reader())])
    result = drift("one.mcap", "--format", "json", *(["--protocol", "desk"] if named else []))
    if not recorded and not named:
        assert result.exit_code == 2
        return
    rows = [json.loads(row) for row in result.stdout.splitlines()]
    assert {(row["type"], row["number"], row["path"]) for row in rows} == LACKED
    assert result.exit_code == 1
    assert {row["file"] for row in rows} == {"desk.proto"}
    assert "// in oneof" not in drift("one.mcap", *(["--protocol", "desk"] if named else [])).stdout
