"""`paperknife replay client`: say again what a recorded client has said, and compare what comes back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import sys
from pathlib import Path
from typing import Any

import click

from paperknife.cli.comparing import check_names, check_reports, comparing_options, mask_for, streams_from, tell
from paperknife.cli.failure import Failure
from paperknife.cli.options import override_from, protocol_options
from paperknife.cli.progress import Progress
from paperknife.cli.replay_times import MAX_GAP, SPEED, read_duration
from paperknife.cli.viewing import talk
from paperknife.live.amounts import count_text
from paperknife.recording.reading import RecordingError
from paperknife.replay.blanks import Fillings, MissingSecret
from paperknife.replay.call import CannotReplay, shown_url
from paperknife.replay.client import ClientOptions, Outcome, replay
from paperknife.replay.play_options import PlayOptions, PlayPace
from paperknife.replay.player import Player
from paperknife.replay.report import Compared
from paperknife.replay.survey import Survey, surveyed
from paperknife.replay.timeline import Session, as_server_saw
from paperknife_decoders.printable import printable

__all__ = ["client_command"]

MOST_STALLS = 10
"""So many are told one by one."""


@click.command("client")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", required=True, metavar="URL", help="The server; where it has no path, the recorded one is used.")
@click.option(
    "--pace",
    type=click.Choice([pace.value for pace in PlayPace]),
    default="matched",
    show_default=True,
    help="When to send a message: once all has come that the recorded client had heard by then, and after as long as "
    "it thought (matched); as soon as the ids in it are known (fast); or at its time (timed).",
)
@SPEED
@MAX_GAP
@click.option(
    "--patience",
    default="5s",
    show_default=True,
    callback=read_duration,
    metavar="TIME",
    help="How long to wait for an answer that does not come.",
)
@click.option(
    "--connection",
    "connections",
    type=int,
    multiple=True,
    metavar="N",
    help="Only this connection; may be given again.",
)
@click.option("--shift-time", is_flag=True, help="Move the times in messages to now.")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME:VALUE",
    help="Send this in place of a recorded header; may be given again.",
)
@click.option(
    "--via", metavar="URL", help="Connect through a running proxy, such as http://127.0.0.1:8080, to see it there."
)
@click.option("--insecure", is_flag=True, help="Accept any certificate from a server at wss://.")
@comparing_options
@protocol_options
@click.pass_context
def client_command(context: click.Context, /, file: Path, **options: Any) -> None:
    """Say again what the recorded client has said, to the server at --to, and compare what comes back.

    Ids, tokens, times and places in streams do not count; ids that the server gives out are used in later requests.
    Answers are compared with the recorded answers to the same request. Streams, which come unasked, more than ten of
    them and more than there were requests, are compared by their fields and their rate. The exit status is 0 if all
    is the same, 1 if something differs, 2 if it could not be run. Ctrl-C ends it and tells what was
    compared by then.

    What rules or a hand had changed is played as the server saw it: what had reached it, and nothing that was dropped;
    it is compared with the answers as the server had sent them.

    Secrets are masked in recordings. They are taken from PAPERKNIFE_SECRET_<FIELD>, PAPERKNIFE_HEADER_<NAME> and
    PAPERKNIFE_QUERY_<NAME>, or asked for.

    \b
    Examples:
      paperknife replay client session.mcap --to wss://staging.example/v1
      paperknife replay client session.mcap --to ws://127.0.0.1:9001 --pace fast --report junit report.xml
      PAPERKNIFE_SECRET_PASSWORD=abc paperknife replay client session.mcap --to wss://staging.example --max-slowdown 3x
    """
    check_reports(options["report"])
    check_via(options["via"])
    override = override_from({**options, "schema": (), "client_type": "", "server_type": "", "redact": "fields"})
    session = Session([file], override)
    fillings, outcome, begun = Fillings(os.environ, ask), Outcome(), 0
    interrupted = ""
    try:
        survey = survey_of(session, options["connections"], file)
        check_names(options, survey.protocols)
        begun = len(survey.connections)
        asyncio.run(replay(session, survey, client_options(options), fillings, Telling(fillings), outcome))
    except (RecordingError, CannotReplay, MissingSecret) as error:
        raise Failure(mask_for(fillings.values)(str(error))) from None
    except KeyboardInterrupt:
        if not outcome.connections:
            raise
        interrupted = interrupted_text(outcome, begun)
    for fault in session.faults:
        talk(f"! {fault}")
    context.exit(tell(compared(file, options["to"], outcome, fillings, interrupted), options, outcome.sent))


def survey_of(session: Session, connections: tuple[int, ...], file: Path) -> Survey:
    """Read the recording once. Ends the command where there is nothing in it to say."""
    with Progress(f"Reading {printable(str(file))}", 0):
        survey = surveyed(session.items(), as_server_saw, connections)
    if not survey.connections:
        which = f"connection {', '.join(map(str, connections))}" if connections else "a WebSocket connection"
        raise Failure(f"A recording with {which} was expected, and there is none in {file}.")
    missing = sorted(set(connections) - survey.connections.keys()) if connections else []
    if missing:
        raise Failure(f"There is no connection {', '.join(map(str, missing))} in {file}.")
    if not any(each.messages for each in survey.connections.values()):
        raise Failure(f"A recording with messages was expected, and there is none in {file}.")
    return survey


def client_options(options: dict[str, Any]) -> ClientOptions:
    """What the command line asks for."""
    return ClientOptions(
        options["to"],
        PlayOptions(
            PlayPace(options["pace"]),
            options["speed"],
            options["max_gap"],
            options["patience"],
            shift_time=options["shift_time"],
        ),
        options["ignore"],
        options["max_slowdown"],
        streams_from(options),
        tuple(header_of(text) for text in options["headers"]),
        options["via"],
        context_for(options),
    )


def check_via(via: str | None) -> None:
    """End the command for what is no proxy."""
    if via is not None and not via.startswith(("http://", "https://", "socks5://", "socks5h://")):
        raise Failure(f"--via: the URL of a proxy such as http://127.0.0.1:8080 was expected, not {shown_url(via)!r}.")


def header_of(text: str) -> tuple[str, str]:
    """``Name: value``."""
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not text.isprintable():
        raise Failure(f"--header: a NAME:VALUE such as Authorization:abc was expected, not {text!r}.")
    return name.strip(), value.strip()


def context_for(options: dict[str, Any]) -> ssl.SSLContext | None:
    """What is trusted at wss://; None for what the system trusts."""
    if options["insecure"]:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if options["via"]:
        from paperknife.proxy.certificate import client_context

        return client_context()
    return None


def interrupted_text(outcome: Outcome, connections: int) -> str:
    """What is not known, as Ctrl-C came before the end; nothing where all was compared by then."""
    left = connections - outcome.connections
    all_of = count_text(connections, "connection")
    parts = [f"{outcome.cut:,} of {all_of} had not come to the end"] if outcome.cut else []
    parts += [f"{left:,} had not begun"] if left else []
    parts += [f"{count_text(outcome.pending, 'expected message')} had not come yet"] if outcome.pending else []
    parts += [f"{outcome.unplaced:,} that came had no place in the recording yet"] if outcome.unplaced else []
    return f"Interrupted: {'; '.join(parts)}." if parts else ""


def compared(file: Path, to: str, outcome: Outcome, fillings: Fillings, interrupted: str = "") -> Compared:
    """The result for printing."""
    return Compared(
        str(file),
        shown_url(to),
        outcome.connections,
        outcome.expected,
        outcome.found,
        outcome.same,
        outcome.findings,
        mask_for(fillings.values),
        interrupted,
    )


def ask(question: str) -> str | None:
    """Ask on the terminal, where there is one."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    import getpass

    with contextlib.suppress(EOFError):
        return getpass.getpass(f"{printable(question)}: ") or None
    return None


class Telling:
    """Says what happens, on stderr."""

    def __init__(self, fillings: Fillings) -> None:
        self.fillings = fillings
        self.stalls = 0

    def connected(self, number: int, url: str) -> None:
        """A connection is open."""
        talk(f"#{number} Replaying to {shown_url(url.partition('?')[0])}")

    def stalled(self, player: Player, what: str, seconds: float) -> None:
        """What was waited for has not come."""
        self.stalls += 1
        if self.stalls <= MOST_STALLS:
            talk(f"#{player.number} {self.mask(what)} has not come within {seconds:.3g} s; going on.")

    def fault(self, player: Player, text: str) -> None:
        """Something could not be done as recorded."""
        talk(f"#{player.number} {self.mask(printable(text))}")

    def mask(self, text: str) -> str:
        """A text without the secrets that were filled in."""
        return mask_for(self.fillings.values)(text)
