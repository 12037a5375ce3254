"""Decimal numbers as the demo's API writes them: text in a `Decimal` message."""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["decimal_or_none", "decimal_text"]

DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?")
"""What is taken for a decimal number; anything longer is a mistake, or an attempt to keep the reader busy."""


def decimal_or_none(text: str) -> Decimal | None:
    """The number that `text` holds; None if it is none."""
    return Decimal(text) if DECIMAL.fullmatch(text) else None


def decimal_text(number: Decimal) -> str:
    """`number` without an exponent, with the decimals that it has."""
    return f"{number:f}"
