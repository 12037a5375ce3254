"""`paperknife redact`: a recording that can be given to others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click
from google.protobuf.descriptor import Descriptor

from paperknife.cli.failure import Failure
from paperknife.cli.options import override_from, protocol_options
from paperknife.cli.progress import Progress, counted, size_of
from paperknife.cli.results import name_of, result_options, result_place, told_faults
from paperknife.cli.viewing import talk
from paperknife.live.amounts import count_text
from paperknife.recording.reading import Recording, opened_file
from paperknife.recording.redaction import Redaction, Rules, redact
from paperknife.settings.reading import Loaded
from paperknife_decoders.open_types import is_any, is_json_like
from paperknife_decoders.printable import printable
from paperknife_decoders.redaction.handshake import HEADERS, PARAMETERS
from paperknife_decoders.secrets import SECRET_NAMES, Secrets

__all__ = ["redact_command"]

MOST_TOLD = 40
"""Field paths that are told one by one."""


def list_names(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    """Print the names that are secret by themselves, and end."""
    if not wanted or context.resilient_parsing:
        return
    click.echo("".join(f"{name}\n" for name in sorted(SECRET_NAMES)), nl=False)
    talk(
        "Text and bytes under these names are masked, in any case, without underscores, dashes and an X- before them. "
        f"Of a handshake also the headers {', '.join(sorted(HEADERS - SECRET_NAMES))}, the parameters "
        f"{', '.join(sorted(PARAMETERS))} of the URL, and what looks like a token there or in a subprotocol."
    )
    context.exit()


@click.command("redact", short_help="Take the secrets out of a recording.")
@click.argument("source", metavar="IN")
@result_options
@click.option(
    "--redact",
    "mode",
    type=click.Choice(["fields", "strict"]),
    default="fields",
    show_default=True,
    help="Mask fields that hold secrets (fields); or also blank all that the schema does not know (strict).",
)
@click.option(
    "--secret", multiple=True, metavar="PATH", help="Another field to mask, such as login.user; may be given again."
)
@click.option(
    "--list-names", is_flag=True, is_eager=True, expose_value=False, callback=list_names, help="Print the secret names."
)
@click.option("--schema", multiple=True, metavar="PATH", help="Read and mask by this schema, which OUT then holds.")
@protocol_options
@click.option("--client", default="", metavar="TYPE", help="With --schema: the message type that the client sends.")
@click.option("--server", default="", metavar="TYPE", help="With --schema: the message type that the server sends.")
def redact_command(source: str, out: str, force: bool, **options: Any) -> None:
    """Take the secrets out of a recording that was made with --redact off, so that it can be given to others.

    Fields are masked by their names (password, api_key, token, ...; --list-names prints them all) and by --secret, and
    keep their length. Their values are masked wherever else they stand, before or after, also in URLs and headers. OUT
    is searched for all of them, in its messages and in its bytes, before it gets its name. The exit status is also 0
    if there was nothing to mask.

    \b
    Examples:
      paperknife redact session.mcap -o shared.mcap
      paperknife redact session.mcap -o shared.mcap --redact strict --secret login.user
      paperknife redact --list-names
    """
    if source == "-":
        raise Failure("A file was expected: it is read twice. Save the input first.")
    secrets = Secrets(frozenset(options["secret"]))
    override = loaded_by(options, secrets)
    with result_place(source, out, force=force) as path, told_faults(out), Progress("", 0) as progress:

        def opened(what: str) -> Recording:
            progress.what, progress.done, progress.total = f"{what} {printable(source)}", 0, size_of(source)
            read = counted(opened_file(source), progress)
            return Recording(source, override=override, secrets=secrets, read=read)

        check_paths(options["secret"], opened("Reading").loaded)
        result = redact(opened, path, Rules(options["mode"], secrets), overwrite=force, progress=progress.at)
    report(result, source, out)


def loaded_by(options: dict[str, Any], secrets: Secrets) -> Loaded | None:
    """The schema that was given, None for the one in the file."""
    types = {"client_type": options["client"], "server_type": options["server"]}
    loaded = override_from({**options, **types, "redact": "fields"})
    if loaded is None:
        return None
    both = Secrets(secrets.paths | loaded.protocol.secrets.paths, secrets.names | loaded.protocol.secrets.names)
    return replace(loaded, protocol=replace(loaded.protocol, secrets=both))


def check_paths(paths: tuple[str, ...], loaded: Loaded) -> None:
    """End the command for a field that is in neither direction: a secret would stay that the user believes masked."""
    kinds = [kind for kind in (loaded.protocol.client, loaded.protocol.server) if kind is not None]
    for path in paths:
        if not kinds:
            raise Failure(f"--secret {path}: the recording has no schema that could tell of fields; add --schema PATH.")
        if not any(has_field(kind.descriptor, path) for kind in kinds):
            names = " and ".join(kind.name for kind in kinds)
            raise Failure(f"--secret {path}: a field of {names} was expected, such as login.user, and there is none.")


def has_field(kind: Descriptor, path: str) -> bool:
    """True if a path leads to a field, or into a map, a Struct or an Any, which may hold whatever it names."""
    descriptor: Descriptor | None = kind
    for name in path.split("."):
        if descriptor is None:
            return False
        if is_any(descriptor) or is_json_like(descriptor) or descriptor.GetOptions().map_entry:
            return True
        found = descriptor.fields_by_name.get(name)
        if found is None:
            return False
        descriptor = found.message_type
    return True


def report(result: Redaction, source: str, out: str) -> None:
    """Say what was masked, never any of it."""
    for warning in result.warnings:
        talk(f"! {warning}")
    if result.cut:
        talk(f"! {result.cut}")
    width = max(map(len, result.paths), default=0)
    for path, count in result.paths.most_common(MOST_TOLD):
        talk(f"  {printable(path):<{width}}  {count:>9,}")
    if len(result.paths) > MOST_TOLD:
        talk(f"  and {len(result.paths) - MOST_TOLD:,} more fields")
    if result.handshakes:
        talk(f"  {'(handshakes)':<{width}}  {result.handshakes:>9,}")
    if not result.paths and not result.handshakes:
        talk(f"There was nothing to mask in {printable(source)}.")
    messages = count_text(result.messages, "message")
    talk(f"{name_of(out)}: {messages}, {result.masked:,} of them masked; searched and found clean.")
