"""The suite's section of RESULTS.md."""

from datetime import date

from bench.autobahn.outcome import Outcome, section_of, with_outcomes
from bench.autobahn.verdicts import Verdict

OK, STRICT = Verdict("OK", "OK"), Verdict("NON-STRICT", "OK")
SIDE, OTHER_SIDE = "fuzzing client, echo server", "fuzzing server, echo client"
TABLE = "# What the lane costs\n\n| measure | goal | figure | met |\n| --- | --- | --- | --- |\n| a | b | c | d |\n"
FIRST, LATER = date(2026, 1, 2), date(2026, 3, 4)


def rows(text: str) -> list[str]:
    """The rows of the section's table."""
    return section_of(text).splitlines()[6:]


def test_rows_come_after_what_is_there() -> None:
    """The section follows the benchmarks' tables; a row counts the verdicts and names the cases that are worse."""
    outcome = Outcome(SIDE, "1.*", {"1.1": OK, "1.2": STRICT}, {"1.1": OK, "1.2": OK}, {"1.2": "case 1.2: ..."})
    text = with_outcomes(TABLE, [outcome], FIRST)
    assert text == TABLE + "\n" + section_of(text)
    assert rows(text) == [f"| 1.* | {SIDE} | 2 | 1 OK, 1 NON-STRICT | 2 OK | 1.2 | 2026-01-02 |"]


def test_newer_rows_replace_older_ones() -> None:
    """A group that was run again has one row, the newer; all others stay, in the suite's order, side by side."""
    groups = [(SIDE, "10.*"), (SIDE, "9.*"), (OTHER_SIDE, "9.*")]
    old = [Outcome(side, group, {}, {"9.1": OK}, {"9.1": "no result"}) for side, group in groups]
    text = with_outcomes(with_outcomes(TABLE, old, FIRST), [Outcome(SIDE, "9.*", {"9.1": OK}, {}, {})], LATER)
    assert rows(text) == [
        f"| 9.* | {SIDE} | 1 | 1 OK | not run | none | 2026-03-04 |",
        f"| 10.* | {SIDE} | 1 | nothing | 1 OK | 9.1 | 2026-01-02 |",
        f"| 9.* | {OTHER_SIDE} | 1 | nothing | 1 OK | 9.1 | 2026-01-02 |",
    ]


def test_a_text_without_the_section() -> None:
    """There is nothing to keep of it, and an empty one gets the section alone."""
    assert section_of(TABLE) == ""
    text = with_outcomes("", [], FIRST)
    assert section_of(text) == text
