"""Values to bytes: what fits, in which forms users write it, and what is said of what does not."""

from __future__ import annotations

import struct
from decimal import Decimal

import pytest

from paperknife_decoders.splice import SpliceError
from paperknife_decoders.splice.scalars import encode_scalar

HALF = struct.pack("<d", 0.5).hex()

GOOD = [
    ("small", 5, "05"),
    ("small", "5", "05"),
    ("small", 5.0, "05"),
    ("small", Decimal("5.0"), "05"),
    ("small", -1, "ffffffffffffffffff01"),
    ("small", 2**31 - 1, "ffffffff07"),
    ("id", 2**64 - 1, "ffffffffffffffffff01"),
    ("zig", -1, "01"),
    ("zig", 2**31 - 1, "feffffff0f"),
    ("zig", -(2**31), "ffffffff0f"),
    ("four", 1, "01000000"),
    ("eight", -2, "feffffffffffffff"),
    ("ratio", 0.5, HALF),
    ("ratio", "0.5", HALF),
    ("ratio", Decimal("0.5"), HALF),
    ("ratio", 1, "000000000000f03f"),
    ("ratio", "-Infinity", "000000000000f0ff"),
    ("ratio", "nan", "000000000000f87f"),
    ("share", 0.5, "0000003f"),
    ("share", float("inf"), "0000807f"),
    ("live", True, "01"),
    ("live", "false", "00"),
    ("live", 0, "00"),
    ("side", "BUY", "01"),
    ("side", "SIDE_SELL", "ffffffffffffffffff01"),
    ("side", -1, "ffffffffffffffffff01"),
    ("side", "1", "01"),
    ("symbol", "ü", "c3bc"),
    ("symbol", b"ab", "6162"),
    ("raw", b"\xff", "ff"),
    ("raw", "0a ff", "0aff"),
    ("raw", bytearray(b"\x01"), "01"),
]


@pytest.mark.parametrize(("name", "value", "content"), GOOD)
def test_values(order, name, value, content) -> None:
    """A value in any of the forms that mean it."""
    assert encode_scalar(value, order.fields_by_name[name]).hex() == content


INT32 = "small takes a whole number from -2,147,483,648 to 2,147,483,647, not"
BAD = [
    ("small", 2**31, f"{INT32} 2147483648"),
    ("small", -(2**31) - 1, f"{INT32} -2147483649"),
    ("small", 1.5, f"{INT32} 1.5"),
    ("small", float("nan"), f"{INT32} nan"),
    ("small", True, f"{INT32} True"),
    ("small", None, f"{INT32} None"),
    ("small", "five", f"{INT32} 'five'"),
    ("small", "٥", f"{INT32} '٥'"),
    ("small", Decimal("1e999999"), f"{INT32} Decimal('1E+999999')"),
    ("word", -1, "word takes a whole number from 0 to 4,294,967,295, not -1"),
    ("live", 2, "live takes true or false, not 2"),
    ("live", "yes", "live takes true or false, not 'yes'"),
    ("live", [], "live takes true or false, not []"),
    ("side", "BYU", "side is never 'BYU'; did you mean BUY? It is one of: NONE, BUY, SELL"),
    ("side", "zzz", "side is never 'zzz'. It is one of: NONE, BUY, SELL"),
    ("side", 7, "side takes one of NONE, BUY, SELL, or the number of one, not 7: Side is a closed enum"),
    ("side", 0.5, "side takes a name or a number of Side, not 0.5"),
    ("ratio", "much", "ratio takes a number, not 'much'"),
    ("ratio", True, "ratio takes a number, not True"),
    ("ratio", 10**310, f"ratio takes a number of up to 1.8e308, not 1{38 * '0'}…{20 * '0'}"),
    ("share", 1e39, "share takes a number of up to 3.4e38, or inf, not 1e+39"),
    ("symbol", 5, "symbol takes text, not 5"),
    ("symbol", b"\xff", r"symbol takes text that UTF-8 can hold, not b'\xff'"),
    ("symbol", "\ud800", r"symbol takes text that UTF-8 can hold, not '\ud800'"),
    ("raw", "xyz", "raw takes bytes, or their hex digits such as \"0aff\", not 'xyz'"),
    ("raw", 5, 'raw takes bytes, or their hex digits such as "0aff", not 5'),
]


@pytest.mark.parametrize(("name", "value", "sentence"), BAD)
def test_misfits(order, name, value, sentence) -> None:
    """The sentence says what would fit."""
    with pytest.raises(SpliceError) as caught:
        encode_scalar(value, order.fields_by_name[name])
    assert str(caught.value) == sentence


@pytest.mark.parametrize("value", [10**5000, [10**5000], {1: 10**5000}, "1" * 10_000], ids=type)
def test_numbers_beyond_all_bounds(order, value) -> None:
    """Numbers that Python does not even write are misfits as others."""
    for name in ("small", "side", "four", "live", "share", "symbol"):
        if (name, type(value)) != ("symbol", str):
            with pytest.raises(SpliceError, match=f"^{name} "):
                encode_scalar(value, order.fields_by_name[name])


def test_a_misfit_is_shown_in_short(order) -> None:
    """A long value does not make a long sentence, and its escapes are not printed."""
    with pytest.raises(SpliceError) as caught:
        encode_scalar(["\x1b" * 10_000], order.fields_by_name["symbol"])
    assert len(str(caught.value)) < 100
    assert str(caught.value).isprintable()
