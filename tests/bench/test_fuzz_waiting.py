"""Lanes in which rules on both sides make messages wait, and a user has a word."""

from bench.fuzz_waiting import fuzz


def test_what_waits_goes_out_as_the_rules_say():
    """Bit for bit, in its order and not before its time; `python -m bench.fuzz_waiting 100000` takes more streams."""
    seen = fuzz(150).seen
    for what in ("bit for bit", "changed", "dropped", "edited", "emitted"):
        assert seen[what] > 10, what
