"""The formats of one message."""

from __future__ import annotations

import pytest

from paperknife.cli.decoded import FORMATS, Style
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.paint import PLAIN
from paperknife_decoders.secrets import Secrets

STYLE = Style(Secrets(), PLAIN, ())

CASES = [
    (b"", Form.WIRE),
    (b"\x08\x01", Form.WIRE),
    (b"\x0a\x05\x1b[2J", Form.WIRE),
    (b"\xff\xff", Form.BYTES),
    (b'{"a": "\\u001b"}', Form.JSON),
    ("\u202e\x7f".encode(), Form.TEXT),
    (b"*" * 42, Form.TEXT),
]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("data", "kind"), CASES)
def test_nothing_is_printed_raw(form: str, data: bytes, kind: Form) -> None:
    """Every format shows whatever there is, with no character that a terminal takes for a command."""
    shown = FORMATS[form](Envelope(data, kind, None), STYLE)
    assert all(sign == "\n" or (sign.isprintable() and sign != "\x7f") for sign in shown)
