"""What differs between two envelopes, and the fingerprints that say whether anything does."""

from __future__ import annotations

import json

import pytest
from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decoders.difference.conftest import length_delimited, two_messages

from paperknife.demo.files import given_schema, newer_schema
from paperknife_decoders.difference import differences, fingerprint, nearest_of
from paperknife_decoders.difference.unknown_normal import LARGEST
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.parsing import read_envelope, text_envelope
from paperknife_decoders.path_patterns import Patterns
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import load_schema
from paperknife_decoders.secrets import NO_SECRETS
from paperknife_decoders.volatile import EXACT, Volatile, volatile_of

USUAL = Volatile()
ODD = Volatile(Patterns(frozenset({"*.text", "body.inner", "labels", "numbers"})))

ORDER = {
    "request_id": 7,
    "symbol": "ESZ6",
    "side": "BUY",
    "quantity": 3,
    "price": {"value": "5021.25"},
    "client_tag": "t-1",
    "labels": {"desk": "x"},
}
LEVELS = [{"side": "BUY", "price": {"value": f"{5000 + step}.50"}, "size": step} for step in range(1, 6)]
UPDATE = {"symbol": "ESZ6", "sequence": 4, "levels": LEVELS, "time": "2026-01-02T03:04:05Z"}
ANSWER = {"request_id": 7, "status": "ACCEPTED", "order_id": "X-1", "time": "2026-01-02T03:04:05Z"}
LOGIN = {"user": "u", "password": "hunter2"}

# payload, what is expected of it, what is found of it, the differences
SAME = [
    ("order", ORDER, ORDER),
    ("order", ORDER, ORDER | {"request_id": 0, "client_tag": "t-2"}),
    ("market_data", UPDATE, UPDATE | {"sequence": 99, "time": "2031-01-02T03:04:05.5Z"}),
    ("order_response", ANSWER, ANSWER | {"order_id": "another", "request_id": 2**63}),
    ("login", LOGIN, LOGIN | {"password": "*******"}),
    ("error", {"code": "UNREADABLE", "request_id": 0}, {"code": "UNREADABLE", "request_id": 9}),
]
DIFFERENT = [
    ("order", ORDER, ORDER | {"quantity": 4}, ["order.quantity: expected 3, found 4"]),
    ("order", ORDER, ORDER | {"side": "SELL"}, ["order.side: expected BUY, found SELL"]),
    ("order", ORDER, ORDER | {"side": 0}, ["order.side: expected BUY, found nothing"]),
    ("order", ORDER, ORDER | {"side": 77}, ["order.side: expected BUY, found 77"]),
    (
        "order",
        ORDER,
        ORDER | {"price": {"value": "5021.250"}},
        ["order.price: expected 5021.25, found 5021.250"],
    ),
    (
        "order",
        ORDER,
        ORDER | {"labels": {"desk": "y", "my book": "z"}},
        ['order.labels["desk"]: expected x, found y', 'order.labels["my book"]: expected nothing, found z'],
    ),
    (
        "order",
        ORDER | {"display_quantity": 0},
        ORDER,
        ["order.display_quantity: expected 0, found nothing"],
    ),
    (
        "order",
        {key: value for key, value in ORDER.items() if key != "client_tag"},
        ORDER,
        ["order.client_tag: expected nothing, found t-1"],
    ),
    (
        "market_data",
        UPDATE,
        UPDATE | {"levels": [*LEVELS[:1], *LEVELS[2:], {"side": "SELL"}]},
        [
            "market_data.levels[1]: expected {side: BUY, price: 5002.50, size: 2}, found nothing",
            "market_data.levels[4]: expected nothing, found {side: SELL}",
        ],
    ),
    (
        "market_data",
        UPDATE,
        UPDATE | {"levels": [*LEVELS[:4], LEVELS[4] | {"size": 50}]},
        ["market_data.levels[4].size: expected 5, found 50"],
    ),
    ("market_data", UPDATE, {"symbol": "ESZ6", "levels": LEVELS}, ["market_data.time: expected 2026-01-02T03:04:05Z"]),
    ("market_data", UPDATE | {"symbol": "\x1b[2J"}, UPDATE, ['market_data.symbol: expected "\\x1b[2J", found ESZ6']),
    ("cancel", {"order_id": "X"}, {"client_tag": "T"}, ["cancel.target: expected order_id: X, found client_tag: T"]),
    ("cancel", {"order_id": "X"}, {}, ["cancel.order_id: expected X, found nothing"]),
    (
        "login",
        LOGIN,
        {"user": "v"},
        ["login.user: expected u, found v", 'login.password: expected "[redacted]", found'],
    ),
    ("error", {"excerpt": "AAEC"}, {"excerpt": "AAED"}, ['error.excerpt: expected "000102", found "000103"']),
]


@pytest.fixture(scope="module")
def venue() -> Protocol:
    """The demo's protocol."""
    schema = load_schema(given_schema())
    client, server = (EnvelopeType(schema.message(f"trading.v1.{name}Message")) for name in ("Client", "Server"))
    return Protocol(client=client, server=server)


def made(venue: Protocol, payload: str, content: dict) -> Envelope:
    """An envelope of the side that sends such a payload."""
    kind = venue.client if payload in venue.client.descriptor.fields_by_name else venue.server
    message = json_format.ParseDict({payload: content}, kind.parse(b""), descriptor_pool=kind.descriptor.file.pool)
    return read_envelope(message.SerializeToString(), kind)


@pytest.mark.parametrize(("payload", "expected", "found"), SAME)
def test_what_differs_between_runs_is_no_difference(venue, payload, expected, found) -> None:
    """Ids, times, places in a stream and secrets do not count."""
    volatile = volatile_of(venue)
    one, other = made(venue, payload, expected), made(venue, payload, found)
    assert differences(one, other, volatile) == ()
    assert fingerprint(one, volatile) == fingerprint(other, volatile)


@pytest.mark.parametrize(("payload", "expected", "found", "told"), DIFFERENT)
def test_each_difference_is_told_with_its_path_and_both_values(venue, payload, expected, found, told) -> None:
    """In words that print, and once each."""
    volatile = volatile_of(venue)
    one, other = made(venue, payload, expected), made(venue, payload, found)
    said = [str(each) for each in differences(one, other, volatile)]
    assert len(said) == len(told)
    assert all(text.startswith(begin) for text, begin in zip(said, told, strict=True)), said
    assert fingerprint(one, volatile) != fingerprint(other, volatile)
    assert all(text.isprintable() and "hunter2" not in text for text in said)


def test_another_payload_is_one_difference(venue) -> None:
    """What is in them is told beside their names."""
    (only,) = differences(made(venue, "order", ORDER), made(venue, "login", LOGIN), volatile_of(venue))
    assert str(only).startswith("payload: expected order: {request_id: 7, symbol: ESZ6, ")
    assert str(only).endswith('found login: {user: u, password: "[redacted]"}')


def test_what_a_newer_revision_adds_is_told_by_number(venue) -> None:
    """The schema of what is expected decides, whichever one the other was read with."""
    newer = EnvelopeType(load_schema(newer_schema()).message("trading.v1.ServerMessage"))
    message = json_format.ParseDict({"market_data": UPDATE | {"session_volume": 77}}, newer.parse(b""))
    data = message.SerializeToString()
    for kind in (venue.server, newer):
        told = differences(made(venue, "market_data", UPDATE), read_envelope(data, kind), volatile_of(venue))
        assert list(map(str, told)) == ["market_data.9: expected nothing, found 77"]


def test_only_so_many_are_told_and_the_rest_is_counted(venue) -> None:
    """A long list that changed in every element does not flood anybody."""
    one, other = (
        made(venue, "market_data", {"levels": [{"size": size + more} for size in range(1, 1001)]}) for more in (0, 5000)
    )
    told = differences(one, other, volatile_of(venue), limit=3)
    assert (len(told), told.more, told.total) == (3, 997, 1000)


MANY = [str(number) for number in range(30_000)]
LABELS = {each: each for each in MANY}
VERY_MANY = [
    # payload, expected, found, differences
    ("subscribe", {"symbols": MANY}, {"symbols": [f"{each}!" for each in MANY]}, 30_000),
    ("subscribe", {"symbols": MANY}, {"symbols": []}, 30_000),
    ("subscribe", {"symbols": MANY[:1]}, {"symbols": MANY}, 29_999),
    ("order", {"labels": LABELS}, {"labels": {each: each.replace("9", "x") for each in MANY}}, 10_317),
    ("order", {"labels": LABELS}, {"labels": {"a": "b"}}, 30_001),
    ("order", {}, {"labels": LABELS}, 30_000),
]


@pytest.mark.parametrize(("payload", "expected", "found", "total"), VERY_MANY)
def test_very_many_elements_are_counted(venue, payload, expected, found, total) -> None:
    """As many as differ, though nobody looks at each of them any more."""
    told = differences(made(venue, payload, expected), made(venue, payload, found), volatile_of(venue), limit=3)
    assert (len(told), told.total) == (3, total)


def test_an_element_of_very_many_counts_once(venue) -> None:
    """However much differs in it."""
    one, other = (
        made(venue, "market_data", {"levels": [{"size": size + more, "orders": more} for size in range(1, 20_001)]})
        for more in (1, 50_000)
    )
    assert differences(one, other, volatile_of(venue), limit=3).total == 25_002


LARGE = [
    # what is beside the many unknown fields: expected, found; the differences
    ({"request_id": 1}, {"request_id": 1}, b"", []),
    ({"depth": 1}, {"depth": 2}, b"", [("subscribe.depth", "1", "2")]),
    ({}, {}, b"\x08\x01", [("", "1,048,578 B of unknown fields", "1,048,580 B of unknown fields")]),
]


@pytest.mark.parametrize(("expected", "found", "more", "told"), LARGE, ids=["same", "known", "unknown"])
def test_unknown_fields_of_a_large_message_are_compared_as_a_whole(venue, expected, found, more, told) -> None:
    """One by one they would hold everything up; what is known is compared as ever."""
    many = b"\x08\x01" * (LARGEST // 2 + 1)
    ours, theirs = (made(venue, "subscribe", each).data + many for each in (expected, found))
    differing = differences(*(read_envelope(each, venue.client) for each in (ours, theirs + more)), volatile_of(venue))
    assert [(each.path, each.expected, each.found) for each in differing] == told


def test_values_are_elided() -> None:
    """However long they are."""
    told = differences(text_envelope(b"x" * 9999, None), text_envelope(b"y" * 9999, None), USUAL)
    assert len(str(told[0])) < 600


JSON_CASES = [
    ({"id": 1, "px": 1.0}, {"px": 1, "id": 2}, []),
    ({"a": {"id": 1}}, {"a": {"id": 2}}, ["a.id: expected 1, found 2"]),
    ({"sent_at": 1_700_000_000_000}, {"sent_at": 1_800_000_000}, []),
    ({"sent_at": 1_700_000_000_000}, {"sent_at": 5}, ["sent_at: expected 1700000000000, found 5"]),
    ({"token": "x", "password": ["a"]}, {"token": "y", "password": ["b"]}, []),
    ({"password": "hunter2"}, {}, ['password: expected "[redacted]", found nothing']),
    ([1, 2, 3], [1, 3], ["[1]: expected 2, found nothing"]),
    ([{"a b": [0]}], [{"a b": [-0.0]}], []),
    ({"a": None}, {}, ["a: expected null, found nothing"]),
    ({"a": True}, {"a": 1}, ["a: expected true, found 1"]),
    ({"a": {}}, {"a": []}, ["a: expected {}, found []"]),
    ({"request_id": {"a": 1}}, {"request_id": {"a": 2}}, ["request_id.a: expected 1, found 2"]),
]


@pytest.mark.parametrize(("expected", "found", "told"), JSON_CASES)
def test_json_is_compared_by_path(expected, found, told) -> None:
    """Members have no order, and numbers no spelling."""
    one, other = (text_envelope(json.dumps(each).encode(), None) for each in (expected, found))
    assert list(map(str, differences(one, other, USUAL))) == told
    assert (fingerprint(one, USUAL) == fingerprint(other, USUAL)) is not told


RAW = [
    (b"\xff\x01", b"\xff\x01", []),
    (b"\xff\x01", b"\xff\x02", ["expected ff01, found ff02"]),
    (b"\x08\x01\x12\x01a", b"\x12\x01a\x08\x01", []),
    (b"\x08\x01\x12\x01a", b"\x08\x02\x18\x07", ["1: expected 1", "2: expected", "3: expected nothing, found 7"]),
    (b"\x08\x01", b"\xff\x01", ["expected 0801, found ff01"]),
]


@pytest.mark.parametrize(("expected", "found", "told"), RAW)
def test_without_a_schema_fields_are_compared_by_number_and_other_bytes_whole(expected, found, told) -> None:
    """Fields of different numbers have no order."""
    one, other = (read_envelope(each, None) for each in (expected, found))
    said = list(map(str, differences(one, other, USUAL)))
    assert len(said) == len(told)
    assert all(text.startswith(begin) for text, begin in zip(said, told, strict=True)), said
    assert (fingerprint(one, USUAL) == fingerprint(other, USUAL)) is not told


def test_json_that_is_too_deep_is_compared_as_it_is() -> None:
    """And nothing fails."""
    one, other, same = (
        text_envelope(b"[" * 500 + text + b"]" * 500, None) for text in (b'{"id": 1}', b'{"id": 2}', b'{"id": 1}')
    )
    assert differences(one, other, USUAL)
    assert differences(one, same, USUAL) == ()
    assert fingerprint(one, USUAL) == fingerprint(same, USUAL) != fingerprint(other, USUAL)


def test_the_nearest_has_the_same_payload_and_the_fewest_differences(venue) -> None:
    """Of those that are equally near it is the one whose ids are the same."""
    volatile = volatile_of(venue)
    login, far, near, same_tag = (
        made(venue, "login", LOGIN),
        made(venue, "order", {"quantity": 3}),
        made(venue, "order", ORDER | {"quantity": 9, "client_tag": "t-9"}),
        made(venue, "order", ORDER | {"quantity": 9}),
    )
    found = nearest_of(made(venue, "order", ORDER), [login, far, near, same_tag], volatile)
    assert found is not None
    assert found.number == 3
    assert list(map(str, found.differences)) == ["order.quantity: expected 9, found 3"]
    assert nearest_of(login, [far, near], volatile).number == 0
    assert nearest_of(login, [], volatile) is None


def test_of_many_candidates_an_equal_one_is_found(venue) -> None:
    """Not all of them are compared in full."""
    candidates = [made(venue, "order", ORDER | {"quantity": size}) for size in range(1, 601)]
    assert nearest_of(made(venue, "order", ORDER | {"quantity": 555}), candidates, volatile_of(venue)).number == 554


@pytest.mark.parametrize("name", ["three", "two"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_fingerprints_are_equal_if_and_only_if_nothing_differs(kinds, name, data) -> None:
    """For whatever parses, in any syntax, with unknown fields, Anys, Structs, maps and numbers that are none."""
    one, other = (read_envelope(each, kinds[name]) for each in data.draw(two_messages()))
    for volatile in (EXACT, USUAL, ODD):
        told = differences(one, other, volatile)
        assert (fingerprint(one, volatile) == fingerprint(other, volatile)) is (told == ()), told
        assert all(str(each).isprintable() for each in told)
        assert differences(one, one, volatile) == ()


@settings(max_examples=200, deadline=None)
@given(one=st.binary(max_size=40), other=st.binary(max_size=40), name=st.sampled_from(["three", "two"]))
def test_nothing_that_a_peer_sends_raises(kinds, one, other, name) -> None:
    """As bytes of a known type, of none, or as text."""
    for ours in (read_envelope(one, kinds[name]), read_envelope(one, None), text_envelope(one, kinds[name])):
        for theirs in (read_envelope(other, kinds[name]), text_envelope(other, None)):
            assert all(str(each).isprintable() for each in differences(ours, theirs, USUAL))
            fingerprint(ours, USUAL)


def test_secrets_are_shown_to_who_asks_for_them(venue) -> None:
    """Then they count as well."""
    volatile = Volatile(secrets=NO_SECRETS)
    one, other = (made(venue, "login", {"password": text}) for text in ("hunter2", "hunter3"))
    assert list(map(str, differences(one, other, volatile))) == ["login.password: expected hunter2, found hunter3"]


def test_a_deep_message_is_compared_to_its_end(kinds) -> None:
    """As deep as parsers go."""
    one, other = b"\x0a\x01a", b"\x0a\x01b"
    for _ in range(90):
        one, other = length_delimited(4, one), length_delimited(4, other)
    told = differences(*(read_envelope(length_delimited(1, each), kinds["three"]) for each in (one, other)), USUAL)
    assert len(told) == 1
