"""Times as a user names them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.recording.moments import MomentError, parse_moment

BEGIN_NS = 1_900_000_000_000_000_000
"""17:46:40 UTC on 17 March 2030, 13:46:40 in New York."""
SECOND, DAY = 10**9, 86_400 * 10**9


@pytest.fixture(autouse=True)
def new_york(monkeypatch):
    """A zone that is not UTC, wherever the tests run."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


NAMED = [
    ("+0s", 0),
    ("+10s", 10 * SECOND),
    ("+1m30s", 90 * SECOND),
    ("+250ms", SECOND // 4),
    (" +1h ", 3600 * SECOND),
    ("13:46:40", 0),
    ("13:46:40.104", 104_000_000),
    ("13:46:40,104", 104_000_000),
    ("13:46:40.000000001", 1),
    ("13:47", 20 * SECOND),
    ("17:46:40Z", 0),
    ("13:46:39", -SECOND + DAY),
    ("9:05", -(4 * 3600 + 41 * 60 + 40) * SECOND + DAY),
    ("2030-03-17", -(13 * 3600 + 46 * 60 + 40) * SECOND),
    ("2030-03-17T13:46:40.123456789", 123_456_789),
    ("2030-03-17 13:46:40", 0),
    ("2030-03-17T17:46:40.123456789Z", 123_456_789),
    ("2030-03-17T19:46:41+02:00", SECOND),
]
"""What is written, and nanoseconds after the beginning, of a recording that takes a day."""


@pytest.mark.parametrize(("text", "after_ns"), NAMED)
def test_each_form(text, after_ns):
    """Local times where no zone is named, to the nanosecond."""
    assert parse_moment(text).start(BEGIN_NS, BEGIN_NS + DAY) - BEGIN_NS == after_ns


def test_a_time_of_day_that_has_passed():
    """It is the next day's only where the recording reaches it; else all of the recording comes after it."""
    moment = parse_moment("13:46:39")
    assert moment.start(BEGIN_NS, BEGIN_NS + 3600 * SECOND) == BEGIN_NS - SECOND
    assert moment.start(BEGIN_NS) == BEGIN_NS - SECOND


def test_the_millisecond_of_a_line():
    """A time that was copied from a line takes in the messages of that line, as a beginning and as an end."""
    moment = parse_moment("13:46:40.104")
    first, last = BEGIN_NS + 104_000_000, BEGIN_NS + 104_999_999
    assert moment.start(BEGIN_NS) <= first <= last < moment.end(BEGIN_NS)
    assert parse_moment("13:46:40.104999999").end(BEGIN_NS) == last + 1
    assert parse_moment("13:46:40.105").end(BEGIN_NS) > last + 1


def test_the_millisecond_in_which_it_began():
    """The time of the very first line is of this day, although the line leaves out the rest of the millisecond."""
    assert parse_moment("13:46:40.000").start(BEGIN_NS + 700_000, BEGIN_NS + 2 * DAY) == BEGIN_NS


WRONG = [
    ("", "A time was expected, and '' was found. It may be a time of day (14:03:22.104)"),
    ("10s", "+10s"),
    ("+ten", "A time after the beginning was expected, such as +10s"),
    ("+-10s", "A time after the beginning was expected, such as +10s"),
    ("25:00", "goes from 00:00:00 to 23:59:59, and '25:00' was found"),
    ("14", "A time was expected"),
    ("9999-12-31T25:00", "A time was expected"),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG)
def test_what_is_no_time(text, sentence):
    """The sentence says what was found and what it may be."""
    with pytest.raises(MomentError) as error:
        parse_moment(text)
    assert sentence in str(error.value)


@given(st.text(max_size=30) | st.from_regex(r"[+0-9:T.\-]{1,24}Z?", fullmatch=True))
def test_any_text_is_a_time_or_gets_a_sentence(text):
    """Nothing else is ever raised, and the end of a time is never before its start."""
    try:
        moment = parse_moment(text)
    except MomentError:
        return
    assert moment.end(BEGIN_NS) > moment.start(BEGIN_NS)
