"""Rules: what they cost where they do nothing, and where each message is changed."""

from __future__ import annotations

from collections.abc import Mapping

from bench.bursts import Burst, details, make_block, take_turns
from bench.contenders import BARE, BARE_SET, OURS, RULES_FALSE, RULES_OTHERS, RULES_SET
from bench.report import Findings, Row
from bench.rounds import Bench
from bench.rule_files import RULES

__all__ = ["measure_mutation"]

OTHERS_SHARE = 1.5
FALSE_MICROSECONDS = 1.5
SET_TIMES = 10


def measure_mutation(bench: Bench) -> Findings:
    """All that is measured of rules in the lane."""
    rows, told = [], []
    for size in (40, 300):
        measure = f"server burst, {size} B"
        found = take_turns(bench, (BARE, OURS, RULES_OTHERS, RULES_FALSE, BARE_SET, RULES_SET), make_block(False, size))
        rows += rows_of(measure, found)
        told += details(measure, found)
    return Findings(rows, told)


def rows_of(measure: str, found: Mapping[str, Burst]) -> list[Row]:
    """The figures beside their goals."""
    goals = (
        (f"{measure}, ten rules for other payloads", f"at most {OTHERS_SHARE} times the CPU without rules"),
        (f"{measure}, ten rules whose `when` is false", f"at most {FALSE_MICROSECONDS} us more for each rule"),
        (f"{measure}, a field set in every message", f"at most 1/{SET_TIMES} of the CPU of bare with an addon for it"),
    )
    if not {OURS, RULES_OTHERS, RULES_FALSE, BARE_SET, RULES_SET} <= set(found):
        return [Row(name, goal, "not measured", None) for name, goal in goals]
    ours = found[OURS].cpu
    share = found[RULES_OTHERS].cpu / ours
    more = (found[RULES_FALSE].cpu - ours) * 1e6 / len(RULES[RULES_FALSE])
    times = found[BARE_SET].cpu / found[RULES_SET].cpu
    figures = (
        (f"{share:.2f} times", share <= OTHERS_SHARE),
        (f"{more:.2f} us", more <= FALSE_MICROSECONDS),
        (f"1/{times:.1f}", times >= SET_TIMES),
    )
    return [Row(*goal, *figure) for goal, figure in zip(goals, figures, strict=True)]
