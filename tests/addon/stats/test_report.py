"""What is worked out from the values of a report."""

import pytest

from paperknife.stats.report import Amount, Report
from paperknife_decoders.message import Direction

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
SECOND = 10**9

CASES = [
    ((1, 40, 0, 0, 1), (1.0, 40.0, None)),
    ((3, 90, 0, 2 * SECOND, 4), (0.75, 30.0, 1.0)),
    ((2, 5, 7, 7, 2), (1.0, 2.5, None)),
    ((0, 0, 0, 0, 0), (0.0, 0.0, None)),
]


@pytest.mark.parametrize(("counted", "expected"), CASES)
def test_amounts(counted, expected):
    """Share, mean size and rate, as far as there are any."""
    messages, size, first_ns, last_ns, of = counted
    amount = Amount(CLIENT, "order", messages, size, size, first_ns, last_ns, messages, of)
    assert (amount.share, amount.mean_size, amount.rate) == expected


def test_a_span_is_never_negative():
    """Even where the clock was set back."""
    assert Report(9, 4, 0, {}, {}).span_ns == 0
