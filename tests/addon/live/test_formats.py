"""The output formats."""

import json

import pytest

from paperknife.live.events import Notice, Opened
from paperknife.live.formats import FORMATS
from paperknife.live.line import Shown
from paperknife.traffic import Connection
from paperknife_decoders.message import Direction
from paperknife_decoders.paint import ANSI, PLAIN
from paperknife_decoders.secrets import Secrets

NOON = 1_900_000_000_482_000_000
EVENTS = (Opened(Connection(1, "ws://venue/v1", "127.0.0.1:5", NOON)), Notice("one\ntwo", True, NOON))


def texts(form, paint, shown):
    """Everything that a format writes."""
    chosen = FORMATS[form](paint, lambda: 80, True)
    return [chosen.envelope(shown), *(chosen.event(event) for event in EVENTS), chosen.missed(5)]


@pytest.fixture
def shown(venue):
    message = venue.order(symbol="ESZ6")
    return Shown(message, message.envelopes[0], Secrets(), marks=("odd",))


@pytest.mark.parametrize("form", FORMATS)
def test_every_text_ends_its_line(form, shown):
    """Whatever a format writes ends with one line feed, so that texts can follow one another."""
    for text in texts(form, PLAIN, shown):
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


@pytest.mark.parametrize("form", ["line", "yaml"])
def test_colours_end_with_what_they_colour(form, shown):
    """Every colour is switched off again before its text ends."""
    for text in texts(form, ANSI, shown):
        parts = text.split("\x1b[")
        assert len(parts) == 1 or parts[-1].startswith("0m")


def test_json_has_one_line_for_each(shown):
    """A JSON text is one line, whatever is in it."""
    for text in texts("json", PLAIN, shown):
        assert isinstance(json.loads(text), dict)
        assert text.count("\n") == 1


def test_the_tree_stands_below_the_line(shown):
    """Verbose lines are followed by the tree, indented below the connection's number."""
    line, *tree = texts("line", PLAIN, shown)[0].splitlines()
    assert line.split()[1:4] == ["#1", Direction.CLIENT.arrow, "order"]
    assert tree
    assert all(row.startswith(" " * line.index("#1")) for row in tree)


def test_width_is_asked_for_each_line(shown):
    """A window that is resized changes the next line."""
    width = 40
    lines = FORMATS["line"](PLAIN, lambda: width, False)
    narrow = lines.envelope(shown)
    width = 100
    assert len(narrow) <= 41 < len(lines.envelope(shown)) <= 101
