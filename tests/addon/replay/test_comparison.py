"""What was said on a connection, beside what was recorded of it."""

from __future__ import annotations

import pytest
from tests.addon.recording.sessions import MS, START_NS, Line, reader

from paperknife.replay.comparison import Asking, Comparison, Terms
from paperknife.replay.findings import Findings, Kind
from paperknife.traffic import Close
from paperknife_decoders.message import Direction
from paperknife_decoders.volatile import volatile_of

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
LINE = Line()
VOLATILE = volatile_of(reader().protocol)


def compared(recorded, live, given_up_ns=None, **terms):
    """Both sides, whose client says the same requests in their order; interrupted where something is given up."""
    findings = Findings()
    pairs = []
    comparison = Comparison(
        1, Terms(VOLATILE, **terms), findings, lambda one, other: pairs.append((one.payload, other.payload))
    )
    for take, messages in ((comparison.expected, recorded), (comparison.found, live)):
        asked = 0
        for message in messages:
            marks = ()
            if message.direction is CLIENT:
                asked += 1
                marks = (Asking(asked, message.envelopes[0]),)
            take(message, marks)
    if given_up_ns is None:
        comparison.finish()
    else:
        comparison.interrupt(given_up_ns)
    return findings, comparison, pairs


def order(ms, number):
    return LINE.client(ms, "order", request_id=number, symbol="ESZ6", quantity=number)


def response(ms, number, **fields):
    return LINE.server(ms, "order_response", request_id=number, **fields)


def kinds(findings):
    return [(each.kind, each.label) for each in findings.in_order()]


TALK = [order(0, 1), order(1, 2), response(2, 1, status=1), response(3, 2, status=1)]

CASES = [
    # recorded, live, findings
    (TALK, TALK, []),
    (TALK, [TALK[0], TALK[1], TALK[3], TALK[2]], []),
    (TALK, TALK[:3], [(Kind.MISSING, "order_response")]),
    (TALK, [*TALK[:3], response(3, 2, status=-1)], [(Kind.CHANGED, "order_response")]),
    (TALK, [*TALK, response(4, 2, status=3)], [(Kind.EXTRA, "order_response")]),
    (TALK, [*TALK, response(4, 2, status=1)], [(Kind.DOUBLED, "order_response")]),
    (TALK, [*TALK, LINE.server(5, "heartbeat", sequence=1)], []),
    (TALK, [*TALK[:3], LINE.server(5, "error", request_id=2, text="no")], [(Kind.CHANGED, "order_response")]),
    (TALK, [*TALK, LINE.raw(6, SERVER, b"\xff\xff")], [(Kind.EXTRA, "(bytes)")]),
    (
        [LINE.server(1, "account_update", account="A"), LINE.server(2, "account_update", account="B")],
        [LINE.server(1, "account_update", account="B"), LINE.server(2, "account_update", account="A")],
        [],
    ),
]


@pytest.mark.parametrize(("recorded", "live", "found"), CASES)
def test_answers_are_compared_by_their_request_and_all_else_by_what_it_is_about(recorded, live, found) -> None:
    """The order counts within each alone; heartbeats do not count."""
    assert kinds(compared(recorded, live)[0]) == found


CUT = [
    # recorded, live, given up at (ms), findings, still pending, unplaced
    (TALK, TALK, 0, [], 0, 0),
    (TALK, TALK[:3], 0, [], 1, 0),
    (TALK, TALK[:3], 3, [(Kind.MISSING, "order_response")], 0, 0),
    (TALK, [*TALK[:2], response(2, 1, status=-1)], 2, [(Kind.CHANGED, "order_response")], 1, 0),
    (TALK[:3], [*TALK[:3], LINE.server(5, "account_update", account="A")], 0, [], 0, 1),
    (TALK, [*TALK, response(4, 2, status=1)], 0, [], 0, 1),
]


@pytest.mark.parametrize(("recorded", "live", "given_up", "found", "pending", "unplaced"), CUT)
def test_what_is_interrupted_tells_only_what_is_sure(recorded, live, given_up, found, pending, unplaced) -> None:
    """What may still come is not missing, and what may have been recorded further on is not extra."""
    findings, comparison, _ = compared(recorded, live, given_up_ns=START_NS + given_up * MS)
    assert kinds(findings) == found
    assert (comparison.pending, comparison.unplaced) == (pending, unplaced)


def test_the_fields_of_streams_are_told_of_what_is_interrupted() -> None:
    """That none of it came yet, or more slowly, says nothing."""
    key = SERVER, "market_data"
    with_bid = [LINE.server(at, "market_data", symbol="A", sequence=at) for at in range(0, 5000, 100)]
    without = [LINE.server(at, "market_data", symbol=str(at)) for at in range(1, 5000, 1000)]
    told = [
        (compared(with_bid, live, streams=frozenset({key}), given_up_ns=START_NS)[0], expected)
        for live, expected in (([], []), (with_bid[:3], []), (without, ["market_data.sequence"]))
    ]
    for findings, expected in told:
        assert [each.label for each in findings.kept] == expected


def test_a_finding_says_what_was_asked_and_what_differs() -> None:
    """With the field, and when it was in the recording."""
    findings, *_ = compared(TALK, [*TALK[:3], response(3, 2, status=-1)])
    (only,) = findings.kept
    assert only.asked.message.order.request_id == 2
    assert [str(each) for each in only.differences] == ["order_response.status: expected ACCEPTED, found REJECTED"]
    assert only.seconds == pytest.approx(0.003)


def test_the_envelopes_that_belong_together_are_told() -> None:
    """So that their ids can be learned, changed or not."""
    _, _, pairs = compared(TALK, [*TALK[:3], response(3, 2, status=-1)])
    assert pairs == [("order_response", "order_response")] * 2


LATE = [
    # factor, milliseconds of the recorded and the live answer, is it late?
    (None, 10, 5000, False),
    (3.0, 10, 29, False),
    (3.0, 10, 59, False),
    (3.0, 10, 61, True),
    (3.0, 100, 299, False),
    (3.0, 100, 301, True),
]


@pytest.mark.parametrize(("slowdown", "before", "now", "is_late"), LATE)
def test_an_answer_is_late_by_a_factor_and_by_50_ms_at_least(slowdown, before, now, is_late) -> None:
    """Only where that is asked for."""
    findings, *_ = compared([order(0, 1), response(before, 1)], [order(0, 1), response(now, 1)], slowdown=slowdown)
    assert kinds(findings) == ([(Kind.LATE, "order_response")] if is_late else [])
    if is_late:
        assert str(findings.kept[0].differences[0]) == f"expected after {before}.0 ms, found after {now}.0 ms"


def close(code, reason="", by=CLIENT):
    return Close(code, reason, by, START_NS)


CLOSES = [
    (close(1000, "done"), close(1000, "done"), []),
    (close(1000), None, []),
    (None, close(1000), []),
    (close(1000, "done"), close(1001, "bye"), ["code: expected 1000, found 1001", "reason: expected done, found bye"]),
    (
        close(4000, "x", SERVER),
        close(1000, "x"),
        ["by: expected server, found client", "code: expected 4000, found 1000"],
    ),
    (close(1006, "the peer is gone"), close(1006, "reset"), []),
]


@pytest.mark.parametrize(("recorded", "live", "unlike"), CLOSES)
def test_ends_are_compared(recorded, live, unlike) -> None:
    """Who closed, with which code and why."""
    findings = Findings()
    Comparison(1, Terms(VOLATILE), findings).closed(recorded, live)
    assert [str(each) for finding in findings.kept for each in finding.differences] == unlike


def test_requests_are_compared_too_where_both_sides_were_recorded() -> None:
    """As in a comparison of two recordings."""
    other = [order(0, 1), LINE.client(1, "order", request_id=2, symbol="ESZ6", quantity=7), *TALK[2:]]
    assert kinds(compared(TALK, other)[0]) == []
    assert kinds(compared(TALK, other, with_requests=True)[0]) == [(Kind.CHANGED, "order")]


def test_streams_count_apart() -> None:
    """Their values are nobody's business."""
    ticks = [LINE.server(ms, "market_data", symbol="ESZ6", bid={"size": ms + 1}) for ms in range(40)]
    others = [LINE.server(ms, "market_data", symbol="NQZ6", bid={"size": ms + 7}) for ms in range(40)]
    streams = frozenset({(SERVER, "market_data")})
    findings, comparison, _ = compared(ticks, others, streams=streams)
    assert kinds(findings) == []
    assert (comparison.expected_count, comparison.found_count, comparison.surplus) == (40, 40, 0)
    assert compared(ticks, others)[0].total
