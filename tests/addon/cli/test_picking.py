"""Choosing one of the last messages."""

import pytest

from paperknife.cli.picking import Picking
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol

READER = Protocol().reader()
MESSAGES = [Message(1, Direction.CLIENT, 0, Opcode.BINARY, bytes([each]), READER) for each in range(5)]


def picking(size: int = 2) -> Picking:
    return Picking(((each, f"line {each.content[0]}\n") for each in MESSAGES), size)


CHOICES = [
    ("\n", 0),
    ("2\n", 1),
    ("i4\n", 3),
    ("iii5\r", 4),
    ("12\x7f\x7f2\n", 1),
    ("9\n1\n", 0),
    ("xyz2\n", 1),
    ("q", None),
    ("1\x1b", None),
]


@pytest.mark.parametrize(("keys", "place"), CHOICES)
def test_what_keys_choose(keys, place) -> None:
    """The newest without a number, older ones once they are shown; nothing is an answer too."""
    pick = picking()
    pick.page()
    for key in keys:
        assert not pick.is_over
        pick.press(key)
    assert pick.is_over
    assert pick.chosen is (None if place is None else MESSAGES[place])


def test_pages_go_back() -> None:
    """The newest of a page is the last line, beside what is asked; then there are no older ones."""
    pick = picking()
    assert pick.page() == "   2 line 1\n   1 line 0\n"
    assert pick.press("i").startswith("\n   4 line 3\n   3 line 2\nSend which one again")
    assert "   5 line 4\n" in pick.press("i")
    assert "There are no older ones.\n" in pick.press("i")
    assert "The numbers go from 1 to 5.\n" in "".join(map(pick.press, "6\n"))
