"""How far long work has come."""

import io

import pytest

from paperknife.cli.progress import Progress, counted, size_of


class Terminal(io.StringIO):
    """A terminal."""

    def isatty(self):
        return True


def shown(stream, total, *amounts):
    """What is written for work that has taken its time."""
    with Progress("Reading a file", total, stream) as progress:
        progress.next = min(progress.next, 0)
        for amount in amounts:
            progress.advance(amount)
    return stream.getvalue()


def test_on_a_terminal():
    """One line that goes away at the end."""
    assert shown(Terminal(), 200, 50) == "\r\x1b[KReading a file: 25%\r\x1b[K"


def test_a_size_that_is_not_known():
    """What was done is told instead of a share."""
    assert "Reading a file: 3 MiB" in shown(Terminal(), 0, 3 << 20)


def test_more_than_all():
    """A file that grows is done at 100 %."""
    assert "100%" in shown(Terminal(), 10, 20)


def test_not_too_often():
    """A second amount at once is not shown."""
    assert shown(Terminal(), 100, 10, 10).count("%") == 1


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_nothing_is_shown(stream):
    """Where that is no terminal, or the work is short."""
    with Progress("Reading", 100, stream) as progress:
        progress.advance(50)
        progress.at(80, 100)
    assert stream.getvalue() == ""


def test_a_terminal_that_has_gone():
    """The work goes on."""
    stream = Terminal()
    progress = Progress("Reading", 100, stream)
    stream.close()
    progress.show()
    progress.end()


def test_what_is_read_is_counted(tmp_path):
    """In bytes, of the size of the file."""
    (tmp_path / "file").write_bytes(bytes(1000))
    progress = Progress("Reading", size_of(str(tmp_path / "file")), io.StringIO())
    with (tmp_path / "file").open("rb") as file:
        read = counted(file.read, progress)
        assert len(read(600)) + len(read(600)) == 1000
    assert (progress.done, progress.total) == (1000, 1000)
    assert size_of("-") == size_of(str(tmp_path / "nowhere")) == 0
