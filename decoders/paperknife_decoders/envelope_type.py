"""The top-level message type of one direction, and what is asked of it for every message."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor, OneofDescriptor
from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.overlay import Accord, Look, look_for
from paperknife_decoders.reflection import list_fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["JOINT", "MOST_NAMED", "SHORTEST", "EnvelopeType", "payload_oneof"]

JOINT = "+"
"""Between the names of fields that are set together; no field's name has it."""

MOST_NAMED = 8
"""So many fields that are set together are named; of others the number is told."""

NO_PAYLOADS = (
    "google.protobuf.Timestamp",
    "google.protobuf.Duration",
    "google.protobuf.FieldMask",
    "google.protobuf.BoolValue",
    "google.protobuf.BytesValue",
    "google.protobuf.DoubleValue",
    "google.protobuf.FloatValue",
    "google.protobuf.Int32Value",
    "google.protobuf.Int64Value",
    "google.protobuf.StringValue",
    "google.protobuf.UInt32Value",
    "google.protobuf.UInt64Value",
)
"""Messages that are single values: what is set beside a payload, as a time is, and not one itself."""

SHORTEST = 2
"""Bytes of the shortest member, a tag and the length 0; so its content begins here or later."""

LONGEST_HEAD = 4
"""Bytes of the longest tag and length that `EnvelopeType.head` reads."""


NOT_MADE: Mapping[str, Descriptor] = MappingProxyType({})


class EnvelopeType:
    """The top-level message type of one direction, with what is asked of it for every message prepared once.

    `name` and `oneof` are found in the descriptor where they are not given. `members` are the fields of which the set
    one is the payload: those of the `oneof`, or by `set_fields`, for a type without one, all messages and lists of
    messages in it (but for maps, times and other single values), of which several may be set. `tags` are the tags of
    those that are messages as they stand on the wire, at most two bytes long, little end first, with their names.
    `originals` are the schema's types by the full names of those that were made in their place (see `carrying`).
    `told_by` says of a type that no schema has how its messages are told apart, in the place of its name.
    """

    __slots__ = (
        "__weakref__",
        "descriptor",
        "discard",
        "look",
        "members",
        "name",
        "named",
        "oneof",
        "originals",
        "parse",
        "serialize",
        "tags",
        "told_by",
        "which",
    )

    def __init__(  # noqa: PLR0913 - of most types only the descriptor is given
        self,
        descriptor: Descriptor,
        name: str = "",
        oneof: str = "",
        *,
        set_fields: bool = False,
        originals: Mapping[str, Descriptor] = NOT_MADE,
        told_by: str = "",
    ) -> None:
        self.originals = originals
        self.told_by = told_by
        message_class = message_factory.GetMessageClass(descriptor)
        self.descriptor = descriptor
        self.name: str = name or descriptor.full_name
        self.parse = message_class.FromString
        # Taken from the class: on a message, a field of the same name would hide the method.
        self.which = message_class.WhichOneof
        self.discard = message_class.DiscardUnknownFields
        self.serialize = message_class.SerializePartialToString  # `ByteSize` raises where a required field is missing
        self.oneof = oneof or payload_oneof(descriptor)
        self.members = payload_fields(descriptor, self.oneof, set_fields=set_fields)
        self.named = {} if self.oneof else {member.number: member.name for member in self.members}
        self.tags = member_tags(self.members)
        self.look: Look | None = None

    def prepare(self) -> Look:
        """Make what `accord` needs. For a schema of a thousand messages it takes a tenth of a second."""
        if self.look is None:
            self.look = look_for(self.descriptor, sole_members(self.descriptor, self.members))
        return self.look

    def accord(self, contents: Sequence[bytes]) -> Accord:
        """What holds of each of these envelopes, by one parse for all of them; never raises."""
        return self.prepare()(contents)

    def knows_all_of(self, content: bytes) -> bool:
        """True if every field in an envelope, at any depth, is in the schema; a fraction of the cost of finding them.

        False also for most that are encoded in an unusual way. (Unknown fields go unseen only where the rest would be
        longer by just their size in the usual encoding, which takes single numbers that are repeated but not packed.)
        Raises protobuf's DecodeError where it does not parse.
        """
        message = self.parse(content)
        self.discard(message)
        return len(self.serialize(message)) == len(content)

    def payload_of(self, message: ProtoMessage) -> str:
        """The name of the set member; the type's own short name where the type has no `oneof` at all.

        By set fields, the names of all that are set, in the order of their numbers: ``connect``, ``quotes+orders``.
        Where none of them is, it is the type's short name too: ``Reply`` with an id alone says more than nothing would.
        """
        if self.oneof is not None:
            return self.which(message, self.oneof) or ""
        named = self.named
        if not named:
            return self.descriptor.name
        found = [named[field.number] for field, _ in list_fields(message) if field.number in named]
        if len(found) > MOST_NAMED:
            found[MOST_NAMED:] = [f"{len(found) - MOST_NAMED} more"]
        return JOINT.join(found) or self.descriptor.name

    @property
    def payloads(self) -> tuple[str, ...]:
        """What payloads can be called, each by itself; the empty name of an unset `oneof` is none."""
        return tuple(member.name for member in self.members) + (() if self.oneof else (self.descriptor.name,))

    def name_of(self, content: bytes) -> str:
        """The payload's name, as cheaply as can be: a member that fills the whole of `content` is not looked into.

        Raises protobuf's DecodeError where an envelope that holds more than that does not parse.
        """
        return self.head(content) or self.payload_of(self.parse(content))

    def head(self, content: bytes) -> str:
        """The name of the member that fills the whole of `content`; the empty string where there is more or else."""
        length = len(content)
        if length < SHORTEST:
            return ""
        tag, size = content[0], content[1]
        if tag < 128 and size < 128:
            return self.tags.get(tag, "") if size + 2 == length else ""
        if length < LONGEST_HEAD:
            return ""
        at = 1
        if tag > 127:
            tag, at = tag | size << 8, 2
        name = self.tags.get(tag)
        if name is not None:
            size, at = content[at], at + 1
            if size > 127:
                size, at = size & 127 | content[at] << 7, at + 1
            # A longer length would have its highest bit set here, and not fit what is there.
            if at + size == length:
                return name
        return ""

    def __repr__(self) -> str:
        return f"<EnvelopeType {self.name}>"


def payload_oneof(descriptor: Descriptor) -> str | None:
    """The `oneof` that carries the payload: the one named so, else the one with the most message members.

    The synthetic oneofs that proto3 `optional` makes do not count.
    """

    def weight(oneof: OneofDescriptor) -> tuple[bool, int]:
        return oneof.name == "payload", sum(member.message_type is not None for member in oneof.fields)

    real = [oneof for oneof in descriptor.oneofs if not is_synthetic(oneof)]
    return max(real, key=weight).name if real else None


def payload_fields(descriptor: Descriptor, oneof: str | None, *, set_fields: bool) -> tuple[FieldDescriptor, ...]:
    """The fields of which the set one is the payload, or by `set_fields` the set ones are."""
    if oneof:
        return tuple(descriptor.oneofs_by_name[oneof].fields)
    return tuple(field for field in descriptor.fields if set_fields and can_be_payload(field))


def can_be_payload(field: FieldDescriptor) -> bool:
    """True for a message or a list of messages, of types that are more than single values."""
    kind = field.message_type
    return kind is not None and not kind.GetOptions().map_entry and kind.full_name not in NO_PAYLOADS


def member_tags(members: Sequence[FieldDescriptor]) -> dict[int, str]:
    """The tags of messages among fields (protobuf.dev/programming-guides/encoding, "Message Structure")."""
    tags = {}
    for member in members:
        tag = member.number << 3 | 2
        if member.type == FieldDescriptor.TYPE_MESSAGE and tag < 1 << 14:
            tags[tag if tag < 128 else tag & 127 | 128 | tag >> 7 << 8] = member.name
    return tags


def sole_members(descriptor: Descriptor, members: Sequence[FieldDescriptor]) -> dict[int, str]:
    """The members by number, where they are messages and all that their type has; else none."""
    if len(members) < len(descriptor.fields) or any(member.message_type is None for member in members):
        return {}
    return {member.number: member.name for member in members}


def is_synthetic(oneof: OneofDescriptor) -> bool:
    """True for the one-member oneof that the compiler makes for a proto3 `optional` field."""
    return len(oneof.fields) == 1 and oneof.name == f"_{oneof.fields[0].name}"
