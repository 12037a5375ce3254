"""`paperknife decode` as a user meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from paperknife.cli import main

SCHEMA = """
    syntax = "proto3"; package t;
    enum Side { NONE = 0; BUY = 1; }
    message Login { string user = 1; string password = 2; Login again = 3; }
    message Order { string symbol = 1; Side side = 2; int64 quantity = 3; }
    message Fill { string id = 1; }
    message ClientMessage { oneof payload { Login login = 1; Order order = 2; } }
    message ServerMessage { oneof payload { Fill fill = 6; } }
"""

LOGIN = bytes.fromhex("0a0f 0a05616c696365 1206 733363726574")
ORDER = bytes.fromhex("120a 0a0445535a36 1001 1803")
FILL = bytes.fromhex("3205 0a03412d31")


@pytest.fixture
def decode(tmp_path, monkeypatch):
    """Run the command in a folder with a schema: `decode(bytes on stdin, arguments)`."""
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos" / "t.proto").write_text(SCHEMA)
    monkeypatch.chdir(tmp_path)

    def run(data: bytes = b"", *arguments: str) -> Result:
        return CliRunner().invoke(main, ["decode", *arguments], input=data)

    return run


AS_CLIENT = ("--schema", "protos", "--as", "client")


def test_a_message_of_its_type(decode):
    """With a schema and a side the names of the fields are shown, and nothing else is said."""
    result = decode(ORDER, *AS_CLIENT)
    assert result.exit_code == 0
    assert "ESZ6" in result.stdout
    assert "BUY" in result.stdout
    assert result.stderr == ""


def test_without_a_schema(decode):
    """Bare fields, and one line that says why."""
    result = decode(ORDER)
    assert result.exit_code == 0
    assert '  1: "ESZ6"' in result.stdout
    assert "No schema was given (--schema PATH)" in result.stderr


@pytest.mark.parametrize("form", ["yaml", "json", "textproto", "line", "wire"])
def test_every_format(decode, form):
    """Each format shows the symbol; none shows a password, unless asked to."""
    assert "ESZ6" in decode(ORDER, *AS_CLIENT, "--format", form).stdout
    masked = decode(LOGIN, *AS_CLIENT, "--format", form)
    assert "s3cret" not in masked.output
    assert "s3cret" in decode(LOGIN, *AS_CLIENT, "--format", form, "--redact", "off").stdout


def test_json_is_json(decode):
    """The JSON form is one object with the schema's names."""
    shown = json.loads(decode(ORDER, *AS_CLIENT, "--format", "json").stdout)
    assert shown == {"order": {"symbol": "ESZ6", "side": "BUY", "quantity": "3"}}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--as", "t.ClientMessage"),
        ("--as", "ClientMessage"),
        ("--as", "client", "--client", "t.ClientMessage"),
    ],
)
def test_naming_the_type(decode, arguments):
    """A type goes by its full or short name, for itself or for a side."""
    assert "ESZ6" in decode(ORDER, "--schema", "protos", *arguments, "--format", "textproto").stdout


@pytest.mark.parametrize(("encoding", "data"), [("hex", ORDER.hex().encode()), ("raw", ORDER)])
def test_a_file(decode, encoding, data):
    """The bytes come from a file, in any encoding."""
    Path("message").write_bytes(data)
    for told in ("auto", encoding):
        assert "ESZ6" in decode(b"", "message", *AS_CLIENT, "--input", told).stdout


def test_ambiguous_input(decode):
    """Hex that could be a message as it stands is taken as hex, and that is said."""
    result = decode(b"0805")
    assert result.stdout.startswith("1: 5")
    assert "Read as hex, 2 B; --input raw takes the bytes as they are." in result.stderr
    assert decode(b"0805", "--input", "raw").stdout.startswith("6: 56")


SAID = [
    (b"0001", "Read as hex, 2 B; --input raw takes the bytes as they are."),
    (b"unzeOanINdyp/MXF", "Read as raw, 16 B; --input base64 takes it as base64."),
    (b"deadbeef", "Read as hex, 4 B; --input raw takes the bytes as they are."),
]


@pytest.mark.parametrize(("data", "sentence"), SAID)
def test_what_ambiguous_input_was_taken_for_is_said(decode, data, sentence):
    """One line says what was taken, and how to take the other."""
    assert sentence in decode(data).stderr.splitlines()


NOT_OF_THE_TYPE = [
    (ORDER[:-3], "a number is cut short at byte 9 in field order", '1: "ESZ6"'),
    (ORDER[:-1], "at byte 11 in field order", '1: "ESZ6"'),
    (bytes.fromhex("0a03 0a01ff"), "a string that is not UTF-8 at byte 4 in field login.user", "1: ff"),
    (bytes.fromhex("0801"), "This is hardly t.ClientMessage: nothing of its payload is set", "1: 1"),
    (FILL, "it does not know field 6. If the server sent it: --as server.", '1: "A-1"'),
    (b'{"order": 1}', "This is JSON, not t.ClientMessage.", "order"),
    (b"hello, world", "This is not t.ClientMessage", "13:"),
    (bytes.fromhex("0001"), "field number 0, which is not allowed, at byte 0", "0001"),
]


@pytest.mark.parametrize(("data", "sentence", "shown"), NOT_OF_THE_TYPE)
def test_bytes_that_are_not_of_the_type(decode, data, sentence, shown):
    """The status is 1, a sentence says what is wrong where, and what could be read is shown as bare fields."""
    result = decode(data, *AS_CLIENT, "--input", "raw")
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert shown in result.stdout


@pytest.mark.parametrize("form", ["yaml", "json", "textproto", "line", "wire"])
def test_every_format_shows_what_is_not_of_the_type(decode, form):
    """No format fails on bytes that do not parse."""
    result = decode(ORDER[:-1], *AS_CLIENT, "--format", form)
    assert result.exit_code == 1
    assert result.stdout.strip()


def test_a_login_taken_for_the_other_side(decode):
    """A password stays masked also where the direction was mistaken."""
    result = decode(LOGIN, "--schema", "protos", "--as", "server")
    assert result.exit_code == 1
    assert "If the client sent it: --as client." in result.stderr
    assert "alice" in result.stdout
    assert "s3cret" not in result.output


def test_marks(decode):
    """What is odd about a message is said beside it."""
    result = decode(bytes.fromhex("1204 1009 6001"), *AS_CLIENT)
    assert result.exit_code == 0
    assert "! order.side=9 unknown" in result.stderr
    assert "! order.unknown field 12" in result.stderr
    line = decode(bytes.fromhex("1204 1009 6001"), *AS_CLIENT, "--format", "line")
    assert "! order.unknown field 12" in line.stdout


FAILURES = [
    (b"", (), "The standard input is empty."),
    (b"  \n", (), "The standard input is empty."),
    (b"", ("nowhere.bin",), "nowhere.bin: No such file or directory"),
    (b"", ("protos",), "protos: Is a directory"),
    (b"08zz", ("--input", "hex"), "cannot be read as hex: hex digits were expected and 'z' was found at byte 2"),
    (ORDER, ("--as", "client"), "add --schema PATH"),
    (ORDER, ("--schema", "protos"), "add --as client or --as server"),
    (ORDER, ("--schema", "protos", "--as", "Ordr"), "did you mean t.Order?"),
    (ORDER, ("--schema", "protos", "--as", "clent"), "did you mean --as client?"),
    (ORDER, ("--schema", "nowhere", "--as", "client"), "nowhere"),
    (ORDER, (*AS_CLIENT, "--client", "Klient"), "Klient"),
    (ORDER, ("--format", "xml"), "'xml' is not one of"),
]


@pytest.mark.parametrize(("data", "arguments", "sentence"), FAILURES)
def test_what_cannot_be_done(decode, data, arguments, sentence):
    """The status is 2 and a sentence says what was expected; nothing goes to stdout."""
    result = decode(data, *arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""


def test_an_empty_message(decode):
    """An empty message is legal if one says that it is one."""
    result = decode(b"", *AS_CLIENT, "--input", "raw")
    assert result.exit_code == 0
    assert "! empty message" in result.stderr
    assert decode(b"", "--input", "raw").stdout == "# empty: no field is set\n"


def test_no_candidate_for_a_side(decode):
    """Where the side's type cannot be told, the candidates are listed."""
    Path("protos/t.proto").write_text('syntax = "proto3"; package t; message Up {} message Down {}')
    result = decode(ORDER, *AS_CLIENT)
    assert result.exit_code == 2
    assert "t.Up" in result.stderr


def test_a_schema_with_a_fault(decode):
    """The fault is told by file, line and column, and the rest of the schema is used."""
    Path("protos/bad.proto").write_text('syntax = "proto3";\nmessage Broken { int32 x = ; }\n')
    result = decode(ORDER, *AS_CLIENT)
    assert result.exit_code == 0
    assert "protos/bad.proto:2:" in result.stderr
    assert "ESZ6" in result.stdout


def nested(levels: int) -> bytes:
    """A login within a login within a login ..."""
    data = b""
    for _ in range(levels):
        data = b"\x1a" + varint(len(data)) + data
    return b"\x0a" + varint(len(data)) + data


def varint(number: int) -> bytes:
    """A number of any size."""
    data = bytearray()
    while number > 127:
        data.append(number & 127 | 128)
        number >>= 7
    return bytes([*data, number])


def test_ten_thousand_levels(decode):
    """Deep nesting is refused as parsers do, and shown as far as is sensible."""
    result = decode(nested(10_000), *AS_CLIENT)
    assert result.exit_code == 1
    assert "messages nested deeper than 100 levels" in result.stderr
    assert len(result.stdout) < 10_000


@pytest.mark.parametrize("arguments", [AS_CLIENT, (*AS_CLIENT, "--format", "line"), ()])
def test_a_huge_string(decode, arguments):
    """The middle of a huge string is left out."""
    text = b"x" * 10_000_000
    inner = b"\x0a" + varint(len(text)) + text
    result = decode(b"\x12" + varint(len(inner)) + inner, *arguments)
    assert result.exit_code == 0
    assert len(result.stdout) < 10_000
    assert "…" in result.stdout


def test_hostile_text(decode):
    """Control characters of a peer are escaped in every format."""
    text = "\x1b[2J\u202e\x9b\x07".encode()
    data = b"\x12" + varint(len(text) + 2) + b"\x0a" + varint(len(text)) + text
    for form in ("yaml", "json", "textproto", "line", "wire"):
        shown = decode(data, *AS_CLIENT, "--format", form).stdout
        assert shown.replace("\n", "").isprintable()


def test_colours(decode):
    """Colours come on a terminal or when asked for, never into a pipe by themselves."""
    assert "\x1b[" not in decode(ORDER).stdout
    assert "\x1b[" in decode(ORDER, "--color").stdout


def test_the_examples_of_the_help_run(decode):
    """Each example in the help is a command that works."""
    help_text = decode(b"", "--help").stdout
    assert "echo 0a0445535a361007 | paperknife decode" in help_text
    assert decode(b"0a0445535a361007").stdout.splitlines()[0] == '1: "ESZ6"'
    Path("message.bin").write_bytes(ORDER)
    assert "paperknife decode message.bin --schema protos/ --as client" in help_text
    assert decode(b"", "message.bin", "--schema", "protos/", "--as", "client").exit_code == 0


def test_a_standard_input_that_is_closed():
    """Said in a sentence, as a file that is not there."""
    command = f'"{sys.executable}" -m paperknife decode - <&-'
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: A message was expected on the standard input, and it is closed.")


@pytest.mark.parametrize("form", ["yaml", "json", "textproto", "line", "wire"])
@pytest.mark.parametrize("prefix", ["00000011", "11000000", "00", "0000000011"])
def test_no_secret_of_a_message_behind_a_prefix(decode, prefix, form):
    """A length before the message is not understood, and the password behind it is not shown all the same."""
    result = decode(bytes.fromhex(prefix) + LOGIN, *AS_CLIENT, "--input", "raw", "--format", form)
    assert result.exit_code == 1
    assert "s3cret" not in result.output
    assert b"s3cret".hex() not in result.output.replace(" ", "")
    assert "[redacted]" in result.stdout


def test_unknown_fields_of_json_go_to_stderr(decode):
    """Stdout is the message as the schema has it; what it has no place for is told with its value."""
    result = decode(ORDER + b"\x9a\x06\x02hi", *AS_CLIENT, "--format", "json")
    assert json.loads(result.stdout)["order"]["symbol"] == "ESZ6"
    assert result.stderr.splitlines() == [
        "! unknown field 99",
        'unknown field: {"path": "", "number": 99, "type": "length", "size": 2, "value": "6869", "text": "hi"}',
    ]
    login = bytes.fromhex("0a11 0a05616c696365 1206 733363726574 1007")
    assert '"value": "[redacted]"' in decode(login, *AS_CLIENT, "--format", "json").stderr


FORMS = ("yaml", "json", "textproto", "line", "wire")
NEWER = LOGIN + bytes.fromhex("fa3e06") + b"s3cret"
"""With field 1007, which the schema does not know."""


@pytest.mark.parametrize("form", FORMS)
def test_strict_blanks_what_the_schema_cannot_read(decode, form):
    """Unknown fields, bytes that are not of the type, and all where there is no schema; what is read stays."""
    strict = ("--redact", "strict", "--format", form)
    for data, arguments in (
        (NEWER, AS_CLIENT),
        (b"\x00\x00s3cret", AS_CLIENT),
        (NEWER, ()),
        (b'{"hint": "s3cret"}', AS_CLIENT),
    ):
        assert "s3cret" not in decode(data, *arguments, *strict, "--input", "raw").output
        assert b"s3cret".hex() not in decode(data, *arguments, *strict, "--input", "raw").output
    assert "alice" in decode(LOGIN, *AS_CLIENT, *strict).stdout
    assert "5:" not in decode(NEWER, *strict, "--input", "raw").stdout


def test_what_is_blanked_is_said(decode):
    """Asterisks alone would look like what was sent."""
    assert "13 B are blanked" in decode(b"\x0a\x0bhello world", "--redact", "strict", "--input", "raw").stdout


@pytest.mark.parametrize("form", FORMS)
def test_no_secret_of_json_in_json(decode, form):
    """Names within the strings of a document count, and so do further places of a value."""
    data = json.dumps({"log": 'x\npassword=s3cret {"api_key": "s3cret"}', "again": "is s3cret"}).encode()
    assert "s3cret" not in decode(data, *AS_CLIENT, "--format", form).output


CONFIG = """
protocols:
  - name: framed
    schema: [protos]
    steps: [varint-delimited]
    secrets: [login.user]
"""


def test_a_message_by_a_protocol(decode) -> None:
    """All its envelopes are decoded, and what the protocol calls a secret is masked."""
    Path("paperknife.yaml").write_text(CONFIG)
    framed = b"".join(bytes([len(each)]) + each for each in (LOGIN, ORDER))
    result = decode(framed, "--protocol", "framed", "--as", "client", "--input", "raw")
    assert result.exit_code == 0
    assert "---\norder:" in result.stdout
    assert "alice" not in result.stdout
    lines = decode(framed, "--protocol", "framed", "--as", "client", "--input", "raw", "--format", "line").stdout
    assert [line.split()[0] for line in lines.splitlines()] == ["login", "order"]
    assert decode(b"\x05", "--protocol", "framed", "--as", "client", "--input", "raw").exit_code == 1
    assert "add --as client or --as server" in decode(framed, "--protocol", "framed").stderr


def test_what_a_schema_lacks_is_told_by_a_protocol_too(decode) -> None:
    """For JSON, which has no place for it, with its value; and the other side, if it may have sent the message."""
    Path("paperknife.yaml").write_text(CONFIG)
    asked = ("--protocol", "framed", "--as", "client", "--input", "raw")
    newer = bytes.fromhex("0e 120a 0a0445535a36 1009 1803 7805")
    told = decode(newer, *asked, "--format", "json").stderr.splitlines()
    assert told == [
        "! order.side=9 unknown",
        "! unknown field 15",
        'unknown field: {"path": "", "number": 15, "type": "varint", "value": 5}',
    ]
    assert "If the server sent it: --as server." in decode(bytes([len(FILL)]) + FILL, *asked).stderr
