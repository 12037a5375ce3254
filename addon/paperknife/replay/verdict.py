"""What a comparison has found, in lines to read: each finding, and at the end one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from paperknife.replay.findings import Finding, Findings, Kind
from paperknife.replay.wording import NOTHING, described
from paperknife_decoders.message import Direction
from paperknife_decoders.paint import Paint, dyed
from paperknife_decoders.printable import printable

__all__ = ["MOST_SHOWN", "counts_text", "finding_lines", "verdict_lines"]

MOST_SHOWN = 200
"""Findings that are shown to a reader; a report has all that are kept."""

MOST_ALIKE = 20
"""Findings of one kind about one payload that are shown."""
MOST_LINES = 12
"""Differences of one finding that are shown."""

type Mask = Callable[[str], str]
"""Masks what is known to be a secret in a text."""

NAMES = {
    Kind.CHANGED: "changed",
    Kind.MISSING: "missing",
    Kind.EXTRA: "extra",
    Kind.DOUBLED: "doubled",
    Kind.ORDER: "out of order",
    Kind.LATE: "late",
    Kind.RATE: "at another rate",
    Kind.CLOSED: "closed differently",
    Kind.STOPPED: "not compared to the end",
}


def verdict_lines(findings: Findings, paint: Paint, mask: Mask) -> Iterator[str]:
    """All findings that are shown, a block of lines each."""
    alike: Counter[tuple[int, Kind, str]] = Counter()
    shown = 0
    for finding in findings.in_order():
        sort = finding.connection, finding.kind, finding.label
        alike[sort] += 1
        if alike[sort] <= MOST_ALIKE and shown < MOST_SHOWN:
            shown += 1
            yield from finding_lines(finding, paint, mask)
    if findings.total > shown:
        yield f"… and {findings.total - shown:,} more: {counts_text(findings)} in all."


def finding_lines(finding: Finding, paint: Paint, mask: Mask) -> Iterator[str]:
    """One finding: when and what, the request that it answers, and what differs."""
    tint = paint.client if finding.direction is Direction.CLIENT else paint.server
    head = f"#{finding.connection} {finding.seconds:+.3f} s "
    arrow = f"{finding.direction.arrow} " if finding.kind not in ABOUT_CONNECTIONS else ""
    label = f"{arrow}{printable(finding.label)}"
    text = f": {mask(printable(finding.text))}" if finding.text else ""
    yield (
        dyed(head, paint.dim, paint)
        + dyed(label, tint, paint)
        + " "
        + dyed(NAMES[finding.kind], paint.mark, paint)
        + text
    )
    if finding.asked is not None:
        yield mask(f"     answers: {described(finding.asked, finding.secrets)}")
    if finding.kind in WITH_WHOLE:
        whole = finding.expected or finding.found
        if whole is not None:
            word = "expected" if finding.expected is not None else "came"
            yield mask(f"     {word}: {described(whole, finding.secrets)}")
    for each in finding.differences[:MOST_LINES]:
        where = f"{each.path}: " if each.path else ""
        yield mask(f"     {where}expected {each.expected or NOTHING}, found {each.found or NOTHING}")
    if more := max(0, len(finding.differences) - MOST_LINES) + finding.more:
        yield f"     … and {more:,} more"


ABOUT_CONNECTIONS = (Kind.CLOSED, Kind.STOPPED)
WITH_WHOLE = (Kind.MISSING, Kind.EXTRA, Kind.DOUBLED, Kind.ORDER)


def counts_text(findings: Findings) -> str:
    """``2 changed, 1 missing``."""
    return ", ".join(f"{count:,} {NAMES[kind]}" for kind in Kind if (count := findings.counts[kind]))
