"""The same for programs."""

import json
import re

from paperknife.stats import objects
from paperknife.stats.meter import Meter
from paperknife.stats.objects import report_object


def test_each_key_is_documented(feed):
    """And says its unit."""
    meter = Meter()
    for number in (1, 2, 9):
        meter.message(feed.down(number, "tick", symbol="A", seq_no=number))
    meter.message(feed.up(0, "ask", request_id=1))
    meter.message(feed.up(10, "ask", request_id=2))
    meter.message(feed.down(20, "ask_response", request_id=2))
    for second in (0, 1, 2, 4):
        meter.message(feed.up(second * 1000, "heartbeat"))
    found = json.loads(json.dumps(report_object(meter.report())))
    assert found["start"] == "2030-03-17T17:46:40.000000000Z"
    assert (found["duration_s"], found["connections"]) == (4.0, 1)
    assert found["totals"]["client"] == {"messages": 6, "bytes": 16}
    assert found["latencies"] == [
        {"direction": "client", "request": "ask", "answer": "ask_response", "answers": 1}
        | dict.fromkeys(("min_ms", "p50_ms", "p90_ms", "p99_ms", "max_ms"), 10.0)
    ]
    (missing,) = found["unanswered"]
    assert (missing["requests"], missing["unanswered"], missing["waiting_s"]) == (2, 1, 4.0)
    (ticks,) = found["sequences"]
    assert (ticks["gaps"], ticks["missing"], ticks["by"]) == (1, 6, ["symbol"])
    assert (ticks["first_gap"]["subject"], ticks["first_gap"]["found"]) == ({"symbol": "A"}, 9)
    (beats,) = found["heartbeats"]
    assert (beats["period_ms"], beats["longest_ms"], beats["gaps"], beats["missed"]) == (1000.0, 2000.0, 1, 1)
    told = set(re.findall(r"`(\w+)`", objects.__doc__ or ""))
    keys = set(found)
    for name in ("payloads", "latencies", "unanswered", "sequences", "heartbeats"):
        keys |= set(found[name][0])
    assert keys - told == set()


def test_nothing_is_null():
    """Where there was no traffic."""
    found = report_object(Meter().report())
    assert (found["start"], found["end"], found["payloads"]) == (None, None, [])
