"""The end of a packed recording: its summary without the rest, and nothing where there is none."""

import random
from io import BytesIO

import pytest

from paperknife.recording.counter import Counter
from paperknife.recording.ending import ending_of, read_ending
from paperknife.recording.reading import Recording


def test_a_packed_file(record):
    """What its end tells is what counting it gives."""
    path = record()
    counter = Counter()
    for item in Recording(path):
        counter.add(item)
    ending = read_ending(path)
    assert ending.summary == counter.summary()
    assert ending.session["program"] == "paperknife 0.1"


def test_files_without_an_end(record, tmp_path):
    """A file that was cut off, or is none of ours, has none; a missing one is an OSError."""
    assert read_ending(record(packed=False)) is None
    for data in (b"", b"x" * 100, record().read_bytes()[:-1]):
        assert ending_of(BytesIO(data)) is None
    with pytest.raises(OSError, match="No such file"):
        read_ending(tmp_path / "missing")


def test_only_the_end_is_read(record):
    """Whatever stands in the chunks, they are not read."""
    whole = record().read_bytes()
    ending = ending_of(BytesIO(whole))
    chunk = whole.index(b"zstd")
    damaged = whole[:chunk] + bytes(200) + whole[chunk + 200 :]
    assert ending_of(BytesIO(damaged)) == ending


def test_mutations(record):
    """A damaged end gives an ending or none."""
    whole = record().read_bytes()
    chance = random.Random(7)
    for _ in range(2000):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 20)):
            data[-chance.randrange(1, 4000) % len(data)] = chance.choice((0, 1, 0x7F, 0xFF, chance.randrange(256)))
        ending_of(BytesIO(data))
