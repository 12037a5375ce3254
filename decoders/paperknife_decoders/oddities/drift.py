"""Drift: what messages hold and their schema lacks, gathered over many of them, with the lines that it takes.

A field is sketched over all of its samples as where there is no schema at all (see `inference`), so that the line to
add has the type that explains each of them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.inference.draft import Names, definition, field_lines
from paperknife_decoders.inference.guess import Guess, guess
from paperknife_decoders.inference.rewriting import taken_names, value_name
from paperknife_decoders.inference.sketch import FieldSketch, Sketch
from paperknife_decoders.message import Direction
from paperknife_decoders.oddities.marks import oddities
from paperknife_decoders.oddities.search import Enough, Known, OddityKind, Skim
from paperknife_decoders.secrets import MASK, Secrets
from paperknife_decoders.unknown_values import declared_field
from paperknife_decoders.wire.view import wire_summary
from paperknife_decoders.wire.walker import Field, WireType

__all__ = ["Drift", "Finding", "Moment"]

MOST = 1_000
"""So many findings are kept."""

FIELDS = 1_000_000
"""How many fields of a message are looked at."""

EXAMPLE = 48
"""Characters of an example."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where something was met: nanoseconds since the epoch, connection, direction, and payload."""

    time_ns: int
    connection: int
    direction: Direction
    payload: str


@dataclass(slots=True)
class Finding:
    """A field that a message type lacks, or a value that an enum lacks.

    `path` are the names of the fields in which it was met first, from the envelope inwards. `count` are its
    occurrences, `wire` the wire types of a field (none for a value), `example` the first of them that was no secret,
    in a few safe characters. `declared` is what the schema has under the number of a field whose wire type is another.
    `oneof` is that of an envelope in which nothing else was set, each time: the field is a payload of it.
    """

    kind: OddityKind
    definition: Descriptor | EnumDescriptor
    number: int
    path: tuple[str, ...]
    first: Moment
    count: int = 0
    example: str = ""
    sketch: FieldSketch | None = None
    declared: FieldDescriptor | None = None
    oneof: str = ""

    @property
    def wire(self) -> str:
        """``varint``, ``length``, or several."""
        return ", ".join(kind.name.lower() for kind in self.sketch.counts) if self.sketch else ""

    @property
    def guess(self) -> Guess | None:
        """What a field most likely is."""
        return guess(self.sketch, in_oneof=bool(self.oneof)) if self.sketch else None

    @property
    def lines(self) -> list[str]:
        """The lines to add to the definition, a message type for the field included; a comment where none would do."""
        if isinstance(self.definition, EnumDescriptor):
            return [f"{value_name(self.definition, self.number)} = {self.number};"]
        made = self.guess
        if made is None or self.sketch is None:
            return []
        if self.declared is not None:
            return [f"// {self.number} is {self.declared.name} here, and came as {self.wire}: one of the two is wrong."]
        names = Names.of(self.number, payload=bool(self.oneof), taken=taken_names(self.definition))
        place = [f"// in oneof {self.oneof}:"] if self.oneof else []
        return [*place, *field_lines(self.number, made, names, 0), *definition(made, names, self.sketch, 0)]


@dataclass(slots=True)
class Drift:
    """What was found so far, in the order in which it was met first. `secrets` are masked in the examples.

    `unparsed` counts envelopes that are Protobuf, but do not parse as their type. `is_full` tells that there is more.
    """

    secrets: Secrets = field(default_factory=Secrets)
    found: dict[tuple[str, int], Finding] = field(default_factory=dict)
    sketches: dict[str, Sketch] = field(default_factory=dict)
    unparsed: int = 0
    is_full: bool = False

    def absorb(self, envelope: Envelope, moment: Moment) -> None:
        """Look through one envelope. Never raises."""
        kind = envelope.type
        if kind is None or envelope.form is not Form.DECODED:
            self.unparsed += kind is not None and envelope.form in (Form.WIRE, Form.BYTES)
            return
        if oddities(envelope, limit=1):
            oneof = "" if envelope.payload or kind.originals else kind.oneof or ""
            skim = DriftSkim(envelope.data, self, moment, oneof, kind.originals)
            with contextlib.suppress(DecodeError, Enough):
                skim.message(0, len(envelope.data), kind.descriptor, ())

    def finding(self, key: tuple[str, int], made: Finding) -> Finding | None:
        """The finding under a key, which is new or not; None where there is no room for more."""
        known = self.found.get(key)
        if known is None:
            if len(self.found) >= MOST:
                self.is_full = True
                return None
            known = self.found[key] = made
        known.count += 1
        return known

    def hides(self, path: Sequence[str], declared: FieldDescriptor | None) -> bool:
        """True if a field of this path may hold a secret, by any name on its way."""
        names = (*path, declared.name) if declared is not None else tuple(path)
        return any(map(self.secrets.hides_name, names)) or any(
            ".".join(names[:end]) in self.secrets.paths for end in range(1, len(names) + 1)
        )


class DriftSkim(Skim):
    """One pass over the envelope `data`, which fills a `Drift`."""

    __slots__ = ("drift", "moment", "oneof", "originals", "seen")

    def __init__(
        self, data: bytes, drift: Drift, moment: Moment, oneof: str, originals: Mapping[str, Descriptor]
    ) -> None:
        super().__init__(data, MOST, FIELDS)
        self.originals = originals
        self.drift = drift
        self.moment = moment
        self.oneof = oneof
        self.seen: set[int] = set()

    def message(self, start: int, end: int, descriptor: Descriptor, path: tuple[str, ...]) -> None:
        """All fields of one message; which numbers were seen in it is nothing to those around it."""
        around, self.seen = self.seen, set()
        super().message(start, end, descriptor, path)
        self.seen = around

    def unknown(self, field: Field, descriptor: Descriptor, path: tuple[str, ...]) -> None:
        """One more sample of a field; of a made type's, it is the original that lacks it."""
        descriptor = self.originals.get(descriptor.full_name, descriptor)
        declared = declared_field(descriptor, field.number)
        oneof = self.oneof if not path and field.wire_type is WireType.LENGTH and declared is None else ""
        made = Finding(OddityKind.UNKNOWN_FIELD, descriptor, field.number, path, self.moment, oneof=oneof)
        found = self.drift.finding((descriptor.full_name, field.number), made)
        if found is None:
            return
        sketch = self.drift.sketches.setdefault(descriptor.full_name, Sketch())
        sketch.take_field(self.data, field, again=field.number in self.seen)
        self.seen.add(field.number)
        found.sketch = sketch.fields.get(field.number)
        found.declared = declared
        found.oneof = found.oneof if oneof and found.sketch and not found.sketch.repeated else ""
        if found.example in ("", MASK):
            found.example = MASK if self.drift.hides(path, declared) else self.example(field)

    def example(self, field: Field) -> str:
        """What a field holds, in a few safe characters."""
        return wire_summary(self.data[field.start : field.end], EXAMPLE).partition("=")[2]

    def unnamed(self, number: int, known: Known, path: tuple[str, ...]) -> None:
        """One more occurrence of a value."""
        enum = known.enum_type
        if enum is not None:
            made = Finding(OddityKind.UNKNOWN_ENUM_VALUE, enum, number, path, self.moment, example=str(number))
            self.drift.finding((enum.full_name, number), made)
