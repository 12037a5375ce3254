"""Which side a type is for, as far as its name tells: nothing else may, where each side's bytes parse as both types."""

from __future__ import annotations

from typing import Final

__all__ = ["look_swapped"]

PAIRS: Final = (
    ("Client", "Server"),
    ("Request", "Response"),
    ("Request", "Reply"),
    ("Command", "Reply"),
    ("Command", "Event"),
    ("Upstream", "Downstream"),
)
"""Words that systems have for what a client sends, and for what a server does."""


def look_swapped(client: str, server: str) -> bool:
    """True if the name of what the client sends becomes that of what the server sends by one of the `PAIRS`, swapped.

    Both are full names. ``ServerMessage`` may well be what a server gets in somebody's schema, so this is no proof.
    """
    return client != server and any(its in client and client.replace(its, own) == server for own, its in PAIRS)
