"""What came out of the suite, as a section of RESULTS.md: a row for each group of cases and each side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bench.autobahn.verdicts import Verdict, case_order, counted
from bench.report import table

__all__ = ["Outcome", "section_of", "with_outcomes"]

HEADING = "## The Autobahn test suite"

INTRODUCTION = (
    "`python -m bench.autobahn --results bench/RESULTS.md` writes these rows, each when its group was run. A case is "
    "worse where every run of it came out worse through us than without us. With `--lean` what is OK through us is not "
    "run without us: nothing is better. Groups of 12 and 13 have 18 cases each; a row with fewer was run in part."
)

HEAD = ("group", "suite and testee", "cases", "through us", "without us", "worse", "day")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the suite said of one group; `worse` has a line for each case that is worse with us."""

    side: str
    group: str
    through: Mapping[str, Verdict]
    without: Mapping[str, Verdict]
    worse: Mapping[str, str]

    def row(self, day: date) -> tuple[str, ...]:
        """A row of the table."""
        cases = len(self.through.keys() | self.without.keys())
        without = counted(self.without) if self.without else "not run"
        worse = ", ".join(self.worse) or "none"
        return self.group, self.side, str(cases), counted(self.through), without, worse, day.isoformat()


def section_of(text: str) -> str:
    """The section that `text` ends with, empty where there is none."""
    _, heading, rest = text.partition(HEADING)
    return heading + rest


def with_outcomes(text: str, outcomes: Iterable[Outcome], day: date) -> str:
    """The text with its section at the end; older rows stay where there are no newer ones."""
    section = section_of(text)
    rows = {cells[:2]: cells for cells in map(cells_of, section.splitlines()) if len(cells) == len(HEAD)}
    for heading in (HEAD, ("---",) * len(HEAD)):
        rows.pop(heading[:2], None)
    rows |= {row[:2]: row for row in (outcome.row(day) for outcome in outcomes)}
    ordered = sorted(rows.values(), key=lambda row: (row[1], case_order(row[0])))
    before = text.removesuffix(section).rstrip("\n")
    return "\n\n".join([*([before] if before else []), HEADING, INTRODUCTION, table(HEAD, ordered)]) + "\n"


def cells_of(line: str) -> tuple[str, ...]:
    """The cells of a line of a table."""
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|")) if line.startswith("|") else ()
