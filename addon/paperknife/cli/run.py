"""`paperknife run`: run a command and watch what its WebSockets say."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperknife.cli.changing import refused_hold_options, script_option
from paperknife.cli.failure import Failure
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
from paperknife.entry import INTERRUPTED
from paperknife.settings.child_environment import URL_VARIABLE, Reach, Route, TrustFiles, child_environment, route_for
from paperknife.settings.client_kinds import kind_of_command, unseen_advice
from paperknife.settings.trust_store import write_trust_files, write_upstream_bundle

if TYPE_CHECKING:
    from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
    from paperknife.proxy.recordings import Recordings

__all__ = ["run_command"]

UPSTREAM_OPTION = "ssl_verify_upstream_trusted_ca"
"""mitmproxy's option for the authorities that it checks servers with."""

DRAIN_SECONDS = 1.0
"""How long the last messages of connections may take to arrive once the command has ended."""


class RunCommand(click.Command):
    """Sets all that follows ``--`` aside before click reads the options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Split at the first ``--``."""
        before, command = partition(args, "--")
        ctx.meta["command"] = command
        if not command and not ctx.resilient_parsing and not {"-h", "--help"} & set(before):
            raise Failure("A command was expected after --, as in: paperknife run --schema protos/ -- python client.py")
        return super().parse_args(ctx, before)


def partition(words: list[str], separator: str) -> tuple[list[str], list[str]]:
    """The words before the first separator, and those behind it."""
    at = words.index(separator) if separator in words else len(words)
    return words[:at], words[at + 1 :]


@click.command(
    "run",
    short_help="Run a command and watch what its WebSockets say.",
    cls=RunCommand,
    context_settings={"ignore_unknown_options": True},
    options_metavar="[OPTIONS]",
)
@click.option(
    "--mode",
    "-m",
    multiple=True,
    metavar="MODE",
    help="regular (the default), reverse:wss://host/path, socks5, upstream:http://host:port, ...",
)
@reading_options
@view_options
@click.option("-o", "--output", metavar="FILE", help="Write the lines to this file instead of stderr; - is stdout.")
@record_options
@replay_options
@stats_option
@rules_option
@script_option
@refused_hold_options
@log_option
@click.argument("mitmproxy_options", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND [ARGS]...")
@click.pass_context
def run_command(context: click.Context, /, **options: Any) -> None:
    """Run COMMAND and watch what its WebSockets say, as strace does for system calls.

    A proxy is started on a free port of 127.0.0.1, COMMAND is given variables that send its connections there and make
    it trust the proxy (http_proxy and its like, SSL_CERT_FILE and its like, NODE_EXTRA_CA_CERTS, JAVA_TOOL_OPTIONS),
    and both end when COMMAND ends, with its exit status. NO_PROXY is taken out: connections to this machine go through
    the proxy too. Lines go to stderr, so that COMMAND keeps its stdout. mitmproxy's own options pass through.

    Many WebSocket clients heed no proxy variable. All take a URL: with --mode reverse:wss://host/path the URL to use
    is in $PAPERKNIFE_URL, {url} in COMMAND is replaced by it, and no certificate is needed.

    \b
    Examples:
      paperknife run --schema protos/ -- python client.py
      paperknife run --schema protos/ -o lines.txt -- pytest tests/
      paperknife run --replay session.mcap -- python client.py
      paperknife run --schema protos/ --mode reverse:wss://venue.example/v1 -- node client.js {url}
    """
    from paperknife.proxy.embedded import ProxyPlan

    reading, command, record = reading_from(options), context.meta["command"], record_words_or_fail(options)
    stats, replay = period_or_fail(options), replay_words_or_fail(options)
    flags = tuple(flag for parameter in context.command.params for flag in parameter.opts if flag.startswith("-"))
    with tempfile.TemporaryDirectory(prefix="paperknife-") as folder:
        arguments = ("--listen-port", "0", *upstream_trust(Path(folder), options["mitmproxy_options"]))
        arguments += (*options["mitmproxy_options"], *log_arguments(options))
        modes = modes_or_fail(options["mode"])
        loaded = loaded_or_fail(reading, replay)
        changing = options["rules"], options["scripts"]
        plan = ProxyPlan(reading, loaded, modes, arguments, flags, record, stats, replay, *changing)
        status = watch_command(options, plan, command, Path(folder))
    sys.exit(status)


def upstream_trust(folder: Path, given: Sequence[str]) -> tuple[str, ...]:
    """Have the proxy trust the servers that the command would have trusted without it."""
    if any(UPSTREAM_OPTION in argument for argument in given):
        return ()
    bundle = write_upstream_bundle(folder, os.environ)
    return () if bundle is None else ("--set", f"{UPSTREAM_OPTION}={bundle}")


class Beside(Viewing):
    """A view that the command does not depend on."""

    def broken(self, error: OSError) -> None:
        """Nobody reads the lines any more: that is no reason to end the command."""
        if not isinstance(error, BrokenPipeError):
            talk(f"The lines could not be written: {error.strerror}. The command goes on unwatched.")


def watch_command(options: dict[str, Any], plan: ProxyPlan, command: Sequence[str], folder: Path) -> int:
    """Run the proxy and the command, then print the summary; the command's exit status."""
    from paperknife.proxy.arguments import ArgumentError
    from paperknife.proxy.child import CommandError, check_program
    from paperknife.proxy.finishing import finish_recordings
    from paperknife.proxy.listening import StartError

    check_expressions(options, plan.loaded)
    try:
        check_program(command[0], os.environ)
    except CommandError as error:
        talk(f"Error: {error}")
        return error.status
    recordings: list[Recordings] = []
    with open_output(options["output"], otherwise=sys.stderr) as out:
        viewing = Beside(options, plan.loaded, out)
        try:
            status = asyncio.run(run_watched(plan, viewing, command, folder, recordings))
        except (ArgumentError, StartError) as error:
            raise Failure(str(error)) from None
        except KeyboardInterrupt:  # before there was a command, or after it
            return INTERRUPTED
        except CommandError as error:
            talk(f"Error: {error}")
            return error.status
        viewing.finish()
        for each in recordings:
            finish_recordings(each)
    return status


async def run_watched(
    plan: ProxyPlan, viewing: Viewing, command: Sequence[str], folder: Path, recordings: list[Recordings]
) -> int:
    """Start the proxy, run the command by way of it, and let the last messages arrive; add to `recordings`."""
    from paperknife.proxy.abandoning import abandon_the_rest
    from paperknife.proxy.child import run_child
    from paperknife.proxy.embedded import EmbeddedProxy
    from paperknife.proxy.trust import authority_path
    from paperknife.proxy.tuning import tune_process

    async with EmbeddedProxy(plan, [viewing.consumer]) as proxy:
        tune_process()
        recordings.append(proxy.addon.recordings)
        viewing.measure_with(proxy.addon)
        proxy.addon.keeper.changed.append(viewing.schema_changed)
        proxy.addon.keeper.announce()
        proxy.addon.trust.command = tuple(command)
        routes = [route_for(listening.mode, listening.host, listening.port) for listening in proxy.listening]
        needs_trust = any(route.reach is not Reach.URL for route in routes)
        trust = trust_files(folder, authority_path(proxy.master.options.confdir)) if needs_trust else None
        environment = child_environment(os.environ, routes, trust)
        status = await run_child(with_url(command, environment.get(URL_VARIABLE)), environment)
        await drain(proxy)
        say_unseen(proxy, command, routes)
    await abandon_the_rest()
    return status


def trust_files(folder: Path, authority: Path) -> TrustFiles:
    """What the command's clients need to trust the proxy; where that cannot be had, the command is not started."""
    try:
        return write_trust_files(folder, authority, os.environ)
    except OSError as error:
        raise Failure(
            f"mitmproxy's certificate was expected in {authority}, for the command to trust: {error.strerror}. "
            "Choose a folder that can be written to with --set confdir=FOLDER."
        ) from None


def with_url(command: Sequence[str], url: str | None) -> list[str]:
    """The command with ``{url}`` in its arguments replaced, where there is a URL."""
    return list(command) if url is None else [word.replace("{url}", url) for word in command]


async def drain(proxy: EmbeddedProxy) -> None:
    """Wait until all connections have ended, or others than the command hold them open."""
    deadline = asyncio.get_running_loop().time() + DRAIN_SECONDS
    while proxy.addon.tap.live and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.01)


def say_unseen(proxy: EmbeddedProxy, command: Sequence[str], routes: Sequence[Route]) -> None:
    """Where nothing came through the proxy, say why that may be."""
    if proxy.addon.trust.clients or not routes:
        return
    first = routes[0]
    if first.reach is Reach.URL:
        proxy.addon.notice(
            f"Nothing connected to {first.url}: write {{url}} where the command takes it, or have the command read "
            f"${URL_VARIABLE}.",
            True,
        )
    else:
        advice = unseen_advice(kind_of_command(command), first.url)
        proxy.addon.notice(f"The command has ended and nothing of it came through the proxy. {advice}", True)
