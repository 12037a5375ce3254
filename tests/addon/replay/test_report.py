"""Reports for programs."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

from tests.addon.recording.sessions import Line

from paperknife.replay.findings import Finding, Findings, Kind
from paperknife.replay.report import REPORTS, Compared
from paperknife_decoders.difference import Difference, What

LINE = Line()
ORDER = LINE.client(0, "order", request_id=2, symbol="ESZ6").envelopes[0]
NASTY = '<b>"]]>&\x00\x1b[31m\ufffe\ud800'


def compared(*found: Finding) -> Compared:
    findings = Findings()
    for each in found:
        findings.add(each)
    return Compared(f"a{NASTY}.mcap", "ws://b", 1, 37, 36, 30, findings, lambda text: text.replace("secret", "***"))


CHANGED = Finding(
    Kind.CHANGED,
    1,
    0.1234567,
    "order_response",
    asked=ORDER,
    differences=(Difference("order_response.text", What.CHANGED, "secret", "x"),),
    text="a secret",
)
EXTRA = Finding(Kind.EXTRA, 1, 0.2, NASTY, found=LINE.server(0, "error", text=NASTY.strip("\ud800")).envelopes[0])


def test_json() -> None:
    """One object, with all that was found and no secret."""
    whole = json.loads(REPORTS["json"](compared(CHANGED, EXTRA)))
    assert (whole["verdict"], whole["expected"], whole["came"]) == ("different", 37, 36)
    assert whole["counts"] == {"changed": 1, "extra": 1}
    first = whole["findings"][0]
    assert first["answers"] == "order 2 ESZ6"
    assert first["seconds"] == 0.123457
    assert first["text"] == "a ***"
    assert first["differences"] == [{"path": "order_response.text", "what": "changed", "expected": "***", "found": "x"}]
    assert json.loads(REPORTS["json"](compared()))["verdict"] == "same"


def test_junit() -> None:
    """Each finding is a test that fails; whatever a peer says, it is well-formed."""
    root = ElementTree.fromstring(REPORTS["junit"](compared(CHANGED, EXTRA)))
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures")) == ("2", "2")
    first, second = suite.findall("testcase")
    assert first.get("name") == "#1 +0.123 s <- order_response changed: a ***"
    assert "order_response.text: expected ***, found x" in first.find("failure").text
    assert second.find("failure").get("type") == "extra"
    assert "secret" not in REPORTS["junit"](compared(CHANGED, EXTRA))


def test_what_was_interrupted() -> None:
    """Neither report says that all is the same; what was found is told."""
    for found, verdict in (((), "interrupted"), ((CHANGED,), "different")):
        cut = replace(compared(*found), interrupted="Interrupted: a secret.")
        whole = json.loads(REPORTS["json"](cut))
        assert (whole["verdict"], whole["interrupted"]) == (verdict, "Interrupted: a ***.")
        (suite,) = ElementTree.fromstring(REPORTS["junit"](cut))
        assert (suite.get("errors"), suite.get("failures"), suite.get("tests")) == (
            "1",
            str(len(found)),
            str(len(found) + 1),
        )
        assert suite.find("testcase/error").get("message") == "Interrupted: a ***."
    assert json.loads(REPORTS["json"](compared()))["interrupted"] == ""


def test_junit_where_all_is_the_same() -> None:
    """One test that passes, as CI wants to see one."""
    root = ElementTree.fromstring(REPORTS["junit"](compared()))
    (case,) = root.findall("testsuite/testcase")
    assert case.get("name") == "37 messages as recorded"
    assert root.get("failures") == "0"
