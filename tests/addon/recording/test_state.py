"""What still holds at some point of a recording."""

import pytest
from tests.addon.recording.sessions import CLIENT, SERVER, Line, payloads

from paperknife.recording.state import FIRST_UNREAD, State
from paperknife_decoders.message import Fate, Opcode

LINE, OTHER = Line(), Line(2)
LOGIN = (LINE.client(1, "login", user="alice"), LINE.server(2, "login_response", result=1))


def subscribe(number, *symbols):
    return LINE.client(number, "subscribe", request_id=number, symbols=symbols)


def unsubscribe(number, *symbols):
    return LINE.client(number, "unsubscribe", request_id=number, symbols=symbols)


def answer(number, *symbols):
    return LINE.server(number, "subscribe_response", request_id=number, symbols=symbols)


def tick(symbol, number):
    return LINE.server(100 + number, "market_data", symbol=symbol, sequence=number)


def snapshot(symbol, number):
    return LINE.server(50 + number, "snapshot", depths={"items": [{"symbol": symbol, "sequence": number}]})


def beat(number):
    return LINE.client(number, "heartbeat", sequence=number)


def dropped():
    message = LINE.client(9, "order", symbol="A")
    message.fate = Fate.DROPPED
    return message


CASES = {
    "a login and its answer": ([*LOGIN, beat(1), beat(2)], [0, 1]),
    "the newest of each symbol": ([tick("A", 1), tick("B", 1), tick("A", 2), tick("A", 3)], [1, 3]),
    "the last snapshot and update": ([snapshot("A", 1), tick("A", 1), snapshot("A", 2), tick("A", 3)], [2, 3]),
    "a subscription with its answer": ([subscribe(1, "A"), answer(1, "A"), tick("A", 1)], [0, 1, 2]),
    "each subscription": ([subscribe(1, "A"), subscribe(2, "B")], [0, 1]),
    "one that was made again": ([subscribe(1, "A"), answer(1, "A"), subscribe(2, "A"), answer(2, "A")], [2, 3]),
    "one that was taken back": ([subscribe(1, "A"), answer(1, "A"), subscribe(2, "B"), unsubscribe(3, "A")], [2]),
    "one that was taken back in part": ([subscribe(1, "A", "B"), unsubscribe(2, "A")], [0, 1]),
    "and then the rest of it": ([subscribe(1, "A", "B"), unsubscribe(2, "A"), unsubscribe(3, "B")], [1]),
    "several at once": ([subscribe(1, "A"), subscribe(2, "B"), unsubscribe(3, "A", "B", "C")], []),
    "one from before the recording": ([unsubscribe(3, "A")], []),
    "one that does not say what it takes back": ([subscribe(1, "A"), unsubscribe(2)], [0, 1]),
    "an answer to what does not hold any more": ([subscribe(1, "A"), unsubscribe(2, "A"), answer(1, "A")], []),
    "nothing that was dropped": ([dropped()], []),
    "no control frames": ([LINE.raw(1, CLIENT, b"", Opcode.PING), LINE.raw(2, SERVER, b"", Opcode.PONG)], []),
    "two connections": ([*LOGIN, OTHER.client(3, "login", user="bob")], [0, 1, 2]),
    "a changed token": (
        [*LOGIN, *(LINE.client(i, "renew_token", request_id=i, token=str(i)) for i in (3, 4)),
         LINE.server(5, "renew_token_response", request_id=4, token="5")],
        [0, 1, 3, 4],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("messages", "held"), CASES.values(), ids=CASES)
def test_what_holds(messages, held):
    """In the order in which it passed."""
    state = State()
    for message in messages:
        state.observe(message)
    assert [messages.index(message) for message in state.messages()] == held


def test_the_end_of_a_connection():
    """Nothing of it holds any more, and all of the others does; its number may come again."""
    state = State()
    for message in (*LOGIN, subscribe(3, "A"), tick("A", 1), LINE.raw(5, CLIENT, b"\xff"), OTHER.client(6, "login")):
        state.observe(message)
    state.closed(1)
    assert [message.connection for message in state.messages()] == [2]
    state.observe(LOGIN[0])
    assert payloads(state.messages()) == ["login", "login"]


def test_messages_that_nothing_reads():
    """The first ones of each direction are kept, for a login is among them."""
    state = State()
    messages = [LINE.raw(i, (CLIENT, SERVER)[i % 2], b"\xff%d" % i) for i in range(100)]
    for message in messages:
        state.observe(message)
    assert state.messages() == messages[: 2 * FIRST_UNREAD]


def test_it_is_bounded_in_number():
    """What a server says on a subject goes first, the oldest of it; the login stays."""
    state = State(most=10)
    messages = [*LOGIN, subscribe(3, "A"), *(tick(str(i), i) for i in range(100))]
    for message in messages:
        state.observe(message)
    assert state.messages() == [*messages[:3], *messages[-7:]]
    assert state.forgotten == 93


def test_it_is_bounded_in_bytes():
    """Large messages are fewer."""
    state = State(most_bytes=10_000)
    for number in range(100):
        state.observe(LINE.client(number, "subscribe", symbols=[str(number) * 500]))
    assert 0 < len(state.messages()) <= 20
    assert state.forgotten == 100 - len(state.messages())


def test_answers_do_not_add_up():
    """A feed whose messages all carry the id of the request costs one message for each subject."""
    state = State()
    state.observe(subscribe(1, "A"))
    for number in range(1000):
        state.observe(LINE.server(number, "snapshot", request_id=1, depths={"items": [{"symbol": "A"}]}))
    assert len(state.messages()) == 2
