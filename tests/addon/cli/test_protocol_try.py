"""One message through the steps of a protocol, by the command."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from paperknife.cli import main

PROTO = """syntax = "proto3";
package desk;
message Frame { uint32 kind = 1; bytes body = 2; }
message Order { string symbol = 1; string password = 2; }
"""
CONFIG = """\
protocols:
  - name: desk
    schema: [protos]
    client: Frame
    server: json
    steps: [varint-delimited]
    carries:
      - {in: Frame, at: body, by: kind, types: {7: Order}}
"""
CASES = [
    # (arguments, exit status, what is said)
    (
        ["desk", "--client", "08080712040a024553" + "00"],
        0,
        ["1. varint-delimited  2 parts", "2. carry", "kind is the number 7: desk.Order", "Order:\n  symbol: ES"],
    ),
    (["desk", "--client", "0208050000"], 1, ["which is none of the 1 keys", "a key stands for no"]),
    (["desk", "--client", "0908"], 1, ["1. varint-delimited  ! ", "desk.Frame, bytes"]),
    (["desk", "--client", "7b7d"], 1, ["no step: it is JSON, and stays so"]),
    (["desk", "--server", "7b7d"], 0, ["no step: the message is an envelope as it is", "no type, json"]),
    (["desk", "--client", ""], 0, ["client sent 0 B", "1. varint-delimited  0 parts"]),
    (["desk", "--client", "--text", "0100"], 1, ["no step: its steps are for binary messages"]),
    (["centrifugo", "--server", "00"], 0, ["1. varint-delimited  1 part", "no schema was given"]),
    (["desk", "7b7d"], 2, ["add --client or --server"]),
    (["desk", "--client", "zz"], 2, ["Hex, a file, or - was expected, and zz is neither."]),
    (["desk", "--client", "nowhere.bin"], 2, ["in a file at nowhere.bin: No such file"]),
    (["dsk", "--client", "00"], 2, ["There is no protocol dsk. Did you mean desk?"]),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a definition and its schema."""
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos" / "desk.proto").write_text(PROTO)
    (tmp_path / "paperknife.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("arguments", "status", "said"), CASES)
def test_try(folder, arguments, status, said) -> None:
    """Every step tells what came out of it, and the type why it was chosen."""
    result = CliRunner().invoke(main, ["protocol", "try", *arguments])
    assert [part for part in said if part not in result.output] == []
    assert result.exit_code == status
    assert "Traceback" not in result.output


def test_files_and_secrets(folder) -> None:
    """The bytes may come from a file or from stdin, and a secret in them is not shown."""
    content = b"\x0c\x08\x07\x12\x08\x12\x06secret"
    (folder / "message.bin").write_bytes(content)
    for arguments, stdin in ((["message.bin"], None), (["-"], content), ([content.hex()], None)):
        result = CliRunner().invoke(main, ["protocol", "try", "desk", "--client", *arguments], input=stdin)
        assert "Order" in result.output
        assert "secret" not in result.output
        assert content[-6:].hex(" ") not in result.output
