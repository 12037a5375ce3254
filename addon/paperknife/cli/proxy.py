"""`paperknife proxy`: watch what a client and a server really say."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import click

from paperknife.cli.changing import hold_options, hold_words_or_fail, script_option
from paperknife.cli.failure import Failure
from paperknife.cli.hand_keys import HandKeys
from paperknife.cli.keys import can_ask
from paperknife.cli.logs import log_arguments, log_option
from paperknife.cli.options import (
    check_expressions,
    modes_or_fail,
    period_or_fail,
    reading_from,
    reading_options,
    rules_option,
    stats_option,
    view_options,
)
from paperknife.cli.recording import record_options, record_words_or_fail
from paperknife.cli.replaying import loaded_or_fail, replay_options, replay_words_or_fail
from paperknife.cli.viewing import Viewing, open_output, talk

if TYPE_CHECKING:
    from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
    from paperknife.proxy.recordings import Recordings

__all__ = ["proxy_command"]


@click.command("proxy", context_settings={"ignore_unknown_options": True})
@click.option(
    "--mode",
    "-m",
    multiple=True,
    metavar="MODE",
    help="reverse:wss://host/path, regular (the default), upstream:http://host:port, socks5, ...",
)
@reading_options
@view_options
@click.option(
    "--ui",
    type=click.Choice(["stream", "console", "web", "none"]),
    default="stream",
    show_default=True,
    help="Lines in this terminal, mitmproxy's console, its web interface, or only the summary at the end.",
)
@click.option("-o", "--output", metavar="FILE", help="Write the lines to this file instead of stdout.")
@record_options
@replay_options
@stats_option
@rules_option
@script_option
@hold_options
@log_option
@click.argument("mitmproxy_options", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def proxy_command(context: click.Context, /, **options: Any) -> None:
    """Watch what a client and a server really say, in decoded words.

    All of mitmproxy's own options pass through (--listen-port, --set, --certs, -k, ...; see mitmdump --help). It
    listens on 127.0.0.1:8080 unless told otherwise (--listen-host, --listen-port). Ctrl-C ends it with a summary.

    In a terminal, press i to list the last messages, edit one and send it again. For messages that --hold or a rule
    holds, the keys are e edit, p pass, d drop, n next, a pass all.

    \b
    Examples:
      paperknife proxy --mode reverse:wss://venue.example/v1 --schema protos/
      paperknife proxy --schema protos/ --hide heartbeat --where "order.quantity > 100"
      paperknife proxy --schema protos/ --rules rules.yaml --hold "order.quantity > 100"
      paperknife proxy --schema protos/ --record "%Y%m%d-%H%M%S.mcap" --record-split 64MB --record-keep 20
      paperknife proxy --replay session.mcap --replay-speed 10
      paperknife proxy --mode reverse:ws://127.0.0.1:9001 --schema protos/ --format json | jq .payload
    """
    from paperknife.proxy.embedded import ProxyPlan

    reading, replay = reading_from(options), replay_words_or_fail(options)
    loaded = loaded_or_fail(reading, replay)
    flags = tuple(flag for parameter in context.command.params for flag in parameter.opts if flag.startswith("-"))
    plan = ProxyPlan(
        reading,
        loaded,
        modes_or_fail(options["mode"]),
        (*options["mitmproxy_options"], *log_arguments(options)),
        own_flags=flags,
        record=record_words_or_fail(options),
        stats=period_or_fail(options),
        replay=replay,
        rules=options["rules"],
        scripts=options["scripts"],
        hold=hold_words_or_fail(options, loaded),
    )
    if options["ui"] in ("console", "web"):
        show_interface(options["ui"], plan)
    else:
        sys.exit(stream(options, plan))


def stream(options: dict[str, Any], plan: ProxyPlan) -> int:
    """Run the embedded proxy with the live view, then print the summary; the exit status."""
    from paperknife.proxy.arguments import ArgumentError
    from paperknife.proxy.finishing import finish_recordings
    from paperknife.proxy.listening import StartError
    from paperknife.proxy.watch import watch

    check_expressions(options, plan.loaded)
    with open_output(options["output"]) as out:
        viewing = Viewing(options, plan.loaded, out, show=options["ui"] == "stream")
        recordings: list[Recordings] = []

        def started(proxy: EmbeddedProxy) -> None:
            recordings.append(proxy.addon.recordings)
            proxy.addon.keeper.changed.append(viewing.schema_changed)
            viewing.ends_with(proxy.shutdown)
            viewing.measure_with(proxy.addon)
            asks = viewing.view is not None and can_ask()
            if viewing.view is not None and asks:
                # Before anything is said: a terminal forgets what was typed when it begins to give keys one by one.
                HandKeys(proxy.addon.hands, viewing.view).begin(proxy)
            for listening in proxy.listening:
                talk(listening.sentence())
            if viewing.view is None and proxy.addon.recordings.recorders:  # nobody else says it
                talk(proxy.addon.recordings.sentence())
            proxy.addon.keeper.announce()
            if plan.hold.expression and not asks:
                proxy.addon.notice("Nothing is held: there is no terminal here to ask in (see --ui).", True)

        try:
            asyncio.run(watch(plan, viewing.consumer, started))
        except (ArgumentError, StartError) as error:
            raise Failure(str(error)) from None
        return max(viewing.finish(), *map(finish_recordings, recordings), 0)


def show_interface(ui: str, plan: ProxyPlan) -> None:
    """Hand over to one of mitmproxy's own interfaces."""
    from paperknife.proxy.arguments import ArgumentError
    from paperknife.proxy.finishing import finish_recordings
    from paperknife.proxy.interfaces import run_console, run_web

    status = 0

    def ended(recordings: Recordings) -> None:
        nonlocal status
        status = finish_recordings(recordings)

    if ui == "console" and not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        raise Failure("A terminal was expected for --ui console, on stdin and stdout. Without one there is --ui web.")
    try:
        if ui == "console":
            run_console(plan, ended)
        else:
            run_web(plan, talk, ended)
    except ArgumentError as error:
        raise Failure(str(error)) from None
    except SystemExit as leaving:
        sys.exit(2 if leaving.code else status)
    sys.exit(status)
