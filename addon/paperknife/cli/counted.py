"""What rules have counted that no message shows, for the summary of a run."""

from __future__ import annotations

from collections.abc import Iterator

from paperknife.live.amounts import count_text
from paperknife.mutation.rules.ruleset import RulesReport
from paperknife_decoders.paint import Paint, dyed
from paperknife_decoders.printable import printable

__all__ = ["counted_lines"]


def counted_lines(report: RulesReport, paint: Paint) -> Iterator[str]:
    """Counters, what was done when connections opened and closed, and what could not be done; no line for nothing."""
    rows = {
        "counters": [(name, f"{count:,}") for name, count in report.counters],
        "rules when connections opened or closed": [
            (each.rule, count_text(each.events, "time")) for each in report.rules if each.events
        ],
        "rules that could not be done": [
            (each.rule, count_text(each.faults, "time")) for each in report.rules if each.faults
        ],
    }
    for heading, found in rows.items():
        if found:
            yield dyed(f"! {heading}", paint.mark, paint)
        for name, count in found:
            yield f"   {printable(name)}  {count}"
