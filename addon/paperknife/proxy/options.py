"""mitmproxy options of our own: one table, and a check for misspelt names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mitmproxy import addonmanager

from paperknife.replay.venue import ON_MISS
from paperknife.replay.words import MODES
from paperknife.settings.catalogue import CONFIG
from paperknife_decoders.nearest import nearest

__all__ = [
    "HOLD",
    "LOG",
    "OPTIONS",
    "PREFIX",
    "RECORDING",
    "REPLAY",
    "RULES",
    "SCRIPT",
    "Option",
    "add_options",
    "misspelt",
]

PREFIX = "paperknife_"

RECORDING = frozenset(f"{PREFIX}{name}" for name in ("record", "record_split", "record_keep"))
"""The options that say what is recorded."""

REPLAY = frozenset(f"{PREFIX}replay{name}" for name in ("", "_mode", "_speed", "_on_miss", "_ignore"))
"""The options that say what is replayed."""

RULES = f"{PREFIX}rules"
"""The option that names files of rules."""

SCRIPT = f"{PREFIX}script"
"""The option that names scripts."""

LOG = f"{PREFIX}log"
"""The option that names the file of our log."""

HOLD = frozenset(f"{PREFIX}hold{name}" for name in ("", "_seconds", "_in_order"))
"""The options that say what is held for the user's word."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option as mitmproxy wants it declared. `help` is one paragraph."""

    name: str
    kind: type
    default: object
    help: str
    choices: tuple[str, ...] | None = None


OPTIONS = (
    Option(
        f"{PREFIX}schema",
        Sequence[str],
        [],
        "Where the Protobuf schema is: folders of .proto files, single .proto files, descriptor sets "
        "(.binpb .desc .pb .protoset), generated _pb2.py files, recordings (.mcap). Set it several times for several "
        "sources.",
    ),
    Option(
        f"{PREFIX}client",
        str,
        "",
        "The message type of everything the client sends, for example trading.v1.ClientMessage. Found by itself where "
        "the schema has exactly one ClientMessage.",
    ),
    Option(
        f"{PREFIX}server",
        str,
        "",
        "The message type of everything the server sends, for example trading.v1.ServerMessage. Found by itself where "
        "the schema has exactly one ServerMessage.",
    ),
    Option(
        f"{PREFIX}match",
        Sequence[str],
        [],
        "Which WebSockets to decode, as host[:port][/path] with * and ? as wildcards, for example *.venue.example/v1*. "
        "All of them by default.",
    ),
    Option(
        f"{PREFIX}protocol",
        str,
        "",
        "Read every WebSocket by this protocol: one of your own in paperknife_config, or a preset (paperknife protocol "
        "list shows them).",
    ),
    Option(
        f"{PREFIX}config",
        str,
        CONFIG,
        "A YAML file with protocols, each for the WebSockets that it matches. Where there is no paperknife.yaml in the "
        "working directory, there are none.",
    ),
    Option(
        f"{PREFIX}redact",
        str,
        "fields",
        "Mask secrets, such as the values of password and api_key, in everything that is shown or recorded (fields), "
        "blank also what no schema can read (strict), or mask nothing (off).",
        ("fields", "strict", "off"),
    ),
    Option(
        LOG,
        str,
        "",
        "Append to this file what paperknife says and what fails, with tracebacks, those of scripts among them.",
    ),
    Option(
        f"{PREFIX}lane",
        bool,
        True,
        "Relay WebSockets in batches, byte for byte, in the place of mitmproxy's own layer, which is some hundred "
        "times slower. Holds for connections that are opened later.",
    ),
    Option(
        f"{PREFIX}messages",
        int,
        1000,
        "How many messages of each WebSocket mitmproxy's own views keep, so that memory stays bounded; 0 keeps all. "
        "All are kept while save_stream_file or hardump is set.",
    ),
    Option(
        f"{PREFIX}limit",
        str,
        "16m",
        "The largest message that is read; a larger one passes, and is not decoded. Understands k, m and g.",
    ),
    Option(
        f"{PREFIX}record",
        str,
        "",
        "Record all that passes to this file (MCAP, readable by its owner alone), from now on. %Y, %m, %d, %H, %M and "
        "%S stand for the time; a file that is there already is never written over.",
    ),
    Option(
        f"{PREFIX}record_split",
        Sequence[str],
        [],
        "Begin a new file after so many bytes (64MB) or so long a time (10min); set it twice for both.",
    ),
    Option(
        f"{PREFIX}record_keep",
        int,
        0,
        "How many files of a recording that is split to keep, the newest ones; 0 keeps all.",
    ),
    Option(
        f"{PREFIX}stats",
        str,
        "",
        "Measure what passes, and say every so long (10s, 1min) how fast it is, how long answers take and what is "
        "missing in sequence numbers.",
    ),
    Option(
        RULES,
        Sequence[str],
        [],
        "A YAML file with rules: what is changed, dropped, delayed or answered, and when. Loaded anew when it changes, "
        "for open connections too. Set it several times for several files.",
    ),
    Option(
        SCRIPT,
        Sequence[str],
        [],
        "A file of Python with functions such as client_order(message, connection), which read and change what passes. "
        "Loaded anew when it is saved. Set it several times for several files.",
    ),
    Option(
        f"{PREFIX}hold",
        str,
        "",
        "Hold messages that this expression is true for, such as order.quantity > 100, until you let them go on "
        "(paperknife.held, .release, .drop, .edit).",
    ),
    Option(
        f"{PREFIX}hold_seconds",
        int,
        300,
        "How long a message is held by paperknife_hold at most; then it passes unchanged.",
    ),
    Option(
        f"{PREFIX}hold_in_order",
        bool,
        False,
        "What comes behind a held message in its direction waits too.",
    ),
    Option(
        f"{PREFIX}replay",
        str,
        "",
        "Answer WebSockets from this recording where it has their host and path; nothing of them goes to a server. "
        "Sets connection_strategy to lazy.",
    ),
    Option(
        f"{PREFIX}replay_mode",
        str,
        "auto",
        "What a recorded message waits for: the request that it answers (matched), its time (timed), or whichever "
        "suits the schema.",
        MODES,
    ),
    Option(
        f"{PREFIX}replay_speed",
        str,
        "1",
        "How fast to replay: 2 is twice as fast as recorded, 0.5 half as fast, max as fast as can be.",
    ),
    Option(
        f"{PREFIX}replay_on_miss",
        str,
        "wait",
        "What to do with a message that was not recorded: nothing, take it for the nearest one, close, or pass it to "
        "the real server and its answers back.",
        ON_MISS,
    ),
    Option(
        f"{PREFIX}replay_ignore",
        Sequence[str],
        [],
        "Fields that do not count when a message is compared with the recorded ones, such as order.note. Set it "
        "several times for several.",
    ),
)
"""Every option that the addon adds to mitmproxy."""


def add_options(loader: addonmanager.Loader) -> None:
    """Declare all options of the table."""
    for option in OPTIONS:
        loader.add_option(option.name, option.kind, option.default, option.help, option.choices)


def misspelt(names: Iterable[str]) -> list[str]:
    """One sentence for each of `names` that looks like an option of ours and is none."""
    known = [option.name for option in OPTIONS]
    sentences = []
    for name in names:
        if not name.startswith(PREFIX.rstrip("_")) or name in known:
            continue
        rest = name.removeprefix(PREFIX.rstrip("_")).lstrip("_-")  # what all have in common says nothing
        near = nearest(rest, [each.removeprefix(PREFIX) for each in known])
        hint = f"Did you mean {PREFIX}{near[0]}?" if near else f"There are: {', '.join(known)}."
        sentences.append(f"There is no option {name}. {hint}")
    return sentences
