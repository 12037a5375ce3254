"""What all tests of steps do: open, refuse, go there and back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.steps import Context, Limits, Opened, Step

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def context(direction: Direction = CLIENT, **limits: int) -> Context:
    """That of one message, with these limits."""
    return Context(direction, limits=Limits(**limits))


def opened(step: Step, data: bytes, direction: Direction = CLIENT) -> Opened:
    """What the step finds; closing what was found gives `data` again."""
    found = step.open(data, context(direction))
    assert found.close(found.parts) == data
    assert len(found.headers) in {0, len(found.parts)}
    return found


def refusal(step: Step, data: bytes, direction: Direction = CLIENT, **limits: int) -> str:
    """What the step says about data that it refuses."""
    with pytest.raises(DecodeError) as caught:
        step.open(data, context(direction, **limits))
    assert 0 <= caught.value.offset <= len(data)
    return str(caught.value)


def close_refusal(step: Step, data: bytes, parts: Sequence[bytes], direction: Direction = CLIENT) -> str:
    """What the step says about parts that it cannot close."""
    with pytest.raises(DecodeError) as caught:
        opened(step, data, direction).close(parts)
    return str(caught.value)


def goes_there_and_back(step: Step, data: bytes, change: bytes, direction: Direction = CLIENT) -> Opened | None:
    """Open any bytes: `DecodeError` (then None) or parts that close again, also with each in turn changed."""
    try:
        found = step.open(data, context(direction))
    except DecodeError as error:
        assert 0 <= error.offset <= len(data)
        return None
    assert found.close(found.parts) == data
    for place in range(min(len(found.parts), 4)):
        changed = (*found.parts[:place], change, *found.parts[place + 1 :])
        assert step.open(found.close(changed), context(direction)).parts == changed
    return found
