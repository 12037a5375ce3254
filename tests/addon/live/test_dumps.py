"""Messages in the text format and as bytes; secrets are masked, nothing is printed raw."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.live.dumps import envelope_hex, envelope_textproto
from paperknife.live.line import Shown
from paperknife_decoders.message import Direction
from paperknife_decoders.paint import ANSI
from paperknife_decoders.redaction import Redactor
from paperknife_decoders.secrets import NO_SECRETS, Secrets

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def shown(message, secrets=None, **more):
    """The first envelope of a message."""
    return Shown(message, message.envelopes[0], Secrets() if secrets is None else secrets, **more)


def test_text_format(venue):
    """A comment with what is known around the message, then the message."""
    message = venue.message(CLIENT, venue.encode(CLIENT, "login", {"user": "al\x1b", "password": "hunter2"}))
    text = envelope_textproto(shown(message, marks=("odd\x1b",)))
    assert text.startswith("\n# 17:46:40.000 #1 -> login, 16 B\n# ! odd\\x1b\nlogin {\n")
    assert "hunter2" not in text
    assert "\x1b" not in text


def test_bytes(venue):
    """Offset, hex and ASCII in rows of 16; a secret by its name is asterisks, and a comment says so."""
    message = venue.message(CLIENT, venue.encode(CLIENT, "login", {"user": "alice", "password": "hunter2"}))
    assert envelope_hex(shown(message), Redactor()) == (
        "\n# 17:46:40.000 #1 -> login, 18 B\n"
        "00000000  1a 10 0a 05 61 6c 69 63 65 12 07 ** ** ** ** **  ....alice..*****\n"
        "00000010  ** **                                            **\n"
        "# [redacted]: what the asterisks stand for\n"
    )
    assert "hunter2" in envelope_hex(shown(message, NO_SECRETS), Redactor()).replace("\n00000010  72 32", "").replace(
        "hunte", "hunter2"
    )


def test_known_secrets(venue):
    """What was a secret once is masked wherever it comes again."""
    redactor = Redactor()
    login = venue.message(CLIENT, venue.encode(CLIENT, "login", {"password": "hunter2-and-more"}))
    envelope_hex(shown(login), redactor)
    assert "hunter" not in envelope_hex(shown(venue.message(SERVER, b"\xffhunter2-and-more")), redactor)


def test_masked_parts(venue):
    """What was masked before is marked as such."""
    message = venue.message(SERVER, b"\xff\xff*******")
    message.masked = ((2, 9),)
    assert "ff ff ** ** ** ** ** ** **" in envelope_hex(shown(message), Redactor())


def test_a_huge_message(venue):
    """It is dumped up to a limit."""
    text = envelope_hex(shown(venue.message(SERVER, bytes((1 << 20) + 5))), Redactor())
    assert text.count("\n") == (1 << 16) + 3
    assert text.endswith("# 5 more of 1,048,581 bytes are left out\n")


@pytest.mark.parametrize("render", [envelope_textproto, lambda it: envelope_hex(it, Redactor())])
@given(st.binary(max_size=60))
def test_any_bytes(venue, render, data):
    """Whatever a peer sent is printable text."""
    text = render(shown(venue.message(SERVER, data)))
    assert all(line.isprintable() for line in text.split("\n"))


def test_colours(venue):
    """The comment is dimmed."""
    assert envelope_hex(shown(venue.order()), Redactor(), ANSI).startswith(f"\n{ANSI.dim}# 17")
