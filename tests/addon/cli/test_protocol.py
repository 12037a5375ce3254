"""The protocol command, run whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from paperknife.cli import main

PROTO = """syntax = "proto3";
package desk;
message Frame { uint32 kind = 1; bytes body = 2; }
message Order { string symbol = 1; string password = 2; }
"""
GOOD = """\
# Ours
protocols:
  - name: desk
    about: The desk's own
    schema: [protos]
    client: Frame
    server: Frame
    steps: [varint-delimited]
    carries:
      - {in: Frame, at: body, by: kind, types: {7: Order}}
  # the next one
  - name: other
    steps:
      - base64
    text: true
rules: rules.yaml
"""
BAD = """\
protocols:
  - name: desk
    match: {hots: x}
    schema: [protos]
    client: Fram
    server: Frame
    steps: [varint]
    carries:
      - {in: Frame, at: bdy, by: kind, types: {7: Order}}
  - name: desk
    schema: [nowhere]
rulez: 1
"""
BAD_LINES = [
    "bad.yaml:3:13: `match` has host, path and subprotocol, and 'hots' was found; did you mean host?",
    "bad.yaml:5:13: The schema has no message type Fram; did you mean desk.Frame?",
    "bad.yaml:7:13: a step is one of varint-delimited,",
    "bad.yaml:9:25: a bytes field of desk.Frame, as it is body, was expected, and 'bdy' was found; did you mean body?",
    "bad.yaml:10:11: there is a protocol desk before this one",
    "bad.yaml:11:13: ",
    "bad.yaml:12:1: protocols or rules was expected, and 'rulez' was found; did you mean rules?",
]


@pytest.fixture
def protocol(tmp_path, monkeypatch):
    """A function that runs the command in a folder with definitions."""
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos" / "desk.proto").write_text(PROTO)
    (tmp_path / "paperknife.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(BAD)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["protocol", *arguments])


def test_list_has_your_own_and_the_presets(protocol) -> None:
    """The user's own come first; presets are said not to be verified."""
    lines = protocol("list").stdout.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["desk", "other"]
    assert "The desk's own" in lines[0]
    assert "paperknife.yaml" in lines[0]
    (centrifugo,) = [line for line in lines if line.startswith("centrifugo ")]
    assert "preset, not verified against the real system" in centrifugo


@pytest.mark.parametrize(
    ("name", "there", "not_there"),
    [("desk", "{7: Order}", "base64"), ("other", "text: true", "rules"), ("centrifugo", "client: Command", "desk")],
)
def test_show_writes_one_definition(protocol, name, there, not_there) -> None:
    """As it stands in its file."""
    result = protocol("show", name)
    assert result.exit_code == 0
    assert there in result.stdout
    assert not_there not in result.stdout


def test_check_finds_nothing(protocol) -> None:
    """In a file that is right, and it says what was loaded."""
    result = protocol("check")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Protocol desk: schema: 2 messages in 1 file; client sends desk.Frame" in result.stderr


def test_check_tells_of_what_is_never_its_turn(protocol) -> None:
    """A protocol that is behind one that matches all; it can be right, and its status stays 0."""
    result = protocol("check")
    assert "! other reads no connection by itself, only where --protocol names it: desk, which" in result.stderr


def test_check_finds_all_faults(protocol) -> None:
    """Each with its line and column, in their order."""
    result = protocol("check", "bad.yaml")
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert [line for line, start in zip(lines, BAD_LINES, strict=True) if not line.startswith(start)] == []


SCHEMAS = """\
protocols:
  - {name: one, schema: [nowhere], steps: [nosuch]}
  - {name: two, schema: [broken], client: A, server: A, steps: [other]}
  - {name: three, schema: [protos], client: desk.Frame, server: desk.Frame, heartbeats: [nope]}
"""
NOT_THERE, BROKEN, PAYLOAD = "There is no schema at nowhere", "broken/a.proto:1:", "s.yaml:4:"
STEPS = ["s.yaml:2:44: a step is one of", "s.yaml:3:65: a step is one of"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), [f"s.yaml:2:25: {NOT_THERE}", STEPS[0], STEPS[1], PAYLOAD, BROKEN]),
        (("--schema", "nowhere"), [*STEPS, NOT_THERE]),
        (("--schema", "broken"), [*STEPS, BROKEN]),
    ],
)
def test_check_goes_on_without_a_schema(protocol, arguments, expected) -> None:
    """What cannot be loaded is told once, beside all that is wrong elsewhere; each line is a fault, and is counted."""
    Path("broken").mkdir()
    Path("broken/a.proto").write_text('syntax = "proto3"; message A { string x = 1 }')
    Path("s.yaml").write_text(SCHEMAS)
    result = protocol("check", "s.yaml", *arguments)
    lines = result.stdout.splitlines()
    assert [line for line, start in zip(lines, expected, strict=True) if not line.startswith(start)] == []
    assert (result.exit_code, result.stderr) == (1, f"{len(expected)} faults\n")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("check", "nowhere.yaml"), 2, "A YAML file was expected at nowhere.yaml: No such file or directory."),
        (("show", "dsk"), 2, "There is no protocol dsk. Did you mean desk?"),
        (("list", "--config", "nowhere.yaml"), 2, "A YAML file was expected at nowhere.yaml"),
    ],
)
def test_what_cannot_be_done(protocol, arguments, status, said) -> None:
    """One sentence, and exit status 2."""
    result = protocol(*arguments)
    assert result.exit_code == status
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_every_preset_says_something(protocol) -> None:
    """All presets are right as far as that is known without their schemas."""
    names = [line.split()[0] for line in protocol("list", "--config", "bad.yaml").stdout.splitlines()]
    assert "centrifugo" in names
    for name in names[2:]:
        assert protocol("try", name, "--server", "0a00").exit_code in (0, 1), name
