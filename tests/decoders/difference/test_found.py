"""Differences as they are given back."""

from __future__ import annotations

from paperknife_decoders.difference.found import Difference, Finding, What


def fail() -> str:
    """Words that nobody is to ask for."""
    raise AssertionError


def test_a_difference_is_a_sentence() -> None:
    """With its path, unless it is the whole message."""
    assert str(Difference("a.b", What.CHANGED, "1", "2")) == "a.b: expected 1, found 2"
    assert str(Difference("a.b", What.MISSING, "1")) == "a.b: expected 1, found nothing"
    assert str(Difference("a.b", What.EXTRA, "", "2")) == "a.b: expected nothing, found 2"
    assert str(Difference("", What.CHANGED, "1", "2")) == "expected 1, found 2"


def test_beyond_the_limit_differences_are_only_counted() -> None:
    """Nothing is said of them."""
    finding = Finding(1)
    finding.add("a", What.MISSING, lambda: "1")
    finding.add("b", What.CHANGED, fail, fail)
    found = finding.all()
    assert found == (Difference("a", What.MISSING, "1"),)
    assert (found.more, found.total) == (1, 2)
