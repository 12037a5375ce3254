"""The bytes of one message, however a file holds them."""

import pytest

from paperknife.cli.failure import Failure
from paperknife.cli.message_file import message_bytes

ORDER = bytes.fromhex("0a0445535a361003")

HELD = [
    ("auto", ORDER),
    ("auto", ORDER.hex().encode()),
    ("auto", ORDER.hex(" ").encode() + b"\n"),
    ("hex", ORDER.hex().encode()),
    ("base64", b"CgRFU1o2EAM="),
    ("raw", ORDER),
    ("raw", b""),
]


@pytest.mark.parametrize(("encoding", "content"), HELD)
def test_the_bytes(tmp_path, capsys, encoding, content):
    """As they are, in hex, in base64; nothing is said where there is one way to read them."""
    (tmp_path / "message").write_bytes(content)
    assert message_bytes(str(tmp_path / "message"), encoding) == (ORDER if content else b"")
    assert capsys.readouterr().err == ""


def test_another_way_to_read_them_is_said(tmp_path, capsys):
    """With what to type for it."""
    (tmp_path / "message").write_bytes(b"0001")
    assert message_bytes(str(tmp_path / "message"), "auto") == b"\x00\x01"
    assert capsys.readouterr().err == "Read as hex, 2 B; --input raw takes the bytes as they are.\n"


FAILURES = [
    ("auto", b"  \n", "is empty. An empty message is legal"),
    ("hex", b"08zz", "cannot be read as hex: hex digits were expected"),
    ("auto", None, "A message was expected in a file at .*: No such file or directory"),
]


@pytest.mark.parametrize(("encoding", "content", "sentence"), FAILURES)
def test_no_message(tmp_path, encoding, content, sentence):
    """A sentence says what was expected."""
    if content is not None:
        (tmp_path / "message").write_bytes(content)
    with pytest.raises(Failure, match=sentence):
        message_bytes(str(tmp_path / "message"), encoding)
