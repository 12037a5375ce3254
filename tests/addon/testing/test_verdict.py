"""What a client did that was not as recorded, in lines."""

import pytest

from paperknife.testing.taking import Taken
from paperknife.testing.verdict import never_came, never_opened, unexpected

MISS = ("#1 This was not recorded: order 2", "   No request is expected any more.")
LEFT = [(number, f"order {number}") for number in range(1, 16)]

CAME = [
    (Taken(1), []),
    (Taken(1, [MISS], 1), list(MISS)),
    (Taken(1, [MISS] * 12, 25), [*MISS * 10, "   and 15 more that were not recorded"]),
    (Taken(1, [MISS], 1, ["#1 closed"]), [*MISS, "#1 closed"]),
]


@pytest.mark.parametrize(("taken", "lines"), CAME)
def test_what_came_is_told_with_what_became_of_it(taken: Taken, lines: list[str]) -> None:
    """Ten of one connection, the others as a number."""
    assert list(unexpected([taken])) == lines


TOLD = "#3 This was recorded and did not come: order"
MISSING = [
    (Taken(1), True, []),
    (Taken(1, left=LEFT[:2]), True, [f"{TOLD} 1", f"{TOLD} 2"]),
    (Taken(1, left=LEFT[:2]), False, []),
    (Taken(1, left=[LEFT[0], LEFT[4]], last=3), False, [f"{TOLD} 1"]),
    (Taken(1, left=LEFT), True, [*(f"{TOLD} {at}" for at in range(1, 11)), "   and 5 more that did not come"]),
    (Taken(1, [MISS], 1, left=LEFT[:1]), True, ["#3 Of what was recorded, 1 request did not come."]),
    (Taken(1, [MISS], 1, left=LEFT), True, ["#3 Of what was recorded, 15 requests did not come."]),
    (Taken(1, [MISS], 1, left=LEFT), False, []),
]


@pytest.mark.parametrize(("taken", "complete", "lines"), MISSING)
def test_what_did_not_come_is_told(taken: Taken, complete: bool, lines: list[str]) -> None:
    """All of it, or only what was passed over; as a number where a miss has told of the first one already."""
    assert list(never_came({3: taken}, complete=complete)) == lines


def test_connections_that_nobody_made_are_told() -> None:
    """By their number in the recording; one may be made more than once."""
    urls = [(1, "ws://h/a"), (2, "ws://h/b")]
    assert list(never_opened(urls, [Taken(1), Taken(1)])) == ["Recorded connection #2 to ws://h/b was never opened."]
    assert list(never_opened(urls, [Taken(2), Taken(1)])) == []
