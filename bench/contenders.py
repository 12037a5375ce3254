"""Who is measured: how each relay is started in front of an origin."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.relay_process import RelayError, RelayProcess
from bench.rule_files import RULES_FALSE, RULES_OTHERS, RULES_SET, write_rules
from bench.venue_messages import PROTO

__all__ = [
    "BARE",
    "BARE_SET",
    "CONTENDERS",
    "DIRECT",
    "LIVE",
    "NODE",
    "OURS",
    "PICOWS",
    "RECORDING",
    "RECORDING_SPLIT",
    "RECORDING_SUMMARY",
    "RULES_FALSE",
    "RULES_OTHERS",
    "RULES_SET",
    "SUMMARY",
    "WAITING",
    "WEBSOCKETS",
    "WRITING",
    "Workshop",
]

DIRECT = "direct"
BARE = "bare mitmdump"
BARE_SET = "bare mitmdump, an addon that sets a field"
OURS = "paperknife"
WAITING = "paperknife, waiting consumer"
SUMMARY = "paperknife proxy --ui none"
LIVE = "paperknife, live view to a file"
RECORDING = "paperknife, recording"
RECORDING_SUMMARY = "paperknife proxy --ui none --record"
RECORDING_SPLIT = "paperknife proxy --ui none --record --record-split 8MB"
WRITING = "mitmdump -w"
WEBSOCKETS = "relay on websockets"
PICOWS = "relay on picows"
NODE = "relay on ws (Node)"

RELAYS = Path(__file__).parent / "relays"
BIN = Path(sys.executable).parent

EMBEDDED = RELAYS / "embedded.py"

OUR_COMMAND = shlex.join([sys.executable, str(EMBEDDED), "count"])
"""What is measured as ours; `--ours` gives another, to which mode, schema and mitmproxy's options are added."""


@dataclass(frozen=True)
class Workshop:
    """Where relays are made ready: a temporary folder, and the command that is ours."""

    folder: Path
    our_command: str = OUR_COMMAND

    def start(self, contender: str, port: int, certificate: Path | None = None) -> RelayProcess:
        """The relay in front of an origin on `port`, not yet running; with a certificate, TLS on both sides.

        Raises `RelayError` where it cannot be had on this machine.
        """
        command = CONTENDERS[contender](self, port)
        if certificate is not None:
            command = [part.replace("reverse:http:", "reverse:https:") for part in command]
            command = [part.replace("reverse:ws:", "reverse:wss:") for part in command]
            command += ["--certs", str(certificate)]
        environment = {"NODE_PATH": str(self.node_modules / "node_modules")} if contender == NODE else {}
        return RelayProcess(command, {**environment, "PYTHONPATH": ""})

    @property
    def mitmproxy_options(self) -> list[str]:
        """What every mitmproxy is given."""
        configuration = f"confdir={self.folder / 'mitmproxy'}"
        return ["--listen-host", "127.0.0.1", "--listen-port", "0", "--ssl-insecure", "--set", configuration]

    @cached_property
    def node_modules(self) -> Path:
        """A folder into which npm has installed `ws`."""
        folder = self.folder / "node"
        if shutil.which("node") is None or shutil.which("npm") is None:
            raise RelayError("Node or npm is not there.")
        install = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--silent", "ws"]
        if subprocess.run(install, check=False, capture_output=True, stdin=subprocess.DEVNULL).returncode:
            raise RelayError("npm could not install ws.")
        return folder


def bare(workshop: Workshop, port: int) -> list[str]:
    """mitmproxy as it is."""
    return [f"{BIN}/mitmdump", "-q", "--mode", f"reverse:http://127.0.0.1:{port}", *workshop.mitmproxy_options]


def ours(workshop: Workshop, port: int) -> list[str]:
    """Our proxy with decoding to the payload's name and counters."""
    return shlex.split(workshop.our_command) + our_arguments(workshop, port)


def bare_set(workshop: Workshop, port: int) -> list[str]:
    """mitmproxy with an addon that changes every message."""
    return [*bare(workshop, port), "-s", str(RELAYS / "bare_set.py")]


def ruled(contender: str) -> Callable[[Workshop, int], list[str]]:
    """Ours with rules."""

    def command(workshop: Workshop, port: int) -> list[str]:
        return [*ours(workshop, port), "--set", f"paperknife_rules={write_rules(workshop.folder, contender)}"]

    return command


def our_arguments(workshop: Workshop, port: int) -> list[str]:
    """What every form of ours is given."""
    return ["--mode", f"reverse:ws://127.0.0.1:{port}", "--schema", str(PROTO), *workshop.mitmproxy_options]


def waiting(workshop: Workshop, port: int) -> list[str]:
    """Our proxy with a consumer for a payload that never comes."""
    return [sys.executable, str(EMBEDDED), "wait", *our_arguments(workshop, port)]


def summary(workshop: Workshop, port: int) -> list[str]:
    """Our command, counting for its summary."""
    return [f"{BIN}/paperknife", "proxy", "--ui", "none", *our_arguments(workshop, port)]


def live(workshop: Workshop, port: int) -> list[str]:
    """Our command with the live view, written to a file."""
    output = str(workshop.folder / "lines.txt")
    return [f"{BIN}/paperknife", "proxy", "--output", output, *our_arguments(workshop, port)]


def recording(workshop: Workshop, port: int) -> list[str]:
    """Ours, recording to a file."""
    path = workshop.folder / "embedded.mcap"
    return [
        sys.executable,
        str(EMBEDDED),
        "count",
        *our_arguments(workshop, port),
        "--set",
        f"paperknife_record={path}",
    ]


def recording_summary(workshop: Workshop, port: int) -> list[str]:
    """Our command, counting and recording to a file."""
    return [*summary(workshop, port), "--record", str(workshop.folder / "command.mcap")]


def recording_split(workshop: Workshop, port: int) -> list[str]:
    """Our command, counting and recording to files of which many begin and end while it is measured."""
    path = str(workshop.folder / "split.mcap")
    return [*summary(workshop, port), "--record", path, "--record-split", "8MB", "--record-keep", "20"]


def writing(workshop: Workshop, port: int) -> list[str]:
    """mitmproxy, writing its flows to a file."""
    return [*bare(workshop, port), "-w", str(workshop.folder / "flows")]


def script(name: str, *arguments: str) -> Callable[[Workshop, int], list[str]]:
    """A Python relay of the `relays` folder; `arguments` are names in the workshop's folder."""

    def command(workshop: Workshop, port: int) -> list[str]:
        paths = [str(workshop.folder / argument) for argument in arguments]
        return [sys.executable, str(RELAYS / name), f"ws://127.0.0.1:{port}", *paths]

    return command


def node(workshop: Workshop, port: int) -> list[str]:
    """The relay on Node."""
    return ["node", str(RELAYS / "plain_ws.js"), f"ws://127.0.0.1:{port}"]


CONTENDERS: dict[str, Callable[[Workshop, int], list[str]]] = {
    BARE: bare,
    BARE_SET: bare_set,
    OURS: ours,
    **{name: ruled(name) for name in (RULES_OTHERS, RULES_FALSE, RULES_SET)},
    WAITING: waiting,
    SUMMARY: summary,
    LIVE: live,
    RECORDING: recording,
    RECORDING_SUMMARY: recording_summary,
    RECORDING_SPLIT: recording_split,
    WRITING: writing,
    WEBSOCKETS: script("plain_websockets.py", os.devnull),
    PICOWS: script("plain_picows.py", os.devnull),
    NODE: node,
}
"""The command of each relay. The plain ones record to the null device, so that no disk is measured."""
