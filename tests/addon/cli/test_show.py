"""`paperknife show` as a user meets it: the live view's lines, parts of them, and files that are cut."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from paperknife.cli import main
from paperknife.demo.files import given_schema, newer_schema
from paperknife.recording import packing
from paperknife.recording.items import Opened
from paperknife_decoders.message import Direction

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
COMMAND = Path(sys.executable).with_name("paperknife")


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    """Times of day as in London in winter, and lines of 160 columns, wherever the tests run."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("COLUMNS", "160")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def show(*arguments, **more):
    """Run the command in this process."""
    return CliRunner().invoke(main, ["show", *map(str, arguments)], **more)


def payloads(text):
    """What is in the payload column of messages."""
    return re.findall(r"^\S+ #\d+ +(?:->|<-) (\(.*?\)|\w+)", text, re.MULTILINE)


EVERYTHING = [
    "login",
    "login_response",
    "market_data",
    "market_data",
    "order",
    "order_response",
    "market_data",
    "(json)",
    "(bytes)",
    "ping",
    "binary",
    "heartbeat",
]


def test_all_of_a_recording(record):
    """Every line that the live view has: connections, messages, control frames, what is beyond the limit, notices."""
    result = show(record())
    assert result.exit_code == 0
    assert payloads(result.stdout) == EVERYTHING
    assert result.stdout.count("opened") == 2
    assert '1000 normal closure "bye" by the client, after 2.0 s, -> 2 <- 8 messages' in result.stdout
    assert "! Careful with that." in result.stdout
    assert result.stderr == ""


def test_the_lines(record):
    """Times, latencies and marks are as they were live; what we did to a message is a mark."""
    lines = show(record()).stdout.splitlines()
    assert lines[0].startswith("17:46:40.000 #1 -- opened")
    assert re.match(r"17:46:40.001 #1 -> login +user=alice password=\[redacted\]", lines[1])
    assert "+2.0 ms" in lines[2]
    assert "! changed" in next(line for line in lines if "-> order " in line)
    assert "! dropped" in next(line for line in lines if "sequence=43" in line)


PARTS = [
    (["--where", "market_data.sequence > 41"], ["market_data", "market_data"]),
    (["--where", "direction == client"], ["login", "order", "heartbeat"]),
    (["--hide", "market_data", "--hide", "heartbeat"], [each for each in EVERYTHING if each[:2] not in ("ma", "he")]),
    (["--connection", "2"], ["heartbeat"]),
    (["--from", "+900ms", "--to", "+950ms"], ["order", "order_response", "market_data"]),
    (["--from", "17:46:40.902", "--to", "17:46:40.902"], ["order_response"]),
    (["--from", "2030-03-17T17:46:41Z"], ["heartbeat"]),
    (["-n", "2"], ["login", "login_response"]),
    (["--lines", "1", "--where", "market_data"], ["market_data"]),
]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(("arguments", "wanted"), PARTS)
def test_parts(record, arguments, wanted, packed):
    """Expressions, connections, times and a number choose messages, in finished files and in others."""
    result = show(record(packed=packed), *arguments)
    assert result.exit_code == 0, result.stderr
    assert payloads(result.stdout) == wanted


def test_latency_of_a_part(record):
    """A response that is shown tells its latency, though its request was before the part that is shown."""
    assert "+2.0 ms" in show(record(), "--from", "+901ms", "--to", "+903ms").stdout
    assert "+2.0 ms" in show(record(), "--where", "order_response").stdout


@pytest.mark.parametrize("after", ["+0s", "+1.2s", "+4s", "+9s", "+1h"])
def test_a_part_of_a_long_recording_is_what_it_is_without_an_index(tape, record, monkeypatch, after):
    """The same lines, and the same counts where a connection ends."""
    monkeypatch.setattr(packing, "CHUNK", 1000)
    ticks = [tape.message(SERVER, "market_data", {"sequence": number}, number * 10) for number in range(1000)]
    path = record([*tape.session()[:-1], *ticks, tape.session()[-1]])
    plain = record([*tape.session()[:-1], *ticks, tape.session()[-1]], name="plain.mcap", packed=False)
    found = show(path, "--from", after)
    assert found.stdout == show(plain, "--from", after).stdout
    assert found.exit_code == (1 if after == "+1h" else 0)


def test_a_secret_from_long_before_a_part_is_masked_in_it(tape, tmp_path, monkeypatch):
    """What was recorded open is read from its beginning: a value once known as a secret is one ever after."""
    monkeypatch.setattr(packing, "CHUNK", 1000)
    login = tape.message(CLIENT, "login", {"user": "alice", "password": SECRET})
    ticks = [tape.message(SERVER, "market_data", {"sequence": number}, number * 20) for number in range(1000)]
    path = tmp_path / "open.mcap"
    path.write_bytes(tape.plain([login, *ticks, tape.message(CLIENT, "order", {"client_tag": SECRET}, 20_001)], "off"))
    packing.pack(path, path)
    assert SECRET not in show(path, "--from", "+20s").stdout
    assert SECRET in show(path, "--from", "+20s", "--redact", "off").stdout


@pytest.mark.parametrize("arguments", [["--where", "order.quantity > 100"], ["--connection", "7"], ["--from", "+1h"]])
def test_nothing_found(record, arguments):
    """The exit status is 1, and a sentence on stderr says so."""
    result = show(record(), *arguments)
    assert (result.exit_code, result.stderr) == (1, "There is no message in this part.\n")


def test_several_files(tape, record):
    """One after the other, as they were named; -n counts them together."""
    one = record(name="one.mcap")
    other = record([tape.message(CLIENT, "heartbeat", {"sequence": 5}, connection=7)], name="other.mcap")
    assert payloads(show(other, one, other).stdout) == ["heartbeat", *EVERYTHING, "heartbeat"]
    assert payloads(show(other, one, "-n", "3").stdout) == ["heartbeat", "login", "login_response"]


def test_the_files_of_a_split_recording_are_one(tape, record):
    """A connection that is open in several of them is opened once, and its end tells of all that passed."""
    connection = tape.connection()
    first = [Opened(connection), *(tape.message(SERVER, "market_data", {"sequence": n}, n) for n in range(5))]
    second = [Opened(connection, resumed=True), tape.message(CLIENT, "heartbeat", {"sequence": 1}, 9)]
    third = [Opened(connection, resumed=True), tape.session()[-1]]
    files = [record(items, name=f"{n}.mcap") for n, items in enumerate((first, second, third))]
    found = show(*files).stdout
    assert found.count("opened") == 1
    assert "-> 1 <- 5 messages" in found
    assert "-> 1 <- 0 messages" in show(*files[1:]).stdout


def test_files_of_several_recordings_have_nothing_in_common(tape, record):
    """Though their connections have the same numbers, and the first of them does not end."""
    one = record([Opened(tape.connection()), tape.message(SERVER, "market_data", {"sequence": 1})], name="1.mcap")
    other = record([Opened(tape.connection(1, 5)), tape.session()[-1]], name="2.mcap")
    found = show(one, other).stdout
    assert found.count("opened") == 2
    assert "-> 0 <- 0 messages" in found


def test_one_of_several_files_that_is_none(record, tmp_path):
    """The others are shown; the one is told of where it would have been, and the exit status is 2.

    Such as the last file of a split recording, where a kill came between its making and its first bytes.
    """
    one, empty, other = record(name="one.mcap"), tmp_path / "empty.mcap", record(name="other.mcap")
    empty.touch()
    result = show(one, empty, other)
    assert payloads(result.stdout) == EVERYTHING * 2
    assert result.stderr.startswith(f"Error: {empty} is empty")
    assert result.exit_code == 2


def test_stdin(record):
    """- is the standard input."""
    with record().open("rb") as file:
        found = subprocess.run([COMMAND, "show", "-"], stdin=file, capture_output=True, check=True)
    assert payloads(found.stdout.decode()) == EVERYTHING


def test_a_file_that_was_cut(record, tmp_path):
    """It is shown up to the cut, which is told on stderr; the exit status is 0."""
    whole = record(packed=False).read_bytes()
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(whole[: whole.index(b'"notice"')])
    result = show(cut)
    assert result.exit_code == 0
    assert payloads(result.stdout) == EVERYTHING[:-1]
    assert re.search(r"! \S+cut.mcap was cut off in the record at byte [\d,]+, of which", result.stderr)


def test_formats(record):
    """JSON objects of which each is one line, YAML, the text format, and bytes."""
    path = record()
    objects = [json.loads(line) for line in show(path, "--format", "json").stdout.splitlines()]
    assert [each["payload"] for each in objects if "payload" in each and "event" not in each][:2] == EVERYTHING[:2]
    changed = next(each for each in objects if each.get("fate") == "changed")
    assert changed["message"]["order"]["quantity"] == 2
    assert changed["original"]["order"]["quantity"] == 3
    assert objects[1]["masked"] == [[11, 18]]
    assert "\n---\n# 17:46:40.900 #1 -> order" in show(path, "--format", "yaml").stdout
    assert '\norder {\n  symbol: "ESZ6"' in show(path, "--format", "textproto").stdout.replace("  request_id: 7\n", "")
    dump = show(path, "--format", "hex").stdout
    assert "\n# 17:46:40.952 #1 <- (bytes), 2 B\n" in dump
    assert "\n00000000  ff fe   " in dump
    assert "** ** ** **" in dump


SECRET = "hunter2-" + "x" * 9


@pytest.fixture
def open_recording(tape, record):
    """A recording with a password in it, which comes again in another message, and a message that nothing reads."""
    items = [
        tape.message(CLIENT, "login", {"user": "alice", "password": SECRET}),
        tape.message(CLIENT, "order", {"client_tag": SECRET}),
        tape.raw(CLIENT, b"\xff" + SECRET.encode()),
        tape.raw(CLIENT, b"\xffunread"),
    ]
    path = record()
    path.write_bytes(tape.plain(items, "off"))
    return path


@pytest.mark.parametrize("form", ["line", "yaml", "json", "textproto", "hex"])
def test_secrets(open_recording, form):
    """No format shows a secret of a recording that was made with them, wherever it comes again, unless asked to."""
    digits = "".join(f" {byte:02x}" for byte in SECRET[:8].encode())
    shown = show(open_recording, "--format", form, "-v").stdout
    assert SECRET[:8] not in shown
    assert digits not in shown
    assert SECRET[:8].encode().hex() not in shown
    bare = show(open_recording, "--format", form, "-v", "--redact", "off").stdout
    assert SECRET[:8] in bare or digits in bare


def test_strict(open_recording):
    """With --redact strict there is nothing left of what cannot be read."""
    assert b"unread".hex() in show(open_recording).stdout
    assert b"unread".hex() not in show(open_recording, "--redact", "strict").stdout


def test_another_schema(tape, record):
    """--schema reads an old recording by a newer schema; without it, by its own."""
    path = record()
    assert "unknown" not in show(path).stdout
    assert payloads(show(path, "--schema", newer_schema()).stdout) == EVERYTHING
    assert payloads(show(path, "--schema", given_schema(), "--server", "ClientMessage").stdout) != EVERYTHING


MISTAKES = [
    (["missing.mcap"], "A recording was expected at missing.mcap: No such file or directory."),
    (["{text}"], "is no recording: an MCAP file was expected, and it begins with 68 65 6c 6c 6f."),
    (["{folder}"], ": Is a directory."),
    (["{file}", "--where", "order.quanttiy > 3"], "--where: "),
    (["{file}", "--hide", "nonsense"], "--hide: "),
    (["{file}", "--from", "noon"], "A time was expected, and 'noon' was found."),
    (["{file}", "--client", "ClientMessage"], "A type was named, but no schema that defines it: add --schema PATH."),
    (["{file}", "-", "--follow"], "--follow goes with one file"),
    (["{file}", "--schema", "missing"], "missing"),
    ([], "Missing argument 'FILE...'"),
]


@pytest.mark.parametrize(("arguments", "words"), MISTAKES)
def test_mistakes(record, tmp_path, arguments, words):
    """One sentence, no traceback, exit status 2."""
    (tmp_path / "text").write_text("hello")
    names = {"file": record(), "text": tmp_path / "text", "folder": tmp_path}
    result = show(*(argument.format(**names) for argument in arguments))
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_a_protocol_that_comes_later(tape, record):
    """An expression is compiled for each protocol of a file, and goes on where it does not fit the next one."""
    bare = tape.loaded.protocol.__class__().reader()
    items = [
        tape.message(SERVER, "market_data", {"sequence": 5}),
        tape.message(SERVER, "market_data", {"sequence": 6}, reader=bare),
        tape.message(SERVER, "market_data", {"sequence": 7}),
    ]
    assert payloads(show(record(items), "--where", "market_data.sequence > 4").stdout) == ["market_data"] * 2


def test_a_pager_that_is_closed(record):
    """When nobody reads any more, it ends quietly."""
    found = subprocess.run(
        ["bash", "-c", f"{COMMAND} show {' '.join([str(record())] * 50)} | head -n 1"], capture_output=True, check=True
    )
    assert found.stdout.count(b"\n") == 1
    assert found.stderr == b""


def test_colours(record):
    """None in a pipe; --color for a pager that shows them."""
    assert "\x1b" not in show(record()).stdout
    assert "\x1b[" in show(record(), "--color").stdout


@pytest.mark.parametrize("ends", ["packed", "interrupted"])
def test_follow(tape, launch, tmp_path, ends):
    """Lines come while the file is written, and it ends with the session, or quietly with Ctrl-C."""
    path, whole = tmp_path / "session-0001.mcap", tape.plain()
    first, half = whole.index(b"trading.v1") - 15, whole.index(b'"notice"') - 40
    path.write_bytes(whole[:first])
    running = launch("paperknife", "show", "--follow", str(path))
    running.until("opened")
    with path.open("ab") as file:
        file.write(whole[first:half])
    running.until("login_response")
    with path.open("ab") as file:
        file.write(whole[half:])
    running.until("closed")
    if ends == "packed":
        (tmp_path / "session-0002.mcap").write_bytes(tape.plain())
        path.unlink()
        running.until("opened", times=3)  # one of the two is open already
        (tmp_path / "session-0002.mcap").unlink()
    else:
        running.interrupt()
    status, out, err = running.end()
    assert status == 0
    assert payloads(out) == EVERYTHING * (2 if ends == "packed" else 1)
    assert err == ""
