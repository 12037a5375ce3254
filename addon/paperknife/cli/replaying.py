"""`--replay` and what goes with it, for every command that runs a proxy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from paperknife.cli.failure import Failure
from paperknife.cli.options import decorate, load_or_fail
from paperknife.recording.records import RecordingError
from paperknife.replay.venue import ON_MISS
from paperknife.replay.words import AUTO, MODES, NOTHING, ReplayWords
from paperknife.settings.reading import Loaded, Reading
from paperknife_decoders.schema import SchemaError

__all__ = ["MISS_HELP", "loaded_or_fail", "replay_options", "replay_words_or_fail"]

MISS_HELP = (
    "What to do with a message that was not recorded: nothing (wait); take it for the nearest one that was (skip); "
    "close the connection (close); or pass it to the real server, and its answers back (pass)."
)

REPLAY = (
    click.option(
        "--replay",
        default="",
        metavar="FILE",
        help="Answer WebSockets from this recording, where it has their host and path; nothing that they send goes to "
        "a server.",
    ),
    click.option(
        "--replay-mode",
        type=click.Choice(MODES),
        default=AUTO,
        show_default=True,
        help="What a message waits for: the request that it answers (matched), or its time (timed).",
    ),
    click.option(
        "--replay-speed",
        default="1",
        show_default=True,
        metavar="N|max",
        help="2 is twice as fast as recorded, max as fast as possible.",
    ),
    click.option(
        "--replay-on-miss",
        type=click.Choice(ON_MISS),
        default="wait",
        show_default=True,
        help=MISS_HELP,
    ),
    click.option(
        "--replay-ignore",
        multiple=True,
        metavar="PATH",
        help="Do not compare this field, such as order.note; may be given again.",
    ),
)


def replay_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what to answer from a recording."""
    return decorate(command, REPLAY)


def replay_words_or_fail(options: dict[str, Any]) -> ReplayWords:
    """What the options say of replaying; a mistake in it ends the command with its sentence."""
    words = ReplayWords(
        options["replay"],
        options["replay_mode"],
        options["replay_speed"],
        options["replay_on_miss"],
        options["replay_ignore"],
    )
    if words != NOTHING and not words.path:
        raise Failure("A recording was expected along with how to replay it (--replay FILE).")
    try:
        words.options()
    except ValueError as error:
        raise Failure(f"--replay-speed: {error}.") from None
    return words


def loaded_or_fail(reading: Reading, words: ReplayWords) -> Loaded:
    """What to read by: what was named, or what the recording that is replayed was read by."""
    try:
        return words.loaded(reading) or load_or_fail(reading)
    except (RecordingError, SchemaError) as error:
        raise Failure(str(error)) from None
