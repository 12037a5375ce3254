"""Typed netstrings, the notation of mitmproxy's flow files, read where they lie: only what is asked for is copied.

A value is its size in decimal digits, a colon, so many bytes, and one that says what they are: ``,`` bytes, ``;``
UTF-8, ``#`` integer, ``^`` float, ``!`` bool, ``~`` null, ``]`` list and ``}`` dict of further values.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from typing import NamedTuple

__all__ = ["DICT", "LIST", "NetstringError", "Node", "elements", "members", "node_at", "scalar"]

LIST, DICT = ord("]"), ord("}")
MOST_DIGITS = 12

type Data = bytes | mmap.mmap
type Scalar = bytes | str | int | float | bool | None


class NetstringError(ValueError):
    """What is wrong, and at which byte."""


class Node(NamedTuple):
    """A value: its kind, and where in the data its content begins and ends. It is followed by one byte."""

    kind: int
    start: int
    end: int


def node_at(data: Data, at: int, end: int) -> Node:
    """The value at `at`, which must lie before `end`."""
    colon = data.find(b":", at, min(at + MOST_DIGITS + 1, end))
    digits = data[at:colon] if colon > at else b""
    if not digits.isdigit():
        raise NetstringError(f"the size of a value was expected at byte {at:,}")
    start, stop = colon + 1, colon + 1 + int(digits)
    if stop >= end:
        raise NetstringError(f"the value of {int(digits):,} bytes at byte {at:,} is cut off")
    return Node(data[stop], start, stop)


def elements(data: Data, node: Node) -> Iterator[Node]:
    """The values in a list, or names and values of a dict in turn."""
    at = node.start
    while at < node.end:
        element = node_at(data, at, node.end)
        yield element
        at = element.end + 1


def members(data: Data, node: Node) -> dict[str, Node]:
    """The members of a dict whose names are text."""
    if node.kind != DICT:
        raise NetstringError(f"an object was expected at byte {node.start:,}")
    inside = elements(data, node)
    return {str(text(data, name)): value for name, value in zip(inside, inside, strict=False)}


def scalar(data: Data, node: Node) -> Scalar:
    """The value of a node that is neither list nor dict."""
    read = SCALARS.get(node.kind)
    if read is None:
        raise NetstringError(f"a single value was expected at byte {node.start:,}")
    try:
        return read(data[node.start : node.end])
    except (ValueError, KeyError):
        raise NetstringError(f"the value at byte {node.start:,} is not of its kind") from None


def text(data: Data, node: Node) -> Scalar:
    """A name; old files write them as bytes."""
    value = scalar(data, node)
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value


def null(data: bytes) -> None:
    """The one value of its kind."""
    if data:
        raise ValueError


SCALARS: dict[int, Callable[[bytes], Scalar]] = {
    ord(","): bytes,
    ord(";"): bytes.decode,
    ord("#"): int,
    ord("^"): float,
    ord("!"): {b"true": True, b"false": False}.__getitem__,
    ord("~"): null,
}
