"""`paperknife schema infer`: a `.proto` out of recorded messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import click

from paperknife.cli.drafts import Draft, checked, compiled, draft_at, save
from paperknife.cli.failure import Failure
from paperknife.cli.options import override_from, protocol_options
from paperknife.cli.specimens import Specimens
from paperknife.cli.viewing import talk
from paperknife_decoders.envelope import Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.inference.draft import draft_text
from paperknife_decoders.inference.sketch import Sketch
from paperknife_decoders.inference.widening import Widened, widened
from paperknife_decoders.message import Direction
from paperknife_decoders.oddities.marks import oddities
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.printable import printable
from paperknife_decoders.schema import Schema, SchemaError
from paperknife_decoders.schema.loaded import counted

__all__ = ["infer_command"]

NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)

UNEXPLAINED = 1
"""The exit status where there was no message, or the draft does not explain each of them."""

MOST_CHANGES = 50
"""So many changes are told."""


@click.command("infer", short_help="Draft a schema from recorded messages.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("-o", "--output", "out", default="-", metavar="OUT", help="The .proto to write or widen; - is stdout.")
@click.option("--force", is_flag=True, help="Write OUT anew if it is there already, instead of widening it.")
@click.option("--package", default="", metavar="NAME", help="The package of a new draft; draft, if nothing is said.")
@click.option("--client", default="ClientMessage", show_default=True, metavar="TYPE", help="What the client sends.")
@click.option("--server", default="ServerMessage", show_default=True, metavar="TYPE", help="What the server sends.")
@protocol_options
@click.pass_context
def infer_command(context: click.Context, /, files: tuple[str, ...], **options: Any) -> None:
    """Draft a schema from recorded messages: a .proto that explains each of them, with comments on what is uncertain.

    FILE is a recording, or - for the standard input; several are taken together. The schema that a recording has is
    not used, but its protocol is, or the one that --protocol names, as far as that says what is around the messages.
    Name the draft as --schema to read traffic by it.

    If OUT is there already, it is widened: nothing in it is lost, and what explains the traffic stays as it is, with
    the names and comments that you gave. A type becomes wider where a message does not fit it, and new fields are
    added. The exit status is 1 if there was no message, or one that the draft does not explain.

    \b
    Examples:
      paperknife schema infer session.mcap
      paperknife schema infer session.mcap -o draft.proto --package venue.v1
      paperknife schema infer session.mcap --protocol centrifugo
    """
    names = {Direction.CLIENT: options["client"], Direction.SERVER: options["server"]}
    check_names(options["package"], names)
    out = checked(options["out"])
    old = draft_at(out) if out != "-" and not options["force"] else None
    if old is not None and options["package"]:
        raise Failure(f"{printable(out)} is there already, with a package of its own: leave out --package.")
    reading = {"client_type": "", "server_type": "", "schema": (), "redact": "off"}
    specimens = Specimens(files, override_from({**options, **reading}))
    sketches = sketched(specimens)
    counts = Counter({direction: sketch.messages for direction, sketch in sketches.items()})
    tell_left_out(specimens, sketches)
    if not counts.total():
        talk("There is no Protobuf message to make a draft of.")
        context.exit(UNEXPLAINED)
    result = drafted(old, {names[direction]: sketch for direction, sketch in sketches.items()}, options["package"])
    try:
        schema = compiled(result.text, old.folder if old else None)
    except SchemaError as error:
        raise Failure(f"The draft was not written, for it would not compile. {error}") from None
    save(result.text, out)
    tell_changes(result, is_new=old is None)
    context.exit(tell_result(specimens, schema, names, counts))


def check_names(package: str, names: Mapping[Direction, str]) -> None:
    """End the command where a name is none."""
    for name in (*(package.split(".") if package else ()), *names.values()):
        if not NAME.fullmatch(name):
            raise Failure(f"A name of letters, digits and _ was expected, and {printable(name)!r} is none.")
    if len(set(names.values())) == 1:
        raise Failure("Two types were expected, and --client and --server name the same one.")


def sketched(specimens: Specimens) -> dict[Direction, Sketch]:
    """What the messages of each direction have in common."""
    sketches = {direction: Sketch() for direction in Direction}
    for direction, data in specimens:
        sketches[direction].absorb(data)
    return sketches


def drafted(old: Draft | None, roots: dict[str, Sketch], package: str) -> Widened:
    """A new draft, or the old one with what was missing."""
    if old is None:
        return Widened(draft_text(roots, package or "draft").encode(), (), ())
    return widened(old.text, old.file, roots)


def tell_left_out(specimens: Specimens, sketches: Mapping[Direction, Sketch]) -> None:
    """Say which messages are no samples."""
    for direction, sketch in sketches.items():
        if sketch.refused:
            talk(f"! {counted(sketch.refused, 'message')} of the {direction.value} left out: not Protobuf.")
        if specimens.behind[direction]:
            what = f"{counted(specimens.behind[direction], 'message')} of the {direction.value}"
            talk(f"! {what} may be of several types, by a key that their protocol knows, and were taken for one type.")
        if specimens.texts[direction]:
            talk(f"! {counted(specimens.texts[direction], 'text message')} of the {direction.value} left out.")


def tell_changes(result: Widened, *, is_new: bool) -> None:
    """Say what became wider, and what is new."""
    for change in result.changes[:MOST_CHANGES]:
        talk(f"  {change}")
    if len(result.changes) > MOST_CHANGES:
        talk(f"  and {len(result.changes) - MOST_CHANGES} more changes")
    for left in result.left:
        talk(f"! {left}.")
    if not is_new and not result.changes:
        talk("Nothing had to be changed.")


def tell_result(
    specimens: Specimens, schema: Schema, names: Mapping[Direction, str], counts: Mapping[Direction, int]
) -> int:
    """Say of how many messages the draft was made, and check that it explains them; the exit status."""
    of = " and ".join(f"{counted(counts[direction], 'message')} of the {direction.value}" for direction in Direction)
    if specimens.is_read_once:
        talk(f"Drafted from {of}.")
        return 0
    package = schema.files[-1].proto.package
    kinds = {
        direction: EnvelopeType(schema.message(f"{package}.{name}".lstrip("."))) for direction, name in names.items()
    }
    odd = sum(not is_explained(data, kinds[direction]) for direction, data in specimens)
    if not odd:
        talk(f"Drafted from {of}, and checked: it explains all of them.")
        return 0
    talk(f"! Drafted from {of}; {counted(odd, 'message')} not explained in full.")
    return UNEXPLAINED


def is_explained(data: bytes, kind: EnvelopeType) -> bool:
    """True if a message parses as its type, and has nothing in it that this does not know; also for what is none."""
    envelope = read_envelope(data, kind)
    return envelope.form not in (Form.DECODED, Form.WIRE) or (envelope.form is Form.DECODED and not oddities(envelope))
