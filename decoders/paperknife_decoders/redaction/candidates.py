"""What bytes may be that nobody could read: the types of a direction, and where secrets can be in each.

The direction's type is one. Where that was made, as it carries messages of several types, so is each of these: without
the framing, or behind a wrong one, nothing tells which of them it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError

from paperknife_decoders.carrying.union import FIRST_MEMBER, PACKAGE
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.oddities.search import wire_types
from paperknife_decoders.redaction.plan import NOWHERE, Plan, Tree, fields_of
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.wire.writing import varint

__all__ = ["Candidate", "Candidates", "candidates_for", "is_made"]

MOST_CARRIED = 1000
"""So many types that are carried are tried; a direction's own is always."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A type, the names that lead to it from the envelope, and the numbers of its fields that lead to secrets."""

    kind: Descriptor
    path: tuple[str, ...]
    risky: frozenset[int]
    begins: frozenset[int]
    """The bytes that its messages may begin with."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The direction's own type, and those that may hold secrets of the types that it carries, by their first byte."""

    own: Candidate
    carried: Mapping[int, Sequence[Candidate]]
    harmless: Sequence[Descriptor]
    """Those that it carries and that hold none."""

    @property
    def any_carried(self) -> bool:
        """True if a secret may be in something that is carried."""
        return bool(self.carried)

    def is_just(self, candidate: Candidate, data: bytes) -> bool:
        """True if the bytes are of this type to the last of them, and of none that holds no secret.

        Else what is masked may be none, and its values are not to be looked for anywhere else.
        """
        return is_all_of(candidate.kind, data) and not any(is_all_of(kind, data) for kind in self.harmless)


def is_made(kind: Descriptor) -> bool:
    """True for a type that stands in the place of one of the schema's, as it carries others."""
    return bool(kind.file.package.startswith(PACKAGE))


@lru_cache(maxsize=8)
def candidates_for(kind: EnvelopeType, secrets: Secrets) -> Candidates:
    """All that a direction's bytes may be."""
    plan = Plan(secrets)
    carried: dict[int, list[Candidate]] = {}
    harmless: list[Descriptor] = []
    for each, path, tree in carried_types(kind.descriptor, plan.tree):
        found = Candidate(each, path, frozenset(plan.table(each, tree)), first_bytes(each))
        if not found.risky:
            harmless.append(each)
        for byte in found.begins if found.risky else ():
            carried.setdefault(byte, []).append(found)
    risky = frozenset(plan.table(kind.descriptor, plan.tree))
    if carried:
        risky |= {field.number for field in kind.descriptor.fields if may_carry(field)}
    return Candidates(Candidate(kind.descriptor, (), risky, first_bytes(kind.descriptor)), carried, harmless)


def carried_types(root: Descriptor, tree: Tree) -> Iterator[tuple[Descriptor, tuple[str, ...], Tree]]:
    """What is carried anywhere in a made type, each once, with the names that lead there and the declared paths."""
    seen: set[Descriptor] = {root}
    waiting: list[tuple[Descriptor, tuple[str, ...], Tree]] = [(root, (), tree)]
    left = MOST_CARRIED
    while waiting:
        kind, path, below = waiting.pop()
        for field in kind.fields if is_made(kind) else ():
            inner = field.message_type
            if inner is None or inner in seen:
                continue
            seen.add(inner)
            step = (inner, (*path, field.name), below.get(field.name, NOWHERE))
            waiting.append(step)
            if field.number >= FIRST_MEMBER and left:
                left -= 1
                yield step


def may_carry(field: FieldDescriptor) -> bool:
    """True for a field of a made type in which there may be what is carried, at some depth."""
    return field.type == FieldDescriptor.TYPE_BYTES or (field.message_type is not None and is_made(field.message_type))


def first_bytes(kind: Descriptor) -> frozenset[int]:
    """What the tags of a type's fields begin with; each may have more bytes than it needs."""
    tags = (varint(field.number << 3 | each) for field in fields_of(kind) for each in wire_types(field))
    return frozenset(first for tag in tags for first in (tag[0], tag[0] | 128))


def is_all_of(kind: Descriptor, data: bytes) -> bool:
    """True if these bytes are a message of a type with nothing unknown in it, as it is mostly encoded."""
    try:
        message = message_factory.GetMessageClass(kind).FromString(data)
    except DecodeError:
        return False
    message.DiscardUnknownFields()
    return len(message.SerializePartialToString()) == len(data)
