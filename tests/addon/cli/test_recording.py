"""`--record` and what goes with it, as a user meets it."""

from __future__ import annotations

import re
import signal
import stat
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from paperknife.cli import recording as module
from paperknife.cli.failure import Failure
from paperknife.cli.recording import finish_recordings, record_words_or_fail, summary_lines
from paperknife.recording.recorder import Missing
from paperknife.recording.segments import RecordWords

GIVEN = {
    "nothing": (("", (), None), RecordWords()),
    "a file": (("x.mcap", (), None), RecordWords("x.mcap")),
    "all": (("x.mcap", ("5MB", "1h"), 3), RecordWords("x.mcap", ("5MB", "1h"), 3)),
}


@pytest.mark.parametrize(("given", "words"), GIVEN.values(), ids=GIVEN)
def test_options(given, words) -> None:
    """What is typed, as one value."""
    assert record_words_or_fail(dict(zip(("record", "record_split", "record_keep"), given, strict=True))) == words


def test_a_mistake_is_a_failure() -> None:
    """With the sentence of the recording's own."""
    with pytest.raises(Failure, match="A size such as 64MB"):
        record_words_or_fail({"record": "x", "record_split": ("5q",), "record_keep": None})


def test_the_demo_records_itself(launch, tmp_path) -> None:
    """A run says where to, and at the end how much; a second one takes the next name."""
    for name in ("s.mcap", "s-2.mcap"):
        status, out, err = launch(
            "paperknife", "demo", "--seconds", "0.5", "--rate", "50", "--record", "s.mcap", "--no-color"
        ).end()
        assert status == 0
        instead = "" if name == "s.mcap" else r" \(s\.mcap is there already\)"
        assert re.search(rf"Recording to {name}{instead}\.", out + err)
        assert re.search(rf"Recorded \d+ messages in {name} \([\d.]+ kB\)\.", err)
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_recording_that_cannot_be_is_no_start(launch) -> None:
    """Exit status 2 and a sentence."""
    status, _, err = launch("paperknife", "demo", "--seconds", "0.5", "--record", "none/s.mcap").end()
    assert status == 2
    assert "A folder for the recording was expected at none, and there is none." in err


def test_a_split_recording_tells_of_its_files(launch, tmp_path) -> None:
    """How many, from where to where, and how many were deleted."""
    status, _, err = launch(
        *("paperknife", "demo", "--seconds", "2", "--rate", "400", "--no-color"),
        *("--record", "s.mcap", "--record-split", "60kB", "--record-keep", "2"),
    ).end()
    assert status == 0
    kept = sorted(path.name for path in tmp_path.glob("*.mcap"))
    assert len(kept) == 2
    assert re.search(rf"Recorded [\d,]+ messages in 2 files, {kept[0]} to {kept[1]} \(", err)
    assert re.search(r"\d+ older files? of it deleted, for 2 were to be kept\.", err)


def recorder(*paths: Path, missing: Missing | None = None, deleted: int = 0, fault: str = "") -> SimpleNamespace:
    """A recorder at its end."""
    segments = [SimpleNamespace(path=path, is_there=path.exists(), size=1000, fault=fault) for path in paths]
    shelf = SimpleNamespace(segments=segments, deleted=deleted, keep=len(paths), finish=lambda report: None)
    return SimpleNamespace(shelf=shelf, messages_written=1234, missing=missing)


NOON_NS = int(time.mktime((2026, 3, 4, 12, 30, 45, 0, 0, -1)) * 1e9)


def test_what_is_missing_is_told(tmp_path) -> None:
    """Since when, how much, and why; and the exit status says no."""
    found = recorder(tmp_path / "gone", missing=Missing(NOON_NS, "The disk is full.", 5))
    assert list(summary_lines(found)) == [
        f"  {tmp_path / 'gone'} is not there any more: it was moved, deleted or replaced.",
        "! 5 messages from 12:30:45.000 on are not recorded. The disk is full.",
    ]
    recordings = SimpleNamespace(recorders=[found], stop=lambda: None, finish=lambda report: None)
    assert finish_recordings(recordings) == 1
    found.missing.messages = 0
    assert finish_recordings(recordings) == 0


def test_what_stays_unpacked_is_told(tmp_path) -> None:
    """With the reason."""
    (tmp_path / "x").touch()
    lines = list(summary_lines(recorder(tmp_path / "x", fault="No space left on device")))
    assert lines[1] == f"  {tmp_path / 'x'} stays unpacked, and can be read as it is: No space left on device."


def test_ctrl_c_ends_the_packing_alone(tmp_path, capsys) -> None:
    """The summary comes all the same, and Ctrl-C then does what it did before."""
    (tmp_path / "x").touch()
    before = signal.getsignal(signal.SIGINT)

    def interrupt(report: object) -> None:
        signal.raise_signal(signal.SIGINT)

    found = recorder(tmp_path / "x")
    assert finish_recordings(SimpleNamespace(recorders=[found], stop=lambda: None, finish=interrupt)) == 0
    err = capsys.readouterr().err
    assert "Packing ended: what is not packed is larger than need be, and can be read as it is." in err
    assert f"Recorded 1,234 messages in {tmp_path / 'x'} (1.0 kB)." in err
    assert signal.getsignal(signal.SIGINT) == before


@pytest.mark.parametrize("lively", [True, False])
def test_packing_that_takes_long_says_how_far_it_is(lively, capsys, monkeypatch) -> None:
    """On a terminal in one line that changes, else once a file."""
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0)
    progress = module.Progress()
    progress.lively = lively
    for done in (10, 10, 50, 100):
        progress.report(Path("x.mcap"), done, 100)
    progress.end()
    err = capsys.readouterr().err
    line = "Packing x.mcap (100 B; Ctrl-C leaves it as it is)"
    assert err.count(line) == (3 if lively else 1)
    assert ("50 %" in err) == lively
