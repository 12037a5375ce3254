"""Many needles in one haystack."""

from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife_decoders.redaction.needles import FEW, Needles
from paperknife_decoders.redaction.spellings import Needle

SOME = st.lists(st.binary(min_size=4, max_size=12).map(Needle), max_size=9)


@settings(deadline=None)
@given(SOME, SOME, st.binary(max_size=40), st.booleans())
def test_the_same_as_one_by_one(wanted: list[Needle], gone: list[Needle], rest: bytes, are_many: bool) -> None:
    """Whatever is added and taken out again, what is found is what a search for each finds."""
    needles = Needles()
    others = [Needle(b"other" + bytes([number]) * 4) for number in range(2 * FEW)] if are_many else []
    others += [Needle(bytes([number]) * 4) for number in range(2 * FEW)] if are_many else []
    needles.add(others)
    needles.add(wanted)
    needles.add(gone)
    needles.discard(gone)
    assert len(needles) == len({*wanted, *others})
    data = rest + b"".join(needle.data for needle in [*wanted[::2], *gone]) + rest
    for haystack in (data, data * 50, b""):
        expected = {needle for needle in (*wanted, *others) if needle.data in haystack}
        assert set(needles.found_in(haystack)) == expected
