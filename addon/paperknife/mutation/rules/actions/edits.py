"""Fields of a message changed, taken away, added to; or all of them replaced. All other bytes stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from paperknife.mutation.rules.actions.item import Item
from paperknife.mutation.rules.course import Act, Course
from paperknife.mutation.rules.drafts import Filling, draft_in, filling_in, fits, path_in, sets_in
from paperknife_decoders.definition.node import Node
from paperknife_decoders.splice import Append, Change, Clear, SpliceError, prepared, splice
from paperknife_decoders.splice.hops import is_map
from paperknife_decoders.splice.keys import with_keys
from paperknife_decoders.splice.paths import Path
from paperknife_decoders.splice.paths import path_in as path_in_type

__all__ = ["append", "clear", "replace", "set_fields"]


def set_fields(item: Item) -> Act | None:
    """``set: {order.quantity: 100}``."""
    descriptor = item.descriptor()
    sets = sets_in(item.node, descriptor, item.scope) if descriptor is not None else None
    if descriptor is None or sets is None:
        return None
    for (path, _), (_, node) in zip(sets.fillings, item.node.entries("fields"), strict=True):
        item.scope.touch(path, node)
    if sets.is_constant:
        return splicing(item, sets.constants())
    keeps_payload = is_within(item, [path for path, _ in sets.fillings])

    def act(course: Course) -> None:
        changes = sets.changes(course)
        course.edit(lambda data: splice(data, descriptor, changes), keeps_payload=keeps_payload)

    return act


def splicing(item: Item, changes: Sequence[Change]) -> Act | None:
    """Changes that are the same for every message."""
    descriptor = item.descriptor()
    assert descriptor is not None
    try:
        splicer = prepared(descriptor, changes)
    except SpliceError as error:
        item.node.fault(str(error))
        return None
    keeps_payload = is_within(item, [path_in_type(change.path, descriptor) for change in changes])
    return lambda course: course.edit(splicer, keeps_payload=keeps_payload)


def is_within(item: Item, paths: Iterable[Path]) -> bool:
    """True if the payload stays what it is, whatever is done at these paths: they lead into it, or past it."""
    kind = item.scope.kind
    if kind is None or not kind.oneof:
        return False
    return all(len(path.hops) > 1 or path.hops[0].form.field not in kind.members for path in paths)


def clear(item: Item) -> Act | None:
    """``clear: order.price``, or a list of paths."""
    descriptor = item.descriptor()
    if descriptor is None:
        return None
    texts = [(node, node.text("the path of a field")) for node in item.node.items()]
    paths = [path_in(node, text, descriptor) for node, text in texts if text is not None]
    found = [path for path in paths if path is not None]
    if not found or len(found) < len(texts):
        return None
    for path, (node, _) in zip(found, texts, strict=True):
        item.scope.touch(path, node)
    return splicing(item, [Clear(path) for path in found])


def append(item: Item) -> Act | None:
    """``append: {market_data.levels: {price: 1, size: 2}}``; an element is one value."""
    descriptor = item.descriptor()
    if descriptor is None:
        return None
    found: list[tuple[Path, Filling]] = []
    entries = item.node.entries("a mapping of lists and their new elements")
    for key, node in entries:
        path = path_in(node, key, descriptor)
        filling = element_in(node, path, item) if path is not None else None
        if path is not None and filling is not None:
            found.append((path, filling))
            item.scope.touch(path, node)
    if not found or len(found) < len(entries):
        return None
    if all(filling.is_constant for _, filling in found):
        return splicing(item, [Append(path, filling.samples[0]) for path, filling in found])

    keeps_payload = is_within(item, [path for path, _ in found])

    def act(course: Course) -> None:
        made = [(path, filling.make(course)) for path, filling in found]
        changes = [Append(path, value) for path, value in made if value is not None]
        course.edit(lambda data: splice(data, descriptor, changes), keeps_payload=keeps_payload)

    return act


def element_in(node: Node, path: Path, item: Item) -> Filling | None:
    """The new element of one list."""
    if not path.is_many or is_map(path.field):
        what = "a map: set an entry, as in " + f'{path}["key"]' if path.is_many else "no list"
        node.fault(f"{path} is {what}, nothing can be appended to it", at_key=True)
        return None
    filling = filling_in(node, path.field, item.scope, many=False)
    if filling is None:
        return None
    listed = Filling(filling.make, tuple([sample] for sample in filling.samples))
    return filling if fits(path, listed, path.descriptor, node) else None


def replace(item: Item) -> Act | None:
    """``replace: {order: {symbol: ESZ6}}``: the whole envelope anew."""
    descriptor = item.descriptor()
    draft = draft_in(item.node, descriptor, item.scope) if descriptor is not None else None
    if descriptor is None or draft is None:
        return None
    steps = item.scope.protocol.steps_for(item.scope.direction)
    if draft.is_constant:
        content = with_keys(splice(b"", descriptor, draft.constants()), steps)
        return lambda course: course.edit(lambda _: content)

    def act(course: Course) -> None:
        made = with_keys(splice(b"", descriptor, draft.changes(course)), steps)
        course.edit(lambda _: made)

    return act
