"""A desk whose messages have values in front, by definitions in a few words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paperknife_decoders.definition import protocol_from, read_definition
from paperknife_decoders.reader import Reader
from paperknife_decoders.schema import Schema

__all__ = ["PROTO", "TYPES", "Make", "behind", "desk"]

PROTO = """
syntax = "proto3"; package desk;
message Order { string symbol = 1; uint32 number = 2; }
message Beat { uint32 number = 1; }
message Tick { uint32 number = 1; }
message Frame { bytes body = 2; uint32 id = 3; }
message Inner { bytes body = 2; }
"""
TYPES = {7: "Order", 8: "Beat", 9: "Tick", 12: "Tick"}

type Make = Callable[[str], Schema]


def desk(make: Make, path: str = "", **definition: Any) -> Reader:
    """A reader of one connection."""
    return protocol_from(read_definition({"name": "desk", **definition}), make(PROTO)).reader(path)


def behind(make: Make, layout: str, by: str = "header.type", **definition: Any) -> Reader:
    """One of messages behind a binary header."""
    rule = {"by": by, "types": TYPES}
    return desk(make, steps=[{"binary-header": {"layout": layout}}], behind=rule, **definition)
