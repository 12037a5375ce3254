"""Steps from and to their definitions."""

from collections import OrderedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.steps.ascii_header import AsciiHeader
from paperknife_decoders.steps.base64_text import Base64Text
from paperknife_decoders.steps.binary_header import BinaryHeader
from paperknife_decoders.steps.compressed import Compressed
from paperknife_decoders.steps.constant_prefix import ConstantPrefix
from paperknife_decoders.steps.grpc_web import GrpcWebsockets
from paperknife_decoders.steps.json_field import JsonField
from paperknife_decoders.steps.length_prefix import LengthPrefix
from paperknife_decoders.steps.message_list import MessageList
from paperknife_decoders.steps.registry import STEPS, step_from, step_to
from paperknife_decoders.steps.stream_codecs import CODECS
from paperknife_decoders.steps.varint_delimited import VarintDelimited

GZIP = CODECS["gzip"]


@pytest.mark.parametrize(
    ("definition", "step"),
    [
        ("varint-delimited", VarintDelimited()),
        ("grpc-websockets", GrpcWebsockets()),
        ("length-prefix", LengthPrefix()),
        ({"length-prefix": {"size": 2}}, LengthPrefix(2)),
        (
            {"length-prefix": {"size": 8, "order": "little", "includes_itself": True, "several": True}},
            LengthPrefix(8, "little", includes_itself=True, several=True),
        ),
        ({"constant-prefix": {"hex": "00"}}, ConstantPrefix("00")),
        ({"ascii-header": {"fields": 3}}, AsciiHeader(3)),
        ({"ascii-header": {"fields": 3, "separator": "|"}}, AsciiHeader(3, "|")),
        ({"binary-header": {"layout": "type:u8"}}, BinaryHeader("type:u8")),
        ({"message-list": {"layout": "t:u8", "when": "t=1", "at": 2}}, MessageList("t:u8", "t=1", 2)),
        (
            {"message-list": {"layout": "t:u8", "when": "t=1", "at": 2, "inflated_size": 1, "codec": "zlib"}},
            MessageList("t:u8", "t=1", 2, 1, CODECS["zlib"]),
        ),
        ({"json-field": {"at": "data.message"}}, JsonField("data.message")),
        ("base64", Base64Text()),
        ({"base64": {"alphabet": "url"}}, Base64Text("url")),
        ({"compressed": {"codec": "gzip"}}, Compressed(GZIP)),
        ({"compressed": {"codec": "gzip", "when": "magic"}}, Compressed(GZIP, "magic")),
    ],
)
def test_definitions(definition, step) -> None:
    """A definition has a step, and the step that definition, with only the options that say something."""
    assert step_from(definition) == step
    assert step_to(step) == definition


@pytest.mark.parametrize(
    ("definition", "step"),
    [
        ({"length-prefix": {}}, LengthPrefix()),
        ({"length-prefix": None}, LengthPrefix()),
        ({"length-prefix": {"size": 4, "order": "big", "several": False}}, LengthPrefix()),
        (OrderedDict({"base64": OrderedDict({"alphabet": "standard"})}), Base64Text()),
    ],
)
def test_other_ways_to_say_it(definition, step) -> None:
    """Options may be said that are so anyhow, and any kind of mapping holds them."""
    assert step_from(definition) == step


NAMES = ", ".join(STEPS)
FORM = "a step is its name, or its name with options, as in {length-prefix: {size: 4}}, and"
KIND = "a kind was expected, which is u8, i8, u or i with 16, 24, 32 or 64 bits and le or be, or bytes(n), and"
OPTIONS = "length-prefix has the options size, order, includes_itself, several, and"


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        (
            "varint-delimitd",
            f"a step is one of {NAMES}, and 'varint-delimitd' was found; did you mean varint-delimited?",
        ),
        ("", f"a step is one of {NAMES}, and '' was found"),
        ({"gzip": {}}, f"a step is one of {NAMES}, and 'gzip' was found"),
        ("\x1b" * 5000, f"a step is one of {NAMES}, and '{r'\x1b' * 26}…{r'\x1b' * 13}' was found"),
        (None, f"{FORM} nothing was found"),
        (7, f"{FORM} the number 7 was found"),
        (True, f"{FORM} true was found"),
        (10**50, f"{FORM} a huge number was found"),
        ({10**5000: 1}, "a step's name was expected, and a huge number was found"),
        (["base64"], f"{FORM} a list was found"),
        (b"base64", f"{FORM} binary data was found"),
        ({}, f"{FORM} a mapping was found"),
        ({"base64": {}, "compressed": {}}, f"{FORM} a mapping was found"),
        ({7: {}}, "a step's name was expected, and the number 7 was found"),
        ({"base64": "url"}, "base64: options with their values were expected, and 'url' was found"),
        ({"length-prefix": {"sise": 4}}, f"{OPTIONS} 'sise' was found; did you mean size?"),
        ({"length-prefix": {"name": "x"}}, f"{OPTIONS} 'name' was found"),
        ({"length-prefix": {4: 4}}, f"{OPTIONS} the number 4 was found"),
        ({"varint-delimited": {"size": 4}}, "varint-delimited has no options, and 'size' was found"),
        ({"length-prefix": {"size": 5}}, "length-prefix: size should be one of 1, 2, 3, 4, 8, and is the number 5"),
        ({"length-prefix": {"size": True}}, "length-prefix: size should be one of 1, 2, 3, 4, 8, and is true"),
        ({"length-prefix": {"size": "4"}}, "length-prefix: size should be one of 1, 2, 3, 4, 8, and is '4'"),
        (
            {"length-prefix": {"order": "litle"}},
            "length-prefix: order should be one of big, little, and is 'litle'; did you mean little?",
        ),
        ({"length-prefix": {"several": 1}}, "length-prefix: several should be true or false, and is the number 1"),
        ({"constant-prefix": {}}, "constant-prefix needs hex, which is a text"),
        (
            {"constant-prefix": {"hex": 0}},
            "constant-prefix: hex should be a text, and is the number 0; put it into quotes",
        ),
        (
            {"constant-prefix": {"hex": "0"}},
            "constant-prefix: hex should be pairs of hex digits, as in cafe01, and is '0'",
        ),
        ({"ascii-header": {"fields": 1.5}}, "ascii-header: fields should be a whole number, and is the number 1.5"),
        ({"ascii-header": {"fields": 0}}, "ascii-header: fields should be a number from 1 to 100, and is 0"),
        ({"binary-header": {"layout": "a:u9"}}, f"binary-header: layout, character 1, 'a:u9': {KIND} 'u9' was found"),
        ({"compressed": None}, "compressed needs codec, which is one of gzip, zlib, deflate"),
        (
            {"compressed": {"codec": "gzipp"}},
            "compressed: codec should be one of gzip, zlib, deflate, and is 'gzipp'; did you mean gzip?",
        ),
        ({"compressed": {"codec": ["gzip"]}}, "compressed: codec should be one of gzip, zlib, deflate, and is a list"),
        (
            {"compressed": {"codec": "deflate", "when": "magic"}},
            "compressed: when should be always, and is magic: deflate data begin with nothing special",
        ),
    ],
)
def test_faults(definition, words) -> None:
    """What cannot be meant is told in one sentence that prints: what there may be, what was found, what comes close."""
    with pytest.raises(ValueError, match=r"\w") as caught:
        step_from(definition)
    said = str(caught.value)
    assert said == words
    assert said.isprintable()


def test_the_table() -> None:
    """Every step is called in the table what it calls itself."""
    assert {name: kind.name for name, kind in STEPS.items()} == {name: name for name in STEPS}


BUILT = st.one_of(
    st.just(VarintDelimited()),
    st.just(GrpcWebsockets()),
    st.builds(
        LengthPrefix, st.sampled_from([1, 2, 3, 4, 8]), st.sampled_from(["big", "little"]), st.booleans(), st.booleans()
    ),
    st.builds(ConstantPrefix, st.binary(min_size=1).map(bytes.hex)),
    st.builds(AsciiHeader, st.integers(1, 100), st.text(st.characters(max_codepoint=127), min_size=1)),
    st.builds(BinaryHeader, st.sampled_from(["a:u8", "a:u16le&0xff|0x100 b:bytes(a)?a=1|2"])),
    st.builds(
        MessageList,
        st.just("a:u8"),
        st.just("a=1"),
        st.integers(1, 9),
        st.integers(0, 9),
        st.sampled_from(list(CODECS.values())),
        st.sampled_from([1, 2, 3, 4, 8]),
        st.sampled_from(["big", "little"]),
    ),
    st.builds(
        JsonField, st.lists(st.text(st.characters(exclude_characters="."), min_size=1), min_size=1).map(".".join)
    ),
    st.builds(Base64Text, st.sampled_from(["standard", "url"])),
    st.builds(Compressed, st.sampled_from(list(CODECS.values()))),
    st.builds(Compressed, st.sampled_from([CODECS["gzip"], CODECS["zlib"]]), st.just("magic")),
)


@given(BUILT)
def test_round_trip(step) -> None:
    """The definition of a step is that step again."""
    assert step_from(step_to(step)) == step


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from([*STEPS, "size", "hex"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from([*STEPS, "size", "hex", "at", 1]), inner)
    ),
    max_leaves=6,
)


@given(PLAIN)
def test_any_data(definition) -> None:
    """Whatever stands in a file, it is a step or a `ValueError`."""
    try:
        step = step_from(definition)
    except ValueError as error:
        assert str(error).isprintable()
    else:
        assert step_from(step_to(step)) == step
