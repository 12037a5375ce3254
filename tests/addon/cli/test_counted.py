"""What rules have counted, at the end of a run."""

from __future__ import annotations

from paperknife.cli.counted import counted_lines
from paperknife.mutation.rules import RuleCount, RulesReport
from paperknife_decoders.paint import PLAIN


def test_lines():
    """Each kind under its heading, in order; names of whatever kind stay on their line."""
    rules = (RuleCount("a", 5), RuleCount("b\x1b", 3, events=2), RuleCount("c", faults=1))
    report = RulesReport(rules, (("orders", 12_345),))
    assert list(counted_lines(report, PLAIN)) == [
        "! counters",
        "   orders  12,345",
        "! rules when connections opened or closed",
        "   b\\x1b  2 times",
        "! rules that could not be done",
        "   c  1 time",
    ]


def test_nothing():
    """Messages are counted elsewhere."""
    assert list(counted_lines(RulesReport((RuleCount("a", 5),)), PLAIN)) == []
