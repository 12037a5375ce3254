"""Comparing what the Autobahn test suite says."""

import json

import pytest
from bench.autobahn.verdicts import Verdict, case_order, compare, counted, read_verdicts

OK, FAILED = Verdict("OK", "OK"), Verdict("FAILED", "OK")


@pytest.mark.parametrize(
    ("without", "through", "is_worse"),
    [
        (OK, OK, False),
        (FAILED, OK, False),
        (FAILED, FAILED, False),
        (OK, Verdict("INFORMATIONAL", "OK"), False),
        (OK, Verdict("NON-STRICT", "OK"), True),
        (OK, FAILED, True),
        (OK, Verdict("OK", "UNCLEAN"), True),
        (FAILED, Verdict("OK", "FAILED"), True),
        (OK, Verdict("A NEW WORD", "OK"), True),
    ],
)
def test_worse(without, through, is_worse):
    """A case is worse where either of its two verdicts is."""
    assert bool(compare({"1.1": without}, {"1.1": through})) is is_worse


def test_a_case_without_result_is_worse():
    """What ended before its verdict counts as worse, and is told of in the suite's order."""
    assert list(compare({"9.10.1": OK, "9.2.1": OK}, {})) == ["9.2.1", "9.10.1"]


def test_case_order():
    """Numbers are compared as numbers."""
    assert sorted(["10.1.1", "9.2", "9.10"], key=case_order) == ["9.2", "9.10", "10.1.1"]


def test_reads_reports(tmp_path):
    """The suite's index holds the verdicts by agent and case; no index, no verdicts."""
    assert read_verdicts(tmp_path) == {}
    found = {"direct": {"1.1.1": {"behavior": "OK", "behaviorClose": "OK", "duration": 2}}}
    (tmp_path / "index.json").write_text(json.dumps(found))
    assert read_verdicts(tmp_path) == {"direct": {"1.1.1": OK}}
    assert counted({"1": OK, "2": OK, "3": FAILED}) == "2 OK, 1 FAILED"
