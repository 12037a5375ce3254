"""What is known of one connection."""

from __future__ import annotations

import pytest

from paperknife.mutation.flow import LIMITS_AT_ONCE
from paperknife.mutation.rules.standing import BUILT_IN, LONGEST_REMEMBERED, Standing


def test_streams_of_chance(desk):
    """Each rule draws from a stream of its own, which seed, connection and name decide, and nothing else does."""

    def drawn(number: int, seed: int, rule: str, other: str = "") -> list[float]:
        standing = Standing(number, desk.reader)
        found = []
        for _ in range(3):
            if other:
                standing.rule, standing.seed = other, seed
                standing.random().random()
            standing.rule, standing.seed = rule, seed
            found.append(standing.random().random())
        return found

    usual = drawn(1, 7, "a")
    assert drawn(1, 7, "a", other="b") == usual
    standing = Standing(1, desk.reader)
    mixed = []
    for seed in (7, 8, 7, 8, 7):  # another seed in a file that is loaded anew counts from then on
        standing.rule, standing.seed = "a", seed
        mixed.append(standing.random().random())
    assert (mixed[::2], mixed[1::2]) == (usual, drawn(1, 8, "a")[:2])
    assert len({tuple(each) for each in (usual, drawn(2, 7, "a"), drawn(1, 8, "a"), drawn(1, 7, "b"))}) == 4


def test_only_what_has_room(desk):
    """A text beyond all measure is not remembered: a peer cannot fill the memory."""
    standing = Standing(1, desk.reader)
    standing.remember("a", "x" * LONGEST_REMEMBERED)
    standing.remember("b", "x" * (LONGEST_REMEMBERED + 1))
    standing.remember("c", b"x" * (LONGEST_REMEMBERED + 1))
    standing.remember("d", 5)
    assert set(standing.remembered) == {"a", "d"}


def test_built_in_names_have_values(desk):
    """Each name that is always there has a value at any time."""
    standing = Standing(3, desk.reader, time_ns=1_500_000_000)
    values = {name: given.get(standing) for name, given in BUILT_IN.items()}
    assert (values["now"], values["now.s"], values["now.ms"], values["connection"]) == (1_500_000_000, 1, 1500, 3)
    assert all(value is not None for value in values.values())


def test_a_number_that_grows_without_end_is_not_remembered(desk):
    """A rule that squares what it remembers gets no further than any field could; nothing takes longer and longer."""
    changer = desk.changer(
        "rules: [{on: client order, do: {remember: {n: order.quantity}}, limit: 1}, "
        "{on: client order, do: {remember: {n: remembered.n * remembered.n}}}]"
    )
    for _ in range(100):
        assert changer.consider(desk.order(quantity=99_999), 0.0)
    assert changer.standing.remembered["n"] < 1 << 128


@pytest.mark.parametrize(
    ("action", "tag", "most"),
    [
        ("{reply: {heartbeat: {}}, times: 1000}", 1, LIMITS_AT_ONCE.messages + 1),
        ("{reply: {error: {text: '{order.client_tag}'}}, times: 1000}", 60_000, LIMITS_AT_ONCE.size // 60_000 + 2),
    ],
)
def test_what_comes_at_once_leads_to_so_much_and_no_more(desk, action, tag, most):
    """Answers to a chunk of messages are made up to a bound, and one more; what comes later has answers again."""
    changer = desk.changer(f"{{on: client order, do: {action}}}")

    def answers(time_ns: int) -> int:
        messages = [desk.order(client_tag="x" * tag) for _ in range(20)]
        for message in messages:
            message.time_ns = time_ns
        verdicts = [changer.consider(message, 101.0) for message in messages]
        assert {each.hits for each in verdicts} == {("rule 1",)}
        return sum(len(each.emissions) for each in verdicts)

    assert answers(1) == answers(2) == most
