"""The venues of one test: what it is given, and how it is judged. Whole tests are in test_plugin."""

import shutil
from pathlib import Path

import pytest
from websockets.sync.client import connect

from paperknife.testing.venues import RECORD, VenueError, Venues, Wish, target_of

ROOT = Path(__file__).parents[3]


@pytest.fixture
def venues(tmp_path: Path):
    """Those of a test in a folder with one recording."""
    shutil.copy(ROOT / "recordings" / "calm.mcap", tmp_path)
    made = Venues(tmp_path, Wish(root=tmp_path))
    yield made
    for each in made.playing:
        each.thread.stop()


@pytest.mark.parametrize(
    ("url", "target"),
    [("wss://h/v1", "/v1"), ("ws://h:9/v1?a=b&token=[redacted]", "/v1?a=b&token=[redacted]"), ("ws://h", "/")],
)
def test_a_url_has_the_recorded_path_and_query(url: str, target: str) -> None:
    """So that a client finds what it looks for there."""
    assert target_of(url) == target


def test_a_connection_that_is_still_open_is_judged_at_the_end(venues: Venues) -> None:
    """It may say more; once all is over, nobody can."""
    with connect(venues("calm.mcap"), proxy=None):
        assert venues.faults_so_far() == []
        faults, kept = venues.finish(passed=True)
    assert faults[:1] == ["calm.mcap: the client did not do what was recorded."]
    assert "#1 This was recorded and did not come: login user=alice" in faults[1]
    assert kept == []


def test_what_was_told_is_not_told_again(venues: Venues) -> None:
    """A test fails once."""
    venues("calm.mcap")
    assert "No client has connected to ws://127.0.0.1:" in venues.faults_so_far()[1]
    assert venues.finish(passed=False) == ([], [])


def test_of_a_test_that_fails_by_itself_only_what_came_counts(venues: Venues) -> None:
    """It did not get to its end."""
    with connect(venues("calm.mcap"), proxy=None):
        assert venues.finish(passed=False) == ([], [])


def test_connections_that_were_not_made_are_missed(record, tape, tmp_path: Path) -> None:
    """Of a recording with several, unless a part will do."""
    path = record([item for item in tape.session() if type(item).__name__ == "Opened"])
    for complete, told in ((True, 1), (False, 0)):
        venues = Venues(path.parent, Wish())
        with connect(venues(path.name, complete=complete), proxy=None):
            pass
        faults = [line for line in venues.finish(passed=True)[0] if line.endswith("was never opened.")]
        assert len(faults) == told


def test_no_schema_is_needed_where_it_is_known(tmp_path: Path) -> None:
    """By a recording that is there, or by paperknife.yaml; else nothing is recorded."""
    venues = Venues(tmp_path, Wish("all", root=tmp_path))
    with pytest.raises(VenueError, match="a schema was expected"):
        venues("new.mcap", venue_url="ws://127.0.0.1:1/v1")
    (tmp_path / "paperknife.yaml").write_text("protocols: 7\n")
    with pytest.raises(VenueError, match=r"did not start.*paperknife\.yaml"):
        venues("new.mcap", venue_url="ws://127.0.0.1:1/v1")


def test_the_modes_are_those_of_the_command_line() -> None:
    """The plugin names them itself, so that pytest starts without what no test asks for."""
    from paperknife.testing.plugin import MODES

    assert MODES == RECORD
