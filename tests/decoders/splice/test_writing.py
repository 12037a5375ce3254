"""Changes in messages as no encoder writes them, beside the same changes by the library."""

from __future__ import annotations

import contextlib
from random import Random

import pytest
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decoders.splice.disturbed import (
    SCHEMAS,
    content_for,
    fields_of,
    parsed,
    random_message,
    random_type,
    scalar,
    wire_type_of,
    written,
)

from paperknife_decoders.splice import Append, Clear, Set, SpliceError, path_from, prepared, splice
from paperknife_decoders.wire.walker import walk

SEEDS = st.integers(0, 2**40)


def is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def get(message, field: FieldDescriptor):
    return message.Extensions[field] if field.is_extension else getattr(message, field.name)


def has(message, field: FieldDescriptor) -> bool:
    return message.HasExtension(field) if field.is_extension else message.HasField(field.name)


def put(message, field: FieldDescriptor, value) -> None:
    if field.message_type is not None:
        get(message, field).CopyFrom(value)
        get(message, field).SetInParent()
    elif field.is_extension:
        message.Extensions[field] = value
    else:
        setattr(message, field.name, value)


def clear(message, field: FieldDescriptor) -> None:
    if field.is_extension:
        message.ClearExtension(field)
    else:
        message.ClearField(field.name)


class Spot:
    """A random place in a message, and how the library gets there."""

    def __init__(self, random: Random, message) -> None:
        self.text = ""
        self.hops: list[tuple[FieldDescriptor, object]] = []  # and the key or the index
        kind = message.DESCRIPTOR
        here = message
        while True:
            field = self.favoured(random, kind, here)
            name = f"[{field.full_name}]" if field.is_extension else field.name
            self.text += f".{name}" if self.text else name
            self.field = field
            chosen = None
            below = get(here, field) if here is not None else None
            if is_map(field):
                if random.random() < 0.3:
                    break
                key = field.message_type.fields_by_number[1]
                known = list(below or ())
                chosen = random.choice(known) if known and random.random() < 0.7 else value_of(random, key)
                self.text += f"[{spelled(chosen)}]"
                below = below[chosen] if below is not None and chosen in below and self.is_message(field) else None
                self.field = field.message_type.fields_by_number[2]
            elif field.is_repeated:
                if random.random() < 0.3 or not below:
                    break
                chosen = random.randrange(-len(below), len(below))
                self.text += f"[{chosen}]"
                below = below[chosen]
            self.hops.append((field, chosen))
            kind = self.field.message_type
            if kind is None or random.random() < 0.25 or len(self.hops) > 4:
                return
            here = below if below is not None else None
        self.hops.append((field, None))

    @staticmethod
    def is_message(field: FieldDescriptor) -> bool:
        return field.message_type.fields_by_number[2].message_type is not None

    @staticmethod
    def favoured(random: Random, kind, here) -> FieldDescriptor:
        """Mostly one that is set."""
        there = [field for field, _ in here.ListFields()] if here is not None else []
        return random.choice(there) if there and random.random() < 0.7 else random.choice(fields_of(kind))

    @property
    def is_many(self) -> bool:
        return self.field.is_repeated and self.hops[-1][1] is None

    def parent(self, message, *, make: bool):
        """The message that holds the last hop; None where it is unset and not to be made."""
        for field, chosen in self.hops[:-1]:
            if is_map(field):
                if not make and chosen not in get(message, field):
                    return None
                message = get(message, field)[chosen]
            elif chosen is not None:
                message = get(message, field)[chosen]
            else:
                if not make and not has(message, field):
                    return None
                message = get(message, field)
                if make:
                    message.SetInParent()
        return message


def spelled(key) -> str:
    return str(key).lower() if isinstance(key, bool) else repr(key)


def value_of(random: Random, field: FieldDescriptor):
    """A value for `field` as the library takes it."""
    if field.message_type is not None:
        return parsed(field.message_type, content_for(random, field, 2))
    if field.enum_type is not None:
        return random.choice([0, 2, -3])
    holder = parsed(field.containing_type, b"")
    number = field.number << 3
    from paperknife_decoders.wire.writing import varint

    content = scalar(random, field)
    wire_type = wire_type_of(field)
    data = varint(number | wire_type) + (varint(len(content)) if wire_type == 2 else b"") + content
    found = get(parsed(type(holder).DESCRIPTOR, data), field)
    return found[0] if field.is_repeated else found


def change_by_library(message, spot: Spot, change) -> None:
    """The same change."""
    (field, chosen) = spot.hops[-1]
    if isinstance(change, Set) and spot.is_many and not change.value:
        parent = spot.parent(message, make=False)
        if parent is not None:
            clear(parent, field)
        return
    parent = spot.parent(message, make=not isinstance(change, Clear))
    if parent is None:
        return
    match change:
        case Clear() if chosen is None:
            clear(parent, field)
        case Clear() if is_map(field):
            get(parent, field).pop(chosen, None) if chosen in get(parent, field) else None
        case Clear():
            del get(parent, field)[chosen]
        case Append():
            items = get(parent, field)
            items.add().CopyFrom(change.value) if field.message_type is not None else items.append(change.value)
        case Set() if spot.is_many and is_map(field):
            clear(parent, field)
            fill_map(get(parent, field), change.value)
        case Set() if spot.is_many:
            clear(parent, field)
            for each in change.value:
                get(parent, field).add().CopyFrom(each) if field.message_type else get(parent, field).append(each)
        case Set() if is_map(field):
            fill_map(get(parent, field), {chosen: change.value})
        case Set() if chosen is not None and field.message_type is None:
            get(parent, field)[chosen] = change.value
        case Set() if chosen is not None:
            get(parent, field)[chosen].CopyFrom(change.value)
        case Set():
            put(parent, field, change.value)


def fill_map(container, entries) -> None:
    for key, value in entries.items():
        if hasattr(value, "CopyFrom"):
            container[key].CopyFrom(value)
        else:
            container[key] = value


def random_change(random: Random, spot: Spot):
    if random.random() < 0.25:
        return Clear(spot.text)
    if not spot.is_many:
        return Set(spot.text, value_of(random, spot.field))
    if is_map(spot.field):
        key, value = (spot.field.message_type.fields_by_number[number] for number in (1, 2))
        return Set(spot.text, {value_of(random, key): value_of(random, value) for _ in range(random.randrange(3))})
    if random.random() < 0.5:
        return Append(spot.text, value_of(random, spot.field))
    return Set(spot.text, [value_of(random, spot.field) for _ in range(random.randrange(4))])


def outside(data: bytes, hops) -> list[bytes]:
    """All records that are not on the way, those of rivals in a oneof left out; in their order."""
    if not hops:
        return []
    (field, _), *rest = hops
    if is_map(field):
        value = field.message_type.fields_by_number[2]
        rest = [(value, None), *rest] if rest else []
    oneof = field.containing_oneof
    own = {each.number: each for each in (oneof.fields if oneof else [field])}
    if field.containing_type.GetOptions().map_entry:
        own[1] = field.containing_type.fields_by_number[1]
    found = []
    for each in walk(data):
        member = own.get(each.number)
        accepted = member and {wire_type_of(member), *({2} if member.is_repeated else ())}
        if member is None or each.wire_type not in accepted:
            found.append(data[each.start : each.end])
        elif each.number == field.number and rest:
            found += outside(data[each.content : each.content_end], rest)
    return found


@settings(max_examples=1500, deadline=None)
@given(SEEDS)
def test_what_the_library_does_and_nothing_else(seed: int) -> None:
    """A change in any path gives what the library reads after the same change; records off the path are as they were,
    bit for bit and in their order.
    """
    random = Random(seed)
    kind = random_type(random.randrange(SCHEMAS))
    data = random_message(random, kind)
    message = parsed(kind, data)
    spot = Spot(random, message)
    change = random_change(random, spot)

    result = splice(data, kind, [change])

    change_by_library(message, spot, change)
    assert written(parsed(kind, result)) == written(message), (data.hex(), change)
    before, after = outside(data, spot.hops), outside(result, spot.hops)
    if isinstance(change, Append) and not any(field.containing_oneof for field, _ in spot.hops):
        assert after == before
    position = -1
    for each in after:  # nothing new, and nothing out of its order
        position = before.index(each, position + 1)
    assert path_from(spot.text, kind).text == spot.text


@settings(max_examples=500, deadline=None)
@given(SEEDS)
def test_broken_messages(seed: int) -> None:
    """In a message that is broken anywhere, a change is made or it is said why not; nothing else is ever raised."""
    random = Random(seed)
    kind = random_type(random.randrange(SCHEMAS))
    data = bytearray(random_message(random, kind))
    spot = Spot(random, parsed(kind, bytes(data)))
    for _ in range(random.randint(1, 3)):
        at = random.randint(0, len(data))
        data[at : at + random.randrange(3)] = random.randbytes(random.randrange(3))
    with contextlib.suppress(SpliceError):
        splice(bytes(data), kind, [random_change(random, spot)])


def test_prepared(order) -> None:
    """Prepared changes are those of `splice`, and are wrong before there is any message."""
    changes = [Set("id", 300), Append("levels", {}), Set("levels[-1].size", 1)]
    assert prepared(order, changes)(b"\x08\x01") == splice(b"\x08\x01", order, changes)
    assert prepared(order, [])(b"\x08\x01") == b"\x08\x01"
    with pytest.raises(SpliceError):
        prepared(order, [Set("small", 2**31)])


def test_many_elements(order) -> None:
    """A list of 100,000 elements takes a change as any other."""
    unpacked, packed = b"\x38\x05" * 100_000, b"\x32\xa0\x8d\x06" + b"\x05" * 100_000
    assert (
        splice(unpacked, order, [Set("loose[50000]", 6)]) == b"\x38\x05" * 50_000 + b"\x38\x06" + b"\x38\x05" * 49_999
    )
    assert splice(packed, order, [Set("sizes[-1]", 6)]) == packed[:-1] + b"\x06"


def test_depth(order) -> None:
    """A path goes down as far as parsers do, and an over-deep message is left alone below it."""
    path = ".".join(["again"] * 99) + ".id"
    made = splice(b"", order, [Set(path, 5)])
    assert splice(made, order, [Set(path, 300), Set(path, 5)]) == made
    assert splice(made, order, [Clear(path)]) != made


def test_a_group_that_nests_too_deeply(order) -> None:
    """Unknown groups beyond the parsers' depth are a broken message, not an endless one."""
    with pytest.raises(SpliceError, match="groups nested deeper than 100 levels"):
        splice(b"\x93\x3f" * 5000, order, [Set("id", 5)])
