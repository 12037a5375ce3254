"""The files of one run: packed when they are full, deleted when there are too many."""

from __future__ import annotations

import sys
import time

import pytest

from paperknife.recording import shelf as module
from paperknife.recording.journal import Journal
from paperknife.recording.reading import Recording
from paperknife.recording.shelf import Shelf

PATIENCE = 60


@pytest.fixture
def full(tape, tmp_path):
    """`full(shelf, "a.mcap")` puts a plain recording on a shelf."""

    def make(shelf: Shelf, name: str):
        journal = Journal(tmp_path / name)
        journal.append(tape.plain())
        shelf.add(journal)
        journal.close()
        return journal.path

    return make


def tidied(shelf: Shelf) -> None:
    """Tidy until there is nothing to do."""
    deadline = time.monotonic() + PATIENCE
    shelf.tidy()
    while shelf.packing is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
        shelf.tidy()


def is_whole(path) -> bool:
    """True for a packed file."""
    recording = Recording(path)
    return bool(list(recording)) and recording.cut is None


def test_full_files_are_packed_in_a_process_of_their_own(full) -> None:
    """One after the other; the last one is not full yet, until the run has ended."""
    shelf = Shelf(0)
    paths = [full(shelf, name) for name in ("a", "b", "c")]
    tidied(shelf)
    assert [is_whole(path) for path in paths] == [True, True, False]
    shelf.ended = True
    tidied(shelf)
    assert is_whole(paths[2])


def test_only_the_last_files_are_kept(full) -> None:
    """Also where the one to go is just being packed."""
    shelf = Shelf(2)
    paths = [full(shelf, "a"), full(shelf, "b")]
    shelf.tidy()
    assert shelf.packing is not None
    paths.append(full(shelf, "c"))
    tidied(shelf)
    assert [path.exists() for path in paths] == [False, True, True]
    assert shelf.deleted == 1
    assert sorted(path.name for path in paths[0].parent.iterdir()) == ["b", "c"]


@pytest.mark.parametrize(("keep", "first"), [(0, 0), (5, 1)])
def test_where_files_are_deleted_the_newest_is_packed_first(full, keep: int, first: int) -> None:
    """The oldest is the next to go."""
    shelf = Shelf(keep)
    for name in ("a", "b", "c"):
        full(shelf, name)
    shelf.prepare()
    shelf.tidy()
    assert shelf.packing is shelf.segments[first]
    tidied(shelf)
    assert [segment.packed for segment in shelf.segments] == [True, True, False]


def test_what_is_not_ours_is_left_alone(full) -> None:
    """A file that has taken the name of one of ours is neither packed nor deleted."""
    shelf = Shelf(1)
    first, second = full(shelf, "a"), full(shelf, "b")
    for path in (first, second):
        path.unlink()
        path.write_bytes(b"mine")
    shelf.tidy()
    shelf.finish(lambda path, done, of: None)
    assert (first.read_bytes(), second.read_bytes()) == (b"mine", b"mine")
    assert shelf.segments[0].fault == "it was moved, deleted or replaced"


def test_what_the_process_could_not_do_is_done_at_the_end(full, monkeypatch) -> None:
    """A process that fails, or cannot be started, costs nothing but time."""
    shelf = Shelf(0)
    first, _ = full(shelf, "a"), full(shelf, "b")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    tidied(shelf)
    assert shelf.segments[0].fault == "the process that was to pack it failed with status 1"
    third = full(shelf, "c")
    monkeypatch.setattr(sys, "executable", "/bin/there-is-no-such-program")
    tidied(shelf)
    assert shelf.segments[1].fault == "no process could be started: No such file or directory"
    told = []
    shelf.finish(lambda path, done, of: told.append((path.name, done == of)))
    assert told == [("a", True), ("b", True), ("c", True)]
    assert is_whole(first)
    assert is_whole(third)
    assert not any(segment.fault for segment in shelf.segments)


def test_what_cannot_be_packed_stays(full, monkeypatch) -> None:
    """With the reason."""
    shelf = Shelf(0)
    path = full(shelf, "a")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "pack", refuse)
    shelf.finish(lambda path, done, of: None)
    assert shelf.segments[0].fault == "No space left on device"
    assert shelf.segments[0].size == path.stat().st_size
    assert list(Recording(path))
