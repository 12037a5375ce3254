"""The schema command, run whole."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from paperknife.cli import main
from paperknife.demo.files import given_schema

GOOD = """syntax = "proto3";
package shop;
message ClientMessage { oneof payload { Item item = 1; Basket basket = 2; } }
message ServerMessage { oneof payload { Item item = 1; } }
message Item { string name = 1; Kind kind = 2; }
message Basket { repeated Item items = 1; }
// What it is.
enum Kind { UNKNOWN = 0; }
"""
BAD = 'syntax = "proto3";\nmessage Bad { nix x = 1; }'


@pytest.fixture
def paperknife_schema(tmp_path, monkeypatch):
    """A function that runs the command in a folder with a good and a half-good schema."""
    for name, text in {"good/a.proto": GOOD, "dirty/a.proto": GOOD, "dirty/b.proto": BAD, "bad/b.proto": BAD}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["schema", *arguments])


LIST = """\
shop.ClientMessage  1 of 2 payloads  a.proto
shop.ServerMessage  1 field          a.proto
shop.Item           2 fields         a.proto
shop.Basket         1 field          a.proto
"""


def test_list(paperknife_schema):
    """Each message type is a line of the table; what is wrong goes to stderr and does not spoil it."""
    assert paperknife_schema("list", "good").output == LIST
    result = paperknife_schema("list", "dirty")
    assert (result.exit_code, result.stdout) == (0, LIST)
    assert result.stderr == 'dirty/b.proto:2:15: "nix" is not defined.\n'


def test_list_as_json(paperknife_schema):
    """One object a line, for other programs."""
    rows = [json.loads(line) for line in paperknife_schema("list", "good", "--format", "json").stdout.splitlines()]
    assert rows[0] == {"message": "shop.ClientMessage", "file": "a.proto", "fields": 2, "payloads": ["item", "basket"]}
    assert len(rows) == 4


def test_show(paperknife_schema):
    """Names after the paths choose the definitions; they come in the order asked for, plain in a pipe."""
    result = paperknife_schema("show", "good", "Kind", "shop.Item")
    assert result.exit_code == 0
    assert result.stdout == (
        "// shop.Kind, in good/a.proto:8\n// What it is.\nenum Kind {\n  UNKNOWN = 0;\n}\n\n"
        "// shop.Item, in good/a.proto:5\nmessage Item {\n  string name = 1;\n  Kind kind = 2;\n}\n"
    )
    assert "\x1b[2m// What it is.\x1b[0m" in paperknife_schema("show", "--color", "good", "Kind").stdout


def test_show_without_a_name(paperknife_schema):
    """All that is no part of something else is shown, envelopes first."""
    result = paperknife_schema("show", "good")
    assert result.stderr == "and 2 other messages, shown where named: see `paperknife schema list`\n"
    lines = result.stdout.splitlines()
    assert [line for line in lines if line.startswith("message")] == [
        "message ClientMessage {",
        "message ServerMessage {",
    ]


def test_sources_of_every_kind(paperknife_schema, record, tmp_path):
    """Two folders, a descriptor set, a generated module and a recording are one schema, what they share once."""
    record()
    made = {"set.proto": "Set", "module.proto": "Module", "other/o.proto": "Other"}
    for name, message in made.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f'syntax = "proto3"; message {message} {{}}')
    protoc = [sys.executable, "-m", "grpc_tools.protoc", "-I."]
    subprocess.run([*protoc, "--descriptor_set_out=set.pb", "set.proto"], cwd=tmp_path, check=True)
    subprocess.run([*protoc, "--python_out=.", "module.proto"], cwd=tmp_path, check=True)
    sources = ["good", "other", "set.pb", "module_pb2.py", "session.mcap", str(given_schema())]
    result = paperknife_schema("list", *sources, "--format", "json")
    names = [json.loads(line)["message"] for line in result.stdout.splitlines()]
    assert {"shop.Item", "Set", "Module", "Other", "trading.v1.Order"} <= set(names)
    assert (len(names), result.stderr) == (len(set(names)), "")


CHECKS = {
    "clean": (["good"], 0, "", "client sends shop.ClientMessage, server sends shop.ServerMessage\nno faults; loaded: "),
    "faults": (["dirty"], 1, 'dirty/b.proto:2:15: "nix" is not defined.\n', "1 fault; loaded: 4 messages in 1 file\n"),
    "nothing loads": (["bad"], 1, 'bad/b.proto:2:15: "nix" is not defined.\n', "1 fault; loaded: nothing\n"),
    "not there": (["god"], 2, "", "Error: There is no schema at god; did you mean "),
    "no path": ([], 2, "", "Missing argument"),
}


@pytest.mark.parametrize(("arguments", "status", "stdout", "stderr"), CHECKS.values(), ids=CHECKS)
def test_check(paperknife_schema, arguments, status, stdout, stderr):
    """Faults are the data and status 1; a path that cannot be read is 2."""
    result = paperknife_schema("check", *arguments)
    assert (result.exit_code, result.stdout) == (status, stdout)
    assert stderr in result.stderr


FAILURES = {
    "list": (["list", "bad"], "Nothing of the schema could be loaded"),
    "show": (["show", "good", "Kynd"], "no message type, enum or service Kynd; did you mean shop.Kind?"),
    "a path that is not there": (["show", "good", "gone.proto"], "There is no schema at gone.proto"),
    "only a name": (["show", "Kind"], "There is no schema at Kind"),
}


@pytest.mark.parametrize(("arguments", "sentence"), FAILURES.values(), ids=FAILURES)
def test_failure(paperknife_schema, arguments, sentence):
    """What cannot be done is a sentence on stderr and status 2."""
    result = paperknife_schema(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
