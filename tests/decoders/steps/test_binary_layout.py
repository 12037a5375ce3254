"""Layouts of headers, as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.steps.binary_layout import Bytes, Condition, Number, read_condition, read_layout

LAYOUTS = [
    ("type:u8", [Number("type", 1, "little")]),
    ("a:i8 b:i64be", [Number("a", 1, "little", signed=True), Number("b", 8, "big", signed=True)]),
    (
        "  type:u32le&0x7fffffff|0x80000000\n length:u32le\theader:bytes(length) ",
        [
            Number("type", 4, "little", mask=0x7FFFFFFF, bits=0x80000000),
            Number("length", 4, "little"),
            Bytes("header", "length"),
        ],
    ),
    (
        "kind:u8=1|2|0x03 id:u16le?kind=2|3 rest:bytes(2)?id=7",
        [
            Number("kind", 1, "little", values=frozenset({1, 2, 3})),
            Number("id", 2, "little", when=Condition("kind", frozenset({2, 3}))),
            Bytes("rest", 2, Condition("id", frozenset({7}))),
        ],
    ),
    (
        "s:u24be&0xffff=length(part) all:u64le=length(all) m:i16be=-1",
        [
            Number("s", 3, "big", mask=0xFFFF, length="part"),
            Number("all", 8, "little", length="all"),
            Number("m", 2, "big", signed=True, values=frozenset({-1})),
        ],
    ),
    ("a:u8&0xf0|0=0x10", [Number("a", 1, "little", mask=0xF0, bits=0, values=frozenset({16}))]),
]


@pytest.mark.parametrize(("text", "layout"), LAYOUTS)
def test_read(text, layout) -> None:
    """Each field says its name, its kind, and what else it has to be."""
    assert list(read_layout(text)) == layout


KIND = "a kind was expected, which is u8, i8, u or i with 16, 24, 32 or 64 bits and le or be, or bytes(n), and"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "layout should be fields, as in type:u8 size:u16le, and is empty"),
        (" ", "layout should be fields, as in type:u8 size:u16le, and is empty"),
        ("a", "layout, character 1, 'a': a name and a kind, as in type:u32le, were expected, and 'a' was found"),
        ("a:u8  7:u8", "layout, character 7, '7:u8': a name and a kind, as in type:u32le, were expected, and '7:u8' "),
        ("a:u8 a:u16le", "layout, character 6, 'a:u16le': there is a field a already"),
        ("a:", f"layout, character 1, 'a:': {KIND} nothing was found"),
        ("a:u32", f"layout, character 1, 'a:u32': {KIND} 'u32' was found; did you mean u32le?"),
        ("a:u8le", f"layout, character 1, 'a:u8le': {KIND} 'u8le' was found; did you mean u8?"),
        ("\u00e4:u8", "layout, character 1, '\\xe4:u8': a name and a kind"),
        ("a:u8&", "layout, character 1, 'a:u8&': a mask, decimal or as 0x7f, was expected, and nothing was found"),
        ("a:u8&0x100", "layout, character 1, 'a:u8&0x100': a mask from 1 to 0xff was expected, and 0x100 was found"),
        ("a:u8&0", "layout, character 1, 'a:u8&0': a mask from 1 to 0xff was expected, and 0x0 was found"),
        ("a:i8&1", "layout, character 1, 'a:i8&1': a mask and a length need a kind without a sign, as u32le"),
        ("a:i8=length(all)", "layout, character 1, 'a:i8=length(all)': a mask and a length need a kind without a sign"),
        ("a:u8|1", "layout, character 1, 'a:u8|1': 0x1 can only be bits beside a mask, as in &0x7f|0x80"),
        ("a:u8&3|1", "layout, character 1, 'a:u8&3|1': 0x1 can only be bits beside a mask, as in &0x7f|0x80"),
        ("a:u8=256", "layout, character 1, 'a:u8=256': the value can never be 256"),
        ("a:i8=128", "layout, character 1, 'a:i8=128': the value can never be 128"),
        ("a:u8&1=2", "layout, character 1, 'a:u8&1=2': the value can never be 2"),
        ("a:u8=x", "layout, character 1, 'a:u8=x': a number, decimal or as 0x7f, was expected, and 'x' was found"),
        ("a:u8=1|", "layout, character 1, 'a:u8=1|': a number, decimal or as 0x7f, was expected, and nothing was"),
        (
            "a:u8=length(parts)",
            "layout, character 1, 'a:u8=length(parts)': length(part) or length(all) was expected, and "
            "'length(parts)' was found; did you mean length(part)?",
        ),
        ("a:bytes(2)=5", "layout, character 1, 'a:bytes(2)=5': a mask and values are for numbers, not for bytes"),
        (
            "n:u8 m:i8 a:bytes(m)",
            "layout, character 11, 'a:bytes(m)': a number before this field was expected, and 'm' is none; there are n",
        ),
        ("a:bytes(n) n:u8", "layout, character 1, 'a:bytes(n)': a number before this field was expected, and 'n' is"),
        ("a:bytes()", "layout, character 1, 'a:bytes()': a number before this field was expected, and nothing is"),
        ("a:u8?a=1", "layout, character 1, 'a:u8?a=1': a number before this field was expected, and 'a' is none; "),
        ("a:u8 b:u8?", "layout, character 6, 'b:u8?': a condition, as in kind=2|3, was expected, and nothing was"),
        ("a:u8 b:u8?a", "layout, character 6, 'b:u8?a': a condition, as in kind=2|3, was expected, and 'a' was found"),
        (" ".join(f"f{n}:u8" for n in range(101)), "layout, character 691, 'f100:u8': one field more than the 100 "),
        ("\x1b]" * 99, "layout, character 1, '\\x1b]"),
        ("a:u8=" + "9" * 9999, "layout, character 1, 'a:u8=9999999"),
    ],
)
def test_faults(text, words) -> None:
    """What is no layout is told in one sentence that prints, with the place."""
    with pytest.raises(ValueError, match="layout") as caught:
        read_layout(text)
    assert str(caught.value).startswith(words)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_condition() -> None:
    """A condition is a name and what it may be."""
    assert read_condition("type=1|0x10") == Condition("type", frozenset({1, 16}))
    with pytest.raises(ValueError, match="a condition, as in kind=2"):
        read_condition("type")


PIECES = st.sampled_from(
    ["a", "b", ":", "u8", "u32le", "i16be", "bytes(", "a)", "2)", "&", "0x7f", "|", "=", "1", "length(part)", "?", " "]
)


@given(st.lists(PIECES).map("".join) | st.text(max_size=20))
def test_any_text(text) -> None:
    """Any text is a layout or a `ValueError`."""
    try:
        layout = read_layout(text)
    except ValueError as error:
        assert str(error).isprintable()
    else:
        assert len({each.name for each in layout}) == len(layout) > 0
