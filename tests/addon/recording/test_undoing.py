"""Which request takes back which."""

import pytest

from paperknife.recording.undoing import undone_by
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.schema import load_schema

PAYLOADS = (
    *("subscribe", "unsubscribe", "joinRoom", "leaveRoom", "login", "logout", "union", "add", "close_order"),
    *("market_data_subscribe_request", "market_data_unsubscribe_request", "start_stream", "stop_stream"),
)


@pytest.fixture(scope="module")
def kind(tmp_path_factory):
    folder = tmp_path_factory.mktemp("schema")
    members = " ".join(f"X {name} = {number};" for number, name in enumerate(PAYLOADS, 1))
    (folder / "t.proto").write_text(f'syntax = "proto3"; message X {{}} message E {{ oneof payload {{ {members} }} }}')
    return EnvelopeType(load_schema([folder]).message("E"))


UNDONE = [
    ("unsubscribe", "subscribe"),
    ("leaveRoom", "joinRoom"),
    ("logout", "login"),
    ("market_data_unsubscribe_request", "market_data_subscribe_request"),
    ("stop_stream", "start_stream"),
    ("subscribe", None),
    ("union", None),
    ("add", None),
    ("close_order", None),
    ("nothing", None),
]


@pytest.mark.parametrize(("payload", "undone"), UNDONE)
def test_opposite_names(kind, payload, undone):
    """Only what the schema has, and only where the rest of the name is the same."""
    assert undone_by(payload, kind) == undone
