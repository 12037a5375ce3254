"""Definitions are found in the text of a .proto, and changed there."""

import pytest

from paperknife_decoders.inference.places import Edits, Places
from paperknife_decoders.schema import load_schema

PLAIN = 'syntax = "proto3";\nmessage M {\n  int32 a = 1;  // one\n}\n'
TEXTS = {
    "plain": PLAIN,
    "tabs": PLAIN.replace("  int32 a", "\t \tint32\ta"),
    "not ASCII before it": PLAIN.replace("  int32", "  /* zwölf € */ int32"),
    "CRLF": PLAIN.replace("\n", "\r\n"),
    "on one line": 'syntax = "proto3"; message M { int32 a = 1; }',
    "BOM": "\ufeff" + PLAIN,
    "BOM, on one line": '\ufeffsyntax = "proto3"; message M { int32 a = 1; }',
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_span(tmp_path, text):
    """The span of a definition is what was written, in bytes."""
    (tmp_path / "a.proto").write_bytes(text.encode())
    data = text.encode()
    places = Places(data, load_schema(tmp_path).files[0].proto)
    start, end = places.span((4, 0, 2, 0))
    assert data[start:end].split() == b"int32 a = 1;".split()
    start, end = places.span((4, 0, 2, 0, 1))
    assert data[start:end] == b"a"
    with pytest.raises(KeyError):
        places.span((4, 0, 2, 0, 4))


INSERTED = {
    "on its own line": ("m {\n  a\n}\n", "m {\n  a\n  new\n}\n"),
    "indented": ("x\n    m {\n\n    }", "x\n    m {\n\n  new\n    }"),
    "behind something": ("  m { a }\n", "  m { a \n  new\n  }\n"),
}


@pytest.mark.parametrize(("text", "expected"), INSERTED.values(), ids=INSERTED)
def test_insert_above(tmp_path, text, expected):
    """Lines come before the closing brace, which then stands alone."""
    (tmp_path / "a.proto").write_text(PLAIN)
    places, edits = Places(text.encode(), load_schema(tmp_path).files[0].proto), Edits()
    edits.insert_above(places, text.index("}"), ["  new"])
    edits.insert_above(places, text.index("}"), [])
    assert edits.applied(text.encode()).decode() == expected


BELOW = {
    "the end of a line": ("a = 1;\nb", "a = 1;\n  new\nb"),
    "before a comment": ("a = 1;  // one\nb", "a = 1;  // one\n  new\nb"),
    "before something else": ("a = 1; b = 2;", None),
    "before a longer comment": ("a = 1; /* one\ntwo */", None),
}


@pytest.mark.parametrize(("text", "expected"), BELOW.values(), ids=BELOW)
def test_insert_below(tmp_path, text, expected):
    """Lines come below a definition, where nothing else begins behind it."""
    (tmp_path / "a.proto").write_text(PLAIN)
    places, edits = Places(text.encode(), load_schema(tmp_path).files[0].proto), Edits()
    assert edits.insert_below(places, text.index(";") + 1, ["  new"]) is (expected is not None)
    assert edits.applied(text.encode()).decode() == (expected or text)


def test_edits_are_applied_in_their_order():
    """Those at one place stay in the order in which they were made; all else is as it was."""
    edits = Edits()
    edits.replace(4, 4, "d")
    edits.replace(1, 2, "B")
    edits.replace(4, 4, "e")
    assert edits.applied(b"abc-f") == b"aBc-def"
    assert (edits.mention("B"), edits.mention("x")) == (True, False)
