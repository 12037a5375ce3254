"""Findings in lines to read."""

from __future__ import annotations

import pytest
from tests.addon.recording.sessions import Line

from paperknife.replay.findings import Finding, Findings, Kind
from paperknife.replay.verdict import MOST_ALIKE, counts_text, finding_lines, verdict_lines
from paperknife_decoders.difference import Difference, What
from paperknife_decoders.message import Direction
from paperknife_decoders.paint import ANSI, PLAIN
from paperknife_decoders.secrets import Secrets

LINE = Line()
ORDER = LINE.client(0, "order", request_id=2, symbol="ESZ6", quantity=1).envelopes[0]
RESPONSE = LINE.server(0, "order_response", request_id=2, status=1).envelopes[0]
LOGIN = LINE.client(0, "login", user="alice", password="secret-one").envelopes[0]
PRICE = Difference("order_response.average_price", What.CHANGED, "1.5", "")

CASES = [
    (
        Finding(Kind.CHANGED, 1, 0.5, "order_response", asked=ORDER, expected=RESPONSE, differences=(PRICE,)),
        [
            "#1 +0.500 s <- order_response changed",
            "     answers: order 2 ESZ6 quantity=1",
            "     order_response.average_price: expected 1.5, found nothing",
        ],
    ),
    (
        Finding(Kind.MISSING, 2, 1.0, "order_response", expected=RESPONSE),
        ["#2 +1.000 s <- order_response missing", "     expected: order_response 2 ACCEPTED"],
    ),
    (
        Finding(Kind.EXTRA, 1, 0.0, "login", Direction.CLIENT, found=LOGIN, secrets=Secrets()),
        ["#1 +0.000 s -> login extra", "     came: login user=alice password=[redacted]"],
    ),
    (
        Finding(Kind.RATE, 1, 0.0, "market_data", text="9 a second"),
        ["#1 +0.000 s <- market_data at another rate: 9 a second"],
    ),
    (
        Finding(Kind.CLOSED, 1, 0.0, "connection", text="it \x1b[31m went away"),
        [r"#1 +0.000 s connection closed differently: it \x1b[31m went away"],
    ),
]


@pytest.mark.parametrize(("finding", "lines"), CASES)
def test_a_finding_in_lines(finding, lines) -> None:
    """When, what, what it answers, and each field that differs."""
    assert list(finding_lines(finding, PLAIN, str)) == lines
    coloured = list(finding_lines(finding, ANSI, str))
    assert "\x1b[33m" in coloured[0]


def test_known_secrets_are_masked_wherever_they_are() -> None:
    """A server may repeat a password in a text."""
    unlike = Difference("error.text", What.CHANGED, "", "no user secret-one")
    finding = Finding(Kind.CHANGED, 1, 0.0, "error", differences=(unlike,), text="secret-one")
    text = "\n".join(finding_lines(finding, PLAIN, lambda text: text.replace("secret-one", "[redacted]")))
    assert "secret-one" not in text
    assert text.count("[redacted]") == 2


def test_many_of_a_kind_are_not_all_shown() -> None:
    """A flood does not hide what else there is."""
    findings = Findings()
    for number in range(100):
        findings.add(Finding(Kind.EXTRA, 1, number / 100, "order"))
    findings.add(Finding(Kind.MISSING, 1, 2.0, "order"))
    lines = list(verdict_lines(findings, PLAIN, str))
    assert len(lines) == MOST_ALIKE + 2
    assert lines[-2].endswith("order missing")
    assert lines[-1] == "… and 80 more: 1 missing, 100 extra in all."
    assert counts_text(findings) == "1 missing, 100 extra"


def test_many_differences_of_one_finding_are_not_all_shown() -> None:
    """A report has them."""
    finding = Finding(Kind.CHANGED, 1, 0.0, "order", differences=(PRICE,) * 30, more=5)
    assert list(finding_lines(finding, PLAIN, str))[-1] == "     … and 23 more"
