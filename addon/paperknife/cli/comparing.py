"""Options and output that commands share which compare: what counts, what is printed, and reports."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from paperknife.cli.colour import colour_option, paint_for
from paperknife.cli.failure import Failure
from paperknife.cli.options import decorate
from paperknife.cli.viewing import open_output, talk
from paperknife.live.amounts import count_text
from paperknife.replay.report import REPORTS, Compared
from paperknife.replay.verdict import counts_text, verdict_lines
from paperknife_decoders.path_patterns import leads_to_field
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction.known import KnownSecrets

__all__ = ["DIFFERENT", "check_names", "check_reports", "comparing_options", "mask_for", "streams_from", "tell"]

DIFFERENT = 1
"""The exit status where something differs."""

UNKNOWN = 2
"""The exit status where nothing does as far as was compared, which is not to the end."""


def read_factor(context: click.Context, option: click.Parameter, value: str | None) -> float | None:
    """``3x`` or ``3``."""
    if value is None:
        return None
    try:
        factor = float(value.removesuffix("x"))
    except ValueError:
        factor = 0.0
    if not 1 <= factor < float("inf"):
        raise click.BadParameter(f"a factor of 1 or more was expected, such as 3x, not {value!r}", context, option)
    return factor


OPTIONS = (
    click.option(
        "--ignore",
        multiple=True,
        metavar="PATH",
        help="Do not compare this field, such as order.note; may be given again.",
    ),
    click.option(
        "--stream",
        multiple=True,
        metavar="PAYLOAD",
        help="Compare only the fields and the rate of this payload, not its values; may be given again. No other "
        "payload is then taken for a stream.",
    ),
    click.option("--no-stream", is_flag=True, help="Compare the values of all payloads, also of market data."),
    click.option(
        "--max-slowdown",
        callback=read_factor,
        metavar="FACTOR",
        help="Count an answer as different if it takes so many times as long, such as 3x, and at least 50 ms longer.",
    ),
    click.option(
        "--report",
        nargs=2,
        multiple=True,
        metavar="json|junit FILE",
        help="Also write a report; - is stdout. May be given again.",
    ),
    colour_option,
)


def comparing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what counts, and where it is told."""
    return decorate(command, OPTIONS)


def streams_from(options: dict[str, Any]) -> frozenset[str] | None:
    """The payloads that are streams by the options; None leaves it to the rule."""
    if options["no_stream"] and options["stream"]:
        raise Failure("--stream and --no-stream contradict each other; give one of them.")
    return frozenset(options["stream"]) if options["stream"] or options["no_stream"] else None


def check_reports(reports: Iterable[tuple[str, str]]) -> None:
    """End the command for a report of a kind that there is not, before anything is done."""
    for kind, path in reports:
        if kind not in REPORTS:
            raise Failure(f"--report: one of {', '.join(REPORTS)} was expected before the file, not {kind!r}.")
        if path != "-" and not Path(path).absolute().parent.is_dir():
            raise Failure(f"--report: there is no folder {Path(path).parent} for {path}. Make it first.")


def check_names(options: dict[str, Any], protocols: Sequence[Protocol]) -> None:
    """End the command for a field or a payload that there is not, before anything is compared; a slip is quiet else."""
    kinds = [kind for each in protocols for kind in (each.client, each.server) if kind is not None]
    if not kinds:
        return
    for path in options["ignore"]:
        if not any(leads_to_field(kind.descriptor, path) for kind in kinds):
            raise Failure(f"--ignore: no message of the recording has a field {path!r}.")
    payloads = {name for kind in kinds for name in kind.payloads}
    for name in options.get("stream", ()):
        if name not in payloads:
            near = difflib.get_close_matches(name, payloads, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(payloads))}."
            raise Failure(f"--stream: no payload is called {name!r}. {hint}")


def mask_for(values: Iterable[str]) -> Callable[[str], str]:
    """Masks values wherever they turn up in a text."""
    known = KnownSecrets()
    for each in values:
        known.learn(each)
    return known.mask_text


def tell(compared: Compared, options: dict[str, Any], sent: int | None = None) -> int:
    """Print the findings and the verdict, write the reports, and give the exit status."""
    paint = paint_for(sys.stdout, options["colour"])
    is_stdout_taken = any(path == "-" for _, path in options["report"])
    for line in () if is_stdout_taken else verdict_lines(compared.findings, paint, compared.mask):
        click.echo(line)
    for kind, path in options["report"]:
        with open_output(path) as out:
            out.write(REPORTS[kind](compared))
    parts = [] if sent is None else [f"{count_text(sent, 'message')} sent"]
    parts += [f"{compared.expected:,} expected", f"{compared.came:,} came"]
    so_far = " so far" if compared.interrupted else ""
    verdict = f"Different{so_far}: {counts_text(compared.findings)}" if compared.findings.total else f"The same{so_far}"
    talk(f"{verdict}. {', '.join(parts)}, on {count_text(compared.connections, 'connection')}.")
    if compared.findings.total and compared.same == 0 and compared.expected and compared.came:
        talk("Nothing of it is as recorded. Is it the same API, and the same protocol?")
    if compared.interrupted:
        talk(compared.interrupted)
    if compared.findings.total:
        return DIFFERENT
    return UNKNOWN if compared.interrupted else 0
