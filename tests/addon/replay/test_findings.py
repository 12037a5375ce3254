"""Findings are counted without end, and kept up to a limit."""

from paperknife.replay.findings import MOST, Finding, Findings, Kind


def test_all_are_counted_and_only_so_many_kept() -> None:
    """Memory does not grow with what a server does wrong."""
    findings = Findings()
    for number in range(MOST + 5):
        findings.add(Finding(Kind.EXTRA, 1, float(number), "order"))
    assert (findings.total, len(findings.kept), findings.more) == (MOST + 5, MOST, 5)
    assert findings.counts[Kind.EXTRA] == MOST + 5


def test_they_are_told_in_the_order_in_which_they_came() -> None:
    """Connection by connection, whenever they were found out."""
    findings = Findings()
    for connection, seconds in ((2, 0.0), (1, 3.0), (1, 1.0)):
        findings.add(Finding(Kind.MISSING, connection, seconds, "order"))
    assert [(each.connection, each.seconds) for each in findings.in_order()] == [(1, 1.0), (1, 3.0), (2, 0.0)]
