"""What a client did that was not as recorded, in lines for a test report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from paperknife.live.amounts import count_text
from paperknife.testing.taking import Taken

__all__ = ["never_came", "never_opened", "unexpected"]

MOST_TOLD = 10
"""Misses, or requests that did not come, that are told one by one."""


def unexpected(taken: Iterable[Taken]) -> Iterator[str]:
    """What came and was not recorded, with what is nearest; and what became of it."""
    for each in taken:
        for lines in each.misses[:MOST_TOLD]:
            yield from lines
        if each.miss_count > MOST_TOLD:
            yield f"   and {each.miss_count - MOST_TOLD:,} more that were not recorded"
        yield from each.notes
        if each.miss_count or each.notes:
            yield from each.faults


def never_came(taken: dict[int, Taken], *, complete: bool) -> Iterator[str]:
    """The recorded requests that no client has sent; unless it is to be `complete`, those before the last that came."""
    for number, each in taken.items():
        missing = [text for at, text in each.left if complete or at < each.last]
        if missing and each.miss_count:  # the nearest of them is told already, and the others follow from that
            yield f"#{number} Of what was recorded, {count_text(len(missing), 'request')} did not come."
            continue
        for text in missing[:MOST_TOLD]:
            yield f"#{number} This was recorded and did not come: {text}"
        if len(missing) > MOST_TOLD:
            yield f"   and {len(missing) - MOST_TOLD:,} more that did not come"


def never_opened(urls: Sequence[tuple[int, str]], taken: Iterable[Taken]) -> Iterator[str]:
    """The recorded connections that no client has made, of those with a number and a URL."""
    made = {each.recorded for each in taken}
    for number, url in urls:
        if number not in made:
            yield f"Recorded connection #{number} to {url} was never opened."
