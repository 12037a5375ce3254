"""`paperknife rules try`: what rules would have changed in a recording."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from paperknife.cli.colour import colour_option, paint_for
from paperknife.cli.failure import Failure
from paperknife.cli.options import override_from, protocol_options, text_or_json
from paperknife.cli.progress import Progress, counted, size_of
from paperknife.cli.results import told_faults
from paperknife.cli.verdicts import Discretion, report_lines, report_object, tried_lines, tried_object
from paperknife.cli.viewing import talk
from paperknife.live.ascii_json import ascii_json
from paperknife.mutation.rules.checking import check
from paperknife.mutation.rules.form import RuleFile
from paperknife.mutation.rules.reading import read_rules
from paperknife.mutation.rules.ruleset import RuleSet, faults_of
from paperknife.mutation.rules.trial import Trial
from paperknife.recording.reading import Recording, opened_file
from paperknife.recording.shapes import MAGIC
from paperknife.settings.yaml_file import ConfigError
from paperknife_decoders.printable import printable
from paperknife_decoders.protocol import Protocol

__all__ = ["try_command"]


@click.command("try", short_help="See what rules would have done in a recording.")
@click.argument("rules", nargs=-1, required=True, metavar="RULES... RECORDING")
@text_or_json("Lines to read, or one JSON object for each message and a last one with the counts.")
@click.option("--quiet", "-q", is_flag=True, help="Only the counts.")
@click.option("--schema", multiple=True, metavar="PATH", help="Read the messages by this schema, not by their own.")
@click.option("--client", "client_type", default="", metavar="TYPE", help="With --schema: what the client sends.")
@click.option("--server", "server_type", default="", metavar="TYPE", help="With --schema: what the server sends.")
@protocol_options
@colour_option
@click.pass_context
def try_command(context: click.Context, /, rules: tuple[str, ...], **options: Any) -> None:
    """Send the messages of RECORDING through RULES, and see what would have become of them. Nothing is sent.

    A line for each message that a rule takes, then what would have been done: fields before and after, what is sent
    besides. The counts of all rules come last. RECORDING may be - for the standard input, and one that was cut off is
    read up to there. The exit status is 1 if no rule would have done anything, 2 if the rules are wrong.

    \b
    Examples:
      paperknife rules try rules.yaml session.mcap
      paperknife rules try rules.yaml session.mcap --format json | jq .changes
    """
    if len(rules) < 2:
        raise Failure("A file of rules and a recording were expected, as in: paperknife rules try rules.yaml a.mcap")
    source = rules[-1]
    for path in filter(is_recording, rules[:-1]):
        raise Failure(f"{printable(path)} is a recording, and rules were expected: the recording comes last.")
    try:
        files = read_rules(map(Path, rules[:-1]))
    except ConfigError as error:
        raise Failure(str(error)) from None
    override = override_from({**options, "redact": "fields"})
    with told_faults("-"), Progress(f"Reading {printable(source)}", size_of(source)) as progress:
        recording = Recording(source, override=override, read=counted(opened_file(source), progress))
        loaded = recording.loaded
        if loaded.is_first:
            fail_for(files)
        else:
            check_or_fail(files, loaded.protocols)
        trial = Trial(RuleSet(files))
        tell(trial, recording, options)
    if loaded.is_first:
        check_or_fail(files, [*loaded.protocols, *trial.protocols.values()])
    finish(trial, options)
    for sentence in [*recording.faults, *([recording.cut] if recording.cut else [])]:
        talk(f"! {sentence}")
    if not any(each.hits for each in trial.rules.report().rules):
        talk("No rule would have done anything.")
        context.exit(1)


def is_recording(path: str) -> bool:
    """True for a recording where rules should be; of a pipe nothing is read for that."""
    if not Path(path).is_file():
        return False
    try:
        with Path(path).open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:  # said where it is read
        return False


def check_or_fail(files: Sequence[RuleFile], protocols: Sequence[Protocol]) -> None:
    """End the command for rules that fit none of these protocols."""
    check(files, protocols)
    fail_for(files)


def fail_for(files: Sequence[RuleFile]) -> None:
    """End the command for faults that were found."""
    error = faults_of(files)
    if error is not None:
        raise Failure(error.sentence)


def tell(trial: Trial, recording: Recording, options: dict[str, Any]) -> None:
    """Go through the recording, and say what would be done."""
    paint = paint_for(sys.stdout, options["colour"])
    discretion = Discretion()
    for found in trial.tried(recording):
        if options["quiet"]:
            continue
        tried = discretion.learn(found)
        if options["form"] == "json":
            click.echo(ascii_json(discretion.told(tried_object(tried))))
        else:
            for line in tried_lines(tried, paint):
                click.echo(discretion.line(line), color=True)


def finish(trial: Trial, options: dict[str, Any]) -> None:
    """The counts."""
    report = trial.rules.report()
    if options["form"] == "json":
        click.echo(ascii_json(report_object(trial, report)))
        return
    for line in report_lines(trial, report):
        click.echo(line)
