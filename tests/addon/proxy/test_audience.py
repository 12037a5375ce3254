"""Everybody who is told of traffic, and what becomes of those who fail."""

import logging

import pytest

from paperknife.proxy.audience import Audience
from paperknife.stats.meter import Meter


class Listener:
    """Remembers notices."""

    def __init__(self) -> None:
        self.notices: list[tuple[str, bool]] = []

    def notice(self, text: str, *, warning: bool = False) -> None:
        self.notices.append((text, warning))


class Failing:
    """Raises whatever is asked of it."""

    def notice(self, text: str, *, warning: bool = False) -> None:
        raise RuntimeError("on purpose")


def test_one_that_fails_is_left_out_and_the_others_hear_on(caplog: pytest.LogCaptureFixture) -> None:
    """Its failure is told once, with the traceback in the log."""
    first, last = Listener(), Listener()
    audience = Audience([first, Failing(), last])
    for text in ("one", "two"):
        audience.notice(text)
    assert first.notices == last.notices == [("one", False), ("two", False)]
    assert audience.consumers == [first, last]
    (record,) = caplog.records
    assert record.getMessage() == "Failing failed and gets no more messages; the traffic goes on."
    assert record.exc_info


@pytest.mark.parametrize(("warning", "level"), [(True, logging.WARNING), (False, logging.INFO)])
def test_with_nobody_there_the_log_is_told(caplog: pytest.LogCaptureFixture, warning: bool, level: int) -> None:
    """In the script form mitmproxy's own log is where the user looks."""
    with caplog.at_level(logging.INFO):
        Audience([]).notice("hello", warning)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(level, "hello")]


def test_warnings_that_come_again_are_said_once_and_counted() -> None:
    """A flood of warnings is a line and a count; what is no warning comes as often as it is said."""
    listener = Listener()
    audience = Audience([listener])
    for _ in range(400):
        audience.notice("Unhandled error in task.\nOSError: [Errno 24] Too many open files", True)
        audience.notice("fine")
    audience.tell_counts(all_of_them=True)
    (first, _), (again, _) = [notice for notice in listener.notices if notice[1]]
    assert first.startswith("Too many connections")
    assert again.startswith("Again, 399 times in")
    assert again.endswith(first)
    assert listener.notices.count(("fine", False)) == 400


class Broken(Meter):
    """Measures nothing."""

    def notice(self, text: str, *, warning: bool = False) -> None:
        raise RuntimeError("on purpose")


def test_a_meter_hears_all_and_is_nobody_who_listens(caplog: pytest.LogCaptureFixture) -> None:
    """Notices go to the log where it alone is there; one that fails is left out."""
    caplog.set_level(logging.INFO)
    audience = Audience([])
    audience.meter = Broken()
    audience.notice("hello")
    assert audience.meter is None
    assert [record.getMessage() for record in caplog.records] == [
        "The meter failed and measures no more; the traffic goes on.",
        "hello",
    ]
