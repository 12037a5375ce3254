"""What each recorded message of a server waits for."""

import pytest
from tests.addon.recording.sessions import Line, reader

from paperknife.recording.items import Closed
from paperknife.replay.conditions import Reply, Request, Requests, conditions
from paperknife_decoders.message import Direction
from paperknife_decoders.volatile import volatile_of

line = Line()


def steps(*acts) -> list:
    return list(conditions(iter(acts), volatile_of(reader().protocol)))


LOGIN = line.client(10, "login", user="alice", password="secret-one")
SUBSCRIBE = line.client(20, "subscribe", request_id=1, symbols=["ESZ6", "NQZ6"])
ORDER = line.client(30, "order", request_id=7, symbol="ESZ6", quantity=2)
OTHER = line.client(31, "order", request_id=8, symbol="CLZ6", quantity=2)
BEAT = line.client(32, "heartbeat", sequence=1)

WAITS = [
    # what comes before, the reply, the payloads that it waits for
    ([], line.server(5, "error", text="full"), []),
    ([LOGIN], line.server(12, "login_response", result=1), ["login"]),
    ([LOGIN], line.server(12, "error", text="soon"), []),
    ([LOGIN, SUBSCRIBE], line.server(22, "subscribe_response", request_id=1), ["subscribe"]),
    ([LOGIN, SUBSCRIBE, ORDER], line.server(33, "order_response", request_id=7, order_id="A"), ["order"]),
    ([LOGIN, SUBSCRIBE, ORDER, OTHER], line.server(33, "order_response", request_id=8), ["order"]),
    ([LOGIN, SUBSCRIBE], line.server(40, "market_data", symbol="NQZ6", sequence=1), ["subscribe"]),
    ([LOGIN, SUBSCRIBE], line.server(40, "market_data", symbol="ZBZ6", sequence=1), []),
    ([LOGIN, BEAT], line.server(40, "market_data", symbol="ZBZ6", sequence=1), []),
]


@pytest.mark.parametrize(("before", "reply", "payloads"), WAITS)
def test_a_reply_waits_for_what_led_to_it(before, reply, payloads) -> None:
    """The request that it answers, the subscription that it comes under, or else all that was said before."""
    last = steps(*before, reply)[-1]
    assert isinstance(last, Reply)
    assert [each.envelope.payload for each in last.needs or last.subscribed()] == payloads
    assert last.after == len([each for each in before if each is not BEAT])


def test_the_client_s_heartbeats_are_nothing_to_wait_for() -> None:
    """They are no requests."""
    found = steps(LOGIN, BEAT, ORDER, line.closed(50))
    assert [type(each) for each in found] == [Request, Request, Closed]
    assert [each.number for each in found[:2]] == [1, 2]


def test_requests_are_found_by_what_they_say() -> None:
    """The first of those that are the same; each counts once."""
    asked = [
        line.client(10, "order", request_id=number, symbol=symbol, quantity=1)
        for number, symbol in ((1, "ESZ6"), (2, "NQZ6"), (3, "ESZ6"))
    ]
    first, second, third = steps(*asked)
    requests = Requests()
    for each in (first, second, third):
        requests.add(each)
    assert requests.find(third.print) is first
    assert requests.first == 1
    requests.match(first, 1.5)
    assert first.matched == 1.5
    assert requests.find(third.print) is third
    requests.match(third, 2.0)
    assert requests.find(third.print) is None
    assert list(requests) == [second]
    assert requests.first == 2
    requests.match(second, 3.0)
    assert requests.first > 10**9
    assert not len(requests)


def test_a_pong_without_an_id_answers_the_ping_before_it(centrifugo) -> None:
    """So that it is said when the live client pings, and not by the clock; it waits for nothing."""
    acts = [
        centrifugo(0, Direction.CLIENT, {}),
        centrifugo(3, Direction.SERVER, {}),
        centrifugo(900, Direction.SERVER, {}),
    ]
    pong, beat = conditions(iter(acts), volatile_of(acts[0].reader.protocol))
    assert pong.answers == acts[0].envelopes
    assert pong.needs == beat.needs == beat.answers == ()
