"""Where secrets lie in a message's bytes, for a view that shows the bytes field by field."""

from __future__ import annotations

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.secrets import Secrets
from paperknife_decoders.wire.walker import DEEPEST, CutShort, WireType, walk_partly

__all__ = ["secret_spans"]


def secret_spans(data: bytes, descriptor: Descriptor, secrets: Secrets, *, limit: int = 10_000) -> frozenset[int]:
    """The offsets at which fields of this type start that hold secrets; never raises.

    In each message `limit` fields are looked at, as many as the wire view could show and more.
    """
    found: set[int] = set()
    waiting: list[tuple[int, int, Descriptor, tuple[str, ...]]] = [(0, len(data), descriptor, ())]
    while waiting:
        start, end, kind, path = waiting.pop()
        read = walk_partly(data, start, end, limit=limit)
        cut = read.error.field if isinstance(read.error, CutShort) else None
        for field in [*read.fields, *([cut] if cut else [])]:
            known = kind.fields_by_number.get(field.number)
            if known is None or len(path) > DEEPEST:
                continue
            inner = (*path, known.name)
            if secrets.hides(known, inner):
                found.add(field.start)
            elif known.message_type and field.wire_type in (WireType.LENGTH, WireType.GROUP):
                waiting.append((field.content, field.content_end, known.message_type, inner))
    return frozenset(found)
