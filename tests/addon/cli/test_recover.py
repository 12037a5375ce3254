"""`paperknife recover` as a user meets it."""

import pytest
from click.testing import CliRunner
from tests.addon.recording.sessions import described, plain, read, trading_day, write

from paperknife.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch):
    """`run(bytes of a file, further arguments)` in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def recover(data, *more):
        (tmp_path / "day.mcap").write_bytes(data)
        return CliRunner().invoke(main, ["recover", "day.mcap", "-o", "whole.mcap", *more])

    return recover


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """A plain recording and a packed one, as bytes."""
    folder = tmp_path_factory.mktemp("day")
    items = trading_day()
    return plain(folder / "a.mcap", items).read_bytes(), write(folder / "b.mcap", items).read_bytes()


def test_a_recording_that_a_kill_cut_off(run, day, tmp_path):
    """Status 0: all that was there is kept."""
    result = run(day[0][:-40])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "B are left out: a record that was not written to its end." in result.stderr
    assert "day.mcap is mended. whole.mcap: 28 messages, read back and the same." in result.stderr
    assert list(map(described, read(tmp_path / "whole.mcap"))) == list(map(described, trading_day()))[:-1]


def test_a_recording_that_is_whole(run, day):
    """Status 0; it says so."""
    result = run(day[1])
    assert result.exit_code == 0
    assert result.stderr == "day.mcap was whole. whole.mcap: 28 messages, read back and the same.\n"


def test_damage_in_the_middle(run, day, tmp_path):
    """Status 1: what is lost is told with its place, and what is behind it is kept."""
    at = len(day[0]) - 700
    result = run(day[0][:at] + bytes(80) + day[0][at + 80 :])
    assert result.exit_code == 1
    assert "B are lost, they are damaged." in result.stderr
    assert "By the numbers of the others" in result.stderr
    assert read(tmp_path / "whole.mcap")[-1] == trading_day()[-1]


def test_a_packed_recording_without_its_end(run, day):
    """Status 1: nobody knows how much it was."""
    result = run(day[1][: len(day[1]) // 10])
    assert result.exit_code in (1, 2)
    assert "The end of it is missing" in result.stderr or "nothing in it that is whole" in result.stderr


def test_many_damaged_places(run, day):
    """They are told one by one up to a limit."""
    data = bytearray(day[0] * 1)
    day_length = len(data)
    for at in range(day_length - 1500, day_length, 45):
        data[at : at + 4] = b"\xff" * 4
    result = run(bytes(data))
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) < 30


WRONG = [
    (b"hello, world", (), "No record of a recording was found: an MCAP file was expected"),
    (b"", (), "nothing in it that is whole"),
]


@pytest.mark.parametrize(("data", "more", "sentence"), WRONG)
def test_nothing_to_recover(run, tmp_path, data, more, sentence):
    """Status 2, a sentence, and no file."""
    result = run(data, *more)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["day.mcap"]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("-", "A file was expected: a damaged recording is read back and forth."),
        ("nowhere.mcap", "A recording was expected at nowhere.mcap, and there is no such file."),
        (".", "A recording was expected at ., and there is no such file."),
    ],
)
def test_what_is_no_file(tmp_path, monkeypatch, source, sentence):
    """Said in a sentence."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["recover", source, "-o", "whole.mcap"])
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_a_result_that_is_there(run, day, tmp_path):
    """It is replaced only where that is asked for."""
    (tmp_path / "whole.mcap").write_text("precious")
    assert run(day[0]).exit_code == 2
    assert (tmp_path / "whole.mcap").read_text() == "precious"
    assert run(day[0], "--force").exit_code == 0
    assert len(read(tmp_path / "whole.mcap")) == len(trading_day())
