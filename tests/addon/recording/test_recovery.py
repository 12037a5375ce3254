"""A whole recording out of a damaged one."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.addon.recording.sessions import SERVER, Line, described, plain, read, trading_day, write

from paperknife.recording import packing, recovery
from paperknife.recording.reading import Recording
from paperknife.recording.records import RecordingError
from paperknife.recording.recovery import recover
from paperknife.recording.shapes import MAGIC


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def recovered(folder, data):
    """What `recover` says of a file with these bytes, and the items of its result."""
    source, target = folder / "damaged.mcap", folder / "whole.mcap"
    source.write_bytes(data)
    result = recover(source, target)
    assert Recording(target).cut is None
    assert names_in(folder) == ["damaged.mcap", "whole.mcap"]
    return result, read(target)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A plain file, a packed one and one of several chunks, as bytes."""
    folder = tmp_path_factory.mktemp("files")
    noise = random.Random(5)
    first = trading_day()
    large = [Line().raw(400 + number, SERVER, noise.randbytes(400_000)) for number in range(9)]
    return {
        "plain": plain(folder / "a.mcap", first).read_bytes(),
        "packed": write(folder / "b.mcap", first).read_bytes(),
        "chunks": write(folder / "c.mcap", [first[0], *large, *first[1:]]).read_bytes(),
    }


@pytest.mark.parametrize("name", ["plain", "packed"])
def test_nothing_is_lost(tmp_path, files, name):
    """Every item comes back as it was, whether the file had been packed or not."""
    result, items = recovered(tmp_path, files[name])
    assert list(map(described, items)) == list(map(described, trading_day()))
    assert (result.is_lossy, result.was_whole, result.messages) == (False, name == "packed", 28)
    assert oct((tmp_path / "whole.mcap").stat().st_mode & 0o777) == "0o600"


def test_a_file_that_a_kill_cut_off(tmp_path, files):
    """The first items, whatever the place; the rest of a record is no loss, since it never was a message."""
    data, day = files["plain"], list(map(described, trading_day()))
    for cut in (len(data) // 2, len(data) - 200, len(data) - 1):
        result, items = recovered(tmp_path, data[:cut])
        assert list(map(described, items)) == day[: len(items)]
        assert (result.is_lossy, result.cut > 0) == (False, True)
        (tmp_path / "whole.mcap").unlink()


def test_a_packed_file_that_was_cut_off(tmp_path, files):
    """It once had an end, so that something is lost: that is said, and what can be read of its last chunk is kept."""
    whole = [described(item) for item in recovered(tmp_path, files["chunks"])[1]]
    (tmp_path / "whole.mcap").unlink()
    result, items = recovered(tmp_path, files["chunks"][: len(files["chunks"]) // 2])
    assert result.is_short
    assert result.is_lossy
    assert list(map(described, items)) == whole[: len(items)]
    assert len(items) > 3


def test_a_chunk_with_the_schema_is_damaged(tmp_path, files):
    """The summary at the end tells of schemas and channels as well: later messages are read by their names."""
    data = bytearray(files["chunks"])
    data[2000] ^= 1
    result, items = recovered(tmp_path, bytes(data))
    assert result.is_lossy
    assert result.missing or result.losses[0].messages
    payloads = [each.payload for item in items if hasattr(item, "envelopes") for each in item.envelopes]
    assert {"login", "market_data", "order"} <= set(payloads)


@pytest.mark.parametrize("data", [b"", MAGIC, MAGIC * 2, b"hello, world" * 100])
def test_nothing_to_recover(tmp_path, data):
    """A sentence, and no file."""
    (tmp_path / "damaged.mcap").write_bytes(data)
    with pytest.raises(RecordingError):
        recover(tmp_path / "damaged.mcap", tmp_path / "whole.mcap")
    assert names_in(tmp_path) == ["damaged.mcap"]


@pytest.mark.parametrize("spoil", ["a byte", "the end", "a message"])
def test_a_result_that_is_not_what_was_found_is_not_kept(tmp_path, files, monkeypatch, spoil):
    """It is read back before anybody is told that it is whole: whatever a disk makes of it is noticed."""

    def pack(source, target, progress):
        if spoil == "a message":  # a whole recording, with one message less
            packing.pack(plain(tmp_path / "less.mcap", trading_day()[:-1]), target)
            (tmp_path / "less.mcap").unlink()
            return
        packing.pack(source, target, progress)
        data = bytearray(target.read_bytes())
        data[data.index(b"zstd") + 30] ^= 1
        target.write_bytes(data if spoil == "a byte" else data[:-1])

    monkeypatch.setattr(recovery, "pack", pack)
    source, target = tmp_path / "damaged.mcap", tmp_path / "whole.mcap"
    source.write_bytes(files["plain"])
    with pytest.raises(RecordingError, match="The result is not what was found"):
        recover(source, target)
    assert names_in(tmp_path) == ["damaged.mcap"]


def test_what_is_done_is_told(tmp_path, files):
    """Each step, with how far it is."""
    (tmp_path / "damaged.mcap").write_bytes(files["packed"])
    told = []
    recover(tmp_path / "damaged.mcap", tmp_path / "whole.mcap", lambda *step: told.append(step))
    assert [what for what in dict.fromkeys(what for what, *_ in told) if what != "Packing"] == ["Reading", "Checking"]
    assert all(done <= of for _, done, of in told)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_damage(tmp_path, files, data):
    """A whole recording of messages that were there, or a sentence."""
    content = bytearray(files[data.draw(st.sampled_from(["plain", "packed"]))])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    (tmp_path / "damaged.mcap").write_bytes(content)
    try:
        recover(tmp_path / "damaged.mcap", tmp_path / "whole.mcap")
    except RecordingError:
        return
    recording = Recording(tmp_path / "whole.mcap")
    assert sum(1 for _ in recording) <= len(trading_day()) + 5
    assert recording.cut is None
