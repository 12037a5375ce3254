"""Who may log in at the demo venue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["USERS", "User"]


@dataclass(frozen=True, slots=True)
class User:
    """Who may log in, and the account that is theirs. Made up, like everything here."""

    name: str
    password: str
    api_key: str
    account: str


USERS: Mapping[str, User] = MappingProxyType(
    {
        user.name: user
        for user in (
            User("alice", "wonderland", "demo-key-alice-7f3a", "DEMO-1"),
            User("bob", "builder", "demo-key-bob-91cc", "DEMO-2"),
        )
    }
)
