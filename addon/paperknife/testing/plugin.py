"""What pytest loads: the fixture `paperknife_venue`, ``--paperknife-record`` and ``--paperknife-venue``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from paperknife.testing.venues import Venues

__all__ = ["paperknife_venue"]

MODES = ("none", "once", "all")

VENUES: pytest.StashKey[Venues] = pytest.StashKey()
PASSED: pytest.StashKey[bool] = pytest.StashKey()
RECORDED: pytest.StashKey[list[Path]] = pytest.StashKey()

SECTION = "paperknife"
"""The heading in a report of what was not as recorded, beside a failure of the test's own."""


def record_mode(text: str) -> str:
    """One of the modes."""
    if text in MODES:
        return text
    raise argparse.ArgumentTypeError(
        f"one of {', '.join(MODES)} was expected, not {text!r}. Write --paperknife-record=all where a path follows."
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("paperknife", "recorded WebSocket venues")
    group.addoption(
        "--paperknife-record",
        nargs="?",
        const="all",
        default="none",
        type=record_mode,
        metavar="none|once|all",
        help="Record the tests that use paperknife_venue against the real venue: nothing, what has no recording yet, "
        "or everything anew (all, where no word follows). Default: none.",
    )
    group.addoption(
        "--paperknife-venue",
        default="",
        metavar="URL",
        help="The real venue to record, in the place of venue_url in the tests.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin with nothing recorded."""
    config.stash[RECORDED] = []


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say so where something may be recorded."""
    mode, url = config.getoption("paperknife_record"), config.getoption("paperknife_venue")
    if mode == "none":
        return None
    what = "what has no recording yet" if mode == "once" else "everything anew"
    return f"paperknife: records {what}, from {shown_url(url) if url else 'the venues that the tests name'}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what was recorded."""
    for path in config.stash[RECORDED]:
        terminalreporter.write_line(f"paperknife: recorded {path}")


@pytest.fixture
def paperknife_venue(request: pytest.FixtureRequest) -> Iterator[Callable[..., str]]:
    """`paperknife_venue("session.mcap")`: the URL of a venue that answers as recorded, until the end of the test.

    The path is relative to the test's file. The test fails if its client says anything else than what was recorded.
    Options: mode, speed, ignore, on_miss, complete, patience; to record it: venue_url, schema, protocol.
    """
    from paperknife.testing.venues import VenueError, Venues, Wish

    config = request.config
    wish = Wish(config.getoption("paperknife_record"), config.getoption("paperknife_venue"), config.rootpath)
    venues = Venues(request.path.parent, wish)
    request.node.stash[VENUES] = venues

    def venue(path: str | Path, **options: object) -> str:
        try:
            return venues(path, **options)  # type: ignore[arg-type]
        except VenueError as error:
            sentence = str(error)
        fail([sentence])

    yield venue
    passed = request.node.stash.get(PASSED, False)
    faults, recorded = venues.finish(passed=passed)
    config.stash[RECORDED].extend(recorded)
    if shown := venues.shown(passed=passed):
        request.node.add_report_section("teardown", SECTION, "\n".join(shown))
    if faults:
        fail(faults)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Judge what is known by the end of the test, so that it fails there; tell it beside a failure of its own."""
    try:
        result = yield
    except (Exception, pytest.fail.Exception):
        if faults := faults_of(item):
            item.add_report_section("call", SECTION, "\n".join(faults))
        raise
    if faults := faults_of(item):
        fail(faults)
    item.stash[PASSED] = True
    return result


def faults_of(item: pytest.Item) -> list[str]:
    """What was not as recorded so far."""
    venues = item.stash.get(VENUES, None)
    return venues.faults_so_far() if venues is not None else []


def fail(lines: list[str]) -> NoReturn:
    """Fail with sentences, and no traceback of ours."""
    pytest.fail("\n".join(lines), pytrace=False)


def shown_url(url: str) -> str:
    """A URL without its query, which may hold a token."""
    return url.partition("?")[0]
