"""Whether there are colours."""

import io

import pytest

from paperknife.cli.colour import paint_for, wants_colour
from paperknife_decoders.paint import ANSI, PLAIN


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "asked", "environment", "colour"),
    [
        (Terminal(), None, {}, True),
        (io.StringIO(), None, {}, False),
        (None, None, {}, False),
        (Terminal(), None, {"NO_COLOR": "1"}, False),
        (Terminal(), None, {"NO_COLOR": ""}, True),
        (Terminal(), None, {"TERM": "dumb"}, False),
        (Terminal(), True, {"NO_COLOR": "1"}, True),
        (Terminal(), False, {}, False),
        (io.StringIO(), True, {}, True),
    ],
)
def test_colour(monkeypatch, stream, asked: bool | None, environment: dict[str, str], colour: bool) -> None:
    """On a terminal, unless NO_COLOR is set to something; --color and --no-color win."""
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(stream, asked) is colour
    assert paint_for(stream, asked) is (ANSI if colour else PLAIN)
