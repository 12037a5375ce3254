"""The lane under random streams while rules are at work."""

from bench.fuzz_rules import fuzz


def test_what_comes_out_is_what_the_rules_say():
    """Bit for bit, changed as a full parse says, or gone; `python -m bench.fuzz_rules 1000000` takes more streams."""
    host = fuzz(800)
    assert host.passed > 500
    assert host.changed > 100
    assert host.dropped > 50
