"""A tree of files from a table, and real compiled forms of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from paperknife_decoders.schema import Schema

ENVELOPE = """
syntax = "proto3"; package venue.v1;
import "venue/v1/orders.proto"; import "google/protobuf/timestamp.proto";
message ClientMessage { oneof payload { Order order = 1; } google.protobuf.Timestamp time = 2; }
message ServerMessage { oneof payload { Order order = 1; } }
"""
ORDERS = """
syntax = "proto3"; package venue.v1;
message Order { string symbol = 1; map<string, Leg> legs = 2; message Leg {} }
"""
VENUE = {"venue/v1/envelope.proto": ENVELOPE, "venue/v1/orders.proto": ORDERS}
VENUE_NAMES = ["venue.v1.Order", "venue.v1.Order.Leg", "venue.v1.ClientMessage", "venue.v1.ServerMessage"]


@dataclass(frozen=True, slots=True)
class Venue:
    """Files by path, and the full names of the messages in them in the order in which they load."""

    files: dict[str, str]
    messages: list[str]


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """A function that writes files (path to content) below a fresh folder and gives that folder."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        for name, content in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


@pytest.fixture
def protoc() -> Callable[..., None]:
    """A function that runs protoc in a folder, as a user's build does."""

    def run(folder: Path, *arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *arguments], cwd=folder, check=True)

    return run


@pytest.fixture
def names() -> Callable[[Schema], list[str]]:
    """A function that gives the full names of all messages of a schema."""
    return lambda schema: [message.full_name for message in schema.messages()]


@pytest.fixture
def venue() -> Venue:
    """A small API."""
    return Venue(dict(VENUE), list(VENUE_NAMES))
