"""Steps that do what no step should: one sentence when they are named, or one message that is shown as it came."""

from __future__ import annotations

import sys

import pytest

from paperknife.settings.guarded_step import NoStep, guarded
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.steps import Context, Opened

CONTEXT = Context(Direction.CLIENT)


def joined(parts):
    """The way back of a step that takes nothing off."""
    return b"".join(parts)


class Doing:
    """A step that does what it is told to."""

    name = "doing"

    def __init__(self, do):
        self.do = do

    def open(self, data, context):
        return self.do(data)


def refuse(data):
    raise DecodeError("not mine", 3)


def recurse(data):
    return recurse(data)


FAULTS = [
    (lambda data: 1 / 0, "the step doing failed to open it (ZeroDivisionError: division by zero) at byte 0"),
    (lambda data: sys.exit(3), "failed to open it (SystemExit: 3)"),
    (recurse, "failed to open it (RecursionError"),
    (lambda data: None, "an Opened was expected of it, and it gave nothing"),
    (lambda data: [data], "an Opened was expected of it, and it gave a list"),
    (lambda data: Opened(("text",), joined), "its parts should be bytes"),
    (lambda data: Opened((data,), joined, ({}, {})), "it gave 2 headers for 1 parts"),
    (lambda data: Opened((data,), joined, ({"a": 1.5},)), "headers should be numbers and texts"),
    (lambda data: Opened((data,), joined, (7,)), "failed to open it (AttributeError"),
    (lambda data: Opened(None, joined), "failed to open it (TypeError"),
    (refuse, "not mine at byte 3"),
]


@pytest.mark.parametrize(("do", "said"), FAULTS)
def test_what_fails_costs_one_message(do, said) -> None:
    """Whatever a step raises or gives, the message is shown as it came, with a mark."""
    step = guarded(Doing(do), "ours:Doing")
    with pytest.raises(DecodeError) as raised:
        step.open(b"abc", CONTEXT)
    assert said in str(raised.value)
    assert len(str(raised.value)) < 300
    reader = Protocol(steps=(step,)).reader()
    (envelope,) = reader.read(Direction.SERVER, Opcode.BINARY, b"abc")
    assert envelope.data == b"abc"
    assert said in envelope.fault


@pytest.mark.parametrize(
    ("close", "said"),
    [
        (lambda parts: 1 / 0, "the step doing failed to close it (ZeroDivisionError"),
        (lambda parts: None, "bytes were expected of it, and it gave nothing"),
        (refuse, "not mine"),
        (None, "failed to close it (TypeError"),
    ],
)
def test_a_way_back_that_fails(close, said) -> None:
    """A change is refused in words."""
    opened = guarded(Doing(lambda data: Opened((data,), close)), "ours:Doing").open(b"abc", CONTEXT)
    with pytest.raises(DecodeError) as raised:
        opened.close(opened.parts)
    assert said in str(raised.value)


def test_what_a_good_step_gives_stays() -> None:
    """Parts, headers and the way back; a list of parts will do."""
    step = guarded(Doing(lambda data: Opened([data[1:]], lambda parts: b"x" + parts[0], [{"a": 1}])), "ours:Doing")
    opened = step.open(b"xab", CONTEXT)
    assert (opened.parts, opened.headers, opened.close(opened.parts)) == ((b"ab",), ({"a": 1},), b"xab")


class OneArgument:
    """A step whose `open` lacks the context."""

    name = "short"

    def open(self, data): ...


class OddHeader(Doing):
    """A step whose values are of no kind that there is."""

    header_kinds = {"a": float}  # noqa: RUF012


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (OneArgument(), "ours is no step: open(data, context) was expected, and its open has too many positional"),
        (OddHeader(refuse), "the header_kinds of ours should be int or str"),
        (type("Nameless", (), {"open": refuse})(), "an object with a `name`"),
        (type("Empty", (), {"name": "", "open": refuse})(), "an object with a `name`"),
        (type("Closed", (), {"name": "a", "open": 7})(), "a method open(data, context) was expected"),
    ],
)
def test_what_is_no_step(step, said) -> None:
    """It is said before the first message comes."""
    with pytest.raises(NoStep) as raised:
        guarded(step, "ours")
    assert said in str(raised.value)
