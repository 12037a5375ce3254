"""What the handshake agrees to, and compression of both directions."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.proxy.lane.deflate import Agreement, Deflater, Inflater, agreed_extension
from paperknife.proxy.lane.violation import Violation

PMD = "permessage-deflate"
AGREED = [
    ("", None),
    (" , ", None),
    (PMD, (Agreement(), Agreement())),
    ("Permessage-Deflate;Server_No_Context_Takeover", (Agreement(), Agreement(takeover=False))),
    (f"{PMD}; client_no_context_takeover; client_max_window_bits=9", (Agreement(9, takeover=False), Agreement())),
    (f'{PMD}; server_max_window_bits="10"', (Agreement(), Agreement(10))),
    (f"{PMD}; server_max_window_bits=8", (Agreement(), Agreement(8))),
]
REFUSED = [
    ("x-custom", "the extension x-custom is not known"),
    (f"{PMD}, {PMD}", "several extensions"),
    (f"{PMD}; client_max_window_bits", "the parameter client_max_window_bits"),
    (f"{PMD}; client_max_window_bits=7", "the parameter"),
    (f"{PMD}; client_max_window_bits=16", "the parameter"),
    (f"{PMD}; client_max_window_bits=²", "the parameter"),
    (f"{PMD}; client_max_window_bits={'9' * 5000}", "the parameter"),
    (f"{PMD}; server_no_context_takeover=1", "the parameter"),
    (f"{PMD}; other", "the parameter other"),
    (f"{PMD}; client_max_window_bits=9; client_max_window_bits=9", "given twice"),
]


@pytest.mark.parametrize(("header", "agreed"), AGREED)
def test_what_is_agreed(header, agreed) -> None:
    """Each parameter holds for its side; without one the side has the largest window and keeps it."""
    found = agreed_extension(header)
    assert (found and (found["client"], found["server"])) == agreed


@pytest.mark.parametrize(("header", "why"), REFUSED, ids=range(len(REFUSED)))
def test_what_we_do_not_know(header, why) -> None:
    """Whatever is not in RFC 7692 is a violation in words, which makes the connection a raw relay."""
    with pytest.raises(Violation, match=why):
        agreed_extension(header)


@given(st.text())
def test_any_header_is_read_or_refused(header) -> None:
    """No header raises anything else."""
    with contextlib.suppress(Violation):
        agreed_extension(header)


@given(st.lists(st.binary(max_size=2000)), st.integers(9, 15), st.booleans())
def test_what_is_deflated_inflates(contents, bits, takeover) -> None:
    """Messages one after the other, empty ones too, come out as they went in."""
    agreement = Agreement(bits, takeover)
    deflater, inflater = Deflater(agreement), Inflater(agreement)
    assert [inflater.whole(deflater.deflate(content), 1 << 20) for content in contents] == contents
