"""Envelopes that are no decoded message."""

from __future__ import annotations

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.paint import PLAIN
from paperknife_decoders.protocol import read_envelope
from paperknife_decoders.raw_text import hidden_spans, raw_lines
from paperknife_decoders.secrets import NO_SECRETS, Secrets
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
    assert hidden_spans(cut, Secrets())
    assert not hidden_spans(cut, NO_SECRETS)
    assert not hidden_spans(Envelope(b"{}", Form.JSON, whole.type), Secrets())
