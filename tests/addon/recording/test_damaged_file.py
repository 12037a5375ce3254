"""A file in which some bytes are no records."""

import io

import pytest

from paperknife.recording.damaged_file import BLOCK, DamagedFile
from paperknife.recording.encoder import MESSAGE_HEAD
from paperknife.recording.shapes import MAGIC


def message(number, content=b"content"):
    """A message record of a plain file."""
    return MESSAGE_HEAD.pack(5, 22 + len(content), 1, number, 10, 10) + content


def file_of(data):
    return DamagedFile(io.BytesIO(data), len(data))


ROW = b"".join(map(message, range(1, 6)))
SIZE = len(message(1))


@pytest.mark.parametrize(
    ("data", "start", "found"),
    [
        (ROW, 0, 0),
        (ROW, 1, SIZE),
        (b"\xff" * 10 + ROW, 0, 10),
        (bytes(1000) + ROW, 0, 1000),
        (b"\x05" + bytes(7) + ROW, 0, 8),
        (b"\xff" + message(1), 0, 1),
        (b"\xff" + message(1) + message(2)[:20], 0, 1),
        (b"\xff" + message(1)[:20], 0, None),
        (b"hello, world" * 100, 0, None),
        (b"", 0, None),
        (b"\xff" * (BLOCK - 20) + ROW, 0, BLOCK - 20),
        (b"\xff" + b"\x02" + bytes([20]) + bytes(27) + MAGIC, 0, 1),
    ],
)
def test_the_next_row_of_records(data, start, found):
    """Several that follow each other, or that reach the end of the file; across the blocks in which it is read."""
    assert file_of(data).next_chain(start) == found


def test_what_is_next_by_its_number():
    """Nothing is missing between two messages whose numbers follow each other."""
    file = file_of(message(7) + message(8) + message(10))
    assert file.is_next(0, SIZE)
    assert not file.is_next(SIZE, 2 * SIZE)
    assert not file.is_next(0, 1)
    assert not file.is_next(0, 3 * SIZE)


def test_the_head_of_a_record():
    """Or the first bytes of one, at the end of the file."""
    file = file_of(message(1) + b"\x05\x01")
    assert file.is_head(0)
    assert not file.is_head(1)
    assert file.is_head(SIZE)
    assert not file.is_head(SIZE + 2)


def test_looking_around():
    """Any part of the file, and less at its end."""
    data = bytes(range(256)) * 40_000
    file = file_of(data)
    for at, size in [
        (0, 10),
        (0, BLOCK),
        (BLOCK - 5, 10),
        (9_000_000, 100),
        (3, BLOCK),
        (len(data) - 5, 10),
        (10**9, 5),
    ]:
        assert file.look(at, size) == data[at : at + size]
