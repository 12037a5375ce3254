"""What the benchmark of rules measures does what it says."""

from __future__ import annotations

from bench.deciding import CALCULATED, DELAY, FALSE, OTHERS, REPLY, SET, decoded, findings, rules_of
from bench.venue_messages import PROTO, client_messages

from paperknife.settings.reading import Reading, load
from paperknife_decoders.message import Direction

CHANGED = {"SET": SET, "CALCULATED": CALCULATED, "DELAY": DELAY, "REPLY": REPLY}


def test_rules_do_what_is_measured():
    """Rules that are to do something do it, and the others do nothing."""
    loaded = load(Reading(schema=(str(PROTO),)))
    (message,) = decoded(client_messages(200, 1), loaded)
    for text in CHANGED.values():
        verdict = rules_of(text, loaded).consider(message, 0.0)
        assert verdict.hits == ("rule 1",)
        assert verdict.logs == ()
    for text in (OTHERS, FALSE, ""):
        assert rules_of(text, loaded).consider(message, 0.0) is None
    assert not rules_of(OTHERS, loaded).wants(Direction.CLIENT, ["order"])
    assert rules_of(FALSE, loaded).wants(Direction.CLIENT, ["order"])


def test_findings():
    """A figure beyond its goal is told so."""
    middle = {"no rules": 1.0, "ten false": 9.0, "set": 10.0, "parse, set, serialise": 2.0, "wanted": 0.02}
    assert [row.met for row in findings(middle).rows] == [True, True, None]
    assert [row.met for row in findings(middle | {"ten false": 99.0, "wanted": 1.0}).rows] == [False, False, None]
