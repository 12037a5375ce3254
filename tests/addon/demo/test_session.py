"""One client's conversation, without a connection."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperknife.demo.api import Api, Fields
from paperknife.demo.session import Session
from paperknife.demo.users import USERS

ALICE = USERS["alice"]
LOGIN: Fields = {"user": ALICE.name, "password": ALICE.password, "api_key": ALICE.api_key}
NOW = 1_790_000_000_123_456_789


def ask(session: Session, payload: str, **fields: object) -> list[tuple[str, Any]]:
    """Send one request; the answers, as the newer revision reads them."""
    session.receive(session.api.client.encode(payload, fields), NOW)
    return answers(session)


def answers(session: Session) -> list[tuple[str, Any]]:
    for event in session.exchange.drain():
        session.announce(event, NOW)
    said, session.outbox = session.outbox, []
    server = session.api.server
    return [server.decode(server.encode(payload, fields)) for payload, fields in said]


@pytest.fixture
def logged_in(session: Session) -> Session:
    ask(session, "login", **LOGIN)
    return session


def name(message: Any, field: str) -> str:
    return message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number[getattr(message, field)].name


def test_a_login_is_answered_with_what_the_client_needs(session):
    """A token, the heartbeat's interval, the accounts, the limits; then how the account stands."""
    (kind, response), (second, account) = ask(session, "login", **LOGIN)
    assert (kind, name(response, "result")) == ("login_response", "OK")
    assert len(response.token) == 32
    assert response.heartbeat.seconds == 2
    assert list(response.accounts) == ["DEMO-1"]
    assert response.order_limits["ESZ6"] == 100
    assert response.server_time.ToNanoseconds() == NOW // 1000 * 1000
    assert (second, account.balances["USD"].value) == ("account_update", "250000.00")
    assert session.close is None


@pytest.mark.parametrize(
    "changes", [{"password": "x"}, {"api_key": ""}, {"user": "mallory"}, {"api_key": USERS["bob"].api_key}]
)
def test_a_wrong_login_ends_the_connection(session, changes):
    """With close code 4000, and without telling what was wrong."""
    ((kind, response),) = ask(session, "login", **{**LOGIN, **changes})
    assert (kind, name(response, "result")) == ("login_response", "BAD_CREDENTIALS")
    assert response.reason == "no such user, password or API key"
    assert session.close == (4000, "bad credentials")


def test_one_login_is_enough(logged_in):
    """A second one is refused; the session goes on."""
    ((_, response),) = ask(logged_in, "login", **LOGIN)
    assert name(response, "result") == "ALREADY_LOGGED_IN"
    assert logged_in.close is None


@pytest.mark.parametrize("payload", ["subscribe", "order", "cancel", "revise", "unsubscribe", "account", "renew_token"])
def test_nothing_is_done_before_the_login(session, payload):
    """Every request is answered with an error that names it."""
    ((kind, error),) = ask(session, payload, request_id=7)
    assert (kind, name(error, "code"), error.request_id) == ("error", "NOT_LOGGED_IN", 7)


def test_a_subscription_begins_with_a_snapshot(logged_in):
    """Answer, instruments, depths; from then on the symbol's changes and no others."""
    response, instruments, depths = ask(logged_in, "subscribe", request_id=3, symbols=["ESZ6", "ZZZ9", "ESZ6"], depth=2)
    assert response[0] == "subscribe_response"
    assert (list(response[1].symbols), list(response[1].unknown_symbols)) == (["ESZ6"], ["ZZZ9"])
    assert instruments[1].WhichOneof("payload") == "instruments"
    assert not instruments[1].page.last
    (instrument,) = instruments[1].instruments.items
    assert (instrument.symbol, instrument.tick_size.value) == ("ESZ6", "0.25")
    (depth,) = depths[1].depths.items
    assert depths[1].page.last
    assert len(depth.levels) == 4
    assert depth.levels[0].price.value == depth.bid.price.value
    logged_in.exchange.step(["ESZ6"])
    ((kind, update),) = answers(logged_in)
    assert (kind, update.symbol, update.sequence) == ("market_data", "ESZ6", depth.sequence + 1)
    logged_in.exchange.step(["CLF7"])
    assert answers(logged_in) == []


def test_unsubscribing_ends_the_updates(logged_in):
    """And tells what remains."""
    ask(logged_in, "subscribe", request_id=1, symbols=["ESZ6", "CLF7"])
    ((_, response),) = ask(logged_in, "unsubscribe", request_id=2, symbols=["ESZ6", "ZZZ9"])
    assert list(response.symbols) == ["CLF7"]
    logged_in.exchange.step(["ESZ6"])
    assert answers(logged_in) == []


def test_depth_zero_leaves_the_best_prices(logged_in):
    """An explicit 0 is something else than no depth at all."""
    ask(logged_in, "subscribe", request_id=1, symbols=["ESZ6"], depth=0)
    assert logged_in.depth == 0
    logged_in.exchange.step(["ESZ6"])
    ((_, update),) = answers(logged_in)
    assert update.bid.price.value
    assert not update.levels
    ask(logged_in, "subscribe", request_id=1, symbols=["ESZ6"])
    assert logged_in.depth == 5


def order(**changes: object) -> Fields:
    limit: Fields = {"value": "5020.25"}
    return {
        "request_id": 7,
        "symbol": "ESZ6",
        "side": "BUY",
        "quantity": 2,
        "price": limit,
        "type": "LIMIT",
        "account": "DEMO-1",
        "client_tag": "mine",
        **changes,
    }


def test_an_order_lives_and_dies(logged_in):
    """Accepted, revised by id, cancelled by tag; each answer carries its request's number and the client's tag."""
    ((_, accepted),) = ask(logged_in, "order", **order())
    ((_, revised),) = ask(logged_in, "revise", request_id=8, order_id=accepted.order_id, quantity=5)
    ((_, cancelled),) = ask(logged_in, "cancel", request_id=9, client_tag="mine")
    told = [accepted, revised, cancelled]
    assert [name(each, "status") for each in told] == ["ACCEPTED", "REVISED", "CANCELLED"]
    assert [each.request_id for each in told] == [7, 8, 9]
    assert {each.client_tag for each in told} == {"mine"}
    assert {each.order_id for each in told} == {"A-1001"}
    assert [each.open_quantity for each in told] == [2, 5, 0]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"symbol": "ESU6"}, "UNKNOWN_INSTRUMENT"),
        ({"quantity": 500}, "OVER_ORDER_LIMIT"),
        ({"price": {"value": "five"}}, "BAD_PRICE"),
        ({"price": {}}, "BAD_PRICE"),
        ({"account": "DEMO-2"}, "WRONG_ACCOUNT"),
        ({"side": 9}, "BAD_SIDE"),
    ],
)
def test_an_order_is_rejected(logged_in, changes, reason):
    """With the reason as an enum and in words."""
    ((_, response),) = ask(logged_in, "order", **order(**changes))
    assert (name(response, "status"), name(response, "reject_reason")) == ("REJECTED", reason)
    assert response.text
    assert response.request_id == 7


@pytest.mark.parametrize(
    ("payload", "status"), [("cancel", "CANCEL_REJECTED"), ("revise", "REVISE_REJECTED")], ids=["cancel", "revise"]
)
def test_requests_about_orders_that_are_not(logged_in, payload, status):
    """An order of nobody, or of another session."""
    ((_, response),) = ask(logged_in, payload, request_id=8, order_id="A-1")
    assert (name(response, "status"), name(response, "reject_reason")) == (status, "UNKNOWN_ORDER")


def test_the_account_in_full(logged_in):
    """Cash and margin, working orders, positions; of another account nothing."""
    ask(logged_in, "order", **order())
    ask(logged_in, "order", **order(price={}, type="MARKET", client_tag="market"))
    update, orders, positions = ask(logged_in, "account", request_id=5, account="DEMO-1")
    assert (update[0], update[1].request_id) == ("account_update", 5)
    assert update[1].margin.initial.value == "26400.00"
    (working,) = orders[1].orders.items
    assert (working.order_id, working.price.value, working.client_tag) == ("A-1001", "5020.25", "mine")
    (position,) = positions[1].positions.items
    assert (position.symbol, position.net_quantity) == ("ESZ6", 2)
    assert positions[1].page.last
    ((kind, error),) = ask(logged_in, "account", request_id=6, account="DEMO-2")
    assert (kind, name(error, "code"), error.request_id) == ("error", "BAD_REQUEST", 6)


def test_each_token_is_another(logged_in):
    """Renewing gives a new one."""
    ((_, first),) = ask(logged_in, "renew_token", request_id=1, token="")
    ((_, second),) = ask(logged_in, "renew_token", request_id=2, token="")
    assert first.token != second.token
    assert second.token_expires.ToNanoseconds() > NOW


def test_heartbeats_count_for_those_who_are_logged_in(session):
    """A stranger does not stay by beating."""
    session.missed = 2
    assert ask(session, "heartbeat", sequence=1) == []
    assert session.missed == 2
    ask(session, "login", **LOGIN)
    session.missed = 2
    ask(session, "heartbeat", sequence=2)
    assert session.missed == 0


@pytest.mark.parametrize(
    ("content", "code", "excerpt"),
    [
        (b"\xff\xff\xff", "UNREADABLE", b"\xff\xff\xff"),
        (b"\x0a\x05abc", "UNREADABLE", b"\x0a\x05abc"),
        (b"\xff" * 100, "UNREADABLE", b"\xff" * 16),
        ('{"login": {}}', "UNREADABLE", b'{"login": {}}'),
        (b"", "UNKNOWN_REQUEST", b""),
        (b"\x98\x06\x01", "UNKNOWN_REQUEST", b"\x98\x06\x01"),
    ],
    ids=["garbage", "cut", "long", "text", "empty", "unknown field"],
)
def test_nonsense_is_answered(session, content, code, excerpt):
    """With an error that shows its first bytes; the conversation goes on."""
    session.receive(content, NOW)
    ((kind, error),) = answers(session)
    assert (kind, name(error, "code"), error.excerpt) == ("error", code, excerpt)
    assert not error.HasField("request_id")
    assert session.close is None


@given(st.one_of(st.binary(max_size=60), st.text(max_size=20)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_content_raises(logged_in, content):
    """Whatever comes, it is answered or ignored."""
    logged_in.receive(content, NOW)
    answers(logged_in)


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "request_id": st.integers(0, 2**64 - 1),
        "symbol": st.sampled_from(["ESZ6", "", "x" * 100, "\x1b[2J"]),
        "side": st.integers(-(2**31), 2**31 - 1),
        "quantity": st.integers(0, 2**32 - 1),
        "price": st.fixed_dictionaries({"value": st.one_of(st.text(), st.decimals(allow_nan=True).map(str))}),
        "type": st.integers(-5, 5),
        "time_in_force": st.integers(-5, 5),
        "account": st.sampled_from(["DEMO-1", "DEMO-2", ""]),
        "client_tag": st.text(max_size=10),
    },
)


@given(FIELDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_order_has_an_answer(logged_in, fields):
    """However absurd: an OrderResponse with the request's number comes first."""
    try:
        content = logged_in.api.client.encode("order", fields)
    except (ValueError, UnicodeEncodeError):
        return
    logged_in.receive(content, NOW)
    kind, response = answers(logged_in)[0]
    assert (kind, response.request_id) == ("order_response", fields.get("request_id", 0))


def test_the_older_revision_meets_what_it_does_not_know(logged_in, given: Api):
    """Fields and enum values of the newer one arrive as unknown, and go back out as they came."""
    ask(logged_in, "order", **order(quantity=50))
    logged_in.exchange.step(["CLF7"])
    logged_in.exchange.step(["CLF7"])
    for event in logged_in.exchange.drain():
        logged_in.announce(event, NOW)
    ((payload, fields),) = logged_in.outbox
    content = logged_in.api.server.encode(payload, fields)
    envelope = given.server.make.FromString(content)
    assert name(envelope.order_response, "status") == "ACCEPTED"
    assert logged_in.api.server.decode(content)[1].HasField("queue_ahead")
    assert logged_in.api.server.make.FromString(envelope.SerializeToString()) == logged_in.api.server.make.FromString(
        content
    )
