"""`paperknife redact` as a user meets it."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.addon.recording.sessions import CLIENT, SERVER, Line, api, read, trading_day, write

from paperknife.cli import main
from paperknife.demo.files import given_schema
from paperknife_decoders.message import Message
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.secrets import SECRET_NAMES

SECRETS = ("hunter2-hunter2", "k-1234567890", "t-abcdef-123456")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """`run(arguments)` in a folder with an open recording."""
    monkeypatch.chdir(tmp_path)
    echo = Line().raw(5, SERVER, b"\xff an echo of hunter2-hunter2")
    write(tmp_path / "open.mcap", [*trading_day()[:1], echo, *trading_day()[1:]], redact="off")
    return lambda *arguments: CliRunner().invoke(main, ["redact", "open.mcap", "-o", "shared.mcap", *arguments])


def contents(path):
    return b"".join(item.content for item in read(path) if isinstance(item, Message))


def test_what_was_masked_is_told(run, tmp_path):
    """By field, never a value; and what nobody can vouch for is warned of."""
    result = run()
    assert (result.exit_code, result.stdout) == (0, "")
    assert "login.password" in result.stderr
    assert "shared.mcap: 30 messages, 3 of them masked; searched and found clean." in result.stderr
    assert "may hold secrets" in result.stderr
    assert not [secret for secret in SECRETS if secret in result.stderr]
    assert not [secret for secret in SECRETS if secret.encode() in contents(tmp_path / "shared.mcap")]


def test_strict(run, tmp_path):
    """Nothing is left that the schema does not know."""
    result = run("--redact", "strict")
    assert result.exit_code == 0
    assert "may hold secrets" not in result.stderr
    assert b"echo" not in contents(tmp_path / "shared.mcap")


def test_a_further_field(run, tmp_path):
    """By its path."""
    result = run("--secret", "login.user", "--secret", "order.labels.desk")
    assert result.exit_code == 0
    assert "login.user" in result.stderr
    assert b"alice" not in contents(tmp_path / "shared.mcap")


def test_another_schema(tmp_path, monkeypatch):
    """A recording that was made without one is read and masked by what is given, and holds it then."""
    monkeypatch.chdir(tmp_path)
    login = api().client.encode("login", {"user": "alice", "password": SECRETS[0]})
    bare = Message(1, CLIENT, Line().connection.time_ns, 2, login, Protocol().reader())
    write(tmp_path / "open.mcap", [Line().opened(), bare])
    command = ["redact", "open.mcap", "-o", "shared.mcap", "--schema", str(given_schema())]
    assert CliRunner().invoke(main, command).exit_code == 0
    (message,) = [item for item in read(tmp_path / "shared.mcap") if isinstance(item, Message)]
    assert SECRETS[0].encode() not in message.content
    assert message.envelopes[0].payload == "login"


def test_nothing_to_mask(run, tmp_path):
    """Status 0: it may be shared."""
    write(tmp_path / "open.mcap", [Line().opened(), Line().server(1, "market_data", symbol="ESZ6")])
    result = run()
    assert result.exit_code == 0
    assert "There was nothing to mask in open.mcap." in result.stderr


WRONG = [
    (("--secret", "login.usr"), "--secret login.usr: a field of trading.v1.ClientMessage and"),
    (("--secret", "login.user.name"), "--secret login.user.name: a field of"),
    (("--redact", "off"), "'off' is not one of"),
    (("--client", "X"), "add --schema PATH"),
    (("--schema", "nowhere"), "nowhere"),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG)
def test_mistakes(run, tmp_path, arguments, sentence):
    """Status 2, a sentence, and no file that looks as if it could be shared."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["open.mcap"]


def test_a_pipe(tmp_path, monkeypatch):
    """It is read twice, so that a file is needed."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["redact", "-", "-o", "shared.mcap"])
    assert result.exit_code == 2
    assert "A file was expected: it is read twice." in result.stderr


def test_a_leak_that_cannot_be_masked(run, tmp_path):
    """Status 2 and no result: none is better than one that only looks clean."""
    write(tmp_path / "open.mcap", trading_day(), command=f"--password {SECRETS[0]}")
    result = run()
    assert result.exit_code == 2
    assert "found in the bytes of the file after all. The result was not kept." in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["open.mcap"]


def test_the_names_that_are_secret_are_listed():
    """All of them, one a line, so that nobody has to read the source; the docs and the help say where."""
    listed = CliRunner().invoke(main, ["redact", "--list-names"])
    assert listed.exit_code == 0
    assert listed.stdout.split() == sorted(SECRET_NAMES)
    assert "cookie" in listed.stderr
    assert "--list-names" in CliRunner().invoke(main, ["redact", "--help"]).stdout
    assert "`paperknife redact --list-names`" in (Path(__file__).parents[3] / "docs" / "recording.md").read_text()
