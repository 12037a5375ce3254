"""Values once known as secrets."""

from __future__ import annotations

import base64
import json
import random
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from paperknife_decoders.redaction.edits import apply, stars
from paperknife_decoders.redaction.known import KEPT, LONGEST, RECENT, KnownSecrets

VALUE = "pa/ss w+rd-\"é'=1"


def masked(known: KnownSecrets, data: bytes) -> bytes:
    return apply(data, stars(known.spans(data)))


def knowing(*values: str | bytes) -> KnownSecrets:
    known = KnownSecrets()
    for value in values:
        known.learn(value)
    return known


@pytest.mark.parametrize(
    "spelled",
    [
        VALUE,
        quote(VALUE, safe=""),
        quote(VALUE, safe="").lower(),
        quote(VALUE),
        quote_plus(VALUE),
        quote(VALUE, safe="!'()*~"),
        json.dumps(VALUE)[1:-1],
        json.dumps(VALUE, ensure_ascii=False)[1:-1],
        json.dumps(VALUE)[1:-1].replace("/", "\\/"),
        VALUE.encode().hex(),
        VALUE.encode().hex().upper(),
    ],
)
def test_spellings(spelled: str) -> None:
    """A value is found however it is written, and all of it."""
    data = b"before " + spelled.encode() + b" after"
    assert masked(knowing(VALUE), data) == b"before " + b"*" * len(spelled.encode()) + b" after"


@settings(deadline=None)
@given(
    st.binary(min_size=6, max_size=60).filter(lambda value: len(set(value)) > 1),
    st.binary(max_size=9),
    st.binary(max_size=9),
    st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]),
)
def test_base64(value: bytes, before: bytes, after: bytes, encode) -> None:
    """Wherever a value begins in what was encoded, no byte of it can be decoded from what is left."""
    known = knowing(value)
    assume(value in known)
    data = masked(known, encode(before + value + after))
    clear = encode(before + value + after)
    for place in range(len(before), len(before) + len(value)):
        first, last = place * 8 // 6, (place * 8 + 7) // 6
        assert data[first : last + 1] != clear[first : last + 1]


@settings(deadline=None)
@given(st.lists(st.binary(min_size=6, max_size=40), max_size=12), st.binary(max_size=99), st.integers(0, 12))
def test_all_that_is_in_it(values: list[bytes], rest: bytes, cut: int) -> None:
    """Each of many values is found in a long haystack as in a short one, and masked in equal length."""
    known = knowing(*values)
    data = rest[:cut] + b"".join(values) + rest[cut:]
    result = masked(known, data)
    assert len(result) == len(data)
    assert not any(value in result for value in values if value in known and b"*" not in value)


@pytest.mark.parametrize("value", ["", "a", "ab", "true", "NULL", "none", "aaaaaaaa", "********", "[redacted]"])
def test_what_is_no_secret(value: str) -> None:
    """Short and common values, and one sign that repeats, are not known: they would be everywhere."""
    assert not len(knowing(value))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x0a\x041234", b"\x0a\x04****"),
        (b'{"a":"1234"}', b'{"a":"****"}'),
        (b'["1234","1234"]', b'["****","****"]'),
        (b"\x0a\x0512345", b"\x0a\x0512345"),
        (b"1234", b"1234"),
        (b"x1234y", b"x1234y"),
    ],
)
def test_short_values(data: bytes, expected: bytes) -> None:
    """A short value is found as a whole field or JSON string only."""
    assert masked(knowing("1234"), data) == expected


@pytest.mark.parametrize(
    ("learned", "text", "expected"),
    [
        ("hunter2", "closed: hunter2!", "closed: [redacted]!"),
        ("hunter2", "nothing of it", "nothing of it"),
        ("1234", "1234", "[redacted]"),
        ("Bearer abcdefgh", "token abcdefgh", "token [redacted]"),
        ("Basic " + base64.b64encode(b"alice:wonderland").decode(), "wonderland", "[redacted]"),
        ("hunter2", "\udcff hunter2", "\udcff [redacted]"),
    ],
)
def test_text(learned: str, text: str, expected: str) -> None:
    """A sentence has the mask in place of each value; of credentials what is behind their scheme counts."""
    assert knowing(learned).mask_text(text) == expected


def test_bounds() -> None:
    """The first values are known to the end, the latest ones besides, and no more than that."""
    known = KnownSecrets()
    for number in range(KEPT + 3 * RECENT):
        known.learn(f"value-{number:06}")
    assert len(known) == KEPT + RECENT
    assert b"value-000000" in known
    assert known.spans(b"value-000000") == ((0, 12),)
    assert not known.spans(f"value-{KEPT:06}".encode())
    assert known.spans(f"value-{KEPT + 3 * RECENT - 1:06}".encode())


def test_a_long_value() -> None:
    """A long value is known by its parts."""
    value = random.Random(1).randbytes(3 * LONGEST)
    assert masked(knowing(value), b"x" + value + b"x") == b"x" + b"*" * len(value) + b"x"
