"""The printer: order, bounds, stalled and closed readers."""

import io
import os
import subprocess
import sys
import textwrap
import threading

import pytest

from paperknife.live.printer import Limits, Printer, say


def missed(count):
    return f"{count} not shown\n"


def text_of(item):
    yield f"{item}\n"


class Pipe:
    """A real pipe: what is written to `writer` can be read from `reader`."""

    def __init__(self):
        read, write = os.pipe()
        self.reader = os.fdopen(read, "rb", buffering=0)
        self.writer = os.fdopen(write, "w", encoding="utf-8")

    def close(self):
        self.reader.close()
        self.writer.close()


@pytest.fixture
def pipe():
    pipe = Pipe()
    yield pipe
    pipe.close()


@pytest.fixture
def blocked():
    """A render function that waits in the thread until `release` is set, and tells when it has begun."""

    class Blocked:
        begun, release = threading.Event(), threading.Event()

        def render(self, item):
            self.begun.set()
            assert self.release.wait(60)
            yield f"{item}\n"

    return Blocked()


def test_prints_in_order():
    """Items come out in the order in which they were offered, all of them."""
    out = io.StringIO()
    printer = Printer(text_of, missed, out)
    assert all(printer.offer(number) for number in range(5000))
    assert printer.finish() == 0
    assert out.getvalue() == "".join(f"{number}\n" for number in range(5000))


def test_one_item_gives_many_texts():
    """An item may render to any number of texts, also to none."""
    out = io.StringIO()
    printer = Printer(lambda item: (f"{part};" for part in range(item)), missed, out)
    for count in (0, 3, 1):
        printer.offer(count)
    assert printer.finish() == 0
    assert out.getvalue() == "0;1;2;0;"


@pytest.mark.parametrize(
    ("limits", "size", "taken"),
    [
        (Limits(lines=10), 0, 10),
        (Limits(lines=1000, size=100), 10, 10),
        (Limits(lines=1000, size=100), 101, 1),  # an empty queue takes anything
    ],
    ids=["lines", "bytes", "one item beyond the limit"],
)
def test_full_queue_refuses_and_counts(blocked, limits, size, taken):
    """A full queue refuses at once, and the lines that were not shown are counted where they are missing."""
    out = io.StringIO()
    printer = Printer(blocked.render, missed, out, limits=limits)
    results = [printer.offer(number, size=size) for number in range(25)]
    blocked.release.set()
    assert results == [True] * taken + [False] * (25 - taken)
    assert printer.finish() == 25 - taken
    assert out.getvalue() == "".join(f"{number}\n" for number in range(taken)) + f"{25 - taken} not shown\n"


def test_refused_lines_are_told_where_they_are_missing(blocked):
    """Once half of the queue is free it takes items again, and the gap is told between the old and the new ones."""
    out = io.StringIO()
    printed = threading.Event()

    def render(item):
        if item == "last":
            printed.set()
        yield from blocked.render(item)

    printer = Printer(render, missed, out, limits=Limits(lines=3))
    for item in ("a", "b", "last"):
        assert printer.offer(item)
    assert not printer.offer("refused")
    assert not printer.offer("refused too", lines=4)
    blocked.release.set()
    assert printed.wait(60)
    while not printer.offer("after"):
        pass
    assert printer.finish() >= 5
    before, _, after = out.getvalue().partition("last\n")
    assert before == "a\nb\n"
    assert after.endswith(" not shown\nafter\n")


def test_urgent_items_go_into_a_full_queue(blocked):
    """What is urgent is taken beyond the limit, but not without end."""
    out = io.StringIO()
    printer = Printer(blocked.render, missed, out, limits=Limits(lines=2))
    assert [printer.offer("m") for _ in range(3)] == [True, True, False]
    assert [printer.offer("u", urgent=True) for _ in range(3)] == [True, True, False]
    blocked.release.set()
    assert printer.finish() == 2
    assert out.getvalue() == "m\nm\n1 not shown\nu\nu\n1 not shown\n"


def test_stalled_reader_does_not_block(pipe):
    """With a reader that reads nothing, offers return, `finish` gives up in bounded time and tells what was lost."""
    printer = Printer(
        lambda item: iter(["x" * 1000 + "\n"]), missed, pipe.writer, limits=Limits(lines=500, stall_s=0.05)
    )
    taken = sum(printer.offer(number) for number in range(2000))
    lost = printer.finish()
    assert taken < 2000
    assert lost >= 2000 - taken
    assert lost >= 2000 - 65536 // 1001  # a pipe holds 64 KiB
    assert sum(1 for _ in printer.left()) <= 500


def test_slow_reader_gets_everything(pipe):
    """As long as the reader reads, `finish` waits for it."""
    printer = Printer(lambda item: iter(["x" * 1000 + "\n"]), missed, pipe.writer, limits=Limits(stall_s=5, drain_s=60))
    for number in range(1000):
        printer.offer(number)
    received = []
    thread = threading.Thread(target=lambda: received.append(read_exactly(pipe.reader, 1000 * 1001)))
    thread.start()
    assert printer.finish() == 0
    thread.join(60)
    assert len(received[0]) == 1000 * 1001


def read_exactly(reader, size):
    data = b""
    while len(data) < size:
        data += reader.read(4096)
    return data


def test_closed_pipe_is_told_once(pipe):
    """A reader that goes away (`| head`) is told to `on_broken`, once; it has lost nothing, and offers go nowhere."""
    told = []
    broken = threading.Event()

    def on_broken(error):
        told.append(error)
        broken.set()

    printer = Printer(text_of, missed, pipe.writer, on_broken=on_broken)
    pipe.reader.close()
    printer.offer("into the void")
    assert broken.wait(60)
    assert not any(printer.offer(number) for number in range(100))
    assert printer.finish() == 0
    assert [type(error) for error in told] == [BrokenPipeError]


def test_failure_to_write_loses_lines(tmp_path):
    """Any other failure to write counts every line as lost, those before it and those after."""
    path = tmp_path / "read only"
    path.touch()
    broken = threading.Event()
    with path.open() as source, os.fdopen(os.dup(source.fileno()), "w") as out:
        printer = Printer(text_of, missed, out, on_broken=lambda error: broken.set())
        printer.offer("one")
        assert broken.wait(60)
        printer.offer("two")
        assert printer.finish() == 2
        assert isinstance(printer.failure, OSError)


def test_text_that_the_encoding_lacks_is_escaped(tmp_path):
    """An output that is not UTF-8 gets escapes, no exception."""
    path = tmp_path / "out"
    with path.open("w", encoding="ascii") as out:
        printer = Printer(text_of, missed, out)
        printer.offer("naïve … \ud800")
        assert printer.finish() == 0
    assert path.read_text() == "na\\xefve \\u2026 \\ud800\n"


def test_a_character_may_straddle_two_writes():
    """Streams in memory get whole characters, however the bytes are cut."""
    out = io.StringIO()
    text = "é" * 30_001
    printer = Printer(lambda item: iter([item]), missed, out)
    printer.offer("a" + text)
    assert printer.finish() == 0
    assert out.getvalue() == "a" + text


def test_say(pipe):
    """What is said at the end is printed, or given up in bounded time when nobody reads."""
    out = io.StringIO()
    assert say("good night\n", out)
    assert out.getvalue() == "good night\n"
    assert not say("x" * 1_000_000, pipe.writer, Limits(stall_s=0.05))


EXIT_WHILE_STALLED = """
    import sys
    from paperknife.live.printer import Limits, Printer
    printer = Printer(lambda item: iter(["x" * 1000 + "\\n"]), str, sys.stdout, limits=Limits(stall_s=0.05))
    for number in range(2000):
        printer.offer(number)
    print(printer.finish() > 1000, file=sys.stderr)
    sys.exit(7)
"""


def test_process_exits_while_the_reader_stalls():
    """A process whose reader stalls for ever still ends by itself, with its own exit status."""
    command = [sys.executable, "-c", textwrap.dedent(EXIT_WHILE_STALLED)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.wait(60) == 7
        assert process.stderr.read() == b"True\n"
