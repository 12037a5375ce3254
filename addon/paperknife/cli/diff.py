"""`paperknife diff`: what differs between two recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from paperknife.cli.comparing import check_names, check_reports, comparing_options, mask_for, streams_from, tell
from paperknife.cli.failure import Failure
from paperknife.cli.options import override_from, protocol_options
from paperknife.cli.progress import Progress
from paperknife.cli.viewing import talk
from paperknife.recording.reading import RecordingError
from paperknife.replay.contrast import CannotCompare, Contrast, ContrastOptions, contrast
from paperknife.replay.report import Compared
from paperknife.replay.survey import Survey, surveyed
from paperknife.replay.timeline import Session, as_server_saw
from paperknife.settings.reading import Loaded
from paperknife_decoders.printable import printable

__all__ = ["diff_command"]


@click.command("diff")
@click.argument("first", metavar="A", type=click.Path(path_type=Path))
@click.argument("second", metavar="B", type=click.Path(path_type=Path))
@click.option("--schema", multiple=True, metavar="PATH", help="Read both by this schema, not by those in them.")
@comparing_options
@protocol_options
@click.pass_context
def diff_command(context: click.Context, /, first: Path, second: Path, **options: Any) -> None:
    """Compare two recordings: what differs in B from what A has.

    Connections of the same path belong together, in their order; requests by what they say, answers by the request
    that they answer, and all else by payload and by what it is about. Ids, tokens, times and places in streams do not
    count, and of streams (market data) only the fields and the rate. The exit status is 0 if both are the same, 1 if
    something differs, 2 if they could not be compared.

    \b
    Examples:
      paperknife diff session.mcap again.mcap
      paperknife diff session.mcap again.mcap --ignore order_response.text --report json -
    """
    check_reports(options["report"])
    chosen = ContrastOptions(options["ignore"], options["max_slowdown"], streams_from(options))
    override = override_from({**options, "client_type": "", "server_type": "", "redact": "fields"})
    sessions = session_of(first, override), session_of(second, override)
    try:
        surveys = survey_of(sessions[0], first), survey_of(sessions[1], second)
        check_names(options, [*surveys[0].protocols, *surveys[1].protocols])
        with Progress("Comparing", 0):
            result = contrast(*sessions, surveys, chosen)
    except (RecordingError, CannotCompare) as error:
        raise Failure(str(error)) from None
    for fault in (*sessions[0].faults, *sessions[1].faults):
        talk(f"! {fault}")
    context.exit(tell(compared(first, second, result), options))


def session_of(path: Path, override: Loaded | None) -> Session:
    """One of the recordings."""
    if str(path) == "-":
        raise Failure("A recording is read more than once to be compared, so that - is no place for one; name a file.")
    return Session([path], override)


def survey_of(session: Session, path: Path) -> Survey:
    """Read a recording once."""
    with Progress(f"Reading {printable(str(path))}", 0):
        survey = surveyed(session.items(), as_server_saw)
    if not survey.connections:
        raise Failure(f"A recording with a WebSocket connection was expected, and there is none in {path}.")
    return survey


def compared(first: Path, second: Path, result: Contrast) -> Compared:
    """The result for printing."""
    return Compared(
        str(first),
        str(second),
        result.connections,
        result.expected,
        result.found,
        result.same,
        result.findings,
        mask_for(()),
    )
