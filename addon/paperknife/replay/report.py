"""What a comparison has found, for programs: as JSON, or as JUnit XML, which CI systems show.

JSON is one object::

    {"verdict": "different", "recording": "a.mcap", "with": "wss://...", "connections": 1, "expected": 37, "came": 37,
     "interrupted": "", "counts": {"changed": 1}, "more": 0,
     "findings": [{"kind": "changed", "connection": 1, "seconds": 0.62, "direction": "server", "what": "order_response",
                   "answers": "order 2 ESZ6 BUY", "expected": "...", "found": "...", "text": "",
                   "differences": [{"path": "...", "what": "changed", "expected": "...", "found": "..."}]}]}

The verdict is ``same``, ``different``, or ``interrupted``, where nothing differs and it was not compared to the end;
`interrupted` is then a sentence on that, else empty.

JUnit is one test suite with a test case for each finding, which fails, and one that passes where there is none. What
was interrupted has one more, which is an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from paperknife.replay.findings import Finding, Findings
from paperknife.replay.verdict import Mask, counts_text, finding_lines
from paperknife.replay.wording import described
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.paint import PLAIN
from paperknife_decoders.printable import printable

__all__ = ["REPORTS", "Compared"]


@dataclass(frozen=True, slots=True)
class Compared:
    """What was compared: with `other`, so many connections, and messages that were expected, that came, and of them
    those that were the same. `interrupted` is a sentence on what is left, where it was not compared to the end."""

    recording: str
    other: str
    connections: int
    expected: int
    came: int
    same: int
    findings: Findings
    mask: Mask
    interrupted: str = ""

    @property
    def verdict(self) -> str:
        """In a word."""
        if self.findings.total:
            return "different"
        return "interrupted" if self.interrupted else "same"


def json_report(compared: Compared) -> str:
    """One JSON object, with a line feed."""
    findings = compared.findings
    whole = {
        "verdict": compared.verdict,
        "recording": compared.recording,
        "with": compared.other,
        "connections": compared.connections,
        "expected": compared.expected,
        "came": compared.came,
        "interrupted": compared.mask(compared.interrupted),
        "counts": {kind.value: count for kind, count in findings.counts.items()},
        "more": findings.more,
        "findings": [finding_object(each, compared.mask) for each in findings.in_order()],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def finding_object(finding: Finding, mask: Mask) -> Mapping[str, object]:
    """One finding as JSON."""

    def said(envelope: Envelope | None) -> str | None:
        return None if envelope is None else mask(described(envelope, finding.secrets))

    return {
        "kind": finding.kind.value,
        "connection": finding.connection,
        "seconds": round(finding.seconds, 6),
        "direction": finding.direction.value,
        "what": printable(finding.label),
        "answers": said(finding.asked),
        "expected": said(finding.expected),
        "found": said(finding.found),
        "text": mask(printable(finding.text)),
        "differences": [
            {
                "path": mask(each.path),
                "what": each.what.value,
                "expected": mask(each.expected),
                "found": mask(each.found),
            }
            for each in finding.differences
        ],
    }


def junit_report(compared: Compared) -> str:
    """A JUnit file."""
    return "".join(f"{line}\n" for line in junit_lines(compared))


def junit_lines(compared: Compared) -> Iterator[str]:
    findings = compared.findings
    shown = findings.in_order()
    name = attribute(compared.recording)
    errors, failures = int(bool(compared.interrupted)), len(shown)
    tests = max(1, failures + errors)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites tests="{tests}" failures="{failures}">'
    yield f'  <testsuite name={name} tests="{tests}" failures="{failures}" errors="{errors}" skipped="0">'
    if compared.interrupted:
        yield f'    <testcase classname={name} name="to the end">'
        yield f'      <error type="interrupted" message={attribute(compared.mask(compared.interrupted))}/>'
        yield "    </testcase>"
    elif not shown:
        case = attribute(f"{compared.expected:,} messages as recorded")
        yield f"    <testcase classname={name} name={case}/>"
    for each in shown:
        head, *rest = finding_lines(each, PLAIN, compared.mask)
        yield f"    <testcase classname={name} name={attribute(head)}>"
        yield f"      <failure type={attribute(each.kind.value)} message={attribute(head)}>"
        yield from map(xml_text, rest)
        yield "      </failure>"
        yield "    </testcase>"
    if findings.more:
        yield f"    <system-out>{xml_text(f'{findings.more:,} more: {counts_text(findings)}')}</system-out>"
    yield "  </testsuite>"
    yield "</testsuites>"


def xml_text(text: str) -> str:
    """Text as XML has it; what XML 1.0 has no place for (section 2.2) is left out."""
    return escape("".join(sign for sign in text if is_xml(ord(sign))))


def attribute(text: str) -> str:
    """Text as an attribute, in quotes."""
    return quoteattr("".join(sign for sign in text if is_xml(ord(sign))))


def is_xml(code: int) -> bool:
    """True for a character that XML 1.0 allows."""
    return code in {9, 10, 13} or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


REPORTS: Mapping[str, Callable[[Compared], str]] = {"json": json_report, "junit": junit_report}
