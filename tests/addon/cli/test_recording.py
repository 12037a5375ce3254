"""`--record` and what goes with it, as a user meets it."""

from __future__ import annotations

import re
import stat

import pytest

from paperknife.cli.failure import Failure
from paperknife.cli.recording import record_words_or_fail
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


def test_a_split_recording_tells_of_its_files(launch, tmp_path, eventually) -> None:
    """How many, from where to where, and how many were deleted."""
    running = launch(
        *("paperknife", "demo", "--seconds", "600", "--rate", "400", "--no-color"),
        *("--record", "s.mcap", "--record-split", "60kB", "--record-keep", "2"),
    )
    names: set[str] = set()

    def were_three() -> bool:
        names.update(path.name for path in tmp_path.glob("*.mcap"))
        return len(names) >= 3

    eventually(were_three, "a third file")
    running.interrupt()
    status, _, err = running.end()
    assert status == 0
    kept = sorted(path.name for path in tmp_path.glob("*.mcap"))
    assert len(kept) == 2
    assert re.search(rf"Recorded [\d,]+ messages in 2 files, {kept[0]} to {kept[1]} \(", err)
    assert re.search(r"\d+ older files? of it deleted, for 2 were to be kept\.", err)
