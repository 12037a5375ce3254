"""What a command shows, from its first line to the summary."""

import errno
import io
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from paperknife.cli import viewing
from paperknife.cli.failure import Failure
from paperknife.cli.viewing import FAILED, Viewing, open_output, talk, talking
from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.live.printer import Limits
from paperknife.settings.reading import Loaded, Reading, load
from paperknife.traffic import Batch, Connection
from paperknife_decoders.message import Direction, Message, Opcode

OPTIONS = {"where": None, "hide": (), "form": "line", "verbose": False, "colour": False}
ORDER = Api(given_schema()).client.encode("order", {"client_tag": "tag-1"})


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    """The demo's schema."""
    return load(Reading(schema=(str(given_schema()),)))


def feed(viewing: Viewing, loaded: Loaded, *contents: bytes) -> None:
    """Some messages of a client."""
    viewing.consumer.opened(Connection(1, "ws://h/v1", "127.0.0.1:1", 0))
    for content in contents:
        message = Message(1, Direction.CLIENT, 0, Opcode.BINARY, content, loaded.protocol.reader())
        viewing.consumer.messages(Batch.of(message))


def test_lines_go_to_the_stream_and_the_summary_to_stderr(loaded: Loaded, capsys) -> None:
    """Data and talk apart."""
    out = io.StringIO()
    viewing = Viewing(OPTIONS, loaded, out)
    feed(viewing, loaded, ORDER)
    assert viewing.finish() == 0
    assert "-> order" in out.getvalue()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "-> 1 message" in captured.err


def test_without_a_view_all_is_counted(loaded: Loaded, capsys) -> None:
    """--ui none."""
    out = io.StringIO()
    viewing = Viewing(OPTIONS, loaded, out, show=False)
    feed(viewing, loaded, ORDER, ORDER)
    viewing.schema_changed(loaded)
    assert viewing.finish() == 0
    assert out.getvalue() == ""
    assert "-> 2 messages" in capsys.readouterr().err


def test_a_new_schema_is_what_expressions_are_compiled_for(loaded: Loaded, schema_folder: Path) -> None:
    """One that does not fit goes on with the old schema, and the user is told."""
    out = io.StringIO()
    viewing = Viewing(OPTIONS | {"hide": ("order.quantity > 1",)}, loaded, out)
    viewing.schema_changed(load(Reading(schema=(str(schema_folder),))))
    viewing.schema_changed(loaded)
    feed(viewing, loaded, ORDER)
    viewing.finish()
    assert out.getvalue().count("does not fit the new schema and goes on with the old one") == 1
    assert "-> order" in out.getvalue()


@pytest.fixture
def schema_folder(tmp_path: Path) -> Path:
    """Another schema than the demo's."""
    (tmp_path / "tiny.proto").write_text('syntax = "proto3"; message ClientMessage {} message ServerMessage {}')
    return tmp_path


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)), 0, ""),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), FAILED, "The lines could not be written: No space left"),
    ],
)
@pytest.mark.parametrize("early", [True, False])
def test_when_nobody_reads_the_lines_it_ends(
    loaded: Loaded, capsys, error: OSError, status: int, said: str, early: bool
) -> None:
    """The end is called once it is known, and at once if the lines broke before that; a full disk is a failure."""
    ended: list[bool] = []
    viewing = Viewing(OPTIONS, loaded, io.StringIO())
    if not early:
        viewing.ends_with(lambda: ended.append(True))
    viewing.broken(error)
    if early:
        viewing.ends_with(lambda: ended.append(True))
    assert ended == [True]
    assert viewing.finish() == status
    assert capsys.readouterr().err.startswith(said)


def test_a_file_is_its_owners_alone_and_keeps_its_mode(tmp_path: Path) -> None:
    """New ones are 0600; what the user made otherwise stays as it is."""
    with open_output(str(tmp_path / "new")) as file:
        file.write("é")
    assert (tmp_path / "new").read_bytes() == "é".encode()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    (tmp_path / "old").write_text("yesterday")
    (tmp_path / "old").chmod(0o640)
    with open_output(str(tmp_path / "old")) as file:
        file.write("today")
    assert (tmp_path / "old").read_text() == "today"
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o640


def test_where_lines_go_without_a_file() -> None:
    """To stdout, or to what the command prefers; - is always stdout."""
    otherwise = io.StringIO()
    for path, preferred, expected in (
        (None, None, sys.stdout),
        ("-", otherwise, sys.stdout),
        (None, otherwise, otherwise),
    ):
        with open_output(path, preferred) as out:
            assert out is expected


@pytest.mark.parametrize("path", ["/nothing/here", "/"])
def test_a_place_that_cannot_be_written_to_is_a_failure(path: str) -> None:
    """With the path and the system's reason."""
    with pytest.raises(Failure, match=f"expected at {path}: "), open_output(path):
        pass


def test_a_closed_stdout_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python has no stdout then."""
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(Failure, match="stdout is closed"), open_output(None):
        pass


def test_talk_is_for_stderr(capsys) -> None:
    """And so it is out of the way of `| jq`."""
    talk("hello")
    assert capsys.readouterr() == ("", "hello\n")


def test_talk_that_nobody_reads_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever talks does not wait; a reader that comes late is told how much there was besides."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w", encoding="utf-8") as out, os.fdopen(reading, encoding="utf-8") as lines:
        monkeypatch.setattr(sys, "stderr", out)
        monkeypatch.setattr(viewing, "TALK", Limits(lines=10))
        with talking() as say:
            for number in range(10_000):
                say(f"{number} " + "x" * 1000)
            reader = threading.Thread(target=lambda: told.extend(iter(lines.readline, "")))
            told: list[str] = []
            reader.start()
        monkeypatch.undo()
        out.close()
        reader.join()
    assert told[0].startswith("0 x")
    lost = [int(line.split()[1].replace(",", "")) for line in told if line.startswith("!")]
    assert sum(lost) + sum(not line.startswith("!") for line in told) == 10_000
