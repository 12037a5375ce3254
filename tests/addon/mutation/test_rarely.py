"""What is said ever more rarely."""

from paperknife.mutation.rarely import is_power_of_ten


def test_powers_of_ten() -> None:
    """The first time, the tenth, the hundredth; no time at all is none of them."""
    assert [count for count in range(1001) if is_power_of_ten(count)] == [1, 10, 100, 1000]
