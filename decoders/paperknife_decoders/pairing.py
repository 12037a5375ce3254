"""Which payloads can be a request and its response, by the names in a schema alone.

============================  =========================================================================================
what says that b answers a    where it is looked for
============================  =========================================================================================
an id of the same name and    fields of `ID_NAMES`: in the envelope, in the payload, or one message further in; a field
value                         `id` in the envelope only
`x` or `x_request`, and       payload names with an ending of `REQUEST_ENDINGS` and of `RESPONSE_ENDINGS`
`x_response`, `x_ack` ...
`x_request` and `x`           payload names
`ping` and `pong`             `ANSWERS`
============================  =========================================================================================

Before all of these come the pairs of fields that a protocol's definition declares.

An id is enough for a server's message to answer a client's. It takes names that fit as well where the client answers
the server, and for ids that may just be each side's own counter (`COUNTERS`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.envelope_type import JOINT
from paperknife_decoders.message import Direction

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.message import Message as ProtoMessage

    from paperknife_decoders.declared_pairs import DeclaredPair
    from paperknife_decoders.envelope_type import EnvelopeType

__all__ = ["COUNTERS", "Id", "Role", "Roles", "roles_of"]

ID_NAMES = (
    "requestid",
    "reqid",
    "correlationid",
    "clientrequestid",
    "clientorderid",
    "clordid",
    "clientmsgid",
    "clientmessageid",
    "cid",
    "batchid",
    "clienttag",
    "tag",
    "messageid",
    "msgid",
)
"""Names of fields that a response repeats, without underscores, the surest first: an envelope goes by its first one."""

COUNTERS = frozenset({"tag", "messageid", "msgid"})
"""Those that both sides may count for themselves."""

ENVELOPE_ONLY = "id"

REQUEST_ENDINGS = ("_request", "_req", "_query", "_command")

RESPONSE_ENDINGS = (
    "_response",
    "_resp",
    "_reply",
    "_ack",
    "_acknowledge",
    "_acknowledgement",
    "_nack",
    "_result",
    "_reject",
    "_rejected",
    "_confirmation",
    "_confirm",
)

ANSWERS = {"pong": "ping"}
"""Answers that have a name of their own."""

GENERIC = frozenset({"response", "reply", "ack", "nack", "result", "reject", "error"})
"""Payloads that answer a request of any name, if an id says so."""

MAX_FIELDS = 200
"""Fields of one message that are looked at; ids are near the top."""

TEXTS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
NOT_INTEGER = (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_BOOL)


@dataclass(frozen=True, slots=True)
class Id:
    """An id field: how it is called, and how its value is read from an envelope's message whose payload has it."""

    name: str
    get: Callable[[ProtoMessage], str | bytes | int]
    default: str | bytes | int


@dataclass(frozen=True, slots=True)
class Role:
    """What a payload can be in a pair.

    `ids` are its id fields, as far as the other direction has fields of the same name. `asks` is True if a payload of
    the other direction is its response by name; `answers` are the payloads whose response it is by name, and `generic`
    is True if it is anybody's.
    """

    ids: tuple[Id, ...]
    asks: bool
    answers: tuple[str, ...]
    generic: bool


Roles = Mapping[str, Role]


class JoinedRoles(Mapping[str, Role]):
    """Roles by payload; several fields that are set together have the role of the first of them that has one."""

    def __init__(self, roles: Roles) -> None:
        self.roles = roles

    def __getitem__(self, payload: str) -> Role:
        names = (payload, *payload.split(JOINT)) if JOINT in payload else (payload,)
        for name in names:
            if name in self.roles:
                return self.roles[name]
        raise KeyError(payload)

    def __iter__(self) -> Iterator[str]:
        return iter(self.roles)

    def __len__(self) -> int:
        return len(self.roles)


@lru_cache(maxsize=16)
def roles_of(
    client: EnvelopeType | None, server: EnvelopeType | None, pairs: tuple[DeclaredPair, ...] = ()
) -> Mapping[Direction, Roles]:
    """For both directions the payloads that can be one of a pair; all others never are. Declared `pairs` come first."""
    ids = {
        direction: with_declared(kind, ids_by_payload(kind), {each.id_name: each.path_of(direction) for each in pairs})
        for direction, kind in ((Direction.CLIENT, client), (Direction.SERVER, server))
    }
    asked = {direction: {each.id_name for each in pairs if each.asker is direction} for direction in Direction}
    roles = {direction: roles_in(ids[direction], ids[direction.other], asked[direction]) for direction in Direction}
    for direction, kind in ((Direction.CLIENT, client), (Direction.SERVER, server)):
        if kind is not None and kind.named:
            roles[direction] = JoinedRoles(roles[direction])
    return roles


def roles_in(own: Mapping[str, Sequence[Id]], other: Mapping[str, Sequence[Id]], asked: Set[str]) -> Roles:
    """The roles of one direction's payloads, given those of the other; `asked` are names of ids that requests have."""
    other_ids = {each.name for found in other.values() for each in found}
    answered = {name for payload in other for name in requests_of(payload, own)}
    acknowledged = not GENERIC.isdisjoint(map(snake, other))
    roles = {}
    for payload, found in own.items():
        ids = tuple(each for each in found if each.name in other_ids)
        asks = payload in answered or (acknowledged and bool(ids)) or any(each.name in asked for each in ids)
        answers = tuple(requests_of(payload, other))
        if ids or asks or answers:
            roles[payload] = Role(ids, asks, answers, snake(payload) in GENERIC)
    return roles


def requests_of(response: str, payloads: Iterable[str]) -> Iterator[str]:
    """Those of `payloads` that `response` answers by name."""
    name = snake(response)
    stem = without(name, RESPONSE_ENDINGS)
    for payload in payloads:
        request = snake(payload)
        asked = without(request, REQUEST_ENDINGS)
        if (
            (stem != name and stem in (request, asked))
            or (asked != request and asked == name)
            or ANSWERS.get(name) == request
        ):
            yield payload


@lru_cache(maxsize=1024)
def snake(name: str) -> str:
    """``LoginResponse`` and ``loginResponse`` as ``login_response``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@lru_cache(maxsize=4096)
def without(name: str, endings: tuple[str, ...]) -> str:
    """`name` without the first of `endings` that it has."""
    return next((name.removesuffix(ending) for ending in endings if name.endswith(ending)), name)


def ids_by_payload(kind: EnvelopeType | None) -> dict[str, tuple[Id, ...]]:
    """The id fields of each payload of an envelope type, the surest first."""
    if kind is None:
        return {}
    outer = list(ids_in(kind.descriptor, "", (ENVELOPE_ONLY, *ID_NAMES)))
    if not kind.members:
        outer += ids_inside(kind.descriptor, "")
        return {kind.descriptor.name: by_rank(outer)}
    found = {} if kind.oneof else {kind.descriptor.name: by_rank(outer)}
    for member in kind.members:
        inside = None if member.is_repeated else member.message_type  # of a list, no item is the one with the id
        inner = [] if inside is None else payload_ids(inside, f"{member.name}.")
        found[member.name] = by_rank([*outer, *inner])
    return found


def with_declared(
    kind: EnvelopeType | None, found: Mapping[str, tuple[Id, ...]], paths: Mapping[str, str]
) -> Mapping[str, tuple[Id, ...]]:
    """The ids of each payload, those of declared pairs first; `paths` are the paths of these by their names."""
    if kind is None or not paths:
        return found
    declared = {payload: list[Id]() for payload in found}
    for name, path in paths.items():
        first, *rest = path.split(".")
        field: FieldDescriptor | None = kind.descriptor.fields_by_name.get(first)
        in_payload = first in found and any(member.name == first for member in kind.members)
        for part in rest:
            inner = field.message_type if field is not None else None
            field = inner.fields_by_name.get(part) if inner is not None else None
        if field is not None:
            each = Id(name, attrgetter(path), field.default_value)
            for payload in (first,) if in_payload else found:
                declared[payload].append(each)
    return {payload: (*declared[payload], *ids) for payload, ids in found.items()}


def payload_ids(descriptor: Descriptor, path: str) -> list[Id]:
    """The ids of a payload: its own fields, and those one message further in."""
    return [*ids_in(descriptor, path, ID_NAMES), *ids_inside(descriptor, path)]


def ids_inside(descriptor: Descriptor, path: str) -> Iterator[Id]:
    """The ids of the singular messages in a message."""
    for field in descriptor.fields[:MAX_FIELDS]:
        if field.message_type is not None and not field.is_repeated and field.containing_oneof is None:
            yield from ids_in(field.message_type, f"{path}{field.name}.", ID_NAMES)


def ids_in(descriptor: Descriptor, path: str, names: Sequence[str]) -> Iterator[Id]:
    """The ids among a message's own fields."""
    for field in descriptor.fields[:MAX_FIELDS]:
        name = field.name.replace("_", "").lower()
        if name in names and can_be_id(field):
            yield Id(name, attrgetter(f"{path}{field.name}"), field.default_value)


def can_be_id(field: FieldDescriptor) -> bool:
    """True for a singular string, bytes or integer."""
    return field.message_type is None and not field.is_repeated and field.cpp_type not in NOT_INTEGER


def by_rank(ids: Iterable[Id]) -> tuple[Id, ...]:
    """One id of each name, the outermost, the surest first."""
    first: dict[str, Id] = {}
    for each in ids:
        first.setdefault(each.name, each)
    return tuple(sorted(first.values(), key=lambda each: RANK[each.name]))


RANK = {name: rank for rank, name in enumerate((ENVELOPE_ONLY, *ID_NAMES))}
