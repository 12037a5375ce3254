"""`paperknife filter` as a user meets it."""

import subprocess
import sys

import pytest
from click.testing import CliRunner
from tests.addon.recording.sessions import CLIENT, Line, described, payloads, plain, read, trading_day, write

from paperknife.cli import main
from paperknife.recording import packing
from paperknife.recording.reading import Recording


@pytest.fixture
def run(tmp_path, monkeypatch):
    """`run(arguments)` in a folder with a recording of a day."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "day.mcap", trading_day(), redact="fields")
    return lambda *arguments, **more: CliRunner().invoke(main, ["filter", *arguments], **more)


PARTS = [
    ((), 28, ["Opened", "login", "login_response"]),
    (("--where", "order"), 3, ["Opened", "order", "order", "order", "Closed"]),
    (("--where", "order", "--from", "+205ms", "--to", "+215ms"), 1, ["Opened", "order"]),
    (("--where", "order.quantity > 50"), 1, ["Opened", "order", "Closed"]),
    (("--hide", "market_data"), 8, ["Opened", "login", "login_response", "subscribe", "subscribe_response", "ping"]),
    (("--connection", "1", "--to", "+12ms"), 2, ["Opened", "login", "login_response"]),
]


@pytest.mark.parametrize(("arguments", "count", "first"), PARTS)
def test_a_part(run, tmp_path, arguments, count, first):
    """It is a recording of its own, whole, for its owner alone, and says how much was taken."""
    result = run("day.mcap", "-o", "part.mcap", *arguments)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"part.mcap: {count} of 28 messages.\n"
    items = read(tmp_path / "part.mcap")
    assert payloads(items)[: len(first)] == first
    assert oct((tmp_path / "part.mcap").stat().st_mode & 0o777) == "0o600"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["day.mcap", "part.mcap"]


def test_a_part_of_a_long_recording_is_what_it_is_without_an_index(run, tmp_path, monkeypatch):
    """The same items, and the same count of all there are."""
    monkeypatch.setattr(packing, "CHUNK", 1000)
    line = Line()
    ticks = [line.server(400 + 10 * number, "market_data", sequence=number) for number in range(2000)]
    day = trading_day()
    write(tmp_path / "long.mcap", [*day[:-1], *ticks, line.closed(30_000)])
    plain(tmp_path / "plain.mcap", [*day[:-1], *ticks, line.closed(30_000)])
    parts = []
    for name in ("long.mcap", "plain.mcap"):
        result = run(name, "-o", "part.mcap", "--force", "--from", "+15s", "--to", "+16s")
        assert "part.mcap: 101 of 2,028 messages.\n" in result.stderr
        parts.append(list(map(described, read(tmp_path / "part.mcap"))))
    assert parts[0] == parts[1]


def test_everything_comes_along(run, tmp_path):
    """Fates, originals, opcodes, times and what tells of the session are as they were."""
    run("day.mcap", "-o", "all.mcap")
    assert list(map(described, read(tmp_path / "all.mcap"))) == list(map(described, trading_day()))
    recording = Recording(tmp_path / "all.mcap")
    list(recording)
    assert (recording.session["program"], recording.session["redact"]) == ("test", "fields")
    assert recording.cut is None


def test_with_state(run, tmp_path):
    """Login and subscription come along, and it is said how many messages."""
    result = run("day.mcap", "-o", "part.mcap", "--from", "+205ms", "--with-state")
    assert result.stderr == "part.mcap: 2 of 28 messages, and 8 from before.\n"
    assert payloads(read(tmp_path / "part.mcap"))[:4] == ["Opened", "login", "login_response", "subscribe"]


def test_what_was_masked(run, tmp_path):
    """It is told in the part as well."""
    write(tmp_path / "masked.mcap", [Line().opened(), Line().raw(1, CLIENT, b"\x1a\x05\x12\x03***", masked=((4, 7),))])
    assert run("masked.mcap", "-o", "part.mcap").exit_code == 0
    assert read(tmp_path / "part.mcap")[1].masked == ((4, 7),)


def test_nothing_found(run, tmp_path):
    """Status 1, and no file."""
    result = run("day.mcap", "-o", "part.mcap", "--where", "order.quantity > 5000")
    assert result.exit_code == 1
    assert result.stderr == "None of 28 messages is in this part. part.mcap was not made.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["day.mcap"]


def test_a_pipe(run, tmp_path):
    """From stdin to stdout."""
    command = [sys.executable, "-m", "paperknife", "filter", "-", "-o", "-", "--where", "order"]
    with (tmp_path / "day.mcap").open("rb") as source, (tmp_path / "part.mcap").open("wb") as part:
        result = subprocess.run(command, stdin=source, stdout=part, stderr=subprocess.PIPE, text=True, check=True)
    assert result.stderr == "The standard output: 3 of 28 messages.\n"
    assert payloads(read(tmp_path / "part.mcap")) == ["Opened", "order", "order", "order", "Closed"]


def test_a_recording_that_was_cut(run, tmp_path):
    """What is there is taken, and the cut is told."""
    (tmp_path / "cut.mcap").write_bytes((tmp_path / "day.mcap").read_bytes()[:-20])
    result = run("cut.mcap", "-o", "part.mcap")
    assert result.exit_code == 0
    assert "cut off" in result.stderr
    assert "28 of 28 messages." in result.stderr


WRONG = [
    (("nowhere.mcap", "-o", "a.mcap"), "nowhere.mcap: No such file or directory"),
    (("day.mcap",), "Missing option '-o'"),
    (("day.mcap", "-o", "day.mcap", "--force"), "is the recording that is read"),
    (("day.mcap", "-o", "nowhere/a.mcap"), "A folder was expected at nowhere"),
    (("day.mcap", "-o", "a.mcap", "--where", "ordr"), "--where: "),
    (("day.mcap", "-o", "a.mcap", "--from", "later"), "A time was expected, and 'later' was found."),
    (("day.mcap", "-o", "a.mcap", "--from", "+10s", "--to", "+5s"), "The end of the part, +5s, is before its"),
    (("text.mcap", "-o", "a.mcap"), "text.mcap is no recording"),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG)
def test_mistakes(run, tmp_path, arguments, sentence):
    """Status 2, a sentence, and nothing left behind."""
    (tmp_path / "text.mcap").write_text("hello, world")
    result = run(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["day.mcap", "text.mcap"]
