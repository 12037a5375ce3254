"""Which message type each direction's envelopes are of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.envelope_type import EnvelopeType, payload_oneof
from paperknife_decoders.schema import Schema, SchemaError
from paperknife_decoders.schema.loaded import BLAME, counted, root_messages

__all__ = ["candidates", "direction_types", "payload_members"]

USUAL_NAMES = {"client": "ClientMessage", "server": "ServerMessage"}
ENVELOPE_LIKE = re.compile(r"(Message|Envelope|Request|Reply|Response|Event|Frame|Packet|Command)$")
SHOWN = 12
"""How many candidates an error lists."""


def direction_types(
    schema: Schema, client: str | None = None, server: str | None = None
) -> tuple[EnvelopeType, EnvelopeType]:
    """The types of the client's and of the server's envelopes, each by its full or unique short name.

    A direction without a name takes the one message called ``ClientMessage`` or ``ServerMessage``. Raises SchemaError
    where there is no such message or more than one: with the schema's faults, which may be why, or else with the
    candidates and what to type.
    """
    given = {"client": client, "server": server}
    found = {side: schema.message(name) if name else usual_message(schema, side, given) for side, name in given.items()}
    return EnvelopeType(found["client"]), EnvelopeType(found["server"])


def usual_message(schema: Schema, side: str, given: dict[str, str | None]) -> Descriptor:
    """The one message that has the usual name of `side`."""
    name = USUAL_NAMES[side]
    found = [message for message in schema.messages() if message.name == name]
    if len(found) == 1:
        return found[0]
    problem = f"{len(found)} messages are called {name}" if found else f"no message is called {name}"
    missing = [f"--{each} pkg.Type" for each, its in given.items() if not its]
    question = f"Which type do the {side}'s messages have? In this schema {problem}."
    if schema.faults and not found:
        raise SchemaError(f"{question} {BLAME}", schema.faults)
    raise SchemaError(f"{question} Say it with {' '.join(missing)}; candidates are:{listed(schema, found)}")


def listed(schema: Schema, found: Sequence[Descriptor]) -> str:
    """The first of `found`, or of all candidates, one a line, and how many other types there are."""
    shown = (found or candidates(schema))[:SHOWN]
    lines = [message.full_name for message in shown]
    others = (len(found) or len(schema.messages())) - len(shown)
    if others:
        lines.append(f"and {counted(others, 'other')}: see `paperknife schema list`")
    return "".join(f"\n  {line}" for line in lines)


def candidates(schema: Schema) -> list[Descriptor]:
    """The messages that may be envelopes, the likeliest first.

    Those that are no field of another message: first with a `oneof` named payload, then with any, then the rest. After
    them those that are a field somewhere, and yet carry payloads themselves or are called like an envelope; a payload
    of another message is not meant by that, whatever its name.
    """

    def likelihood(message: Descriptor) -> int:
        oneof = payload_oneof(message)
        return 0 if oneof == "payload" else 1 if oneof else 2

    roots = root_messages(schema)
    known = {message.full_name for message in roots}
    carried = {
        member.message_type.full_name
        for message in schema.messages()
        for member in payload_members(message)
        if member.message_type is not None
    }
    others = [
        message
        for message in schema.messages()
        if message.full_name not in known
        and (payload_members(message) or (ENVELOPE_LIKE.search(message.name) and message.full_name not in carried))
    ]
    return sorted(roots, key=likelihood) + sorted(others, key=likelihood) or list(schema.messages())


def payload_members(message: Descriptor) -> tuple[FieldDescriptor, ...]:
    """The members of the `oneof` that carries a message's payloads; none where its members are plain values."""
    oneof = payload_oneof(message)
    members = message.oneofs_by_name[oneof].fields if oneof else ()
    return tuple(members) if any(member.message_type is not None for member in members) else ()
