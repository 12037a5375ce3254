"""Saving a file that somebody watches, as a careful editor does."""

from __future__ import annotations

from pathlib import Path

__all__ = ["save"]


def save(path: Path, text: str) -> None:
    """Put a file with this text in the place of another, so that nobody finds half of it however slow we are."""
    whole = path.with_name(f"{path.name}.new")
    whole.write_text(text)
    whole.replace(path)
