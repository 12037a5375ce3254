"""The express way to set one field: for messages as encoders write them, in one go and without records in between.

What is unusual in a message, and be it wrong, is left to the way that takes everything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from paperknife_decoders.splice.hops import Hop, Tags
from paperknife_decoders.wire.walker import FIXED_SIZES, WireType
from paperknife_decoders.wire.writing import varint

__all__ = ["Express", "express_setting"]

type Express = Callable[[bytes], bytes | None]
"""Makes a change; None for a message that it does not know how to change, which may be right or wrong."""

type Found = tuple[int, int, int]
"""Of a record the offsets behind its tag, behind its length, and behind it."""

GROUPS = (WireType.GROUP, WireType.GROUP_END)
LENGTH, VARINT = int(WireType.LENGTH), int(WireType.VARINT)  # plain numbers compare faster
FIXED = {int(kind): size for kind, size in FIXED_SIZES.items()}
TWO_BYTES = 1 << 14
"""A varint of two bytes is less; one that goes on is more, when its second byte is taken for its last."""


def express_setting(hops: Sequence[Hop], content: bytes) -> Express | None:
    """Gives the field that `hops` lead to this content; None where they lead by lists, maps, groups or closed enums."""
    forms = [hop.form for hop in hops]
    if any(hop.index is not None or hop.key is not None for hop in hops):
        return None
    if any(form.wire_type in GROUPS or any(known is not None for known in form.tags.values()) for form in forms):
        return None
    levels = [(form.number << 3 | form.wire_type, form.tags) for form in forms]
    new = varint(len(content)) + content if forms[-1].wire_type is WireType.LENGTH else content

    def setting(data: bytes) -> bytes | None:
        begin, end = 0, len(data)
        parents: list[Found] = []
        for own, tags in levels:
            found = only_record(data, begin, end, own, tags)
            if found is None:
                return None
            parents.append(found)
            _, begin, end = found
        start = parents.pop()[0]
        grown = len(new) - (end - start)
        tail = new + data[end:]
        if not grown:
            return data[:start] + tail
        pieces = [tail]
        for body, behind, stop in reversed(parents):
            pieces.append(data[behind:start])
            length = varint(stop - behind + grown)
            pieces.append(length)
            grown += len(length) - (behind - body)
            start = body
        pieces.append(data[:start])
        return b"".join(reversed(pieces))

    return setting


def only_record(data: bytes, begin: int, end: int, own: int, tags: Tags) -> Found | None:
    """The one record of a level that has the tag `own`, if no other has one of `tags`.

    None where there is none or more, and where any tag, length or number of the level is not as encoders write them,
    or is a length of more than two bytes.
    """
    found: Found | None = None
    position = begin
    while position < end:
        tag = data[position]
        position += 1
        if tag > 127 and position < end:
            tag = tag & 127 | data[position] << 7
            position += 1
        if not 7 < tag < TWO_BYTES or position >= end:
            return None
        body = behind = position
        kind = tag & 7
        if kind == LENGTH:
            size = data[body]
            behind += 1
            if size > 127 and behind < end:
                size = size & 127 | data[behind] << 7
                behind += 1
                if not 127 < size < TWO_BYTES:
                    return None
            position = behind + size
        elif kind == VARINT:
            last = body + 9
            while position < end and data[position] > 127:
                position += 1
            if position > last:
                return None
            position += 1
        else:
            position += FIXED.get(kind, end)
        if position > end:
            return None
        if tag in tags:
            if found is not None or tag != own:
                return None
            found = body, behind, position
    return found
