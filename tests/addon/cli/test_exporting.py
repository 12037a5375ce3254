"""Where an export goes."""

from __future__ import annotations

import io
import stat
import sys

import pytest

from paperknife.cli.exporting import WRITERS, Target, safe
from paperknife.cli.failure import Failure
from paperknife.recording.selection import EVERYTHING


def test_a_file_appears_when_it_is_whole(tmp_path):
    """Until then there is nothing under its name, and it is its owner's alone."""
    path = tmp_path / "x.har"
    with Target("-", str(path), False).opened() as file:
        file.write(b"hello")
        assert not path.exists()
    assert path.read_bytes() == b"hello"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_nothing(tmp_path):
    """Half a result is no result; a file that was to be replaced stays."""
    path = tmp_path / "x.har"
    path.write_text("old")
    with pytest.raises(RuntimeError), Target("-", str(path), True).opened() as file:
        file.write(b"half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("form", WRITERS)
def test_a_failure_half_way(session_items, tmp_path, form):
    """No format leaves files on the side."""
    target = Target("-", str(tmp_path / "out"), False)
    with pytest.raises(RuntimeError), WRITERS[form](target, EVERYTHING, {"raw": False}) as writer:
        for item in session_items:
            writer.write(item)
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == (["out"] if form == "csv" else [])


@pytest.fixture
def session_items(tape):
    """One of everything."""
    return tape.session()


def test_a_folder_must_be_new(tmp_path):
    """Tables of two exports never mix."""
    assert Target("-", str(tmp_path / "new"), False).folder().is_dir()
    (tmp_path / "new" / "x").touch()
    with pytest.raises(Failure, match="A new folder was expected"):
        Target("-", str(tmp_path / "new"), True).folder()
    with pytest.raises(Failure, match="A folder was expected"):
        Target("-", str(tmp_path / "a" / "b"), False).folder()


def test_flows_are_not_for_a_terminal(monkeypatch):
    """A terminal gets no binary data."""

    class Terminal(io.StringIO):
        buffer = io.BytesIO()

        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    with pytest.raises(Failure, match="Flows are no text"), WRITERS["flow"](Target("-", None, False), EVERYTHING, {}):
        pass


def test_rows_on_a_terminal():
    """Control characters of a peer do nothing there."""
    assert safe('a,"\x1b[2J\n",b\n') == 'a,"\\x1b[2J\\n",b\n'
