"""Requests and their answers."""

from paperknife.stats import answers as answers_module
from paperknife.stats.answers import Answers, Asked, Requests
from paperknife_decoders.message import Direction
from paperknife_decoders.pairing import roles_of

CLIENT = Direction.CLIENT
MS = 10**6


def seen(feed, *messages, uncounted=()):
    """Answers that have seen these messages."""
    answers = Answers()
    roles = roles_of(feed.protocol.client, feed.protocol.server)
    for message in messages:
        (envelope,) = message.envelopes
        role = roles[message.direction].get(envelope.payload)
        if role is not None:
            answers.see(message, envelope, role, count=message not in uncounted)
    return answers


def test_latency_and_who_waits(feed):
    """The first answer to each request counts; those without one wait, the oldest first."""
    answers = seen(
        feed,
        feed.up(0, "ask", request_id=1),
        feed.up(1, "ask", request_id=2),
        feed.up(2, "ask", request_id=3),
        feed.down(5, "ask_response", request_id=1),
        feed.down(6, "ask_response", request_id=1),
        feed.down(9, "ask_response", request_id=3),
    )
    ((key, sketch),) = answers.latencies.items()
    assert key == (CLIENT, "ask", "ask_response")
    assert (sketch.count, sketch.smallest, sketch.largest) == (2, 5 * MS, 7 * MS)
    requests = answers.requests[CLIENT, "ask"]
    assert (requests.asked, requests.answered, requests.unanswered) == (3, 2, 1)
    assert requests.oldest.time_ns == feed.up(1, "ask").time_ns


def test_a_connection_that_has_ended_is_not_waited_for(feed):
    """Its requests stay unanswered, and the next one under its number answers none of them."""
    answers = seen(feed, feed.up(0, "ask", request_id=1))
    answers.close(1)
    late = feed.down(5, "ask_response", request_id=1)
    role = roles_of(feed.protocol.client, feed.protocol.server)[late.direction]["ask_response"]
    answers.see(late, late.envelopes[0], role)
    assert answers.latencies == {}
    assert answers.requests[CLIENT, "ask"].unanswered == 1


def test_a_pair_counts_where_either_does(feed):
    """So that a filter for requests, or for answers, finds the latency of both."""
    ask, answer = feed.up(0, "ask", request_id=1), feed.down(3, "ask_response", request_id=1)
    for uncounted in ([ask], [answer]):
        answers = seen(feed, ask, answer, uncounted=uncounted)
        assert [sketch.count for sketch in answers.latencies.values()] == [1]
        assert not any(each.unanswered for each in answers.requests.values())
    assert seen(feed, ask, answer, uncounted=[ask, answer]).latencies == {}


def test_what_nobody_ever_answers_is_no_request():
    """Where nothing but an id says that it might be one."""
    requests = Requests(by_name=False)
    requests.ask(Asked(CLIENT, "note", 1, 1, True))
    assert (requests.unanswered, requests.oldest) == (0, None)


def test_memory_is_bounded(monkeypatch):
    """Of many that wait the counts are right, and the oldest of all is known."""
    monkeypatch.setattr(answers_module, "MOST_WAITING", 10)
    requests = Requests(by_name=True)
    asked = [Asked(CLIENT, "ask", time_ns, 1, True) for time_ns in range(100)]
    for each in asked:
        requests.ask(each)
    assert len(requests.waiting) == 10
    assert (requests.unanswered, requests.oldest) == (100, asked[0])
    requests.answer(asked[0])
    assert (requests.unanswered, requests.oldest) == (99, asked[90])


def test_pairs_are_bounded(feed, monkeypatch):
    """Beyond them nothing is told, and nothing fails."""
    monkeypatch.setattr(answers_module, "MOST_PAIRS", 0)
    answers = seen(feed, feed.up(0, "ask", request_id=1), feed.down(5, "ask_response", request_id=1))
    assert (answers.latencies, answers.requests) == ({}, {})
