"""Two sequences of messages side by side: which is which, and what has become of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.addon.recording.sessions import Line, reader

from paperknife.replay import lineup
from paperknife.replay.findings import Kind
from paperknife.replay.lineup import Item, Lineup
from paperknife_decoders.difference import fingerprint
from paperknife_decoders.volatile import volatile_of

VOLATILE = volatile_of(reader().protocol)
LINE = Line()


def item(text: str, group: str = "g", pool: str | None = None) -> Item:
    """An account update that says a letter, or an order response for a capital one."""
    if text.isupper():
        message = LINE.server(0, "order_response", text=text)
    else:
        message = LINE.server(0, "account_update", account=text, open_profit={"value": text})
    envelope = message.envelopes[0]
    return Item(group, envelope, fingerprint(envelope, VOLATILE), envelope.payload, 0, pool=pool)


def word(item: Item | None) -> str:
    if item is None:
        return ""
    message = item.envelope.message
    return message.order_response.text or message.account_update.account


class Told:
    """Keeps what a line-up tells."""

    def __init__(self) -> None:
        self.settled: list[tuple[str, str, str]] = []
        self.pairs: list[tuple[str, str]] = []
        self.lineup = Lineup(VOLATILE, self.on_settled, lambda one, other: self.pairs.append((word(one), word(other))))

    def on_settled(self, settled) -> None:
        kind = settled.kind.value if settled.kind else "same"
        self.settled.append((kind, word(settled.expected), word(settled.found)))

    def unlike(self) -> list[tuple[str, str, str]]:
        return sorted(each for each in self.settled if each[0] != "same")


CASES = [
    # expected, found, what is not the same
    ("abc", "abc", []),
    ("", "", []),
    ("abc", "ab", [("missing", "c", "")]),
    ("abc", "bc", [("missing", "a", "")]),
    ("ab", "axb", [("extra", "", "x")]),
    ("abc", "axc", [("changed", "b", "x")]),
    ("abc", "abbc", [("doubled", "", "b")]),
    ("abc", "abca", [("doubled", "", "a")]),
    ("abc", "acb", [("order", "c", "c")]),
    ("aabb", "aabb", []),
    ("aab", "ab", [("missing", "a", "")]),
    ("aX", "aY", [("changed", "X", "Y")]),
    ("aX", "ay", [("changed", "X", "y")]),
    ("abcdef", "abQdef", [("changed", "c", "Q")]),
]


@pytest.mark.parametrize(("expected", "found", "unlike"), CASES)
@pytest.mark.parametrize("how", ["one by one", "expected first", "found first"])
def test_what_has_become_of_each(expected, found, unlike, how) -> None:
    """However far one side is ahead of the other."""
    told = Told()
    takes = {
        "one by one": [(side, each) for pair in zip(expected, found, strict=False) for side, each in enumerate(pair)]
        + [(0, each) for each in expected[len(found) :]]
        + [(1, each) for each in found[len(expected) :]],
        "expected first": [*((0, each) for each in expected), *((1, each) for each in found)],
        "found first": [*((1, each) for each in found), *((0, each) for each in expected)],
    }[how]
    for side, text in takes:
        (told.lineup.found if side else told.lineup.expected)(item(text))
    told.lineup.finish()
    assert [kind for kind, *_ in told.unlike()] == [kind for kind, *_ in unlike]
    if all(kind != "order" for kind, *_ in unlike):  # either of two that change places has moved
        assert told.unlike() == sorted(unlike)


def test_groups_have_nothing_to_do_with_each_other() -> None:
    """Their order does not count between them, and what is like in another is told apart."""
    told = Told()
    for text, group in (("a", "1"), ("b", "2")):
        told.lineup.expected(item(text, group))
    for text, group in (("b", "2"), ("b", "1")):
        told.lineup.found(item(text, group))
    told.lineup.finish()
    assert told.unlike() == [("changed", "a", "b")]


def test_what_is_missing_in_one_group_may_have_changed_its_group() -> None:
    """Where both are of one pool and hardly differ: an update that is about another symbol now."""
    told = Told()
    told.lineup.expected(item("a", "1", "pool"))
    told.lineup.found(item("b", "2", "pool"))
    told.lineup.expected(item("c", "3", "pool"))
    told.lineup.found(item("D", "4", "other"))
    told.lineup.finish()
    assert told.unlike() == [("changed", "a", "b"), ("extra", "", "D"), ("missing", "c", "")]


def test_those_at_one_place_are_paired_before_anything_is_settled() -> None:
    """An id in a message that has changed is needed at once."""
    told = Told()
    told.lineup.expected(item("a"))
    told.lineup.found(item("x"))
    assert told.pairs == [("a", "x")]
    assert told.settled == []


def test_what_waits_is_bounded(monkeypatch) -> None:
    """The oldest groups are settled then, and that is told."""
    monkeypatch.setattr(lineup, "MOST_WAITING", 10)
    told = Told()
    for number in range(30):
        told.lineup.expected(item("a", f"group {number}"))
    assert len(told.settled) == 20
    assert told.lineup.overflowed == 20


def test_a_long_group_is_settled_as_it_grows(monkeypatch) -> None:
    """One extra message at the beginning does not hold up all behind it."""
    monkeypatch.setattr(lineup, "WINDOW", 16)
    told = Told()
    told.lineup.found(item("X"))
    for number in range(300):
        text = "abcdefghij"[number % 10]
        told.lineup.expected(item(text))
        told.lineup.found(item(text))
    assert len(told.settled) > 250
    told.lineup.finish()
    assert told.unlike() == [("extra", "", "X")]


texts = st.text("abcX", max_size=12)


@settings(max_examples=150, deadline=None)
@given(texts, texts, st.randoms(use_true_random=False))
def test_every_message_is_settled_once(expected, found, rng) -> None:
    """In whatever order both come; and the same twice is the same."""
    told = Told()
    sides = [0] * len(expected) + [1] * len(found)
    rng.shuffle(sides)
    queues = iter(expected), iter(found)
    for side in sides:
        (told.lineup.found if side else told.lineup.expected)(item(next(queues[side])))
    told.lineup.finish()
    assert sorted(one for _, one, _ in told.settled if one) == sorted(expected)
    assert sorted(other for _, _, other in told.settled if other) == sorted(found)
    if expected == found:
        assert told.unlike() == []
    kinds = {kind for kind, *_ in told.settled} - {"same"}
    assert kinds <= {each.value for each in Kind}
    assert bool(kinds) == (expected != found)
