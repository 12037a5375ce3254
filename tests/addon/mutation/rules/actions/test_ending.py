"""The end of a connection."""

from __future__ import annotations

import pytest

from paperknife.mutation.verdict import CloseOrder


@pytest.mark.parametrize(
    ("action", "order"),
    [
        ("close", CloseOrder(1000)),
        ("{close: 4001, reason: 'no {order.symbol}'}", CloseOrder(4001, "no ESZ6")),
        ("{close: 1008, reason: 5}", CloseOrder(1008, "5")),
        ("abort", CloseOrder(abort=True)),
    ],
)
def test_verdicts(desk, action, order):
    """The verdict says how; no rule behind it is asked, and the message itself goes on."""
    verdict = desk.verdict(f"rules:\n  - {{on: client order, do: {action}}}\n  - {{do: drop}}\n")
    assert verdict.close == order
    assert verdict.hits == ("rule 1",)
    assert verdict.content is not None


def test_reason_has_room_in_a_frame(desk):
    """A reason is at most 123 bytes of UTF-8, and no character is cut."""
    verdict = desk.verdict(f"{{do: {{close: 4000, reason: '{'é' * 100}'}}}}")
    assert verdict.close.reason == "é" * 61


@pytest.mark.parametrize(
    ("action", "fault"),
    [
        ("{close: 99}", "a close code, 1000 to 1003"),
        ("{close: 1005}", "a close code, 1000 to 1003"),
        ("{close: true}", "a close code, 1000 to 1003"),
        ("{close: 1000, reason: [1]}", "a reason was expected"),
        ("{abort: 1}", "abort takes nothing"),
    ],
)
def test_faults(desk, action, fault):
    """A code that no close frame may carry is told."""
    (line,) = desk.faults(f"{{do: {action}}}")
    assert fault in line
