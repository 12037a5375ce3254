"""What was salvaged, as a plain recording that can be packed."""

import contextlib
import io

from mcap.opcode import Opcode as Op
from tests.addon.recording.sessions import plain, read, trading_day, write

from paperknife.recording.journal import Journal
from paperknife.recording.records import Records
from paperknife.recording.salvage import Salvage
from paperknife.recording.shapes import HEAD, MAGIC
from paperknife.recording.spool import Definitions, Spool


def spooled(folder, data, known=None):
    """The spool of a file, and where it was written."""
    spool = Spool(Salvage(io.BytesIO(data), len(data)), known or Definitions())
    path = folder / "spool.mcap"
    path.unlink(missing_ok=True)
    with contextlib.closing(Journal(path)) as journal:
        spool.write(journal)
    return spool, path


def records_of(path):
    with path.open("rb") as file:
        return list(Records(file.read, path.name))


def without(data, number):
    """A plain file without its record of that number."""
    at = len(MAGIC)
    for _ in range(number):
        at += HEAD.size + HEAD.unpack_from(data, at)[1]
    return data[:at] + data[at + HEAD.size + HEAD.unpack_from(data, at)[1] :]


def test_a_packed_file_becomes_plain(tmp_path):
    """The same items, no chunk and no summary."""
    source = write(tmp_path / "a.mcap", trading_day())
    spool, path = spooled(tmp_path, source.read_bytes())
    assert {opcode for opcode, _ in records_of(path)} == {Op.HEADER, Op.METADATA, Op.SCHEMA, Op.CHANNEL, Op.MESSAGE}
    assert len(read(path)) == len(trading_day())
    assert (spool.messages, spool.orphans, spool.missing, spool.lost_protocols()) == (28, 0, 0, [])


def test_a_channel_that_nobody_tells_of(tmp_path):
    """Its messages are left out and counted; a summary that tells of it brings them back."""
    data = plain(tmp_path / "a.mcap", trading_day()).read_bytes()
    whole, path = spooled(tmp_path, data)
    records = records_of(path)
    number = next(n for n, (opcode, _) in enumerate(records) if opcode == Op.CHANNEL and n > 5)
    damaged = without(data, number)
    spool, _ = spooled(tmp_path, damaged)
    assert spool.orphans > 0
    assert spool.records + spool.orphans == whole.records
    known = Definitions()
    known.add(*records[number])
    assert spooled(tmp_path, damaged, known)[0].orphans == 0


def test_a_protocol_that_nobody_tells_of(tmp_path):
    """It is made up from the channels, which name the types of their messages."""
    data = plain(tmp_path / "a.mcap", trading_day()).read_bytes()
    records = records_of(tmp_path / "a.mcap")
    number = next(n for n, (opcode, body) in enumerate(records) if opcode == Op.MESSAGE and b'"protocol"' in body)
    spool, _ = spooled(tmp_path, without(data, number))
    (told,) = spool.lost_protocols()
    assert b"trading.v1.ClientMessage" in told
    assert b"trading.v1.ServerMessage" in told


def test_definitions_once():
    """A second channel or schema of the same number changes nothing."""
    known = Definitions()
    channel = b"\x01\x00\x00\x00" + b"\x01\x00\x00\x00x" + b"\x00\x00\x00\x00" * 2
    assert known.add(Op.CHANNEL, channel)
    assert not known.add(Op.CHANNEL, channel.replace(b"x", b"y"))
    assert not known.add(Op.CHANNEL, b"")
    assert known.channels[1].topic == "x"
