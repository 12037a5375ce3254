"""Where a command that makes a recording of a recording puts it."""

import errno
import io
import os
from pathlib import Path

import pytest

from paperknife.cli.failure import Failure
from paperknife.cli.results import name_of, result_place, told_faults
from paperknife.recording.records import RecordingError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a source, a link to it, another file and a folder."""
    monkeypatch.chdir(tmp_path)
    Path("in").write_text("in")
    Path("link").symlink_to("in")
    Path("other").write_text("other")
    Path("sub").mkdir()
    return tmp_path


REFUSED = [
    ("in", False, "in is the recording that is read. Give the result another name."),
    ("in", True, "in is the recording that is read."),
    ("./sub/../in", True, "is the recording that is read."),
    ("link", True, "link is the recording that is read."),
    ("other", False, "other is there already. Give another name, or --force to replace it."),
    ("sub", True, "A name for a file was expected, and sub is a folder."),
    ("nowhere/out", True, "A folder was expected at nowhere, for nowhere/out. Make it first."),
]


@pytest.mark.parametrize(("out", "force", "sentence"), REFUSED)
def test_what_is_refused(folder, out, force, sentence):
    """The source is never replaced, another file only where it is asked for."""
    with pytest.raises(Failure) as error, result_place("in", out, force=force):
        pass
    assert sentence in str(error.value)
    assert (Path("in").read_text(), Path("other").read_text()) == ("in", "other")


@pytest.mark.parametrize(("out", "force"), [("new", False), ("sub/new", False), ("other", True)])
def test_what_is_given(folder, out, force):
    """The path as it was named."""
    with result_place("in", out, force=force) as path:
        assert path == Path(out)


def test_a_source_that_is_not_there(folder):
    """Who reads it will say so."""
    with result_place("nowhere", "new", force=False) as path:
        assert path == Path("new")


class Out(io.TextIOWrapper):
    """A stdout."""

    terminal = False

    def isatty(self):
        return self.terminal


def test_stdout(folder, monkeypatch):
    """All of it goes there at the end, and nothing stays behind."""
    out = Out(io.BytesIO())
    monkeypatch.setattr("sys.stdout", out)
    with result_place("in", "-", force=False) as path:
        path.write_bytes(b"result")
    assert out.buffer.getvalue() == b"result"
    assert not path.parent.exists()


def test_stdout_that_is_a_terminal(folder, monkeypatch):
    """A recording is no text."""
    out = Out(io.BytesIO())
    out.terminal = True
    monkeypatch.setattr("sys.stdout", out)
    with pytest.raises(Failure, match="no text for a terminal"), result_place("in", "-", force=False):
        pass


FAULTS = [
    (RecordingError("It is no recording."), "It is no recording."),
    (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "out could not be written: No space left on device."),
    (FileExistsError(errno.EEXIST, "a file is there already"), "out could not be written: a file is there already."),
]


@pytest.mark.parametrize(("fault", "sentence"), FAULTS)
def test_faults_are_sentences(fault, sentence):
    """With no traceback."""
    with pytest.raises(Failure) as error, told_faults("out"):
        raise fault
    assert sentence in str(error.value)


def test_a_reader_that_has_gone():
    """That is for who ends commands in pipes."""
    with pytest.raises(BrokenPipeError), told_faults("-"):
        raise BrokenPipeError


def test_names():
    """Without control characters."""
    assert name_of("-") == "The standard output"
    assert "\x1b" not in name_of("a\x1b[2J")
