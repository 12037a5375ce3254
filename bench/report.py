"""What a benchmark found, and how it is shown."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Detail", "Findings", "Row", "markdown", "table", "text"]

PACKAGES = ("paperknife", "mitmproxy", "websockets", "picows", "protobuf")


@dataclass(frozen=True, slots=True)
class Row:
    """One measure beside its goal. `met` is None where nothing could be said, or no goal is set."""

    measure: str
    goal: str
    figure: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class Detail:
    """The figures of one contender that rows were made of."""

    measure: str
    contender: str
    figures: str


@dataclass(frozen=True, slots=True)
class Findings:
    """All that one theme found."""

    rows: Sequence[Row] = ()
    details: Sequence[Detail] = ()


VERDICTS = {True: "yes", False: "**no**", None: "-"}


def machine() -> list[str]:
    """One line each on when, where and with what this was measured."""
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    if shutil.which("node"):
        said = subprocess.run(["node", "--version"], check=False, capture_output=True, text=True).stdout
        versions.append(f"Node {said.strip()}")
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    return [
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC, load before that {load} (1, 5, 15 minutes)",
        f"{found[1] if found else platform.machine()}, {os.cpu_count()} CPUs, {platform.system()} {platform.release()}",
        f"{platform.python_implementation()} {platform.python_version()}, {', '.join(versions)}",
    ]


def markdown(findings: Findings, note: str) -> str:
    """The whole of RESULTS.md."""
    rows = [(row.measure, row.goal, row.figure, VERDICTS[row.met]) for row in findings.rows]
    details = [(detail.measure, detail.contender, detail.figures) for detail in findings.details]
    parts = [
        "# What the lane costs",
        "`make bench` measures and writes this. Ratios are of one run, in which the contenders took turns; figures are "
        "medians over its rounds. CPU is that of the relay's process, for each message that came out.",
        "\n".join(f"* {line}" for line in [*machine(), *([note] if note else [])]),
        table(("measure", "goal", "figure", "met"), rows),
        "## The figures behind it",
        table(("measure", "contender", "figures"), details),
    ]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def text(findings: Findings) -> str:
    """The same for a terminal, one theme at a time."""
    lines = [f"  {detail.measure:36} {detail.contender:32} {detail.figures}" for detail in findings.details]
    for row in findings.rows:
        verdict = {True: "met", False: "NOT MET", None: ""}[row.met]
        lines.append(f"{row.measure}: {row.figure} (goal: {row.goal}) {verdict}".rstrip())
    return "\n".join(lines)
