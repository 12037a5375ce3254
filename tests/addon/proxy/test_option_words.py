"""Options as values, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.exceptions import OptionsError

from paperknife.proxy.option_words import options_from, reading_from
from paperknife.settings.reading import Reading

TEXT = st.text(min_size=1, max_size=20)
READINGS = st.builds(
    Reading,
    schema=st.lists(TEXT, max_size=3).map(tuple),
    client=st.text(max_size=9),
    server=st.text(max_size=9),
    match=st.lists(TEXT, max_size=3).map(tuple),
    redact=st.sampled_from(["fields", "strict", "off"]),
)


def test_the_defaults_are_the_default_reading(options) -> None:
    """What mitmproxy starts with is what `Reading()` says."""
    options.reset()
    assert reading_from(options) == Reading()


@given(reading=READINGS)
def test_a_reading_survives_the_options(options, reading: Reading) -> None:
    """Given to mitmproxy as options and read back, a reading is the same."""
    options.update(**options_from(reading))
    assert reading_from(options) == reading


def test_a_choice_that_is_none_is_refused(options) -> None:
    """mitmproxy does not check choices; we do."""
    options.update(paperknife_redact="maybe")
    with pytest.raises(OptionsError, match="paperknife_redact is fields or strict or off, not 'maybe'"):
        reading_from(options)
    options.reset()
