"""What is wrong with a change."""

from paperknife_decoders.splice import NoElement, PathError, SpliceError


def test_errors_are_for_whoever_asked() -> None:
    """Each is a ValueError; a wrong path can be told from a wrong message, and from that a list that is too short."""
    assert issubclass(NoElement, SpliceError)
    assert issubclass(SpliceError, ValueError)
    assert issubclass(PathError, ValueError)
    assert not issubclass(PathError, SpliceError)
