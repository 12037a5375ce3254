"""Which field of a message some byte of it belongs to."""

import pytest
from tests.addon.recording.sessions import CLIENT, Line

from paperknife.recording.field_paths import path_at
from paperknife_decoders.message import Opcode

LINE = Line()
LOGIN = LINE.client(0, "login", user="alice", password="secret", wanted_heartbeat={"seconds": 7})
LABELLED = LINE.client(0, "order", labels={"token": "xyz"})
CASES = [
    (LOGIN, LOGIN.content.index(b"alice"), "login.user"),
    (LOGIN, LOGIN.content.index(b"alice") + 4, "login.user"),
    (LOGIN, LOGIN.content.index(b"secret"), "login.password"),
    (LOGIN, len(LOGIN.content) - 1, "login.wanted_heartbeat.seconds"),
    (LOGIN, 0, "login"),
    (LOGIN, 10_000, "(binary message)"),
    (LABELLED, len(LABELLED.content) - 1, "order.labels.value"),
    (LINE.raw(0, CLIENT, b"\x1a\x06\x9a\x06\x03abc"), 7, "login.99"),
    (LINE.raw(0, CLIENT, b"\xff\xff"), 0, "(binary message)"),
    (LINE.raw(0, CLIENT, b"{}", Opcode.TEXT), 0, "(text message)"),
    (LINE.raw(0, CLIENT, b"x", Opcode.PING), 0, "(ping frame)"),
]


@pytest.mark.parametrize(("message", "offset", "path"), CASES)
def test_the_path(message, offset, path):
    """By names from the envelope inwards, by number what the schema does not know; else what it stands in."""
    assert path_at(message, offset) == path


def test_nesting_without_end():
    """No more levels are followed than parsers do."""
    content = b""
    for _ in range(500):
        size = len(content)
        content = b"\x1a" + (bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])) + content
    assert path_at(LINE.raw(0, CLIENT, content), len(content) - 1).count(".") < 100
