"""What the suite says of each case, and whether it is worse with us than without."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["BEST", "Verdict", "case_order", "compare", "counted", "read_verdicts"]

RANKS = {"OK": 0, "INFORMATIONAL": 0, "NON-STRICT": 1, "UNIMPLEMENTED": 2, "UNCLEAN": 2, "WRONG CODE": 3, "FAILED": 4}
"""How bad each word of the suite is; one that is not here is as bad as can be."""

WORST = 5

BEST = (0, 0)
"""The rank of a case that cannot come out better."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the suite says of the messages of one case, and of how the connection was closed."""

    behavior: str
    close: str

    @property
    def rank(self) -> tuple[int, int]:
        """How bad it is, for comparing; 0 is best."""
        return RANKS.get(self.behavior, WORST), RANKS.get(self.close, WORST)

    def __str__(self) -> str:
        return f"{self.behavior}, close {self.close}"


MISSING = Verdict("no result", "no result")


def read_verdicts(reports: Path) -> dict[str, dict[str, Verdict]]:
    """The verdicts of a folder of reports: by agent, then by case; empty where the suite has written nothing."""
    index = reports / "index.json"
    if not index.exists():
        return {}
    return {
        agent: {case: Verdict(found["behavior"], found["behaviorClose"]) for case, found in cases.items()}
        for agent, cases in json.loads(index.read_text()).items()
    }


def compare(without: Mapping[str, Verdict], through: Mapping[str, Verdict]) -> dict[str, str]:
    """The cases that are worse `through` us than `without` us, each with a line that says so, in the suite's order."""
    lines = {}
    for case in sorted(without.keys() | through.keys(), key=case_order):
        ours, theirs = through.get(case, MISSING), without.get(case, MISSING)
        if any(our > their for our, their in zip(ours.rank, theirs.rank, strict=True)):
            lines[case] = f"case {case}: {ours}; without us {theirs}"
    return lines


def case_order(case: str) -> tuple[int, ...]:
    """``9.10.2`` after ``9.2.1``."""
    return tuple(int(part) for part in re.findall(r"\d+", case))


def counted(verdicts: Mapping[str, Verdict]) -> str:
    """How many cases there are of each verdict."""
    counts = Counter(verdict.behavior for verdict in verdicts.values())
    return ", ".join(f"{count} {behavior}" for behavior, count in counts.most_common()) or "nothing"
