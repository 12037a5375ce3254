"""Changes are values."""

from paperknife_decoders.splice import Append, Clear, Set


def test_changes_are_values() -> None:
    """Equal ones are equal, and each says what it is."""
    assert Set("a", 1) == Set("a", 1) != Set("a", 2)
    assert repr(Clear("a.b")) == "Clear(path='a.b')"
    assert Append("a", 1) != Set("a", 1)
