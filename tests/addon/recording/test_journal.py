"""The file that records are appended to."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from paperknife.recording.journal import Journal


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """No file can grow beyond so many bytes, not that of our own output either: it holds for a few lines only."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_it_is_for_its_owner_alone(tmp_path) -> None:
    """Whatever the umask."""
    before = os.umask(0)
    try:
        journal = Journal(tmp_path / "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.fstat(journal.descriptor).st_mode) == 0o600


@pytest.mark.parametrize("make", [lambda path: path.write_bytes(b"old"), lambda path: path.symlink_to("/tmp/target")])
def test_what_is_there_stays(make, tmp_path) -> None:
    """A file is not written over, and a link is not followed."""
    make(tmp_path / "x")
    with pytest.raises(FileExistsError):
        Journal(tmp_path / "x")


def test_what_is_appended_is_in_the_file_at_once(tmp_path) -> None:
    """No buffer of ours stands between."""
    journal = Journal(tmp_path / "x")
    for data in (b"one", b"", b"two" * 100_000):
        journal.append(data)
        assert journal.size == (tmp_path / "x").stat().st_size
    assert (tmp_path / "x").read_bytes() == b"one" + b"two" * 100_000


def test_a_write_that_fails_half_way_leaves_nothing_of_itself(tmp_path) -> None:
    """What was written before stays, and more can come."""
    journal = Journal(tmp_path / "x")
    journal.append(b"a" * 600)
    with at_most(1000), pytest.raises(OSError, match="File too large"):
        journal.append(b"b" * 600)
    assert (tmp_path / "x").read_bytes() == b"a" * 600
    journal.append(b"c")
    assert (tmp_path / "x").read_bytes() == b"a" * 600 + b"c"


def test_it_knows_whether_anybody_can_find_it(tmp_path) -> None:
    """A file that was moved is still there, one that was deleted is not."""
    journal = Journal(tmp_path / "x")
    assert (journal.is_deleted, journal.is_in_place) == (False, True)
    (tmp_path / "x").rename(tmp_path / "y")
    assert (journal.is_deleted, journal.is_in_place) == (False, False)
    (tmp_path / "y").unlink()
    assert (journal.is_deleted, journal.is_in_place) == (True, False)


def test_once_it_is_closed_it_knows_whether_it_was_replaced(tmp_path) -> None:
    """By a file that may have got its inode."""
    journal = Journal(tmp_path / "x")
    journal.append(b"ours")
    journal.close()
    assert journal.is_in_place
    (tmp_path / "x").unlink()
    (tmp_path / "x").write_bytes(b"mine")
    assert not journal.is_in_place


def test_it_can_be_closed_twice(tmp_path) -> None:
    """The second time nothing happens."""
    journal = Journal(tmp_path / "x")
    journal.sync()
    journal.close()
    journal.close()
