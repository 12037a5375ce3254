"""What is not decoded, as text or as hex digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.mutation.editing.nodes import EditError, Value, read_documents
from paperknife.mutation.editing.raw import LONGEST, raw_content, raw_rows
from paperknife_decoders.envelope import Envelope, Form


def document(text: str) -> Value:
    return read_documents(text)[0]


def changed(data: bytes, text: str, shown: bytes | None = None, masked: tuple[tuple[int, int], ...] = ()) -> bytes:
    return raw_content(data, data if shown is None else shown, masked, document("- of no text"), document(text))


@given(st.one_of(st.text(), st.text(alphabet="a \n:#-'\"|>\t"), st.binary().map(lambda data: data.decode("latin-1"))))
def test_any_text_reads_back(text: str) -> None:
    """Whatever it is, by its own lines or in quotes."""
    data = text.encode("utf-8", "surrogatepass")
    rows = raw_rows(Envelope(data, Form.TEXT))
    assert "".join(rows).isprintable()
    assert changed(b"", "\n".join(rows)) == data


@given(st.binary(max_size=300))
def test_any_bytes_read_back(data: bytes) -> None:
    """They are hex digits."""
    assert changed(b"", "\n".join(raw_rows(Envelope(data, Form.BYTES)))) == data


def test_too_long() -> None:
    """It is only said how long it is."""
    assert raw_rows(Envelope(bytes(LONGEST + 1), Form.BYTES)) == [
        "# 200,001 bytes, too many to be edited; they stay as they are"
    ]


DATA = b"user=me password=hunter2 n=1"
SHOWN = b"user=me password=******* n=1"
MASKED = ((17, 24),)
KEPT = [
    (b"user=you password=******* n=2", b"user=you password=hunter2 n=2"),
    (b"password=*******", b"password=hunter2"),
    (b"user=me password=other n=1", b"user=me password=other n=1"),
    (SHOWN + b"!", DATA + b"!"),
]


@pytest.mark.parametrize(("new", "result"), KEPT)
def test_secrets_keep_their_bytes(new: bytes, result: bytes) -> None:
    """Where what stands for them is still there."""
    assert changed(DATA, f"text: {new.decode()!r}", SHOWN, MASKED) == result
    assert changed(DATA, f"hex: {new.hex()}", SHOWN, MASKED) == result


WRONG = [
    ("hex: 0g", "Pairs of hex digits were expected"),
    ("other: 1", "Only text: and its text, or hex: and digits, can stand here."),
    ("text: [1]", "One text was expected here."),
    ("text: '******* *******'", "cannot be told from text"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_what_is_neither(text: str, told: str) -> None:
    """It is said what could stand there."""
    with pytest.raises(EditError, match=told):
        changed(DATA, text, SHOWN, MASKED)
