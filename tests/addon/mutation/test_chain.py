"""Several who decide on one connection."""

import pytest
from tests.addon.proxy.lane.deciding import Table

from paperknife.mutation.chain import Chain, chained, merged
from paperknife.mutation.verdict import CloseOrder, Verdict
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol


def message(content: bytes) -> Message:
    return Message(1, Direction.CLIENT, 0, Opcode.BINARY, content, Protocol().reader())


CASES = [
    ([{}, {}], None, [b"a"]),
    ([{b"a": Verdict(b"b", hits=("x",))}, {}], Verdict(b"b", hits=("x",)), [b"b"]),
    (
        [{b"a": Verdict(b"b", delay=1, copies=1, hits=("x",))}, {b"b": Verdict(b"c", delay=2, copies=1, hits=("y",))}],
        Verdict(b"c", delay=3, copies=3, hits=("x", "y")),
        [b"b"],
    ),
    ([{b"a": Verdict(None, hits=("x",))}, {b"a": Verdict(b"b")}], Verdict(None, hits=("x",)), []),
]


@pytest.mark.parametrize(("tables", "expected", "seen"), CASES)
def test_each_sees_what_the_one_before_has_left(tables, expected, seen) -> None:
    """What one drops the next ones never see; all that they ask for comes together."""
    first, last = (Table(table) for table in tables)
    assert Chain([first, last]).consider(message(b"a"), 0) == expected
    assert last.asked == seen


def test_one_that_does_not_heed_a_direction_is_not_asked_about_it() -> None:
    """Neither whether it wants anything nor what becomes of it."""
    client, server = Table(directions=("client",), wanted=False), Table(directions=("server",))
    both = Chain([client, server])
    assert all(both.heeds(direction) for direction in Direction)
    assert not both.wants(Direction.CLIENT, ["order"])
    assert both.wants(Direction.SERVER, ["order"])
    assert both.consider(message(b"a"), 0) is None
    assert server.asked == []


def test_openings_and_ends_come_together() -> None:
    """All of them are told, and what they ask for is one verdict without a message."""
    tables = [Table(first=Verdict(b"", logs=("a",))), Table(), Table(first=Verdict(None, logs=("b",)))]
    chain = Chain(tables)
    assert chain.opened(0) == Verdict(None, logs=("a", "b"))
    assert chain.closed(0) is None
    assert [table.ended for table in tables] == [1, 1, 1]


def test_one_alone_stays_itself() -> None:
    """And of nobody there is nothing."""
    table = Table()
    assert chained([None, table]) is table
    assert chained([None]) is None
    assert isinstance(chained([table, table]), Chain)


def test_the_first_one_that_ends_a_connection_says_how() -> None:
    """Later ones have no say in that."""
    first, second = (Verdict(b"", close=CloseOrder(code)) for code in (4000, 4001))
    assert merged(first, second).close == CloseOrder(4000)
