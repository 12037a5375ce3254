"""Following a file that grows: what comes is read when it comes, and the end of the session is the end."""

import pytest

from paperknife.recording.following import Following, next_segment
from paperknife.recording.packing import pack
from paperknife.recording.reading import Recording, RecordingError


class Recorder:
    """Writes the next part of a recording each time that the reader has nothing to read."""

    def __init__(self, path, data, steps):
        self.path = path
        self.steps = [data[at : at + len(data) // steps + 1] for at in range(0, len(data), len(data) // steps + 1)]
        path.write_bytes(self.steps.pop(0))
        self.idled = 0

    def wait(self):
        """One step: a part, then the packed file in its place."""
        if self.steps:
            with self.path.open("ab") as file:
                file.write(self.steps.pop(0))
        else:
            pack(self.path, self.path)

    def idle(self):
        self.idled += 1


@pytest.mark.parametrize("steps", [1, 7, 100])
def test_a_file_that_grows(tape, tmp_path, steps):
    """However it is cut into parts: all items come, those of a part before the next one; then it ends."""
    recorder = Recorder(tmp_path / "a.mcap", tape.plain(), steps)
    following = Following(recorder.path, recorder.idle, recorder.wait)
    items = list(Recording(recorder.path, read=following))
    assert len(items) == len(tape.session())
    assert following.is_over
    assert recorder.idled >= steps


def test_items_come_before_it_waits(tape, tmp_path):
    """What is whole is given before anybody waits for more."""
    path, data = tmp_path / "a.mcap", tape.plain()
    path.write_bytes(data)
    seen = []

    def wait():
        assert len(seen) == len(tape.session())
        path.unlink()

    for item in Recording(path, read=Following(path, lambda: None, wait)):
        seen += [item]


def test_a_file_that_is_removed(tmp_path):
    """What was in it is read, then it is over."""
    path = tmp_path / "a.mcap"
    path.write_bytes(b"hello")
    following = Following(path, lambda: None, path.unlink)
    assert [following(3), following(3), following(3)] == [b"hel", b"lo", b""]


def test_no_file(tmp_path):
    """A sentence."""
    with pytest.raises(RecordingError, match=r"A recording was expected at .*missing: No such file"):
        Following(tmp_path / "missing", lambda: None)
    with pytest.raises(RecordingError, match="Is a directory"):
        Following(tmp_path, lambda: None)(10)


SEGMENTS = [
    ("a-0001.mcap", ["a-0002.mcap"], "a-0002.mcap"),
    ("a-9999.mcap", ["a-10000.mcap"], "a-10000.mcap"),
    ("a-0001.mcap", ["a-0003.mcap"], None),
    ("a-1.mcap", ["a-2.mcap"], None),
    ("a.mcap", ["a-0001.mcap", "a-2.mcap"], None),
    ("-0001", [], None),
]


@pytest.mark.parametrize(("name", "others", "wanted"), SEGMENTS)
def test_the_next_segment(tmp_path, name, others, wanted):
    """The file in which a recorder goes on, where it splits its recording."""
    for each in others:
        (tmp_path / each).touch()
    found = next_segment(tmp_path / name)
    assert (found and found.name) == wanted
