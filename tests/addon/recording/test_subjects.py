"""What a message is about."""

import pytest
from tests.addon.recording.sessions import Line

from paperknife.recording.subjects import subject_of

LINE = Line()
CASES = [
    (LINE.server(0, "heartbeat", sequence=5), set()),
    (LINE.client(0, "login", user="alice"), set()),
    (LINE.server(0, "market_data", symbol="ESZ6", sequence=5), {("symbol", "ESZ6")}),
    (LINE.server(0, "market_data", sequence=5), set()),
    (LINE.client(0, "subscribe", request_id=1, symbols=["A", "B"]), {("symbol", "A"), ("symbol", "B")}),
    (LINE.server(0, "account_update", account="SIM-1"), {("account", "SIM-1")}),
    (LINE.client(0, "order", symbol="ESZ6", account="SIM-1"), {("symbol", "ESZ6"), ("account", "SIM-1")}),
    (
        LINE.server(0, "snapshot", depths={"items": [{"symbol": "A"}, {"symbol": "B"}]}),
        {("payload", "depths"), ("symbol", "A"), ("symbol", "B")},
    ),
    (
        LINE.server(0, "snapshot", instruments={"items": [{"symbol": "A"}]}),
        {("payload", "instruments"), ("symbol", "A")},
    ),
]


@pytest.mark.parametrize(("message", "about"), CASES)
def test_by_the_names_of_fields(message, about):
    """Symbols and accounts, in lists of messages too; two snapshots of other lists are about something else."""
    assert subject_of(message.envelopes[0]) == about


def test_nothing_that_is_not_decoded():
    """Bytes that no schema reads are about nothing."""
    (envelope,) = LINE.raw(0, LINE.client(0, "login").direction, b"\xff\xff").envelopes
    assert subject_of(envelope) == set()


def test_a_long_value_and_many_of_them():
    """What is compared is bounded."""
    (envelope,) = LINE.client(0, "subscribe", symbols=[str(i) * 1000 for i in range(1000)]).envelopes
    found = subject_of(envelope)
    assert len(found) <= 256
    assert all(len(str(value)) <= 256 for _, value in found)
