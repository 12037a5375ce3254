"""`--record` and what goes with it, for every command that runs a proxy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from paperknife.cli.failure import Failure
from paperknife.cli.options import decorate
from paperknife.recording.records import RecordingError
from paperknife.recording.segments import RecordWords

__all__ = ["record_options", "record_words_or_fail"]

RECORD = (
    click.option(
        "--record",
        default="",
        metavar="FILE",
        help="Record all that passes to this new file (MCAP, readable by you alone); %Y%m%d-%H%M%S in its name stand "
        "for the time.",
    ),
    click.option(
        "--record-split",
        multiple=True,
        metavar="SIZE|TIME",
        help="Begin a new file after so much, such as 64MB or 10min; may be given twice, for both.",
    ),
    click.option(
        "--record-keep",
        type=click.IntRange(min=1),
        default=None,
        metavar="N",
        help="Keep only the last N files of a recording that is split.",
    ),
)


def record_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what to record."""
    return decorate(command, RECORD)


def record_words_or_fail(options: dict[str, Any]) -> RecordWords:
    """What the options say of recording; a mistake in it ends the command with its sentence."""
    words = RecordWords(options["record"], options["record_split"], options["record_keep"] or 0)
    try:
        words.plan()
    except RecordingError as error:
        raise Failure(str(error)) from None
    return words
