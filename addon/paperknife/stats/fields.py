"""Which fields number messages, say what they are about, or that numbers begin anew: by their names and types."""

from __future__ import annotations

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife.recording import subjects

__all__ = [
    "INTEGERS",
    "NAMES",
    "Found",
    "about_of",
    "counts",
    "fields_of",
    "is_map",
    "is_snapshot",
    "marks_of",
    "subject_name",
]

NAMES = frozenset(
    {
        "messagesequence",
        "messagesequencenumber",
        "msgseq",
        "msgseqno",
        "msgseqnum",
        "rptseq",
        "seq",
        "seqid",
        "seqno",
        "seqnr",
        "seqnum",
        "seqnumber",
        "sequence",
        "sequenceid",
        "sequenceno",
        "sequencenum",
        "sequencenumber",
    }
)
"""Names of integers that number messages: whole, in lower case, without underscores."""

MARKS = ("snapshot", "issnapshot", "fullrefresh", "isfullrefresh")
"""Names of flags by which a message begins its numbers anew."""

INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: 2**31 - 1,
    FieldDescriptor.CPPTYPE_INT64: 2**63 - 1,
    FieldDescriptor.CPPTYPE_UINT32: 2**32 - 1,
    FieldDescriptor.CPPTYPE_UINT64: 2**64 - 1,
}
"""The types that can count, with their greatest number: behind it comes 0 or 1."""

DEEPEST = 3
"""Messages within messages in which such fields are looked for."""
MOST_FIELDS = 200
"""Fields of one message that are looked at."""
MOST_MESSAGES = 200
"""Messages within one payload's type that are looked at."""
MOST_SUBJECTS = 4
"""Fields that say what one numbering is about."""
type Found = tuple[tuple[str, ...], FieldDescriptor]
"""A path and the field that it leads to."""


def is_snapshot(payload: str) -> bool:
    """True for a payload that tells the whole state, by its name."""
    name = folded(payload)
    return "snapshot" in name or "fullrefresh" in name


def fields_of(
    kind: Descriptor, prefix: tuple[str, ...], without: tuple[str, ...]
) -> tuple[list[Found], list[tuple[tuple[str, ...], Descriptor]]]:
    """All that a message has one of, outermost first, and its lists of messages; types may lie in themselves."""
    scalars: list[Found] = []
    lists: list[tuple[tuple[str, ...], Descriptor]] = []
    waiting = [(kind, prefix, 0)]
    for seen, (each, path, depth) in enumerate(waiting):
        if seen >= MOST_MESSAGES:
            break
        for field in each.fields[:MOST_FIELDS]:
            if not depth and field.name in without:
                continue
            if field.message_type is None:
                if not field.is_repeated:
                    scalars.append(((*path, field.name), field))
            elif not field.is_repeated:
                if depth < DEEPEST:
                    waiting.append((field.message_type, (*path, field.name), depth + 1))
            elif not is_map(field):
                lists.append(((*path, field.name), field.message_type))
    return scalars, lists


def about_of(scalars: list[Found]) -> tuple[Found, ...]:
    """Those that say what a message is about."""
    found = [each for each in scalars if subject_name(each[1]) in subjects.NAMES and can_be_subject(each[1])]
    return tuple(found[:MOST_SUBJECTS])


def marks_of(scalars: list[Found]) -> tuple[tuple[tuple[str, ...], frozenset[int]], ...]:
    """The flags and enums that can say that the numbers begin anew, with the values that say so."""
    marks = [(path, values) for path, field in scalars if (values := renewing(field))]
    return tuple(marks[:MOST_SUBJECTS])


def renewing(field: FieldDescriptor) -> frozenset[int]:
    """The values of a field by which numbers begin anew; none for nearly all fields."""
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return frozenset({1}) if folded(field.name) in MARKS else frozenset()
    if field.enum_type is None:
        return frozenset()
    values = field.enum_type.values[:MOST_FIELDS]
    return frozenset(value.number for value in values if is_snapshot(value.name))


def counts(field: FieldDescriptor) -> bool:
    """True for an integer that numbers messages, by its name."""
    return field.cpp_type in INTEGERS and folded(field.name) in NAMES


def can_be_subject(field: FieldDescriptor) -> bool:
    """True for text, bytes and integers."""
    return field.cpp_type not in subjects.NO_SUBJECT


def subject_name(field: FieldDescriptor) -> str:
    """What `subject_of` calls the field."""
    name = folded(field.name)
    return name if name in subjects.NAMES else name.removesuffix("s")


def folded(name: str) -> str:
    """A name in lower case without underscores."""
    return name.replace("_", "").lower()


def is_map(field: FieldDescriptor) -> bool:
    """True for a map."""
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)
