"""The lane under streams that nobody should send."""

from bench.fuzz import fuzz


def test_the_lane_never_raises_and_loses_no_byte():
    """Many random and mutated streams; `python -m bench.fuzz 1000000` takes more of them."""
    host = fuzz(1500)
    assert host.messages > 1500
    assert host.violations > 150
