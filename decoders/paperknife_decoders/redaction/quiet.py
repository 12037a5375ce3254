"""Messages behind steps in which nothing has a secret's name, told by the express way through these steps.

The whole way is there to put a message together again without its secrets, and costs dozens of times what the message
itself does. Few messages hold any: of all others the parts are enough, which are asked what a bare envelope is asked
(`suspects`). What the express way does not take, and what does not parse, goes the whole way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from google.protobuf.message import DecodeError as ProtobufDecodeError

from paperknife_decoders.carrying.union import PACKAGE
from paperknife_decoders.envelope_type import SHORTEST, EnvelopeType
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.parsing import looks_like_json
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction.fields import find_secrets
from paperknife_decoders.redaction.framed import places_of
from paperknife_decoders.redaction.plan import Plan, tag_of_any, tag_pattern
from paperknife_decoders.redaction.text import names_in
from paperknife_decoders.steps import Step
from paperknife_decoders.steps.carry import Carry
from paperknife_decoders.steps.compressed import Compressed
from paperknife_decoders.steps.express import express_for
from paperknife_decoders.steps.length_prefix import LengthPrefix
from paperknife_decoders.steps.varint_delimited import VarintDelimited

__all__ = ["Quiet", "quiet_for"]


class Quiet(NamedTuple):
    """`look` gives the parts of a content in which nothing is a secret by its name; None where something may be.

    `apart`: the parts do not lie in the content as they are.
    """

    look: Callable[[bytes], Sequence[bytes] | None]
    apart: bool


MAY_BEGIN_JSON = b"{[ \t\r\n"
"""Most messages do not, which costs less to see than to call `looks_like_json`."""

WORDLESS = (VarintDelimited, LengthPrefix, Carry)
"""Steps beside whose parts there are numbers only, and no room for a word."""


def quiet_for(protocol: Protocol, direction: Direction, plan: Plan) -> Quiet | None:
    """Looks at binary messages of one direction; None where they go through no steps, or these have no express way."""
    kind, steps = protocol.type_for(direction), protocol.steps_for(direction)
    express = express_for(steps, protocol.limits)
    if kind is None or express is None or protocol.in_text:
        return None
    holds_none, has_words = part_test(kind, plan), may_have_words(steps)

    def look(content: bytes) -> Sequence[bytes] | None:
        if content[:1] in MAY_BEGIN_JSON and looks_like_json(content):
            return None
        parts = express(content)
        if parts is None or (has_words and names_in(plan.secrets, content) and places_of(content, parts) is not None):
            return None
        for part in parts:
            if not holds_none(part):
                return None
        return parts

    return Quiet(look, apart=any(isinstance(step, Compressed) for step in steps))


def may_have_words(steps: Sequence[Step]) -> bool:
    """True if there may be a text beside the parts, as in the header of a compressed file."""
    return not all(isinstance(step, WORDLESS) for step in steps)


def part_test(kind: EnvelopeType, plan: Plan) -> Callable[[bytes], bool]:
    """Tells of an envelope of this type that it parses, carries nothing unread, and holds no secret by its name."""
    descriptor = kind.descriptor
    table = plan.table(descriptor, plan.tree)
    risky = {rule.field.name: tag_pattern(rule, plan) for rule in table.values()}
    # Of what is carried there is one, which is the payload; of the members of a `oneof` there may be several.
    carries = descriptor.file.package.startswith(PACKAGE)
    members = {member.name for member in kind.members} if carries else ()
    beside = [rule for rule in table.values() if rule.field.name not in members]
    tags = tag_of_any(beside) if beside else None
    name_of, head_of, parse = kind.payload_of, kind.head, kind.parse

    def holds_none(part: bytes) -> bool:
        try:
            message = parse(part)
        except ProtobufDecodeError:
            return False
        name = name_of(message) if carries else head_of(part)
        if name in risky and risky[name].search(part, SHORTEST) and has_secret(part):
            return False
        if name and not carries:
            return True  # there is nothing beside it
        return bool(name or not carries) and (tags is None or not tags.search(part) or not has_secret(part))

    def has_secret(part: bytes) -> bool:
        """The same in detail, as a tag may stand there by chance."""
        try:
            return bool(find_secrets(part, descriptor, plan).edits)
        except DecodeError:
            return True

    return holds_none
