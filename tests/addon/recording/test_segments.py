"""The names of files, and when the next one begins."""

from __future__ import annotations

import re
import time

import pytest

from paperknife.recording.records import RecordingError
from paperknife.recording.segments import NOTHING, RecordPlan, RecordWords, Split, open_segment

SECOND = 10**9
NOON = time.mktime((2026, 3, 4, 12, 30, 45, 0, 0, -1))

SPLITS = {
    "64MB": Split(64_000_000),
    "64m": Split(64_000_000),
    "1.5 GB": Split(1_500_000_000),
    "2000": Split(2000),
    "64MiB": Split(64_000_000),
    "10min": Split(0, 600 * SECOND),
    "90s": Split(0, 90 * SECOND),
    "1h": Split(0, 3600 * SECOND),
    "64MB|10min": Split(64_000_000, 600 * SECOND),
    "": Split(),
}


@pytest.mark.parametrize(("words", "split"), SPLITS.items(), ids=SPLITS)
def test_sizes_and_times(words, split) -> None:
    """As they are typed."""
    assert RecordWords("x", (words,)).plan() == RecordPlan("x", split)


MISTAKES = {
    "no size": (RecordWords("x", ("5q",)), "A size such as 64MB or a time such as 10min was expected to split by"),
    "next to nothing": (RecordWords("x", ("10B",)), "A file to split by 10B would hold next to nothing"),
    "no time at all": (RecordWords("x", ("0s",)), "A file to split by 0s would hold next to nothing"),
    "split what": (RecordWords("", ("5MB",)), "A file to record to was expected"),
    "keep of one": (RecordWords("x", (), 3), "To keep the last 3 of several files, say when"),
    "keep fewer than none": (RecordWords("x", ("5MB",), -1), "How many files to keep was expected"),
}


@pytest.mark.parametrize(("words", "wrong"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_sentences(words, wrong) -> None:
    """With what was expected."""
    with pytest.raises(RecordingError, match="^" + re.escape(wrong)):
        words.plan()


def test_nothing_is_no_plan() -> None:
    """Nothing is recorded unless it was asked for."""
    assert NOTHING.plan() is None


NAMES = {
    "plain": (RecordPlan("s.mcap"), "s.mcap", "s-2.mcap"),
    "no suffix": (RecordPlan("s"), "s", "s-2"),
    "time": (RecordPlan("%Y%m%d-%H%M%S.mcap"), "20260304-123045.mcap", "20260304-123045-2.mcap"),
    "split": (RecordPlan("s.mcap", Split(1000)), "s-0001.mcap", "s-0002.mcap"),
    "dots": (RecordPlan("a.b.mcap", Split(1000)), "a.b-0001.mcap", "a.b-0002.mcap"),
}


@pytest.mark.parametrize(("plan", "first", "second"), NAMES.values(), ids=NAMES)
def test_names(plan, first, second, tmp_path, monkeypatch) -> None:
    """The first that is free; what is there already is never written over."""
    monkeypatch.chdir(tmp_path)
    for name in (first, second):
        journal, _ = open_segment(plan, 1, NOON)
        journal.close()
        assert journal.path.name == name
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([first, second])


def test_home(monkeypatch, tmp_path) -> None:
    """An option of mitmproxy's has no shell that knows it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert RecordPlan("~/x.mcap").path(1, NOON) == tmp_path / "x.mcap"


OBSTACLES = {
    "missing/x": "A folder for the recording was expected at missing, and there is none.",
    "file/x": "A folder for the recording was expected at file, and that is a file.",
    "folder": "A file to record to was expected, and folder is a folder.",
    "/dev/null": "A new file to record to was expected, and /dev/null is a device or the like.",
    f"{'n' * 300}": f"A new file for the recording was expected at {'n' * 300}: File name too long.",
}


@pytest.mark.parametrize(("pattern", "wrong"), OBSTACLES.items(), ids=["folder", "file", "is folder", "device", "long"])
def test_obstacles_are_sentences(pattern, wrong, tmp_path, monkeypatch) -> None:
    """With what is in the way."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(RecordingError, match="^" + re.escape(wrong)):
        open_segment(RecordPlan(pattern), 1, NOON)
