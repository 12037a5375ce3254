"""From a definition and a schema to a protocol: each direction's envelope type, and the last steps that make it."""

from __future__ import annotations

from dataclasses import dataclass, field

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.carrying.union import Carrier, header_union, types_between, union_of
from paperknife_decoders.definition.choosing import ChoiceForm, choice_for
from paperknife_decoders.definition.faults import Faults
from paperknife_decoders.definition.form import JSON, CarriesForm, Definition
from paperknife_decoders.definition.header import header_kinds
from paperknife_decoders.definition.node import Node, meant
from paperknife_decoders.definition.sources import HeaderKinds
from paperknife_decoders.definition.tables import message_of
from paperknife_decoders.direction_types import usual_message
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction
from paperknife_decoders.schema import Schema, SchemaError
from paperknife_decoders.steps import Step
from paperknife_decoders.steps.carry import Behind, Carry

__all__ = ["Building", "Side"]


@dataclass(frozen=True, slots=True)
class Side:
    """How one direction is read: the type of its envelopes, None where it sends none, and its steps."""

    type: EnvelopeType | None
    steps: tuple[Step, ...]


@dataclass(slots=True)
class Building:
    """One definition with one schema; what is wrong goes to `faults`. `decoder` is a step of the user's own."""

    definition: Definition
    schema: Schema
    faults: Faults
    decoder: Step | None = None
    reached: set[int] = field(default_factory=set)
    """The carriers, by their number, that are somewhere in a direction's envelopes."""
    made: dict[tuple[str, bool], tuple[list[Carrier], EnvelopeType, Carry]] = field(default_factory=dict)
    """Unions by their root, and by whether set fields are its payload; both directions may have the same one."""

    def sides(self) -> dict[Direction, Side]:
        """Both directions. What has a fault is left out, which is for the caller to see."""
        sides = {side: self.side(side) for side in Direction}
        for number, form in enumerate(self.definition.carries):
            if number not in self.reached and not self.has_faults:
                roots = " or ".join(each.type.name for each in sides.values() if each.type) or "a side without a type"
                form.type.names_nothing(f"{form.type.value} is nowhere in {roots}, so that it carries nothing there")
        return sides

    @property
    def has_faults(self) -> bool:
        """True if something is wrong so far."""
        return bool(self.faults.found)

    def side(self, side: Direction) -> Side:
        """One direction."""
        steps = self.definition.steps.get(side, ())
        if self.decoder is not None:
            steps = (*steps, self.decoder)
        named = self.definition.types.get(side)
        if named is not None and named.value == JSON:
            return Side(None, ())
        header = header_kinds(steps, self.definition.header)
        behind = self.definition.behind.get(side)
        if behind is not None:
            if side in self.definition.set_fields:
                self.definition.set_fields[side].fault("`behind` says what the payload is, so that no set fields do")
            return self.behind_side(side, behind, steps, header)
        root = self.root(side, named)
        if root is None:
            return Side(None, steps)
        plain = EnvelopeType(root, set_fields=side in self.definition.set_fields)
        made = self.carried_side(side, root, plain, steps, header)
        self.check_set_fields(side, root, made.type)
        return made

    def check_set_fields(self, side: Direction, root: Descriptor, kind: EnvelopeType | None) -> None:
        """Say where nothing but a `oneof` says what the payload is, or there is nothing that could be set."""
        node = self.definition.set_fields.get(side)
        if node is None or kind is None or kind.named:
            return
        if kind.oneof is not None:
            what = f"what its oneof {kind.oneof} has" if kind.descriptor is root else "the message that it carries"
            node.names_nothing(f"the payload of {kind.name} is {what}, so that no set fields say it")
        else:
            node.names_nothing(
                f"{kind.name} has no field that is a message or a list of messages, so that none can be set"
            )

    def root(self, side: Direction, named: Node | None) -> Descriptor | None:
        """The type of a direction's envelopes in the schema."""
        if named is not None:
            return message_of(named, self.schema)
        try:
            return usual_message(self.schema, side.value, {side.value: None})
        except SchemaError as error:
            said = error.sentence.replace(f"--{side.value} pkg.Type", f"{side.value}: pkg.Type")
            self.faults.add(
                self.definition.path, f"{self.definition.name} does not name what the {side.value} sends. {said}"
            )
            return None

    def behind_side(self, side: Direction, form: ChoiceForm, steps: tuple[Step, ...], header: HeaderKinds) -> Side:
        """A direction whose messages have a header, or an id inside, in the place of an envelope."""
        choice = choice_for(form, side, None, header, self.schema)
        if choice is None:
            return Side(None, steps)
        union = header_union("Frame", header, choice.holds, self.schema.pool)
        behind = Behind(union, choice, tuple(header))
        kind = EnvelopeType(union.descriptor, "Frame", union.oneof, told_by=choice.told_by)
        return self.carried_side(side, union.descriptor, kind, (*steps, behind), {})

    def carried_side(
        self,
        side: Direction,
        root: Descriptor,
        plain: EnvelopeType,
        steps: tuple[Step, ...],
        header: HeaderKinds,
    ) -> Side:
        """A direction with envelopes of the type `root`, which may carry others somewhere."""
        carriers = self.carriers(side, header)
        reaching = types_between(root, {carrier.type: carrier for carrier in carriers.values()})
        self.reached |= {number for number, carrier in carriers.items() if carrier.type in reaching}
        if root not in reaching:
            return Side(plain, steps)
        key = root.full_name, bool(plain.named)
        known = self.made.get(key)
        if known is None or known[0] != list(carriers.values()) or header:
            try:
                union = union_of(root, list(carriers.values()), self.schema.pool, header)
            except SchemaError as error:
                self.definition.carries[next(iter(carriers))].node.fault(error.sentence)
                return Side(plain, steps)
            kind = EnvelopeType(
                union.descriptor,
                plain.name,
                union.oneof,
                set_fields=bool(plain.named),
                told_by=plain.told_by,
                originals={**plain.originals, **union.originals},
            )
            known = self.made[key] = (list(carriers.values()), kind, Carry(union, tuple(header)))
        _, kind, carry = known
        return Side(kind, (*steps, carry))

    def carriers(self, side: Direction, header: HeaderKinds) -> dict[int, Carrier]:
        """What carries messages in a direction, by its number in the definition."""
        found: dict[int, Carrier] = {}
        for number, form in enumerate(self.definition.carries):
            if form.side not in (None, side):
                continue
            carrier = self.carrier(side, form, header)
            if carrier is not None and any(carrier.type is other.type for other in found.values()):
                form.node.fault(
                    f"{carrier.type.full_name} is said to carry messages twice; `from` tells two sides apart"
                )
            elif carrier is not None:
                found[number] = carrier
        return found

    def carrier(self, side: Direction, form: CarriesForm, header: HeaderKinds) -> Carrier | None:
        """One of them, with its table."""
        kind = message_of(form.type, self.schema)
        if kind is None:
            return None
        names = [each.name for each in kind.fields if each.type == each.TYPE_BYTES and not each.is_repeated]
        at = kind.fields_by_name.get(str(form.at.value))
        if at is None or at.name not in names:
            form.at.fault(
                f"a bytes field of {kind.full_name}, as it is {' or '.join(names) or 'none'}, was expected, "
                f"and {form.at.value!r} was found{meant(form.at.value, names)}"
            )
            return None
        choice = choice_for(form.choice, side, kind, header, self.schema)
        return None if choice is None else Carrier(kind, at, choice, form.steps)
