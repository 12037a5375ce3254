"""JSON that is safe on any terminal."""

from __future__ import annotations

import json

__all__ = ["ascii_json"]


def ascii_json(value: object, *, indent: int | None = None, separators: tuple[str, str] | None = None) -> str:
    """JSON in ASCII, without a character that a terminal could take for a command; the options are `json.dumps`'."""
    return json.dumps(value, indent=indent, separators=separators).replace("\x7f", "\\u007f")
