"""Sinks: where the bytes go."""

import io
import os
import sys

from paperknife.live.sink import Descriptor, Memory, sink_for


def test_what_was_printed_before_comes_first(tmp_path):
    """The stream's own buffer is written before anything that goes to its descriptor."""
    path = tmp_path / "out"
    with path.open("w") as out:
        out.write("first\n")
        sink = sink_for(out, "utf-8")
        assert isinstance(sink, Descriptor)
        sink.write(memoryview(b"second\n"))
        sink.close()
        out.write("third\n")
    assert path.read_text() == "first\nsecond\nthird\n"


def test_survives_the_stream_that_it_came_from(tmp_path):
    """The descriptor is our own: closing the stream does not take it away."""
    path = tmp_path / "out"
    with path.open("w") as out:
        sink = sink_for(out, "utf-8")
    sink.write(memoryview(b"late\n"))
    sink.close()
    assert path.read_text() == "late\n"


def test_a_descriptor_that_does_not_block_is_waited_for():
    """A terminal that somebody made non-blocking loses nothing."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    sink = Descriptor(write)
    filled = 0
    while True:
        try:
            filled += os.write(write, bytes(4096))
        except BlockingIOError:
            break
    assert len(os.read(read, 65536)) > 0
    assert sink.write(memoryview(b"x" * 100)) == 100
    sink.close()
    os.close(read)
    os.close(write)


def test_streams_in_memory():
    """What has no descriptor is written to as text, whole characters only."""
    out = io.StringIO()
    sink = sink_for(out, "utf-8")
    assert isinstance(sink, Memory)
    for byte in "é…".encode():
        sink.write(memoryview(bytes([byte])))
    sink.close()
    assert out.getvalue() == "é…"
    assert isinstance(sink_for(sys.__stdout__, "utf-8"), Descriptor)
