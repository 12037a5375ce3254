"""Messages in parts."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.redaction import Redactor
from paperknife_decoders.redaction.parts import MOST_HELD, Part, Parts
from paperknife_decoders.secrets import Secrets

KNOWN = b"wordpass-0123"
STARS = b"*" * len(KNOWN)


def masked(*parts: bytes, is_text: bool = False, mode: str = "fields") -> tuple[list[Part], Redactor]:
    """What comes of a message, part by part, where one value is known."""
    redactor = Redactor(mode=mode)  # type: ignore[arg-type]
    redactor.known.learn(KNOWN)
    message = Parts(redactor, Secrets(), is_text=is_text)
    return [*(message.add(part) for part in parts), message.rest()], redactor


def whole(parts: list[Part]) -> tuple[bytes, bytes]:
    """All that came back: as it was, and masked."""
    return b"".join(part.data for part in parts), b"".join(part.masked for part in parts)


CASES = [
    (b"", False, b""),
    (b"a " + KNOWN + b" b", False, b"a " + STARS + b" b"),
    (b"a token=abc b", False, b"a token=abc b"),
    (b"a token=abc b", True, b"a token=*** b"),
    (b'{"password": "two words", "a": 1}', True, b'{"password": "*********", "a": 1}'),
    (
        b"token=abcdef " + b"x" * 600 + b'{"again": "abcdef"}',
        True,
        b"token=****** " + b"x" * 600 + b'{"again": "******"}',
    ),
    (b"x" * 900 + KNOWN + b"y" * 900 + KNOWN, True, b"x" * 900 + STARS + b"y" * 900 + STARS),
]


@pytest.mark.parametrize(("data", "is_text", "expected"), CASES)
def test_wherever_it_is_cut(data: bytes, is_text: bool, expected: bytes) -> None:
    """However a message comes in parts, its secrets are masked as if it came whole."""
    cuts = [[1], [3, 7], [len(data) // 2], [512, 513], *([at] for at in range(min(len(data), 40)))]
    for cut in cuts:
        places = [0, *sorted(cut), len(data)]
        parts = [data[start:end] for start, end in itertools.pairwise(places)]
        assert whole(masked(*parts, is_text=is_text)[0]) == (data, expected)
    assert whole(masked(*(bytes([byte]) for byte in data), is_text=is_text)[0]) == (data, expected)


@given(st.lists(st.binary(max_size=9) | st.sampled_from([KNOWN, KNOWN[:5], KNOWN[5:], b"token=", b'"'])), st.booleans())
def test_nothing_is_lost(parts: list[bytes], is_text: bool) -> None:
    """All bytes come back in their order, and none of them shows what is known."""
    found, _ = masked(*parts, is_text=is_text)
    data, shown = whole(found)
    assert data == b"".join(parts)
    assert len(shown) == len(data)
    assert KNOWN not in shown


def test_little_waits() -> None:
    """Without secrets nothing does; else no more than the longest spelling of one, or a bound for what has no end."""
    nothing = Parts(Redactor(), Secrets(), is_text=False)
    assert nothing.add(b"x" * 100).data == b"x" * 100
    redactor = Redactor()
    redactor.known.learn(KNOWN)
    message = Parts(redactor, Secrets(), is_text=False)
    message.add(random.Random(1).randbytes(1000))
    assert len(message.held) == redactor.known.longest - 1
    endless = Parts(redactor, Secrets(), is_text=True)
    for part in [b'{"password": "', *[b"x" * 10_000] * 20]:
        endless.add(part)
        assert len(endless.held) <= MOST_HELD


def test_a_value_is_learned_when_it_is_whole() -> None:
    """Not as much of it as happened to come first."""
    _, redactor = masked(b"password=hunt", b"er2hunter2 and ", is_text=True)
    assert b"hunter2hunter2" in redactor.known
    assert b"hunt" not in redactor.known


def test_modes() -> None:
    """All is blanked, at once; or nothing is."""
    found, _ = masked(b"abc", b"d", mode="strict")
    assert [part.masked for part in found] == [b"***", b"*", b""]
    found, _ = masked(KNOWN[:4], KNOWN[4:], mode="off")
    assert whole(found) == (KNOWN, KNOWN)
