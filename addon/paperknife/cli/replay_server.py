"""`paperknife replay server`: answer clients as recorded."""

from __future__ import annotations

import asyncio
import errno
import math
import os
import signal
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from paperknife.cli.comparing import check_names
from paperknife.cli.failure import Failure
from paperknife.cli.keys import can_ask, key_presses
from paperknife.cli.options import override_from, protocol_options
from paperknife.cli.replay_times import MAX_GAP, SPEED, read_duration
from paperknife.cli.replaying import MISS_HELP
from paperknife.cli.viewing import talk, talking
from paperknife.recording.reading import RecordingError
from paperknife.replay.conditions import Request
from paperknife.replay.moves import Missed, Mode
from paperknife.replay.timeline import Session
from paperknife.replay.venue import ON_MISS, Venue, VenueOptions
from paperknife.replay.visit import MOST_MISSES, Visit
from paperknife.replay.wording import closed_text, missed_lines, opened_text, over_text, stalled_text

__all__ = ["server_command"]

MISSED = 1
"""The exit status where a client has sent what was not recorded."""


@click.command("server")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--listen",
    default="127.0.0.1:9000",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to listen; port 0 takes a free one.",
)
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    help="What a message waits for: its time (timed); the request that it answers (matched); or a key (step). By "
    "default matched where answers have requests, else timed.",
)
@SPEED
@MAX_GAP
@click.option(
    "--start-at", callback=read_duration, metavar="TIME", help="Begin this far into the recording, such as 30s."
)
@click.option("--loop", is_flag=True, help="Begin again at the end; answers are sent when their requests come again.")
@click.option(
    "--ignore", multiple=True, metavar="PATH", help="Do not compare this field, such as order.note; may be given again."
)
@click.option("--shift-time", is_flag=True, help="Move the times in messages to now.")
@click.option(
    "--on-miss",
    type=click.Choice(ON_MISS),
    default="wait",
    show_default=True,
    help=MISS_HELP,
)
@click.option("--upstream", default="", metavar="URL", help="The real server for --on-miss pass, if it has moved.")
@click.option("--tls", is_flag=True, help="Serve wss://, with a certificate from mitmproxy's own authority.")
@click.option("--once", is_flag=True, help="End after the first connection.")
@protocol_options
@click.pass_context
def server_command(context: click.Context, /, file: Path, **options: Any) -> None:
    """Answer clients as the recorded server did. A client connects as it always does, and needs to know nothing.

    Messages are sent when they are due, and requests are compared by their fields: ids, tags, tokens and times do not
    count, and the client's own are put into the answers. On a terminal: space pauses, n or the right arrow lets
    one message go, q ends it. The exit status is 1 if a client sent what was not recorded.

    What rules or a hand had changed is played as the client saw it: its requests as it had sent them, the dropped ones
    too, and the answers that had reached it.

    \b
    Examples:
      paperknife replay server session.mcap
      paperknife replay server session.mcap --listen 127.0.0.1:9001 --speed 10 --max-gap 1s
      paperknife replay server session.mcap --mode step
    """
    host, port = address_of(options["listen"])
    if options["upstream"] and not options["upstream"].startswith(("ws://", "wss://")):
        raise Failure(f"--upstream: a URL such as wss://venue.example/v1 was expected, not {options['upstream']!r}.")
    override = override_from({**options, "schema": (), "client_type": "", "server_type": "", "redact": "fields"})
    venue_options = VenueOptions(
        host,
        port,
        mode=Mode(options["mode"]) if options["mode"] else None,
        speed=options["speed"],
        longest_gap=options["max_gap"],
        ignore=options["ignore"],
        shift_time=options["shift_time"],
        on_miss=options["on_miss"],
        loop=options["loop"],
        start_s=0.0 if options["start_at"] == math.inf else options["start_at"],
        upstream=options["upstream"],
        tls=tls_for(host) if options["tls"] else None,
    )
    session = Session([file], override)
    missed_any = False
    try:
        if not session.has_connections():
            raise Failure(f"A recording with a WebSocket connection was expected, and there is none in {file}.")
        protocol = session.protocol()
        check_names(options, () if protocol is None else (protocol,))
        with talking() as say:
            telling = Telling(say, is_once=options["once"])
            asyncio.run(serve(Venue(session, telling, venue_options), telling))
        missed_any = telling.missed_any
    except RecordingError as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"Cannot listen at {options['listen']}: {listening_fault(error)}.") from None
    for fault in session.faults:
        talk(f"! {fault}")
    context.exit(MISSED if missed_any else 0)


def tls_for(host: str) -> ssl.SSLContext:
    """What a server at `host` needs for wss://; mitmproxy takes a second to come, and is asked for this only."""
    from paperknife.proxy.certificate import server_context

    return server_context(host)


def listening_fault(error: OSError) -> str:
    """Why nobody can listen there, and what to do."""
    match error.errno:
        case errno.EADDRINUSE:
            return "something listens there already; --listen HOST:PORT names another place, and port 0 a free one"
        case int(number) if number > 0:
            return os.strerror(number)
    return error.strerror or "this machine has no such address"


def address_of(text: str) -> tuple[str, int]:
    """Host and port of ``127.0.0.1:9000``, ``[::1]:9000`` or ``:9000``."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise Failure(f"--listen: a HOST:PORT such as 127.0.0.1:9000 was expected, not {text!r}.")
    return host.strip("[]") or "127.0.0.1", int(port)


class Telling:
    """Says what happens, and when to end."""

    def __init__(self, say: Callable[[str], None], *, is_once: bool) -> None:
        self.say = say
        self.is_once = is_once
        self.missed_any = False
        self.done = asyncio.Event()

    def opened(self, visit: Visit) -> None:
        """A client has connected."""
        self.say(opened_text(visit))

    def missed(self, visit: Visit, missed: Missed) -> None:
        """It has sent what is not in the recording."""
        self.missed_any = True
        for line in missed_lines(visit, missed, visit.secrets):
            self.say(line)
        if visit.result.miss_count == MOST_MISSES:
            self.say(f"#{visit.number} Further ones are counted only.")

    def stalled(self, visit: Visit, needs: tuple[Request, ...], seconds: float) -> None:
        """It has not sent what the recording waits for."""
        self.say(stalled_text(visit, needs, seconds, visit.secrets))

    def fault(self, visit: Visit, text: str) -> None:
        """Something could not be done as recorded."""
        self.say(f"! #{visit.number} {text}")

    def over(self, visit: Visit) -> None:
        """All that was recorded was sent."""
        self.say(over_text(visit))

    def closed(self, visit: Visit) -> None:
        """The connection has ended."""
        self.say(closed_text(visit))
        if self.is_once:
            self.done.set()


async def serve(venue: Venue, telling: Telling) -> None:
    """Serve until a signal, the key q, or the end of the only connection."""
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, telling.done.set)

    def on_key(key: str) -> None:
        match key:
            case "q":
                telling.done.set()
            case " " | "p":
                for visit in venue.visits.values():
                    visit.pause()
                telling.say("Paused." if any(visit.is_paused for visit in venue.visits.values()) else "Going on.")
            case "n" | "C" | "\n":  # the right arrow ends with a C
                for visit in venue.visits.values():
                    visit.step()

    async with venue:
        with key_presses(on_key):  # which forgets what was typed before: nobody is told of keys, nor where, until then
            telling.say(f"Replaying at {venue.url}")
            if can_ask():
                telling.say("Keys: space pauses and goes on, n lets one message go, q ends.")
            await telling.done.wait()
