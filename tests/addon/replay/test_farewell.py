"""How a connection of ours ends."""

from __future__ import annotations

import pytest

from paperknife.replay.farewell import ending_text, our_close
from paperknife.traffic import ABNORMAL, Close
from paperknife_decoders.message import Direction

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER

CLOSES = [
    # recorded: code, reason, by; ours
    (1000, "done", CLIENT, (1000, "done")),
    (4999, "x", CLIENT, (4999, "x")),
    (1005, "", CLIENT, (1005, "")),
    (ABNORMAL, "gone", CLIENT, (1000, "")),
    (1004, "", CLIENT, (1000, "")),
    (1015, "", CLIENT, (1000, "")),
    (7, "", CLIENT, (1000, "")),
    (99_999, "", CLIENT, (1000, "")),
    (1000, "ä" * 62, CLIENT, (1000, "")),
    (1001, "bye", SERVER, (1000, "")),
    (1001, "bye", None, (1000, "")),
]


@pytest.mark.parametrize(("code", "reason", "by", "ours"), CLOSES)
def test_we_close_as_the_recorded_client_did(code, reason, by, ours) -> None:
    """In order where a frame cannot say what was recorded."""
    close = our_close(Close(code, reason, by, 0))
    assert (close.code, close.reason) == ours
    assert close.by is CLIENT


def test_nothing_recorded_is_an_end_in_order() -> None:
    """As of a file that is cut."""
    assert our_close(None).code == 1000


def test_how_a_server_ended_it() -> None:
    """In words."""
    assert ending_text(Close(ABNORMAL, "", SERVER, 0)) == "went away without a close frame"
    assert ending_text(Close(4000, "bye", SERVER, 0)) == "closed the connection with 4000 (bye)"
    assert ending_text(Close(1000, "", SERVER, 0)) == "closed the connection with 1000"
