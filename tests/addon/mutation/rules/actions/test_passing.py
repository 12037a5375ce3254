"""When and how often a message goes on."""

from __future__ import annotations

import pytest

from paperknife.mutation.verdict import Hold, Throttle

CASES = [
    ("drop", {"content": None}),
    ("{delay: 50ms}", {"delay": 0.05, "overtaken": False}),
    ("{delay: 1m, overtaken: true}", {"delay": 60.0, "overtaken": True}),
    ("[{delay: 50ms}, {delay: 1s}]", {"delay": 1.05}),
    ("duplicate", {"copies": 1}),
    ("{duplicate: 3}", {"copies": 3}),
    ("reorder", {"window": 1}),
    ("{reorder: 5}", {"window": 3}),
    ("{throttle: 10/s}", {"throttle": Throttle("rule 1", messages_per_second=10)}),
    ("{throttle: 1.5 KB/s}", {"throttle": Throttle("rule 1", bytes_per_second=1500)}),
    ("{stall: 5s}", {"stall": 5.0}),
    ("hold", {"hold": Hold("rule 1", 300.0)}),
    ("{hold: 10s, in_order: true}", {"hold": Hold("rule 1", 10.0, True)}),
]


@pytest.mark.parametrize(("action", "expected"), CASES)
def test_verdicts(desk, action, expected):
    """Each action is in the verdict, the message as it was, and all else as usual."""
    order = desk.order()
    verdict = desk.verdict(f"{{do: {action}}}", order)
    assert {name: getattr(verdict, name) for name in expected} == expected
    assert "content" in expected or verdict.content is order.content
    assert verdict.hits == ("rule 1",)


def test_places_by_the_seed(desk):
    """Up to so many go first: how many each time comes from the file's seed, and nothing else."""
    drawn = {}
    for seed in (1, 1, 2):
        changer = desk.changer(f"seed: {seed}\nrules: [{{do: {{reorder: 5}}}}]")
        found = [changer.consider(desk.order(), 0).window for _ in range(20)]
        assert drawn.setdefault(seed, found) == found
        assert set(found) == set(range(1, 6))
    assert drawn[1] != drawn[2]


def test_delay_in_a_range(desk):
    """A range gives a time within it, another each time, and the same ones with the same seed."""
    drawn = []
    for _ in range(2):
        changer = desk.changer("{do: {delay: 50ms..200ms}}")
        drawn.append([changer.consider(desk.order(), 0).delay for _ in range(20)])
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 20
    assert all(0.05 <= each <= 0.2 for each in drawn[0])


FAULTS = [
    ("{drop: yes}", "drop takes nothing"),
    ("{delay: 50}", "say the unit, as in 50ms or 50s"),
    ("{delay: 200ms..50ms}", "a time of at most a day such as 50ms"),
    ("{delay: 2d}", "at most a day"),
    ("{delay: -5ms}", "at most a day"),
    ("{delay: 5ms, overtaken: maybe}", "overtaken, true or false, was expected"),
    ("{duplicate: 0}", "a whole number from 1 to 1,000"),
    ("{reorder: many}", "a whole number from 1 to 1,000"),
    ("{throttle: 0/s}", "a rate such as 100/s"),
    ("{throttle: 10}", "a rate such as 100/s"),
    ("{stall: 1s..2s}", "a time of at most a day"),
    ("{hold: 1}", "say the unit"),
    ("delay", "delay takes a time or a range of times, as in {delay: 50ms..200ms}"),
    ("{delay: 5ms, in: 3s}", "'in' was found"),
]


@pytest.mark.parametrize(("action", "fault"), FAULTS)
def test_faults(desk, action, fault):
    """What is no time, number or rate is told with what would be one."""
    (line,) = desk.faults(f"{{do: {action}}}")
    assert fault in line
