"""A sketch as the text of message types: the draft of a `.proto`.

Nothing is known of names, so that they are made of numbers: ``field_3`` has the type ``Field3``, and a payload of an
envelope is ``payload_3`` of the type ``Payload3``. Each type is defined in the one that uses it. Behind each field
stands on what its type is founded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from paperknife_decoders.inference.guess import GROUP, MESSAGE, TIMESTAMP, Guess, guess
from paperknife_decoders.inference.members import payload_members
from paperknife_decoders.inference.sketch import RESERVED, FieldSketch, Sketch

__all__ = ["IMPORT", "Names", "draft_text", "field_lines", "message_lines"]

INDENT = "  "
COMMENT_COLUMN = 40

HEADER = """\
// Drafted from traffic by paperknife: it explains every message that was seen, and its names are numbers. Rename what
// you know, narrow types, add comments; further traffic only adds fields and widens types, and leaves the rest alone.
// Secrets are masked by their names: call them password, token, api_key or the like.
syntax = "proto3";
"""

IMPORT = 'import "google/protobuf/timestamp.proto";'


@dataclass(frozen=True, slots=True)
class Names:
    """How a field is called, and the type that is made for it."""

    field: str
    type: str

    @classmethod
    def of(cls, number: int, *, payload: bool = False, taken: Collection[str] = ()) -> Names:
        """The names for a number; other ones where these are `taken`."""
        field, kind = (f"payload_{number}", f"Payload{number}") if payload else (f"field_{number}", f"Field{number}")
        while {field, kind} & set(taken):
            field, kind = f"{field}_new", f"{kind}New"
        return cls(field, kind)


def draft_text(roots: dict[str, Sketch], package: str = "") -> str:
    """The text of a whole `.proto`, with one message type for each name of `roots`."""
    body = "\n".join(line for name, sketch in roots.items() for line in ("", *message_lines(name, sketch)))
    head = [*([f"package {package};"] if package else []), *([IMPORT] if TIMESTAMP in body else [])]
    return "\n".join([HEADER, *("\n".join([each, ""]) for each in head)]) + f"{body}\n"


def message_lines(name: str, sketch: Sketch, *, level: int = 0) -> Iterator[str]:
    """The lines of one message type with all that is nested in it. A root's payloads are a `oneof`."""
    pad = INDENT * level
    if not sketch.fields:
        yield f"{pad}message {name} {{}}  // {told(sketch)}, nothing in {'it' if sketch.messages == 1 else 'them'}"
        return
    yield f"{pad}message {name} {{  // {told(sketch)}"
    members = frozenset() if sketch.depth else payload_members(sketch)
    defined: list[str] = []
    for number in sorted(sketch.fields.keys() - members):
        field = sketch.fields[number]
        made = guess(field)
        names = Names.of(number)
        yield from field_lines(number, made, names, level + 1)
        defined += definition(made, names, field, level + 1)
    if members:
        yield f"{pad}{INDENT}oneof payload {{"
        for number in sorted(members):
            field, names = sketch.fields[number], Names.of(number, payload=True)
            made = guess(field, in_oneof=True)
            yield from field_lines(number, made, names, level + 2)
            defined += definition(made, names, field, level + 1)
        yield f"{pad}{INDENT}}}"
    if sketch.overflow:
        yield f"{pad}{INDENT}// There are more fields than the {len(sketch.fields):,} that are kept; they stay unknown."
    yield from defined
    yield f"{pad}}}"


def told(sketch: Sketch) -> str:
    """How many messages there were."""
    return f"{sketch.messages:,} message{'' if sketch.messages == 1 else 's'}"


def definition(made: Guess, names: Names, field: FieldSketch, level: int) -> list[str]:
    """The message type that a field needs, below an empty line."""
    if made.type != MESSAGE or field.message is None:
        return []
    return ["", *message_lines(names.type, field.message, level=level)]


def field_lines(number: int, made: Guess, names: Names, level: int = 1) -> Iterator[str]:
    """The line that declares a field, with its comment; a comment alone for what cannot be declared."""
    pad = INDENT * level
    if made.type == GROUP:
        yield f"{pad}// {number}: {made.note}"
    elif number in RESERVED:
        yield f"{pad}// {number}: a number that protoc reserves, so that it stays an unknown field; {made.note}"
    else:
        yield f"{pad + declaration(number, made, names):<{COMMENT_COLUMN}}  // {made.note}"


def declaration(number: int, made: Guess, names: Names) -> str:
    """``repeated int64 field_3 = 3 [packed = false];``"""
    word = names.type if made.type == MESSAGE else made.type
    return f"{made.label} {word} {names.field} = {number}{made.options};".lstrip()
