"""Where a live connection stands in a recording: what may be sent, and what the client's messages mean."""

import dataclasses
from collections.abc import Iterable

import pytest
from tests.addon.recording.sessions import START_NS, Line, api, reader

from paperknife.demo.api import Fields
from paperknife.replay.conditions import conditions
from paperknife.replay.cursor import LARGEST_COMPARED, Cursor
from paperknife.replay.moves import Ended, Manner, Met, Missed, Mode, Send, Waiting
from paperknife.replay.pace import FASTEST, Pace
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.reader import Reader
from paperknife_decoders.volatile import volatile_of

line = Line()
NOW = 500.0

DAY = [
    line.client(10, "login", user="alice", password="secret-one"),
    line.server(12, "login_response", result=1, token="t-abcdef-123456"),
    line.client(20, "subscribe", request_id=1, symbols=["ESZ6"]),
    line.server(21, "subscribe_response", request_id=1, symbols=["ESZ6"]),
    line.server(30, "market_data", symbol="ESZ6", sequence=1),
    line.client(40, "order", request_id=7, client_tag="alice-7", symbol="ESZ6", quantity=2),
    line.server(50, "market_data", symbol="ESZ6", sequence=2),
    line.server(60, "order_response", request_id=7, client_tag="alice-7", symbol="ESZ6", order_id="A-1"),
    line.server(70, "market_data", symbol="ESZ6", sequence=3),
    line.closed(100),
]


def cursor(acts: Iterable = DAY, mode: Mode = Mode.MATCHED, speed: float = FASTEST, shift_ns: int = 0) -> Cursor:
    """At the beginning of a session."""
    protocol = reader().protocol
    volatile = volatile_of(protocol)
    pace = Pace(speed)
    pace.begin(START_NS, NOW)
    return Cursor(conditions(iter(acts), volatile), Manner(mode, protocol, volatile, shift_ns), pace)


def sent(cursor: Cursor, now: float = NOW) -> list[tuple[str, Fields]]:
    """All that may be sent now, decoded."""
    found = []
    while isinstance(step := cursor.next(now), Send):
        found.append(api().server.decode(step.content))
    return found


def says(payload: str, **fields: object) -> tuple[Envelope, ...]:
    """What a live client says."""
    return line.client(0, payload, **fields).envelopes


def test_nothing_is_sent_before_what_leads_to_it() -> None:
    """Each answer waits for its request; market data goes on while an order is waited for, up to the answer to it."""
    live = cursor()
    assert sent(live) == []
    assert [each.envelope.payload for each in live.next(NOW).needs] == ["login"]
    (met,) = live.receive(says("login", user="alice", password="quite another"), NOW)
    assert isinstance(met, Met)
    assert [payload for payload, _ in sent(live)] == ["login_response"]
    live.receive(says("subscribe", request_id=901, symbols=["ESZ6"]), NOW)
    assert [payload for payload, _ in sent(live)] == ["subscribe_response", "market_data", "market_data"]
    assert [each.envelope.payload for each in live.next(NOW).needs] == ["order"]
    live.receive(says("order", request_id=902, client_tag="zoe-1", symbol="ESZ6", quantity=2), NOW)
    assert [payload for payload, _ in sent(live)] == ["order_response", "market_data"]
    assert isinstance(live.next(NOW), Ended)


def test_answers_carry_the_client_s_own_ids() -> None:
    """Request ids and tags of the live client stand where the recorded ones stood; all else is as recorded."""
    live = cursor()
    live.receive(says("login", user="alice", password="quite another"), NOW)
    live.receive(says("subscribe", request_id=901, symbols=["ESZ6"]), NOW)
    live.receive(says("order", request_id=902, client_tag="zoe-1", symbol="ESZ6", quantity=2), NOW)
    answers = {payload: message for payload, message in sent(live) if payload != "market_data"}
    assert answers["subscribe_response"].request_id == 901
    response = answers["order_response"]
    assert (response.request_id, response.client_tag, response.order_id) == (902, "zoe-1", "A-1")


def test_a_miss_says_what_was_expected() -> None:
    """The nearest recorded request, and which field is another one. It stays expected."""
    live = cursor()
    live.receive(says("login", user="alice", password="x"), NOW)
    live.receive(says("subscribe", request_id=901, symbols=["ESZ6"]), NOW)
    (missed,) = live.receive(says("order", request_id=902, client_tag="z", symbol="ESZ6", quantity=3), NOW)
    assert isinstance(missed, Missed)
    assert missed.nearest is not None
    assert missed.nearest.envelope.payload == "order"
    assert [(each.path, each.expected, each.found) for each in missed.differences] == [("order.quantity", "2", "3")]
    assert [each.envelope.payload for each in live.requests] == ["order"]


def test_requests_may_come_in_another_order() -> None:
    """They are found ahead; the answers come in the recorded order."""
    acts = [
        line.client(10, "account", request_id=1, account="A"),
        line.client(11, "account", request_id=2, account="B"),
        line.server(12, "account_update", request_id=1, account="A"),
        line.server(13, "account_update", request_id=2, account="B"),
    ]
    live = cursor(acts)
    live.receive(says("account", request_id=51, account="B"), NOW)
    assert sent(live) == []
    live.receive(says("account", request_id=52, account="A"), NOW)
    assert [(message.account, message.request_id) for _, message in sent(live)] == [("A", 52), ("B", 51)]


def test_answers_take_as_long_as_they_took() -> None:
    """From when the live request came, however late that was; and what follows keeps its distance."""
    live = cursor(speed=2.0)
    live.receive(says("login", user="alice", password="x"), NOW + 9)
    assert live.next(NOW + 9) == Waiting(pytest.approx(NOW + 9.001))
    assert len(sent(live, NOW + 9.001)) == 1
    live.receive(says("subscribe", request_id=1, symbols=["ESZ6"]), NOW + 20)
    assert live.next(NOW + 20) == Waiting(pytest.approx(NOW + 20.0005))
    assert len(sent(live, NOW + 20.0005)) == 1
    assert live.next(NOW + 20.0005) == Waiting(pytest.approx(NOW + 20.005))


def test_a_stream_keeps_its_distance_where_long_gaps_are_cut() -> None:
    """Each message counts from the one before it, not all from the last request."""
    ticks = [line.server(10_000 * at, "market_data", symbol="ESZ6", sequence=at) for at in (1, 2, 3)]
    live = cursor([DAY[0], *ticks], speed=1.0)
    live.pace.longest_gap = 1.0
    live.receive(says("login", user="alice", password="x"), NOW)
    for at in (1, 2, 3):
        assert live.next(NOW + at - 0.5) == Waiting(pytest.approx(NOW + at))
        assert len(sent(live, NOW + at)) == 1


def test_by_time_alone_nothing_is_waited_for() -> None:
    """In the mode `timed` everything comes when it came."""
    live = cursor(mode=Mode.TIMED, speed=1.0)
    assert live.next(NOW) == Waiting(pytest.approx(NOW + 0.012))
    assert len(sent(live, NOW + 0.055)) == 4
    assert len(sent(live, NOW + 1.0)) == 2


def test_step_by_step_nothing_goes_by_itself() -> None:
    """Each message has to be let go."""
    live = cursor(mode=Mode.STEP)
    assert live.next(NOW + 1000) == Waiting()
    live.allowed += 2
    assert [payload for payload, _ in sent(live)] == ["login_response", "subscribe_response"]


def test_a_second_round_answers_only_what_is_asked_again() -> None:
    """What answers nothing comes again, at once."""
    live = cursor()
    for request in (DAY[0], DAY[2], DAY[5]):
        live.receive(request.envelopes, NOW)
    assert len(sent(live)) == 6
    live.repeat(conditions(iter(DAY), live.manner.volatile), START_NS, NOW)
    live.receive(says("order", request_id=77, client_tag="again", symbol="ESZ6", quantity=2), NOW)
    assert [payload for payload, _ in sent(live)] == ["market_data", "market_data", "order_response", "market_data"]


def test_times_are_moved() -> None:
    """By as much as is asked for; bytes without times stay."""
    acts = [
        line.server(10, "heartbeat", sequence=1, time={"seconds": 1_900_000_000}),
        line.server(20, "error", text="x"),
    ]
    live = cursor(acts, shift_ns=60 * 10**9)
    (_, beat), (_, error) = sent(live)
    assert beat.time.seconds == 1_900_000_060
    assert error.text == "x"


def test_heartbeats_never_wait() -> None:
    """From the second one on they are kept up by the clock, whatever the recording waits for."""
    acts = [
        line.server(0, "heartbeat", sequence=1),
        line.client(10, "login", user="alice", password="x"),
        line.server(2000, "heartbeat", sequence=2),
        line.server(2100, "login_response", result=1),
    ]
    live = cursor(acts)
    assert [payload for payload, _ in sent(live)] == ["heartbeat"]
    assert live.beat(NOW) is None
    assert live.beat(NOW + 1.9) is None
    assert live.beat(NOW + 2.1) is not None
    assert live.beat(NOW + 2.2) is None


def test_a_request_of_a_further_round_is_answered_however_late_it_comes() -> None:
    """The market has gone on meanwhile."""
    live = cursor()
    for request in (DAY[0], DAY[2], DAY[5]):
        live.receive(request.envelopes, NOW)
    sent(live)
    live.repeat(conditions(iter(DAY[:-1]), live.manner.volatile), START_NS, NOW)
    assert [payload for payload, _ in sent(live)] == ["market_data"] * 3
    live.receive(says("order", request_id=77, client_tag="again", symbol="ESZ6", quantity=2), NOW)
    assert [(payload, message.request_id) for payload, message in sent(live)] == [("order_response", 77)]
    assert sent(live) == []


def test_a_heartbeat_is_answered_though_the_recorded_answer_is_far_ahead() -> None:
    """Behind a request that has not come, with the values of the live heartbeat; nothing else is sent for it."""
    acts = [
        line.client(10, "login", user="alice", password="x"),
        line.server(20, "login_response", result=1),
        line.server(30, "market_data", symbol="ESZ6", sequence=1),
        line.client(40, "renew_token", request_id=7),
        line.server(41, "renew_token_response", request_id=7),
    ]
    protocol = dataclasses.replace(reader().protocol, heartbeats=frozenset({"renew_token", "renew_token_response"}))
    for act in acts:
        act.reader = Reader(protocol)
    volatile = volatile_of(protocol)
    live = Cursor(conditions(iter(acts), volatile), Manner(Mode.MATCHED, protocol, volatile), Pace(FASTEST))
    answer = live.heartbeat(says("renew_token", request_id=901)[0])
    assert answer is not None
    assert api().server.decode(answer)[1].request_id == 901
    assert sent(live) == []
    live.receive(says("login", user="alice", password="y"), NOW)
    assert [payload for payload, _ in sent(live)] == ["login_response", "market_data"]


def test_giving_up_a_request_lets_the_recording_go_on() -> None:
    """As if it had come."""
    live = cursor()
    (login,) = live.next(NOW).needs
    live.give_up(login, NOW)
    assert [payload for payload, _ in sent(live)] == ["login_response"]


def test_a_flood_of_unknown_requests_reads_no_further_than_it_may(monkeypatch) -> None:
    """A client that sends nonsense cannot make us hold the whole recording."""
    monkeypatch.setattr("paperknife.replay.cursor.MOST_AHEAD", 100)
    read = []

    def endless():
        yield DAY[0]
        for number in range(100_000):
            read.append(number)
            yield line.server(100 + number, "market_data", symbol="ESZ6", sequence=number)

    live = cursor(endless())
    for quantity in range(50):
        live.receive(says("order", symbol="ESZ6", quantity=quantity), NOW)
    assert live.missed == 50
    assert len(read) <= 101


def test_a_large_message_that_is_not_recorded_is_compared_by_its_payload() -> None:
    """One with a million fields would hold up all who are connected."""
    live = cursor()
    (missed,) = live.receive(says("login", user="x" * LARGEST_COMPARED), NOW)
    assert isinstance(missed, Missed)
    assert missed.nearest is not None
    assert missed.nearest.envelope.payload == "login"
    assert not missed.differences


def test_all_is_sent_before_the_recorded_end_has_come() -> None:
    """A client that leaves a little earlier than the recorded one has still got everything."""
    live = cursor(speed=1.0)
    for at, request in ((0.010, DAY[0]), (0.020, DAY[2]), (0.040, DAY[5])):
        live.receive(request.envelopes, NOW + at)
    assert not live.has_sent_all
    assert len(sent(live, NOW + 0.090)) == 6
    assert live.has_sent_all
    assert isinstance(live.next(NOW + 0.090), Waiting)
