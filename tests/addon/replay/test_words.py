"""How a recording is to be replayed, as it is typed."""

import dataclasses
import re
from pathlib import Path

import pytest

from paperknife.recording.records import RecordingError
from paperknife.replay.moves import Mode
from paperknife.replay.pace import FASTEST
from paperknife.replay.venue import VenueOptions
from paperknife.replay.words import MODES, NOTHING, ReplayWords, speed_from
from paperknife.settings.matching import Address
from paperknife.settings.reading import Reading

ROOT = Path(__file__).parents[3]

WORDS = [
    (NOTHING, VenueOptions()),
    (ReplayWords(mode="matched", speed="0.5"), VenueOptions(mode=Mode.MATCHED, speed=0.5)),
    (
        ReplayWords(mode="timed", speed="max", on_miss="pass"),
        VenueOptions(mode=Mode.TIMED, speed=FASTEST, on_miss="pass"),
    ),
    (ReplayWords(ignore=("a.b",)), VenueOptions(ignore=("a.b",))),
]


@pytest.mark.parametrize(("words", "options"), WORDS)
def test_words_become_options(words: ReplayWords, options: VenueOptions) -> None:
    """Each of them, and nothing else."""
    assert words.options() == options


WRONG = [
    (ReplayWords(mode="step"), "a mode was expected, one of auto, matched, timed, not 'step'"),
    (
        ReplayWords(on_miss="cry"),
        "a way to take what was not recorded was expected, one of wait, skip, close, pass, not 'cry'",
    ),
    *[
        (ReplayWords(speed=speed), f"a number above 0 or max was expected, not {speed!r}; 2 is twice as fast")
        for speed in ("", "0", "-1", "fast", "inf", "nan", "1e999")
    ],
]


@pytest.mark.parametrize(("words", "sentence"), WRONG)
def test_what_was_expected_is_told(words: ReplayWords, sentence: str) -> None:
    """With what was found."""
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        words.options()


def test_speeds() -> None:
    """Numbers, or as fast as can be."""
    assert (speed_from("2"), speed_from("0.25"), speed_from("max")) == (2, 0.25, FASTEST)


def test_no_mode_needs_somebody_at_a_keyboard() -> None:
    """All others are there."""
    assert {*MODES} == {"auto", *(mode.value for mode in Mode)} - {"step"}


def test_a_recording_is_read_by_its_own_protocol_where_no_other_is_named() -> None:
    """So that one needs no schema to see what is replayed."""
    words = ReplayWords(str(ROOT / "recordings" / "calm.mcap"))
    loaded = words.loaded(Reading())
    assert loaded is not None
    assert loaded.protocol.client is not None
    assert loaded.protocol.client.name == "trading.v1.ClientMessage"
    for named in (Reading(schema=("proto",)), Reading(protocol="t4")):
        assert words.loaded(named) is None
    assert NOTHING.loaded(Reading()) is None
    with pytest.raises(RecordingError, match="A recording was expected at nowhere"):
        dataclasses.replace(words, path="nowhere").loaded(Reading())


def test_protocols_of_the_configuration_come_first(tmp_path: Path) -> None:
    """Each for what it matches; all else is read as it was recorded."""
    config = tmp_path / "paperknife.yaml"
    config.write_text("protocols:\n  - name: broker\n    match: {host: broker.example}\n    schema: [a.proto]\n")
    (tmp_path / "a.proto").write_text(
        'syntax = "proto3"; message ClientMessage { int32 a = 1; } message ServerMessage {}'
    )
    loaded = ReplayWords(str(ROOT / "recordings" / "calm.mcap")).loaded(Reading(config=str(config)))
    assert loaded is not None
    names = [
        kind.name if (kind := loaded.for_connection(Address(host, 443, "/v1")).client) is not None else ""
        for host in ("broker.example", "venue.example")
    ]
    assert names == ["ClientMessage", "trading.v1.ClientMessage"]
