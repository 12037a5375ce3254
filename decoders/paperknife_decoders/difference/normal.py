"""The normal form of a message: what does not count is blank, and what means the same is written the same way.

Two messages are equal if their normal forms have the same bytes, in the deterministic serialisation of one parser.

* What is ignored is gone; of what is volatile only that it is there is left.
* Not-a-number is one value whatever its bits, and -0.0 is 0.0.
* Unknown fields are sorted by number (of one number they keep their order) and in their shortest encoding.
* The content of an Any is in its own normal form; a Struct is its JSON, with sorted keys.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from weakref import ref

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.difference.blanking import (
    FLOATS,
    Blank,
    blank_for,
    blanker,
    each_message,
    floats,
    moment,
    one_way,
)
from paperknife_decoders.difference.json_normal import NOWHERE, JsonPlace, json_text, normal_json, plain_json
from paperknife_decoders.difference.unknown_normal import settle_unknown
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.masking import MAX_DEPTH
from paperknife_decoders.moments import is_time
from paperknife_decoders.open_types import any_content, is_any, is_json_like
from paperknife_decoders.reflection import kind_of
from paperknife_decoders.sites import Shape, Site, Sites, content_field, getter
from paperknife_decoders.values import Dynamic
from paperknife_decoders.volatile import At, Mark, Volatile, mark_by_name

__all__ = ["NormalForm", "normal_form"]

MOST_KEYS = 1000
LONGEST_KEY = 100
"""How many keys of a map, of so many characters, are remembered."""

clear = cast("Callable[[Dynamic], None]", Duration.Clear)
serialize = cast("Callable[..., bytes]", Duration.SerializePartialToString)
discard = cast("Callable[[Dynamic], None]", Duration.DiscardUnknownFields)


def normal_form(kind: EnvelopeType, volatile: Volatile) -> NormalForm:
    """How envelopes of a type are brought into their normal form; made once for as long as the type lives."""
    found = volatile.forms.get(ref(kind))
    if found is None:
        forms = volatile.forms
        found = forms[ref(kind, lambda gone: forms.pop(gone, None) and None)] = NormalForm(kind, volatile)
    return cast("NormalForm", found)


class NormalForm:
    """Brings the envelopes of one type into their normal form."""

    def __init__(self, kind: EnvelopeType, volatile: Volatile) -> None:
        self.parse = kind.parse
        self.type_name = kind.name
        self.volatile = volatile
        self.leading = volatile.leading(kind.name)
        self.declared = frozenset(path[-1] for path in self.leading)
        self.start = volatile.start
        self.sites: Sites[At, Blank] = Sites(self)

    def bytes_of(self, envelope: Envelope) -> bytes:
        """The normal form of a decoded envelope of this type, encoded."""
        message = self.parse(envelope.data)
        blank(message, self.sites.of_envelope(envelope), 0)
        data = serialize(message, deterministic=True)
        discard(message)
        if serialize(message, deterministic=True) == data:
            return data
        return serialize(self.message_of(envelope), deterministic=True)

    def message_of(self, envelope: Envelope) -> ProtoMessage:
        """The normal form of a decoded envelope of this type."""
        message = self.parse(envelope.data)
        blank(message, self.sites.of_envelope(envelope), 0)
        settle_unknown(message)
        return message

    def choose(self, state: At, field: FieldDescriptor) -> tuple[At, Blank | None]:
        """What is to be done with a field that lies somewhere."""
        volatile = self.volatile
        further, is_ignored = volatile.ignored.step(state.state, field.name)
        path = None if state.path is None else (*state.path, field.name)
        below = At(further, path if path in self.leading else None)
        if is_ignored:
            return below, blank_for(Mark.IGNORED, field)
        if below.path is not None and volatile.declares(self.type_name, below.path):
            return below, blank_for(Mark.VALUE, field)
        mark = volatile.mark_of(field, is_outermost=state.path == ())
        return below, self.work_for(field, below) if mark is None else blank_for(mark, field)

    def may_choose(self, field: FieldDescriptor) -> bool:
        """False for a field to which nothing is done wherever it lies."""
        return (
            self.volatile.ignored.may_mean(field.name)
            or field.name in self.declared
            or self.volatile.mark_of(field, is_outermost=True) is not None
            or self.work_for(field, self.start) is not None
        )

    def work_for(self, field: FieldDescriptor, place: At) -> Blank | None:
        """What there is to do with a field for its type."""
        content = content_field(field)
        kind = content.message_type
        if kind is not None and is_any(kind):
            return each_message(field, lambda holder, depth: self.any(holder, place, depth))
        if kind is not None:
            return each_message(field, lambda value, _: self.json(value, place)) if is_json_like(kind) else None
        entry = field.message_type
        if entry is not None and entry.fields_by_name["key"].type == FieldDescriptor.TYPE_STRING:
            return self.under_keys(field, content, place)
        return floats(field) if content.cpp_type in FLOATS else None

    def any(self, holder: Dynamic, place: At, depth: int) -> None:
        """Bring the content of an Any into its normal form, where its type is known. It may be another one."""
        content = any_content(holder)
        if content is None or depth > MAX_DEPTH:
            return
        kind = kind_of(content)
        if is_any(kind):
            self.any(content, place, depth + 1)
        elif is_json_like(kind):
            self.json(content, place)
        else:
            blank(content, self.sites.at(kind, place), depth + 1)
        settle_unknown(content)
        holder.value = serialize(content, deterministic=True)

    def json(self, value: Dynamic, place: At) -> None:
        """Put the JSON of a Struct, ListValue or Value in its place."""
        start = JsonPlace(place.state, place.path or NOWHERE)
        text = json_text(normal_json(plain_json(value), self.volatile, start))
        clear(value)
        match kind_of(value).name:
            case "Struct":
                value.fields[""].string_value = text
            case "ListValue":
                value.values.add().string_value = text
            case _:
                value.string_value = text

    def under_keys(self, field: FieldDescriptor, content: FieldDescriptor, place: At) -> Blank:
        """Makes the values of a map blank whose keys are names of what is volatile."""
        get, marks = getter(field), dict[str, Mark | None]()
        blanks, stand_in, is_float = blanker(content), moment(content), content.cpp_type in FLOATS

        def change(message: Dynamic, _: int) -> None:
            values = get(message)
            for key in list(values) if values else ():
                mark = marks[key] if key in marks else self.key_mark(place, key, content)
                if key not in marks and len(marks) < MOST_KEYS and len(key) <= LONGEST_KEY:
                    marks[key] = mark
                if mark is Mark.IGNORED:
                    del values[key]
                elif mark is Mark.VALUE:
                    values[key] = blanks(values[key])
                elif mark is Mark.TIME and is_time(values[key]):
                    values[key] = stand_in
                elif is_float:
                    values[key] = one_way(values[key])

        return change

    def key_mark(self, place: At, key: str, content: FieldDescriptor) -> Mark | None:
        """What is volatile for its key."""
        if self.volatile.ignored.step(place.state, key)[1]:
            return Mark.IGNORED
        if content.cpp_type == FieldDescriptor.CPPTYPE_STRING and self.volatile.secrets.hides_name(key):
            return Mark.VALUE
        return mark_by_name(key, content, is_outermost=False) if self.volatile.by_name else None


def blank(message: Dynamic, sites: list[Site[At, Blank]], depth: int) -> None:
    """Go through the sites of a message that lies inside so many."""
    if depth > MAX_DEPTH:
        return
    for site in sites:
        if site.what is not None:
            site.what(message, depth)
        elif site.is_set is None or site.is_set(message):
            value = site.get(message)
            if site.shape is Shape.ONE:
                blank(value, site.inside, depth + 1)
                continue
            for item in value:
                blank(value[item] if site.shape is Shape.MAP else item, site.inside, depth + 1)
