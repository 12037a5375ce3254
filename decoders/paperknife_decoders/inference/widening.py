"""A draft that is there already, made to explain further traffic.

The draft is the user's: names, comments, order, whatever was changed by hand. So its text is not written anew. What
does not fit is changed in its place (a type becomes wider, a field repeated, a `oneof` is taken apart), what is new is
put at the end of its message, and every other byte stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.inference.draft import message_lines
from paperknife_decoders.inference.fitting import conflicts
from paperknife_decoders.inference.places import Places
from paperknife_decoders.inference.rewriting import Rewriting
from paperknife_decoders.inference.sketch import Sketch
from paperknife_decoders.schema.assembly import SchemaFile

__all__ = ["Widened", "widened"]


@dataclass(frozen=True, slots=True)
class Widened:
    """The new text, and in words what was changed and what cannot be explained by any change."""

    text: bytes
    changes: tuple[str, ...]
    left: tuple[str, ...]


def widened(text: bytes, file: SchemaFile, roots: Mapping[str, Sketch]) -> Widened:
    """`text`, which `file` was compiled from, with what the sketches ask for; they are taken over and changed.

    `roots` maps message types, by their names without the package, to what was seen of them. One that is not there is
    added.
    """
    kinds = file.descriptor.message_types_by_name
    rewriting = Rewriting(file, Places(text, file.proto))
    known: dict[str, tuple[Descriptor, Sketch]] = {}
    left: list[str] = []
    for name, sketch in roots.items():
        if name in kinds:
            mixed = [kinds[name].fields_by_number[number].name for number in conflicts(kinds[name], sketch)]
            left += [f"{name}.{each} also came with another wire type, which stays unknown" for each in mixed]
            assign(kinds[name], sketch, known, rewriting)
    for kind, sketch in known.values():
        rewriting.message(kind, sketch)
    for name, sketch in roots.items():
        if name not in kinds:
            rewriting.append(name, ["", *message_lines(name, sketch)])
    rewriting.add_import()
    return Widened(rewriting.edits.applied(text), tuple(rewriting.changes), tuple(left))


def assign(kind: Descriptor, sketch: Sketch, known: dict[str, tuple[Descriptor, Sketch]], rewriting: Rewriting) -> None:
    """Count a sketch to a type of the draft, and what nests in it to the types of the draft that are used there.

    `known` are the types that were seen so far, by full name, each with all that was seen of it.
    """
    for number, each in sketch.fields.items():
        declared = kind.fields_by_number.get(number)
        inner = declared.message_type if declared is not None else None
        if each.message is None or inner is None or not rewriting.is_own(inner):
            continue
        if conflicts(inner, each.message):
            each.message = None
        else:
            assign(inner, each.message, known, rewriting)
            each.message = Sketch(depth=1)  # says that it is one, and no more
    if kind.full_name in known:
        known[kind.full_name][1].merge(sketch)
    else:
        known[kind.full_name] = kind, sketch
