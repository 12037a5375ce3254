"""Colours, and none."""

import dataclasses

import pytest

from paperknife_decoders.paint import ANSI, PLAIN, Paint, dyed

CASES = [
    ("x", ANSI.mark, ANSI, "\x1b[33mx\x1b[0m"),
    ("", ANSI.mark, ANSI, ""),
    ("x", ANSI.number, ANSI, "x"),
    ("x", PLAIN.mark, PLAIN, "x"),
    ("x", "<", Paint(reset=">"), "<x>"),
]


@pytest.mark.parametrize(("text", "colour", "paint", "expected"), CASES)
def test_dyed(text: str, colour: str, paint: Paint, expected: str) -> None:
    """No codes around nothing, and none without a colour."""
    assert dyed(text, colour, paint) == expected


def test_plain_has_no_codes_and_ansi_ends_what_it_begins() -> None:
    """A pipe sees text only; a terminal is left as it was."""
    assert not any(dataclasses.astuple(PLAIN))
    assert ANSI.reset == "\x1b[0m"
    assert all(code == "" or code.startswith("\x1b[") for code in dataclasses.astuple(ANSI))
