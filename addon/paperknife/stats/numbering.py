"""Fields that number messages, and what each numbering is about: found in descriptors, read by what is made of them.

A message is numbered by an integer called `sequence`, `seq_no` or the like (`fields`). What it is about are the fields
beside it that `paperknife.recording.subjects` knows by name (a symbol, a channel): each of these may have numbers of
its own. A flag or an enum that says ``snapshot`` says that the numbers begin anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife.stats.fields import INTEGERS, Found, about_of, counts, fields_of, is_map, marks_of, subject_name
from paperknife_decoders.envelope_type import JOINT, EnvelopeType
from paperknife_decoders.values import Dynamic

__all__ = ["Numbering", "numberings_of"]

MOST_NUMBERINGS = 8
"""Numberings of one payload."""

type Number = tuple[int, tuple[object, ...], bool]
"""A number, what it is about, and whether the numbers begin anew with it."""


@dataclass(frozen=True, slots=True, eq=False)
class Numbering:
    """One field that numbers messages.

    `payload` is empty for a field of the envelope itself, which numbers messages of all payloads. `field` is its path
    in the payload, `subjects` are the fields that say what is numbered, with their paths in the envelope. `names` are
    these as `subject_of` names them, `greatest` is the largest number that there is. `read` gives the numbers in an
    envelope's message, 0 where none is set. Where there is always one, and nothing in the message that could renew it,
    `one` gives it, with what it is about behind it, in a third of the time.
    """

    payload: str
    field: str
    subjects: tuple[Found, ...]
    names: tuple[str, ...]
    greatest: int
    read: Callable[[Dynamic], Iterable[Number]]
    one: Callable[[Dynamic], tuple[Any, ...]] | None = None


@lru_cache(maxsize=2048)
def numberings_of(kind: EnvelopeType, payload: str) -> tuple[Numbering, ...]:
    """The numberings of one payload, and those of the envelope around it."""
    if not kind.members:
        return tuple(found_in(kind.descriptor, (), payload, ()))[:MOST_NUMBERINGS]
    found = list(envelope_numberings(kind))
    for name in payload.split(JOINT):
        member = kind.descriptor.fields_by_name.get(name)
        if member is not None and member.message_type is not None and not is_map(member):
            if member.is_repeated:
                found += in_list((name,), member.message_type, name, ())
            else:
                found += found_in(member.message_type, (name,), name, ())
    return tuple(found[:MOST_NUMBERINGS])


@lru_cache(maxsize=256)
def envelope_numberings(kind: EnvelopeType) -> tuple[Numbering, ...]:
    """The numberings of an envelope, whatever its payload is."""
    return tuple(found_in(kind.descriptor, (), "", tuple(member.name for member in kind.members)))


def found_in(kind: Descriptor, prefix: tuple[str, ...], payload: str, without: tuple[str, ...]) -> Iterator[Numbering]:
    """The numberings in a message that is found at `prefix`, and in the lists of messages that it has."""
    scalars, lists = fields_of(kind, prefix, without)
    yield from numbering_of(scalars, payload, len(prefix))
    about = about_of(scalars)
    for path, inner in lists:
        yield from in_list(path, inner, payload, about)


def numbering_of(scalars: list[Found], payload: str, outer: int) -> Iterator[Numbering]:
    """The numberings among fields of which there is one each; `outer` names of their paths are the envelope's."""
    about, marks = about_of(scalars), marks_of(scalars)
    for path, field in scalars:
        if counts(field):
            paths = (path, *(found for found, _ in about))
            read = reader(paths, marks)
            numbering = made(payload, path[outer:] if payload else path, field, about, read)
            yield numbering if marks else replace(numbering, one=tuple_getter(paths))


def in_list(path: tuple[str, ...], kind: Descriptor, payload: str, about: tuple[Found, ...]) -> Iterator[Numbering]:
    """The numberings of each item in a list, which are about what stands in the item and beside the list."""
    scalars, _ = fields_of(kind, (), ())
    inner, marks = about_of(scalars), marks_of(scalars)
    items = attrgetter(".".join(path))
    outside = reader(tuple(found for found, _ in about), ()) if about else None
    for found, field in scalars:
        if counts(field):
            each = reader((found, *(one for one, _ in inner)), marks)
            all_about = (*about, *(((*path, *one), other) for one, other in inner))
            place = (*path, *found)
            yield made(
                payload, place[1:] if payload == path[0] else place, field, all_about, listed(items, each, outside)
            )


def made(
    payload: str,
    path: tuple[str, ...],
    field: FieldDescriptor,
    about: tuple[Found, ...],
    read: Callable[[Dynamic], Iterable[Number]],
) -> Numbering:
    """A numbering of what was found."""
    names = tuple(subject_name(one) for _, one in about)
    return Numbering(payload, ".".join(path), about, names, INTEGERS[field.cpp_type], read)


def reader(
    paths: tuple[tuple[str, ...], ...], marks: tuple[tuple[tuple[str, ...], frozenset[int]], ...]
) -> Callable[[Dynamic], Iterable[Number]]:
    """What reads a number, the first of `paths`, what it is about, the others, and the marks of a snapshot."""
    get = tuple_getter((*paths, *(path for path, _ in marks)))
    count, meant = len(paths), [values for _, values in marks]

    def read(message: Dynamic) -> Iterable[Number]:
        found = get(message)
        renews = any(value in values for value, values in zip(found[count:], meant, strict=True))
        return ((found[0], found[1:count], renews),)

    return read


def tuple_getter(paths: tuple[tuple[str, ...], ...]) -> Callable[[Dynamic], tuple[Any, ...]]:
    """What reads fields, of which there may be only one."""
    get = attrgetter(*(".".join(path) for path in paths))
    return get if len(paths) > 1 else lambda message: (get(message),)


def listed(
    items: Callable[[Dynamic], Iterable[Dynamic]],
    each: Callable[[Dynamic], Iterable[Number]],
    outside: Callable[[Dynamic], Iterable[Number]] | None,
) -> Callable[[Dynamic], Iterable[Number]]:
    """What reads the numbers of all items of a list."""

    def read(message: Dynamic) -> Iterator[Number]:
        about: tuple[object, ...] = ()
        if outside is not None:
            ((first, rest, _),) = outside(message)
            about = (first, *rest)
        for item in items(message):
            for number, inner, renews in each(item):
                yield number, (*about, *inner), renews

    return read
