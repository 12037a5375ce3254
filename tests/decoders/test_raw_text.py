"""Envelopes that are no decoded message."""

from __future__ import annotations

import json

import pytest

from paperknife_decoders.documents import json_object, textproto
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.paint import PLAIN
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.raw_text import hidden_in, raw_lines
from paperknife_decoders.secrets import NO_SECRETS, Secrets
from paperknife_decoders.summary import summarize
from paperknife_decoders.yaml_words import Limits

PROTO = 'syntax = "proto3"; package raw; message Envelope { string user = 1; string password = 2; Envelope inner = 3; }'


def lines(envelope: Envelope, **limits: int) -> list[str]:
    return list(raw_lines(envelope, Secrets(), PLAIN, Limits(**limits)))


def test_json_is_indented_and_shortened() -> None:
    """Long strings lose their middle, long keys too, and what does not print plainly is escaped."""
    data = '{"a": "' + "x" * 50 + '", "b\u202e": [1, {}], "token": "t"}'
    assert lines(Envelope(data.encode(), Form.JSON), text=12) == [
        "{",
        '  "a": "xxxxxxx…xxxx (50 characters)",',
        r'  "b\u202e": [',
        "    1,",
        "    {}",
        "  ],",
        '  "token": "[redacted]"',
        "}",
    ]


def test_text_has_its_own_lines() -> None:
    """A text message is shown line by line, none of them endless."""
    assert lines(Envelope(b"a\r\nb\x07\n" + b"x" * 20, Form.TEXT), text=4) == ["a", r"b\x07", "xx…x"]


def test_a_dump_ends() -> None:
    """A hex dump shows the first kilobyte and says how much more there is."""
    shown = lines(Envelope(bytes(range(256)) * 8, Form.BYTES))
    assert len(shown) == 65
    assert shown[2] == "00000020  20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f   !\"#$%&'()*+,-./"
    assert shown[-1] == "# 1,024 more of 2,048 bytes are left out"


def test_what_is_cut_is_shown_without_its_secrets(decoded) -> None:
    """Bytes of a known type that end too early are shown field by field, secrets masked, and not as a dump."""
    whole = decoded(PROTO, {"inner": {"user": "alice", "password": "hunter2"}})
    cut = read_envelope(whole.data[:-2], whole.type)
    assert cut.form is Form.BYTES
    text = "\n".join(lines(cut))
    assert "alice" in text
    assert "[redacted]" in text
    assert "hunt" not in text
    assert hidden_in(cut, Secrets())
    assert not hidden_in(cut, NO_SECRETS)
    assert not hidden_in(Envelope(b"{}", Form.JSON, whole.type), Secrets())


BROKEN = {
    "cut": (
        b"\x0a\x05alice\x1a\x07\x0a\x05bo",
        '1: "bo"',
        "field 1 ends after 2 of its 5 bytes at byte 13 in field inner",
    ),
    "field number 0": (b"\x0a\x05alice\x00\x01", "the rest is 0001", "field number 0, which is not allowed, at byte 7"),
    "not UTF-8": (
        b"\x0a\x05alice\x1a\x03\x0a\x01\xff",
        "1: ff",
        "a string that is not UTF-8 at byte 11 in field inner.user",
    ),
}


@pytest.mark.parametrize(("data", "shown", "reason"), BROKEN.values(), ids=BROKEN)
def test_every_view_says_why_and_where_it_breaks(decoded, data: bytes, shown: str, reason: str) -> None:
    """What could be read is shown as fields, with the reason why the rest could not."""
    envelope = read_envelope(data, decoded(PROTO, {}).type)
    first, *others = lines(envelope)
    assert first == f"# does not parse as raw.Envelope: {reason}"
    assert others[0] == '1: "alice"'
    assert shown in "\n".join(others)
    known = json_object(envelope, Secrets())
    assert known["fault"] == first.removeprefix("# ")
    assert known["fields"][0] == {"number": 1, "type": "length", "value": b"alice".hex()}
    assert known["hex"] == data.hex()
    assert summarize(envelope, Secrets(), 200).startswith('1="alice" ')


SECRET = b"HUNTER2SECRET"
NEARLY = [
    b"\x00\x00\x00%(size)c%(login)s",
    b"%(size)c\x00\x00\x00%(login)s",
    b"%(size)c%(login)s",
    b"\x00%(login)s",
    b"\x01\xff\x01\xff\x01\xff\x01\xff%(login)s\x02",
    b"\x00\x00%(login).20s",
    b"password=HUNTER2SECRET",
    b"user: alice\npassword: HUNTER2SECRET\n",
    b'{"user":"alice","password":"HUNTER2SECRET',
    b'\x00{"user":"alice","password":"HUNTER2SECRET"}',
]


@pytest.mark.parametrize("opcode", [Opcode.BINARY, Opcode.TEXT])
@pytest.mark.parametrize("nearly", NEARLY)
def test_no_view_shows_the_secret_of_what_is_nearly_right(decoded, nearly: bytes, opcode: Opcode) -> None:
    """A login behind a prefix, as words or as cut JSON is not decoded, and its password is shown nowhere."""
    login = decoded(PROTO, {"inner": {"user": "alice", "password": SECRET.decode()}})
    content = nearly % {b"size": len(login.data), b"login": login.data} if b"%" in nearly else nearly
    (envelope,) = Protocol(client=login.type).reader().read(Direction.CLIENT, opcode, content)
    assert envelope.message is None
    views = [
        summarize(envelope, Secrets(), 200),
        "".join(lines(envelope)),
        json.dumps(json_object(envelope, Secrets())),
        textproto(envelope, Secrets()),
    ]
    for view in views:
        assert SECRET[:5].decode() not in view
        assert SECRET[:5].hex() not in view.replace(" ", "")
        assert "[redacted]" in view


def test_a_dump_has_asterisks_for_secrets() -> None:
    """Hex and text of a secret are masked alike, and a line says what that means."""
    assert lines(Envelope(b"\xffpin=1234", Form.BYTES)) == [
        "00000000  ff 70 69 6e 3d ** ** ** **                       .pin=****",
        "# [redacted]: what the asterisks stand for",
    ]
