"""Changes to the text of a draft, one message type after the other, so that it explains what was seen."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, OneofDescriptor

from paperknife_decoders.envelope_type import is_synthetic, payload_oneof
from paperknife_decoders.inference.draft import IMPORT, Names, definition, field_lines, message_lines
from paperknife_decoders.inference.fitting import explains, fits, is_list, wider
from paperknife_decoders.inference.guess import TIMESTAMP, guess
from paperknife_decoders.inference.members import may_be_payload, together
from paperknife_decoders.inference.places import Edits, Places
from paperknife_decoders.inference.sketch import RESERVED, FieldSketch, Sketch
from paperknife_decoders.oddities.search import wire_types
from paperknife_decoders.schema.assembly import SchemaFile
from paperknife_decoders.schema.proto_text import path_of
from paperknife_decoders.schema.proto_words import real_oneof
from paperknife_decoders.wire.walker import WireType

__all__ = ["Rewriting"]

NAME, FIELD, LABEL, ONEOF = 1, 2, 4, 8
"""Field numbers of descriptor.proto: the name of anything, a message's fields and oneofs, a field's label."""

INDENT = "  "

SYNTAX, PACKAGE, DEPENDENCY = (12,), (2,), 3

OWN_COMMENT = re.compile(rb"[ \t]*// [\d,]+ (of [\d,]+ )?samples?\b[^\n]*")
"""What a draft says behind a field; it goes with the type that it gave a reason for."""


@dataclass(slots=True)
class Rewriting:
    """The edits of one file so far, and in words what they change."""

    file: SchemaFile
    places: Places
    edits: Edits = field(default_factory=Edits)
    changes: list[str] = field(default_factory=list)

    def is_own(self, kind: Descriptor) -> bool:
        """True for a type whose text can be changed: one of this file, and no entry of a map."""
        return kind.file.name == self.file.name and not kind.GetOptions().map_entry

    def message(self, kind: Descriptor, sketch: Sketch) -> None:
        """Make one type explain all that was seen of it."""
        path = path_of(kind)
        taken_apart = [oneof.name for oneof in kind.oneofs if must_be_taken_apart(oneof, sketch)]
        for index, oneof in enumerate(kind.oneofs):
            if oneof.name in taken_apart:
                self.take_apart(kind, oneof, (*path, ONEOF, index))
        for index, declared in enumerate(kind.fields):
            seen = sketch.fields.get(declared.number)
            # Of another wire type altogether are only fields of a root, where nothing can be done about it.
            if seen is None or not set(seen.counts) & set(wire_types(declared)):
                continue
            oneof_of = real_oneof(declared)
            in_oneof = oneof_of is not None and oneof_of.name not in taken_apart
            self.field(kind, declared, seen, (*path, FIELD, index), in_oneof=in_oneof)
        self.new_fields(kind, sketch, taken_apart)

    def take_apart(self, kind: Descriptor, oneof: OneofDescriptor, path: tuple[int, ...]) -> None:
        """Let the members of a `oneof` stand by themselves."""
        start, end = self.places.span(path)
        brace = self.places.text.index(b"{", self.places.span((*path, NAME))[1])
        self.edits.replace(
            start, brace + 1, f"// Was oneof {oneof.name}, until one message had more than one of these."
        )
        self.edits.remove_brace(self.places, end - 1)
        self.changes.append(f"{name_of(kind)}: oneof {oneof.name} is taken apart")

    def field(
        self, kind: Descriptor, declared: FieldDescriptor, seen: FieldSketch, path: tuple[int, ...], *, in_oneof: bool
    ) -> None:
        """Change one declaration, if it has to be."""
        inner = declared.message_type
        is_foreign = inner is not None and not self.is_own(inner)
        is_right = fits(declared, seen)
        if is_foreign and inner is not None and seen.message is not None:
            is_right = explains(inner, seen.message)
        if declared.enum_type is not None and is_right:
            self.enum_values(declared.enum_type, seen)
        repeated = seen.repeated or (declared.is_repeated and is_list(declared, seen))
        lacks_presence = seen.zeros and not declared.has_presence and not repeated and not in_oneof
        if is_right and not lacks_presence and repeated == declared.is_repeated:
            return
        word = "" if is_right else wider(declared, seen)
        if not is_right and is_foreign and seen.message is not None:
            word = Names.of(declared.number, taken=taken_names(kind)).type
            self.put(kind, ["", *message_lines(word, seen.message, level=self.level(kind))])
            inner = None
        has_lost_presence = inner is not None and not is_right
        needs_presence = lacks_presence or has_lost_presence
        label = "repeated" if repeated else "" if in_oneof else "optional" if needs_presence else self.label(path)
        self.rewrite(kind, declared, seen, path, label, word)

    def label(self, path: tuple[int, ...]) -> str:
        """The label of a field as it is written."""
        if (*path, LABEL) not in self.places.spans:
            return ""
        start, end = self.places.span((*path, LABEL))
        return self.places.text[start:end].decode()

    def rewrite(  # noqa: PLR0913, PLR0917
        self,
        kind: Descriptor,
        declared: FieldDescriptor,
        seen: FieldSketch,
        path: tuple[int, ...],
        label: str,
        word: str,
    ) -> None:
        """Put a label and a type (empty: the one there is) before the name of a field, and the reason behind it."""
        text = self.places.text
        start, end = self.places.span(path)
        name, after = self.places.span((*path, NAME))
        old = text[start:name].decode().strip()
        new = f"{label} {word or old.removeprefix(self.label(path)).strip()}".strip()
        self.edits.replace(start, name, f"{new} ")
        is_list = new.startswith("repeated ") and not declared.is_repeated
        if is_list and seen.wire_type is not WireType.LENGTH and b"[" not in text[after:end]:
            self.edits.replace(end - 1, end - 1, " [packed = false]")
        rest = self.places.line_end(end)
        comment = OWN_COMMENT.match(text, end, rest)
        if comment or not text[end:rest].strip():
            self.edits.replace(end, rest, f"  // {guess(seen).note}; was {old}")
        self.changes.append(f"{name_of(kind)}.{declared.name}: {old} becomes {new}")

    def enum_values(self, enum: EnumDescriptor, seen: FieldSketch) -> None:
        """Add the values that an enum of this file lacks, where they are few."""
        new = sorted((seen.varints.values or set()) - {value.number for value in enum.values})
        lines = [f"{value_name(enum, number)} = {number};" for number in new]
        lines = [line for line in lines if f"{name_of(enum)}: {line}" not in self.changes]
        if enum.file.name == self.file.name and lines:
            _, end = self.places.span(path_of(enum))
            pad = INDENT * self.level(enum)
            self.edits.insert_above(self.places, end - 1, [pad + line for line in lines])
            self.changes += [f"{name_of(enum)}: {line}" for line in lines]

    def new_fields(self, kind: Descriptor, sketch: Sketch, taken_apart: Collection[str]) -> None:
        """Declare what the type does not have: payloads in its `oneof`, the rest behind all else."""
        taken, level = taken_names(kind), self.level(kind)
        payloads = payload_oneof_of(kind, taken_apart)
        in_oneof: list[str] = []
        lines: list[str] = []
        defined: list[str] = []
        members = frozenset(member.number for member in payloads.fields) if payloads else frozenset()
        for number in sorted(sketch.fields.keys() - kind.fields_by_number.keys()):
            seen = sketch.fields[number]
            if number in RESERVED or seen.wire_type is WireType.GROUP:
                continue  # nothing can be declared for these
            is_payload = bool(members) and may_be_payload(seen) and not together(sketch, members | {number})
            members |= {number} if is_payload else set()
            made, names = guess(seen, in_oneof=is_payload), Names.of(number, payload=is_payload, taken=taken)
            (in_oneof if is_payload else lines).extend(field_lines(number, made, names, level + is_payload))
            defined += definition(made, names, seen, level)
            self.changes.append(f"{name_of(kind)}.{names.field} is new")
        if payloads is not None and in_oneof:
            index = [oneof.name for oneof in kind.oneofs].index(payloads.name)
            _, end = self.places.span((*path_of(kind), ONEOF, index))
            self.edits.insert_above(self.places, end - 1, in_oneof)
        if not self.edits.insert_below(self.places, self.last_end(kind), lines):
            self.put(kind, lines)
        self.put(kind, defined)

    def level(self, definition: Descriptor | EnumDescriptor) -> int:
        """How deep what is in a definition is indented."""
        _, end = self.places.span(path_of(definition))
        return len(self.places.indent(end - 1).decode().expandtabs(len(INDENT))) // len(INDENT) + 1

    def last_end(self, kind: Descriptor) -> int:
        """Where the last field or `oneof` of a message type ends; where its brace opens, if there is none."""
        path = path_of(kind)
        parts = [
            *((*path, FIELD, index) for index in range(len(kind.fields))),
            *((*path, ONEOF, index) for index, oneof in enumerate(kind.oneofs) if not is_synthetic(oneof)),
        ]
        opened = self.places.text.index(b"{", self.places.span((*path, NAME))[1]) + 1
        return max((self.places.span(part)[1] for part in parts), default=opened)

    def put(self, kind: Descriptor, lines: list[str]) -> None:
        """Put lines at the end of a message type."""
        _, end = self.places.span(path_of(kind))
        self.edits.insert_above(self.places, end - 1, lines)

    def append(self, name: str, lines: list[str]) -> None:
        """Put the lines of a new type at the end of the file."""
        text = self.places.text
        end = "" if text.endswith(b"\n") or not text else "\n"
        self.edits.replace(len(text), len(text), end + "\n".join(lines) + "\n")
        self.changes.append(f"{name} is new")

    def add_import(self) -> None:
        """Import what the new lines need."""
        imported = self.file.proto.dependency
        if "google/protobuf/timestamp.proto" in imported or not self.edits.mention(TIMESTAMP):
            return
        paths = [SYNTAX, PACKAGE, *((DEPENDENCY, index) for index in range(len(imported)))]
        ends = [self.places.span(path)[1] for path in paths if path in self.places.spans]
        end = self.places.line_end(max(ends, default=0))
        self.edits.replace(end, end, f"\n\n{IMPORT}")


def must_be_taken_apart(oneof: OneofDescriptor, sketch: Sketch) -> bool:
    """True for a `oneof` of which one message has two members, or one of them twice."""
    seen = [member.number for member in oneof.fields if member.number in sketch.fields]
    if is_synthetic(oneof) or not seen:
        return False
    return together(sketch, frozenset(seen)) or any(sketch.fields[number].repeated for number in seen)


def payload_oneof_of(kind: Descriptor, taken_apart: Collection[str]) -> OneofDescriptor | None:
    """The `oneof` that carries the payloads of an envelope, where it stays."""
    name = payload_oneof(kind) if kind.containing_type is None else None
    return kind.oneofs_by_name[name] if name and name not in taken_apart else None


def taken_names(kind: Descriptor) -> set[str]:
    """All names in the scope of a message."""
    parts = (kind.fields, kind.nested_types, kind.enum_types, kind.oneofs)
    return {str(each.name) for part in parts for each in part}


def name_of(definition: Descriptor | EnumDescriptor) -> str:
    """Its name without the package."""
    return definition.full_name.removeprefix(f"{definition.file.package}.")


def value_name(enum: EnumDescriptor, number: int) -> str:
    """A name for a number of an enum: ``ORDER_STATUS_7`` of ``OrderStatus``."""
    prefix = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", enum.name).upper()
    return f"{prefix}_{'MINUS_' if number < 0 else ''}{abs(number)}"
