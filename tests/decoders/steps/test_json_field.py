"""Messages as strings in JSON."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decoders.steps.trips import close_refusal, context, goes_there_and_back, opened, refusal

from paperknife_decoders.steps import Limits, open_parts
from paperknife_decoders.steps.base64_text import Base64Text
from paperknife_decoders.steps.json_field import JsonField

STEP = JsonField("message")
DEEP = JsonField("data.items.body")


@pytest.mark.parametrize(
    ("step", "data", "parts"),
    [
        (STEP, b'{"type": "pricing", "message": "CgQ="}', (b"CgQ=",)),
        (STEP, b'{"message":""}', (b"",)),
        (STEP, b'\n{ "message" : "a" }\t', (b"a",)),
        (STEP, b'{"a": {"message": "no"}, "message": "a", "b": ["message", {"message": "no"}]}', (b"a",)),
        (STEP, rb'{"message": "a\"}\\\u00e4\ud83d\ude00\/"}', 'a"}\\ä\U0001f600/'.encode()),
        (STEP, '{"message": "\u00e4"}'.encode(), "\u00e4".encode()),
        (STEP, rb'{"m\u0065ssage": "a", "x\ud800": 1}', (b"a",)),
        (STEP, b'[{"message": "a"}, {"message": 7}, {}, 1, "b", {"message": "c"}]', (b"a", b"c")),
        (STEP, b'{"message": ["a", ["b"], null, {"message": "no"}]}', (b"a", b"b")),
        (STEP, b'{"message": "a", "message": "b"}', (b"a", b"b")),
        (STEP, b'{"n": [1e400, -0.5, ' + b"9" * 5000 + b', NaN], "message": "a"}', (b"a",)),
        (DEEP, b'{"body": "no", "data": {"items": [{"body": "a"}, {"body": "b"}], "body": "no"}}', (b"a", b"b")),
        (DEEP, b'{"data": [{"items": {"body": "a"}}, {"items": {"x": {"body": "no"}}}]}', (b"a",)),
    ],
)
def test_opened(step, data, parts) -> None:
    """The strings at the path, without their escapes, through all lists; the same name elsewhere is another."""
    assert opened(step, data).parts == (parts if isinstance(parts, tuple) else (parts,))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "JSON was expected, and is not what was found (expecting value), at byte 0"),
        (b"CgQ=", "JSON was expected, and is not what was found (expecting value), at byte 0"),
        (
            '{"\u00e4": "a" "b"}'.encode(),
            "JSON was expected, and is not what was found (expecting ',' delimiter), at byte 11",
        ),
        (b'{"message": "a"} x', "JSON was expected, and is not what was found (extra data), at byte 17"),
        (b'{"a": "\xff"}', "JSON was expected, and these bytes are not UTF-8, at byte 7"),
        ('{"message": "a"}'.encode("utf-16-le"), "JSON was expected, and is not what was found"),
        (b'"message"', "a JSON object was expected, and a single value was found at byte 0"),
        (b"7", "a JSON object was expected, and a single value was found at byte 0"),
        (b"{}", "a string at message was expected, and there is none in the JSON at byte 0"),
        (b'{"message": null}', "a string at message was expected, and there is none in the JSON at byte 0"),
        (b'{"subscribe": ["X"]}', "a string at message was expected, and there is none in the JSON at byte 0"),
        (rb'{"message": "\ud800"}', "a string with half a surrogate pair, which is no text, at byte 12"),
        (b"[" * 99_999, "JSON nested too deeply to be read at byte 0"),
        (b'{"a":' * 99_999, "JSON nested too deeply to be read at byte 0"),
        (
            b"[" + b"{}," * 50_000 + b"{}]",
            "JSON with more than 100,000 commas and brackets, which is too much to look through,",
        ),
    ],
)
def test_refused(data, words) -> None:
    """What is no JSON in UTF-8, or has no such string, is refused."""
    assert refusal(STEP, data).startswith(words)


def test_parts_are_bounded() -> None:
    """Strings are counted before they are kept."""
    data = b'{"message": [' + b'"",' * 1000 + b'""]}'
    assert (
        refusal(STEP, data, parts=10)
        == "more than the 10 parts that are read of one message (limits: parts) at byte 43"
    )


@pytest.mark.parametrize(
    ("data", "changed", "closed"),
    [
        (rb'{ "message":"\u0061",  "b":1.50 }', (b"a",), rb'{ "message":"\u0061",  "b":1.50 }'),
        (rb'{ "message":"\u0061",  "b":1.50 }', (b"bc",), rb'{ "message":"bc",  "b":1.50 }'),
        (b'[{"message": "a"}, {"message": "b"}]', (b"", b"b"), b'[{"message": ""}, {"message": "b"}]'),
        (b'{"message": "a"}', ('"\\\n\x00\u00e4'.encode(),), '{"message": "\\"\\\\\\n\\u0000\u00e4"}'.encode()),
    ],
)
def test_closed(data, changed, closed) -> None:
    """A changed string is written with the escapes that it needs, and every other byte stays as it was."""
    assert opened(STEP, data).close(changed) == closed


def test_only_text_fits() -> None:
    """Bytes that are not UTF-8 cannot stand in a JSON string."""
    said = close_refusal(STEP, b'{"message": "a"}', [b"a\xff"])
    assert said == "a JSON string holds UTF-8 only, which these bytes are not, at byte 1"


@pytest.mark.parametrize(
    ("step", "data", "headers"),
    [
        (STEP, b'{"type": "pricing", "message": "a", "n": 7, "x": 1.5, "y": true}', [{"type": "pricing", "n": 7}]),
        (STEP, b'[{"type": "a", "message": ""}, {"message": "", "type": "b"}]', [{"type": "a"}, {"type": "b"}]),
        (STEP, b'{"message": ["a", "b"], "t": 1, "list": ["no"], "object": {"no": 1}}', [{"t": 1}, {"t": 1}]),
        (STEP, b'{"message": "a", "long": "' + b"x" * 300 + b'", "huge": ' + b"9" * 300 + b"}", [{}]),
        (
            STEP,
            json.dumps({"message": "a"} | {str(n): n for n in range(99)}).encode(),
            [{str(n): n for n in range(50)}],
        ),
        (DEEP, b'{"t": 0, "data": {"t": 1, "items": [{"t": 2, "body": "a"}]}}', [{"t": 2}]),
    ],
)
def test_headers(step, data, headers) -> None:
    """What stands beside the string in its object is its header, in front of it or behind."""
    assert list(opened(step, data).headers) == headers


def test_base64_within() -> None:
    """Base64 in a JSON string is opened by two steps, and changed through both."""
    steps = (STEP, Base64Text())
    found = open_parts(steps, b'{"type":"pricing", "message":"CgRBQVBM"}', context())
    assert found.parts == (b"\x0a\x04AAPL",)
    assert found.close([b"\x0a\x01X"]) == b'{"type":"pricing", "message":"CgFY"}'


@pytest.mark.parametrize("at", ["", ".", "a.", ".a", "a..b"])
def test_faulty_options(at) -> None:
    """A path has no empty names."""
    with pytest.raises(ValueError, match=r"at should be names with dots between them, as in data\.message, and is '"):
        JsonField(at)


NAMES = st.sampled_from(["message", "a", '"', "m\u00e4", "\\"])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=15,
)


def strings_at(value: object, path: tuple[str, ...]) -> list[str]:
    """What the step should find, from the document as Python reads it."""
    match value:
        case list():
            return [found for each in value for found in strings_at(each, path)]
        case dict() if path:
            return [found for name, each in value.items() if name == path[0] for found in strings_at(each, path[1:])]
        case str() if not path:
            return [value]
    return []


@settings(deadline=None)
@given(
    DOCUMENTS, st.booleans(), st.sampled_from([None, 2]), st.sampled_from(["message", "a.message", "a.a.a"]), st.text()
)
def test_documents(document, ascii_only, indent, path, change) -> None:
    """In any document the strings are found that reading it as a whole finds, and each can be changed alone."""
    data = json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode()
    found = goes_there_and_back(JsonField(path), data, change.encode())
    expected = strings_at(document, tuple(path.split("."))) if isinstance(document, list | dict) else []
    assert [part.decode() for part in found.parts] == expected if found else not expected
    if found and found.parts:
        closed = json.loads(found.close([change.encode()] * len(found.parts)))
        assert strings_at(closed, tuple(path.split("."))) == [change] * len(found.parts)


PIECES = st.sampled_from(['"message"', ":", ",", "{", "}", "[", "]", " ", '"a"', "1", "null", "\\", '"', "\xff"])


@given(st.lists(PIECES, max_size=20).map("".join), st.sampled_from(["utf-8", "latin-1"]), st.text())
def test_any_bytes(text, encoding, change) -> None:
    """Any bytes open and close again, or are refused."""
    goes_there_and_back(STEP, text.encode(encoding), change.encode())


def test_the_limit_is_the_usual_one() -> None:
    """As many parts as the limits say are read, and not one less."""
    most = Limits().parts
    data = json.dumps({"message": ["a"] * most}).encode()
    assert len(opened(STEP, data).parts) == most
