"""Which types the envelopes of the two directions are taken to have."""

from __future__ import annotations

import pytest

from paperknife_decoders.direction_types import candidates, direction_types, payload_members
from paperknife_decoders.schema import SchemaError, load_schema

FILES = {
    "a.proto": """
        syntax = "proto3"; package a;
        message ClientMessage { oneof payload { Order order = 1; } }
        message ServerMessage { oneof payload { Fill fill = 1; } }
        message Order {} message Fill {}
    """,
    "b.proto": """
        syntax = "proto3"; package b;
        message Plain { int32 x = 1; optional int32 y = 2; }
        message Picky { oneof kind { Part part = 1; int32 number = 2; } }
        message Values { oneof value { int32 number = 1; string text = 2; } }
        message Envelope { oneof other { int32 x = 1; } oneof payload { Part part = 2; Part more = 3; } }
        message Part {}
    """,
    "c.proto": 'syntax = "proto3"; package c; message ClientMessage {} message ServerMessage {}',
}


@pytest.fixture
def schema_of(tmp_path):
    """A function that loads some of the files."""

    def load(names):
        for name in names:
            (tmp_path / f"{name}.proto").write_text(FILES[f"{name}.proto"])
        return load_schema(tmp_path)

    return load


FOUND = {
    "usual names": ("ab", None, None, ("a.ClientMessage", "a.ServerMessage")),
    "empty names": ("a", "", "", ("a.ClientMessage", "a.ServerMessage")),
    "one given": ("ab", "Envelope", None, ("b.Envelope", "a.ServerMessage")),
    "the other given": ("ab", None, "b.Envelope", ("a.ClientMessage", "b.Envelope")),
    "both given": ("abc", "c.ClientMessage", "Envelope", ("c.ClientMessage", "b.Envelope")),
    "the same for both": ("b", "Envelope", "Envelope", ("b.Envelope", "b.Envelope")),
}


@pytest.mark.parametrize(("files", "client", "server", "expected"), FOUND.values(), ids=FOUND)
def test_found(schema_of, files, client, server, expected):
    """Names that are given count; the one message of the usual name fills in for the other."""
    assert tuple(kind.name for kind in direction_types(schema_of(files), client, server)) == expected


UNCLEAR = {
    "no usual names": (
        "b",
        None,
        None,
        r"no message is called ClientMessage\. Say it with --client pkg\.Type --server pkg\.Type; candidates are:"
        r"\n  b\.Envelope\n  b\.Picky\n  b\.Values\n  b\.Plain\n  and 1 other: see `paperknife schema list`$",
    ),
    "two of the name": (
        "ac",
        None,
        None,
        r"2 messages are called ClientMessage\..*\n  a\.ClientMessage\n  c\.ClientMessage$",
    ),
    "one missing": (
        "b",
        "Envelope",
        None,
        r"Which type do the server's messages have\?.* Say it with --server pkg\.Type;",
    ),
    "misspelt": ("a", "ClientMesage", None, r"no message type ClientMesage; did you mean a\.ClientMessage\?"),
}


@pytest.mark.parametrize(("files", "client", "server", "expected"), UNCLEAR.values(), ids=UNCLEAR)
def test_unclear(schema_of, files, client, server, expected):
    """What cannot be known is an error with the candidates, the likeliest first, and what to type."""
    with pytest.raises(SchemaError, match=expected):
        direction_types(schema_of(files), client, server)


BROKEN = {
    "the file itself": (
        'syntax = "proto3"; package a;\nmessage ClientMessage { Foo foo = 1; } message ServerMessage {}',
        r'a\.proto:2:25: "Foo" is not defined',
    ),
    "what it imports": (
        'syntax = "proto3"; package a; import "d.proto"; message ClientMessage {} message ServerMessage {}',
        r'd\.proto:2:13: "Nothing" is not defined',
    ),
}
NAMED = {"by the usual name": (None, None), "by a name that is given": ("a.ClientMessage", "ServerMessage")}


@pytest.mark.parametrize(("client", "server"), NAMED.values(), ids=NAMED)
@pytest.mark.parametrize(("text", "expected"), BROKEN.values(), ids=BROKEN)
def test_faults_come_first(tmp_path, text, expected, client, server):
    """Where a file does not compile, its place is the answer, and not a list of what is left."""
    (tmp_path / "a.proto").write_text(text)
    if "d.proto" in text:
        (tmp_path / "d.proto").write_text('syntax = "proto3";\nmessage D { Nothing x = 1; }')
    (tmp_path / "b.proto").write_text(FILES["b.proto"])
    with pytest.raises(SchemaError, match=expected) as caught:
        direction_types(load_schema(tmp_path), client, server)
    first, *faults = str(caught.value).split("\n")
    assert first.endswith("These faults in it may be why:")
    assert len(caught.value.faults) == len(faults) <= 2


CANDIDATES = {
    "used as plain fields": (
        "message Request {} message Reply { Request echo = 1; } message Event { repeated Reply all = 1; }",
        ["Event", "Request", "Reply"],
    ),
    "used, with payloads": (
        "message Batch { repeated Item items = 1; } message Item { oneof it { A a = 1; B b = 2; } }"
        "message A {} message B {}",
        ["Batch", "Item"],
    ),
    "payloads are none": (
        "message Client { oneof payload { LoginRequest login = 1; } } message LoginRequest { Part part = 1; }"
        "message Part {}",
        ["Client"],
    ),
    "in a map": ("message All { map<string, Event> all = 1; } message Event {}", ["All", "Event"]),
    "only each other": ("message A { B b = 1; } message B { A a = 1; }", ["A", "B"]),
}


@pytest.mark.parametrize(("text", "names"), CANDIDATES.values(), ids=CANDIDATES)
def test_candidates(tmp_path, text, names):
    """Roots first; a type that is used somewhere may be an envelope too, where it looks like one."""
    (tmp_path / "a.proto").write_text(f'syntax = "proto3"; {text}')
    assert [message.name for message in candidates(load_schema(tmp_path))] == names


def test_many_candidates(tmp_path):
    """Only the first are listed, and the others are counted, so that nobody takes the list for all there is."""
    text = "".join(f"message M{number} {{}}" for number in range(30))
    (tmp_path / "a.proto").write_text(f'syntax = "proto3"; {text}')
    with pytest.raises(SchemaError, match=r"\n  M11\n  and 18 others: see `paperknife schema list`$"):
        direction_types(load_schema(tmp_path))


PAYLOADS = {"Envelope": ["part", "more"], "Picky": ["part", "number"], "Values": [], "Plain": [], "Part": []}


@pytest.mark.parametrize(("name", "members"), PAYLOADS.items())
def test_payload_members(schema_of, name, members):
    """Payloads are the members of the oneof that holds messages; a choice of plain values is none."""
    assert [member.name for member in payload_members(schema_of("b").message(name))] == members
