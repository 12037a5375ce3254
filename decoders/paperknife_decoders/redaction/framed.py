"""Secrets in envelopes that lie behind the steps of a protocol: framed, compressed, encoded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from paperknife_decoders.redaction.edits import DONE, Edit, Span, apply, moved
from paperknife_decoders.steps import Opened

__all__ = ["gaps", "masked_parts", "own_parts", "places_of"]


def masked_parts(opened: Opened, content: bytes, edits_of: Callable[[bytes], list[Edit]]) -> tuple[bytes, list[Edit]]:
    """The content with the secrets of its parts masked, and where they were; `edits_of` says what to replace in a part.

    Parts that lie in the content as they are keep their place, and the content its length. From any other step the
    content is made anew, all of it counts as masked, and it may be of another length. What earlier messages held of the
    first part has passed and stays.
    """
    edits = [edits_of(part) for part in opened.parts]
    if opened.passed:
        left = (edit for edit in edits[0] if edit.end > opened.passed)
        edits[0] = [edit._replace(start=max(edit.start, opened.passed)) for edit in left]
    if not any(edits):
        return content, []
    masked = opened.close([apply(part, its) for part, its in zip(opened.parts, edits, strict=True)])
    places = places_of(content, own_parts(opened))
    if places is None or len(masked) != len(content):
        return masked, [Edit(0, len(masked), DONE)]
    places[0] -= opened.passed
    return masked, [
        moved(edit, place)._replace(table=DONE) for place, its in zip(places, edits, strict=True) for edit in its
    ]


def own_parts(opened: Opened) -> tuple[bytes, ...]:
    """The parts without what earlier messages held of the first."""
    return (opened.parts[0][opened.passed :], *opened.parts[1:]) if opened.passed else opened.parts


def gaps(content: bytes, parts: Sequence[bytes]) -> list[Span]:
    """Where there is something in the content that is in no part; all of it, where the parts do not lie in it."""
    places = places_of(content, parts)
    if places is None:
        return [(0, len(content))]
    ends = [0, *(place + len(part) for place, part in zip(places, parts, strict=True))]
    return [(start, end) for start, end in zip(ends, [*places, len(content)], strict=True) if start < end]


def places_of(content: bytes, parts: Sequence[bytes]) -> list[int] | None:
    """Where the parts lie in the content, one after the other; None where one of them does not."""
    places, at = [], 0
    for part in parts:
        at = content.find(part, at)
        if at < 0:
            return None
        places.append(at)
        at += len(part)
    return places
