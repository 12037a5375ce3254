"""The rules that are measured, by the contender that goes by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["RULES", "RULES_FALSE", "RULES_OTHERS", "RULES_SET", "write_rules"]

RULES_OTHERS = "paperknife, ten rules for other payloads"
RULES_FALSE = "paperknife, ten rules that are never true"
RULES_SET = "paperknife, a rule that sets a field"

OTHERS = ("login_response", "order_response", "snapshot", "account_update", "error")
"""Payloads of the venue's that no burst has."""

RULES: Mapping[str, Sequence[str]] = {
    RULES_OTHERS: [f"{{name: other {n}, on: server {OTHERS[n % len(OTHERS)]}, do: [drop]}}" for n in range(10)],
    RULES_FALSE: [
        f'{{name: never {n}, on: server market_data, when: "market_data.sequence < {n}", do: [drop]}}'
        for n in range(10)
    ],
    RULES_SET: ["{name: set, on: server market_data, do: [{set: {market_data.sequence: 65536}}]}"],
}


def write_rules(folder: Path, contender: str) -> Path:
    """The file of a contender's rules."""
    path = folder / f"{contender.replace(',', '').replace(' ', '_')}.yaml"
    path.write_text("rules:\n" + "".join(f"  - {rule}\n" for rule in RULES[contender]))
    return path
