"""Which fields number messages."""

import pytest
from google.protobuf import json_format, message_factory

from paperknife.stats.numbering import numberings_of

CASES = [
    ("Down", "plain", "sequence", (), {"sequence": 7}, [(7, (), False)]),
    ("Down", "tick", "seq_no", ("symbol",), {"symbol": "A", "seq_no": 7}, [(7, ("A",), False)]),
    ("Down", "tick", "seq_no", ("symbol",), {"seq_no": 7, "is_snapshot": True}, [(7, ("",), True)]),
    (
        "Down",
        "deep",
        "header.msg_seq_num",
        ("symbol", "exchange"),
        {"header": {"msg_seq_num": 3}, "instrument": {"symbol": "A", "exchange": "X"}},
        [(3, ("A", "X"), False)],
    ),
    ("Down", "deep", "header.msg_seq_num", ("symbol", "exchange"), {}, [(0, ("", ""), False)]),
    (
        "Down",
        "many",
        "items.seq",
        ("channel", "symbol"),
        {"channel": "c", "items": [{"symbol": "A", "seq": 1}, {"symbol": "B", "seq": 5}]},
        [(1, ("c", "A"), False), (5, ("c", "B"), False)],
    ),
    ("Down", "book", "sequence_number", ("symbol",), {"symbol": "A", "sequence_number": 2}, [(2, ("A",), False)]),
    ("Down", "book", "sequence_number", ("symbol",), {"sequence_number": 2, "kind": "SNAPSHOT"}, [(2, ("",), True)]),
]


@pytest.mark.parametrize(("envelope", "payload", "field", "names", "fields", "numbers"), CASES)
def test_numbers_are_read(feed, envelope, payload, field, names, fields, numbers):
    """A number, what it is about, and whether it begins anew."""
    kind = feed.types[envelope]
    (numbering,) = numberings_of(kind, payload)
    message = message_factory.GetMessageClass(kind.descriptor)()
    json_format.ParseDict({payload: fields}, message)
    assert (numbering.payload, numbering.field, numbering.names) == (payload, field, names)
    assert list(numbering.read(message)) == numbers
    if numbering.one is not None:
        assert numbering.one(message) == (numbers[0][0], *numbers[0][1])


@pytest.mark.parametrize(
    ("envelope", "payload", "found"),
    [
        ("Down", "ask_response", []),
        ("Down", "", []),
        ("Down", "nothing_of_this_name", []),
        ("Counted", "plain", [("", "seq"), ("plain", "sequence")]),
        ("Counted", "heartbeat", [("", "seq")]),
        ("Counted", "", [("", "seq")]),
        ("Bare", "Bare", [("Bare", "seq")]),
    ],
)
def test_where_they_are(feed, envelope, payload, found):
    """An envelope's own field numbers all payloads; a type without a `oneof` is a payload itself."""
    assert [(each.payload, each.field) for each in numberings_of(feed.types[envelope], payload)] == found


def test_types_that_lie_in_themselves_end(feed):
    """A float counts nothing, a map is not looked into, and there is a bound to it all."""
    found = numberings_of(feed.types["Down"], "loop")
    assert "seq_id" in {each.field for each in found}
    assert len(found) <= 8
    assert not [each.field for each in found if each.field.endswith(".seq") or each.field == "seq"]
