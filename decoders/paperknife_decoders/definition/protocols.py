"""A definition as the protocol that connections are read by."""

from __future__ import annotations

from dataclasses import fields, replace

from paperknife_decoders.declared_pairs import DeclaredPair
from paperknife_decoders.definition.building import Building, Side
from paperknife_decoders.definition.faults import DefinitionError
from paperknife_decoders.definition.form import JSON, Definition, PairForm
from paperknife_decoders.definition.node import listed, meant
from paperknife_decoders.definition.paths import (
    field_at,
    leads_somewhere,
    single_field_at,
    why_no_field,
    why_nothing_matches,
)
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction
from paperknife_decoders.pairing import can_be_id
from paperknife_decoders.path_patterns import leads_to_field
from paperknife_decoders.protocol import EMPTY_MESSAGE, Protocol
from paperknife_decoders.schema import Schema
from paperknife_decoders.secrets import ANYWHERE, Secrets, carries_text, folded
from paperknife_decoders.steps import Limits, Step

__all__ = ["as_recorded", "protocol_from"]


def protocol_from(
    definition: Definition,
    schema: Schema | None,
    *,
    secrets: Secrets | None = None,
    heartbeats: frozenset[str] = frozenset(),
    decoder: Step | None = None,
) -> Protocol:
    """The protocol that `definition` says, its types in `schema`. Raises `DefinitionError` with all that is wrong.

    Without a schema only the framing is read, and names of types are not looked at. `secrets` are masked besides those
    of the definition; `heartbeats` are the payloads that are meant where it says none. `decoder` is the step of the
    user's own that it names, and comes behind the others.
    """
    faults = definition.ledger
    faults.found[:] = definition.faults  # nothing is left of what another schema lacked
    if definition.is_nothing:
        raise DefinitionError(faults.found)
    pairs: tuple[DeclaredPair, ...] = ()
    if schema is None:
        sides = bare_sides(definition, decoder)
    else:
        sides = Building(definition, schema, faults, decoder).sides()
        whole = faults.found == list(definition.faults)
        check_names(definition, sides, whole=whole)
        check_secret_names(definition, schema)
        pairs = declared_pairs(definition, sides) if whole else ()
    if faults.found:
        raise DefinitionError(faults.found)
    client, server = sides[Direction.CLIENT], sides[Direction.SERVER]
    secrets = (secrets or Secrets()).with_declared(str(node.value) for node in definition.secrets)
    return Protocol(
        name=definition.name,
        client=client.type,
        server=server.type,
        steps=server.steps,
        client_steps=client.steps,
        in_text=definition.in_text,
        json_sides=frozenset(side for side, node in definition.types.items() if node.value == JSON),
        limits=definition.limits,
        heartbeats=heartbeats
        if definition.heartbeats is None
        else frozenset(str(node.value) for node in definition.heartbeats),
        secrets=secrets,
        files=tuple(file.descriptor for file in schema.files) if schema is not None else (),
        pairs=pairs,
        volatile=frozenset(str(node.value) for node in definition.volatile),
        definition=None if definition.decoder else definition.plain,
    )


def bare_sides(definition: Definition, decoder: Step | None) -> dict[Direction, Side]:
    """Both directions where there are no types."""
    more = () if decoder is None else (decoder,)
    named = {side: node.value for side, node in definition.types.items()}
    return {
        side: Side(None, () if named.get(side) == JSON else (*definition.steps.get(side, ()), *more))
        for side in Direction
    }


def check_names(definition: Definition, sides: dict[Direction, Side], *, whole: bool) -> None:
    """Payloads and paths have to be in one of the two types.

    Where these are not `whole`, because of faults that are told already, a payload that is in neither may well be in
    what is missing.
    """
    kinds = [side.type for side in sides.values() if side.type is not None]
    if not kinds:
        return
    payloads = [name for kind in kinds for name in payload_names(kind)]
    for node in definition.heartbeats or ():
        if whole and node.value != EMPTY_MESSAGE and node.value not in payloads:
            node.lacks(
                f"a payload, or {EMPTY_MESSAGE}, was expected, and {node.value!r} is none; there are "
                f"{listed(dict.fromkeys(payloads))}{meant(node.value, [*payloads, EMPTY_MESSAGE])}"
            )
    for node in definition.secrets:
        if str(node.value).startswith(ANYWHERE):
            continue  # a name of fields in any type
        payload = str(node.value).partition(".")[0]
        is_known = whole or any(payload in kind.descriptor.fields_by_name for kind in kinds)
        if is_known and not any(leads_somewhere(kind.descriptor, str(node.value)) for kind in kinds):
            node.lacks(" and ".join(dict.fromkeys(why_no_field(each, str(node.value)) for each in kinds)))
    for node in definition.volatile:
        if whole and not any(leads_to_field(kind.descriptor, str(node.value)) for kind in kinds):
            node.lacks(" and ".join(dict.fromkeys(why_nothing_matches(each, str(node.value)) for each in kinds)))


def check_secret_names(definition: Definition, schema: Schema) -> None:
    """Names that are secret anywhere have to be those of some field with text."""
    nodes = [node for node in definition.secrets if str(node.value).startswith(ANYWHERE)]
    if not nodes:
        return
    known = {field.name for kind in schema.messages() for field in kind.fields if carries_text(field)}
    for node in nodes:
        name = str(node.value).removeprefix(ANYWHERE)
        if folded(name) not in {folded(each) for each in known}:
            node.lacks(f"the name of a text field was expected behind `*.`, and {name!r} is none{meant(name, known)}")


def payload_names(kind: EnvelopeType) -> list[str]:
    """What an envelope's payload can be called; where there is no `oneof`, what can be set in it too."""
    if kind.oneof:
        return list(kind.payloads)
    return [kind.descriptor.name, *(field.name for field in kind.descriptor.fields)]


def declared_pairs(definition: Definition, sides: dict[Direction, Side]) -> tuple[DeclaredPair, ...]:
    """The pairs whose fields are there, with the side that asks: the client, where both could."""
    pairs = []
    for form in definition.correlate:
        request, response = str(form.request.value), str(form.response.value)
        asker = next((side for side in Direction if is_pair(request, response, side, sides)), None)
        if asker is None:
            tell_why(form, sides)
        else:
            pairs.append(DeclaredPair(request, response, asker))
    return tuple(pairs)


def is_pair(request: str, response: str, asker: Direction, sides: dict[Direction, Side]) -> bool:
    """True if one side has the field of the request, and the other one that of the response."""
    asking, answering = sides[asker].type, sides[asker.other].type
    return asking is not None and answering is not None and has_id(asking, request) and has_id(answering, response)


def has_id(kind: EnvelopeType, path: str) -> bool:
    """True if there is such a field, and its value can tell one message from others."""
    field = single_field_at(kind.descriptor, path)
    return field is not None and can_be_id(field)


def tell_why(form: PairForm, sides: dict[Direction, Side]) -> None:
    """Say which of the two is not there."""
    for node, side in ((form.request, Direction.CLIENT), (form.response, Direction.SERVER)):
        kind = sides[side].type
        path = str(node.value)
        if kind is None:
            node.names_nothing(f"the {side.value} sends no Protobuf, so that nothing can be paired")
        elif field_at(kind.descriptor, path) is None:
            node.lacks(why_no_field(kind, path))
        elif not has_id(kind, path):
            node.names_nothing(f"{path} cannot be an id: a text or whole number, one in a message, was expected")


def as_recorded(definition: Definition) -> Definition:
    """A definition that comes with a recording: what it names and is not there is no fault.

    It was good enough to record by. Its limits may be lower than the usual ones, and not higher.
    """
    definition.ledger.recorded = True  # which all of its nodes have
    usual = Limits()
    names = (each.name for each in fields(Limits))
    limits = Limits(**{name: min(getattr(definition.limits, name), getattr(usual, name)) for name in names})
    return replace(definition, limits=limits)
