"""`paperknife demo`: everything in one terminal, with no venue at all."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import click

from paperknife.cli.changing import script_option
from paperknife.cli.failure import Failure
from paperknife.cli.options import rules_option, view_options
from paperknife.cli.recording import record_options, record_words_or_fail
from paperknife.cli.viewing import Viewing, open_output, talk

if TYPE_CHECKING:
    from paperknife.proxy.embedded import EmbeddedProxy
    from paperknife.proxy.recordings import Recordings

__all__ = ["demo_command"]

NEXT = """
Next, on your own API:
  watch it in this terminal
    paperknife proxy -m reverse:wss://venue.example/v1 --schema protos/
  in the browser
    paperknife proxy -m reverse:wss://venue.example/v1 --schema protos/ --ui web
  find out what of your .proto files can be read
    paperknife schema check protos/"""


@click.command("demo", short_help="Watch a demo venue and its client talk through the proxy.")
@click.option("--seconds", type=click.FloatRange(0.5, 3600), default=10.0, show_default=True, help="How long it runs.")
@click.option(
    "--rate", type=click.FloatRange(0.1, 10_000), default=8.0, show_default=True, help="Market updates a second."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same market.")
@click.option(
    "--newer", is_flag=True, help="Read by the venue's own revision of the API: nothing it says is unknown then."
)
@click.option("--print-schema", is_flag=True, help="Only print where the demo's .proto files are.")
@view_options
@record_options
@rules_option
@script_option
def demo_command(**options: Any) -> None:
    """Watch a small trading venue and its client talk, with the proxy between them; all on this machine.

    The venue runs a newer revision of its API than the proxy and the client know, so some fields are unknown to them;
    to the client in any case, to the proxy unless it is given the newer one with --newer.

    \b
    Examples:
      paperknife demo
      paperknife demo --seconds 3 --hide market_data
      paperknife demo --where "order.quantity > 2" -v
      paperknife demo --seconds 3 --record session.mcap
      paperknife demo --seconds 3 --rules rules.yaml
      paperknife decode --schema "$(paperknife demo --print-schema)" --as client message.bin
    """
    from paperknife.demo.files import given_schema, newer_schema

    schema = newer_schema() if options["newer"] else given_schema()
    if options["print_schema"]:
        click.echo(str(schema))
        return
    sys.exit(play(options, str(schema)))


def play(options: dict[str, Any], schema: str) -> int:
    """Run the demo, then print what passed and what to try next; the exit status."""
    from paperknife.demo.stage import perform, plan_for
    from paperknife.demo.venue import VenueOptions
    from paperknife.proxy.arguments import ArgumentError
    from paperknife.proxy.finishing import finish_recordings
    from paperknife.proxy.listening import StartError
    from paperknife.settings.reading import Reading

    reading = Reading(schema=(schema,))
    plan = plan_for(reading, record_words_or_fail(options), options["rules"], options["scripts"])
    recordings: list[Recordings] = []
    venue = VenueOptions(rate=options["rate"], seed=options["seed"])
    with open_output(None) as out:
        viewing = Viewing(options, plan("ws://127.0.0.1:1").loaded, out)

        def started(proxy: EmbeddedProxy) -> None:
            talk(f"A venue, a client and paperknife between them, for {options['seconds']:g} s (Ctrl-C ends it).")
            viewing.ends_with(proxy.shutdown)
            recordings.append(proxy.addon.recordings)
            viewing.measure_with(proxy.addon, always=True)
            proxy.addon.keeper.announce()

        try:
            asyncio.run(perform(venue, plan, viewing.consumer, started, options["seconds"]))
        except (ArgumentError, StartError) as error:
            raise Failure(str(error)) from None
        status = max(viewing.finish(), *map(finish_recordings, recordings), 0)
    if not viewing.is_failed:
        talk(NEXT)
    return status
