"""`paperknife schema infer` as a user meets it: a draft that explains a recording, and that only ever widens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.addon.recording.sessions import CLIENT, SERVER, Line, trading_day, write

from paperknife.cli import main
from paperknife.settings.reading import Reading, load
from paperknife_decoders.message import Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import load_schema

SHIPPED = Path(__file__).parents[3] / "recordings"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with a recorded day."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "day.mcap", trading_day())
    return tmp_path


def infer(*arguments: object):
    """Run the command in this process."""
    return CliRunner().invoke(main, ["schema", "infer", *map(str, arguments)])


def lines_of(text: str) -> list[str]:
    """The declarations of a draft, without comments."""
    return [" ".join(line.split("//")[0].split()) for line in text.splitlines() if line.split("//")[0].strip()]


def test_to_stdout():
    """The draft is the data; what was read, and that it explains all of it, is said beside."""
    result = infer("day.mcap")
    assert (result.exit_code, result.stderr) == (
        0,
        "Drafted from 5 messages of the client and 23 messages of the server, and checked: it explains all of them.\n",
    )
    declared = lines_of(result.stdout)
    assert declared[:4] == ['syntax = "proto3";', "package draft;", "message ClientMessage {", "oneof payload {"]
    assert "Payload2 payload_2 = 2;" in declared
    assert "repeated string field_2 = 2;" in declared


def test_nothing_secret_is_in_a_draft():
    """Comments tell of bounds and counts, and quote no text."""
    text = infer("day.mcap").stdout
    assert [word for word in ("hunter2", "alice", "ESZ6", "A-1") if word in text] == []


def test_the_demo_is_explained():
    """All shipped recordings, read without their schema; the draft is a schema that the other commands take."""
    names = [SHIPPED / name for name in ("calm.mcap", "rejects.mcap", "newer.mcap", "cut.mcap")]
    result = infer(*names, "-o", "draft.proto", "--package", "venue.v1")
    assert result.exit_code == 0
    assert "it explains all of them" in result.stderr
    assert "cut.mcap has no end" in result.stderr
    schema = load_schema("draft.proto")
    assert not schema.faults
    assert schema.message("venue.v1.ServerMessage").oneofs_by_name["payload"]
    run = CliRunner().invoke(main, ["schema", "drift", *map(str, names), "--schema", "draft.proto"])
    assert (run.exit_code, run.stdout) == (0, "")
    run = CliRunner().invoke(main, ["show", str(names[0]), "--schema", "draft.proto"])
    assert "payload_2" in run.stdout
    assert "unknown field" not in run.stdout


def test_more_traffic_only_widens():
    """The names and comments of the draft stay; what is new is added and told; the same again changes nothing."""
    write(Path("short.mcap"), trading_day()[:5])
    assert infer("short.mcap", "-o", "draft.proto").exit_code == 0
    mine = Path("draft.proto").read_text().replace("Payload3 payload_3 = 3;", "Payload3 login = 3; /* mine */")
    Path("draft.proto").write_text(mine)
    result = infer("day.mcap", "-o", "draft.proto")
    assert (result.exit_code, "ServerMessage.payload_1 is new" in result.stderr) == (0, True)
    text = Path("draft.proto").read_text()
    assert "Payload3 login = 3; /* mine */" in text
    assert "it explains all of them" in result.stderr
    again = infer("day.mcap", "-o", "draft.proto")
    assert again.stderr.startswith("Nothing had to be changed.\n")
    assert Path("draft.proto").read_text() == text
    assert infer("short.mcap", "-o", "draft.proto", "--force").exit_code == 0
    assert "login" not in Path("draft.proto").read_text()


def test_other_names():
    """The types can be called otherwise, in a draft that is there as well."""
    names = ("--client", "Up", "--server", "Down", "-o", "draft.proto")
    assert infer("day.mcap", *names).exit_code == 0
    assert infer("day.mcap", *names).stderr.startswith("Nothing had to be changed.\n")
    assert [message.name for message in load_schema("draft.proto").messages() if not message.containing_type] == [
        "Up",
        "Down",
    ]


def test_what_is_no_sample():
    """Texts, and what is not Protobuf, are left out and told; one direction may be silent."""
    line = Line()
    write(
        Path("odd.mcap"),
        [
            line.opened(),
            line.raw(1, CLIENT, b'{"hello": 1}', Opcode.TEXT),
            line.raw(2, CLIENT, b"\xff\xff"),
            line.raw(3, CLIENT, b"\x08\x01"),
            line.raw(4, SERVER, b"text", Opcode.TEXT),
            line.raw(5, SERVER, b"", Opcode.PING),
        ],
    )
    result = infer("odd.mcap")
    assert result.exit_code == 0
    assert lines_of(result.stdout)[2:] == [
        "message ClientMessage {",
        "int64 field_1 = 1;",
        "}",
        "message ServerMessage {}",
    ]
    assert result.stderr.splitlines()[:3] == [
        "! 1 message of the client left out: not Protobuf.",
        "! 1 text message of the client left out.",
        "! 1 text message of the server left out.",
    ]


def test_nothing_to_draft():
    """Without any message the answer is no, and nothing is written."""
    write(Path("empty.mcap"), [Line().opened()])
    result = infer("empty.mcap", "-o", "draft.proto")
    assert (result.exit_code, result.stderr) == (1, "There is no Protobuf message to make a draft of.\n")
    assert not Path("draft.proto").exists()


def test_messages_that_no_draft_explains():
    """An envelope's field with two wire types is told, and the exit status is 1."""
    line = Line()
    mixed = [line.raw(at, CLIENT, bytes.fromhex(data)) for at, data in enumerate(["0801", "0801", "0d01020304"])]
    write(Path("mixed.mcap"), [line.opened(), *mixed])
    result = infer("mixed.mcap")
    assert result.exit_code == 1
    assert "1 message not explained in full" in result.stderr


FAILURES = {
    "no recording": (["gone.mcap"], "A recording was expected at gone.mcap"),
    "no .proto": (["day.mcap", "-o", "draft.txt"], "A name that ends in .proto was expected"),
    "the recording itself": (["day.mcap", "-o", "day.mcap", "--force"], "A name that ends in .proto was expected"),
    "no such folder": (["day.mcap", "-o", "gone/draft.proto"], "gone/draft.proto could not be written"),
    "a package that is none": (["day.mcap", "--package", "a.1"], "A name of letters, digits and _ was expected"),
    "a type that is none": (["day.mcap", "--client", "a b"], "A name of letters, digits and _ was expected"),
    "one type for both": (["day.mcap", "--client", "M", "--server", "M"], "name the same one"),
    "a draft that does not compile": (["day.mcap", "-o", "bad.proto"], "only what compiles can be widened"),
    "a package beside a draft": (["day.mcap", "-o", "good.proto", "--package", "x"], "leave out --package"),
}


@pytest.mark.parametrize(("arguments", "sentence"), FAILURES.values(), ids=FAILURES)
def test_failure(arguments, sentence):
    """What cannot be done is a sentence on stderr and status 2, and no file is touched."""
    Path("bad.proto").write_text('syntax = "proto3"; message Bad { nix x = 1; }')
    Path("good.proto").write_text('syntax = "proto3"; message ClientMessage {}')
    result = infer(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert "nix" in Path("bad.proto").read_text()


DESK = """protocols:
  - {name: framed, steps: [{length-prefix: {size: 2}}]}
  - name: carried
    schema: [desk.proto]
    client: Frame
    server: Frame
    carries: [{in: Frame, at: body, by: kind, types: {7: Order}}]
  - name: several
    schema: [desk.proto]
    steps: [{binary-header: {layout: type:u8}}]
    behind: {by: header.type, types: {7: Order}}
"""
FRAME = b"\x08\x07\x12\x04\x0a\x02ES"


@pytest.mark.parametrize(
    ("name", "before", "body"),
    [("framed", b"\x00\x08", FRAME), ("carried", b"", FRAME), ("several", b"\x07", b"\x0a\x02ES")],
)
@pytest.mark.parametrize("recorded", [True, False])
def test_behind_steps(folder, name, before, body, recorded):
    """A draft is made of what lies in the framing, as it was on the wire: of the recorded protocol, or another one."""
    Path("desk.proto").write_text(
        'syntax = "proto3"; message Frame { uint32 kind = 1; bytes body = 2; } message Order { string symbol = 1; }'
    )
    Path("paperknife.yaml").write_text(DESK)
    protocol = load(Reading(protocol=name, config="paperknife.yaml")).protocol if recorded else Protocol()
    line = Line()
    write(folder / "one.mcap", [line.opened(), Message(1, CLIENT, 5, Opcode.BINARY, before + body, protocol.reader())])
    result = infer("one.mcap", *([] if recorded else ["--protocol", name]))
    assert result.exit_code == 0, result.output
    declared = re.findall(r" = (\d+);", "\n".join(lines_of(result.stdout)))
    assert declared == {"framed": ["1", "2", "1"], "carried": ["1", "2", "1"], "several": ["1"]}[name]
    assert ("may be of several types, by a key" in result.stderr) is (name == "several")
