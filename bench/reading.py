"""Reading recordings: how fast `show` finds a few messages, how soon `info` tells, how much memory each verb takes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.recordings import Plan, make_recording
from bench.report import Detail, Findings, Row
from bench.rounds import Bench, median

__all__ = ["Run", "measure_reading", "run"]

SEARCHED = 1_000_000
"""Messages that are searched."""

WHERE = {"order.quantity > 97": "by fields of a payload that is rare", "size > 500": "by what any message has"}
"""Expressions that few messages match, and what they are."""

LEAST_RATE = 100_000
LARGE_BYTES = 1_000_000_000
LARGEST = 10_000_000
"""Messages of the file on which memory is measured."""

MOST_SECONDS = 1.0
FIRST_SECONDS = 1.5
"""Until the first line, with the start of Python and of the command."""

MOST_MEMORY = 300_000_000
ENDED = (-signal.SIGTERM, 128 + signal.SIGTERM)
PATIENCE = 30
"""Seconds after which a verb is ended whose memory is measured; some 300,000 messages and more have passed by then."""

NOISE_BYTES = 300
NOISE_KEPT = 0.8
"""About so much of the noisy messages is left when they are packed: seven bits of eight, and what is around them."""

VERBS: dict[str, Sequence[str]] = {
    "show, few match": ("show", "{packed}", "--where", "order.quantity > 97"),
    "show, the first 1,000": ("show", "{packed}", "-n", "1000"),
    "show of a file that was cut": ("show", "{plain}", "--where", "order.quantity > 97"),
    "info": ("info", "{packed}"),
    "info of a file that was cut": ("info", "{plain}"),
    "filter": ("filter", "{packed}", "-o", "{out}", "--where", "order"),
    "filter --with-state": ("filter", "{packed}", "-o", "{out}", "--from", "+{late}s", "--with-state"),
    "recover": ("recover", "{plain}", "-o", "{out}"),
    "redact": ("redact", "{packed}", "-o", "{out}"),
    "export --to jsonl": ("export", "{packed}", "-o", "{out}", "--to", "jsonl"),
}
"""What is run on the largest file."""


@dataclass(frozen=True, slots=True)
class Run:
    """One command: seconds until its first output and its end, CPU seconds, memory in bytes, exit status."""

    first: float
    wall: float
    cpu: float
    memory: int
    status: int


WATCHER = """
import os, signal, sys
child = os.fork()
if not child:
    os.execv(sys.argv[2], sys.argv[2:])
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGTERM))
signal.alarm(int(sys.argv[1]))
_, status, used = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
"""
"""Starts a command from a small process: one that is forked from a large one begins with the memory of that."""


def run(command: Sequence[str | Path], patience: int = 0) -> Run:
    """Run a command to its end, or for so many seconds, its output thrown away."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as told:
        watched = [sys.executable, "-I", "-S", "-c", WATCHER, str(patience), *command]
        process = subprocess.Popen(watched, stdout=subprocess.PIPE, stderr=told)
        assert process.stdout
        output = process.stdout.fileno()
        os.read(output, 1 << 16)
        first = time.perf_counter() - start
        while os.read(output, 1 << 16):
            pass
        process.stdout.close()
        process.wait()
        wall = time.perf_counter() - start
        told.seek(0)
        status, cpu, memory = told.read().split()[-3:]
    return Run(first, wall, float(cpu), int(memory) * 1024, int(status))


def paperknife(*arguments: str | Path, patience: int = 0) -> Run:
    """One of our verbs."""
    return run([Path(sys.executable).with_name("paperknife"), *arguments], patience)


def measure_reading(bench: Bench) -> Findings:
    """All of it, on files that are made for it and deleted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = [searching(bench, folder), telling(bench, folder), remembering(bench, folder)]
    return Findings([row for each in found for row in each.rows], [detail for each in found for detail in each.details])


def searching(bench: Bench, folder: Path) -> Findings:
    """`show --where` on a million messages."""
    count = bench.scaled(SEARCHED)
    path = make_recording(folder / "million.mcap", Plan(count))
    rows, details = [], []
    for where, what in WHERE.items():
        runs = [paperknife("show", path, "--where", where) for _ in range(bench.rounds)]
        rate = count / median([each.wall for each in runs])
        cpu = median([each.cpu for each in runs]) / count * 1e6
        first = median([each.first for each in runs])
        rows += [
            Row(
                f"show --where, few of {count:,} messages match, {what}",
                f"at least {LEAST_RATE:,} messages/s",
                f"{rate:,.0f} messages/s",
                rate >= LEAST_RATE,
            ),
            Row("the same, first line", f"within {FIRST_SECONDS} s", f"{first:.2f} s", first <= FIRST_SECONDS),
        ]
        details.append(Detail(f"show --where '{where}'", "paperknife", f"{cpu:.2f} us CPU a message"))
    path.unlink()
    return Findings(rows, details)


def telling(bench: Bench, folder: Path) -> Findings:
    """`info` on a finished recording of a gigabyte."""
    wanted = LARGE_BYTES // (20 if bench.quick else 1)
    plan = Plan(int(wanted / NOISE_KEPT / NOISE_BYTES), size=NOISE_BYTES, noise=True)
    path = make_recording(folder / "large.mcap", plan)
    size = path.stat().st_size
    runs = [paperknife("info", path) for _ in range(bench.rounds)]
    path.unlink()
    wall = median([each.wall for each in runs])
    row = Row(f"info on {size / 1e9:.2f} GB", f"below {MOST_SECONDS:g} s", f"{wall:.2f} s", wall < MOST_SECONDS)
    return Findings([row])


def remembering(bench: Bench, folder: Path) -> Findings:
    """The memory of the verbs on ten million messages."""
    count = bench.scaled(LARGEST)
    names: dict[str, object] = {
        "plain": make_recording(folder / "plain.mcap", Plan(count, packed=False)),
        "packed": make_recording(folder / "packed.mcap", Plan(count)),
        "out": folder / "out.mcap",
        "late": count * 9 // 100_000,
    }
    runs = {}
    for verb, arguments in VERBS.items():
        runs[verb] = paperknife(*(argument.format(**names) for argument in arguments), patience=PATIENCE)
        (folder / "out.mcap").unlink(missing_ok=True)
    most = max(runs, key=lambda verb: runs[verb].memory)
    memory = runs[most].memory
    failed = [verb for verb, found in runs.items() if found.status not in (0, *ENDED)]
    row = Row(
        f"memory of every verb on {count:,} messages, each ended after {PATIENCE} s",
        f"below {MOST_MEMORY // 10**6} MB",
        f"{memory / 1e6:.0f} MB at most ({most})" + (f"; failed: {', '.join(failed)}" if failed else ""),
        memory < MOST_MEMORY and not failed,
    )
    details = [
        Detail(
            f"memory on {count:,} messages",
            verb,
            f"{found.memory / 1e6:.0f} MB, {found.cpu:.1f} s CPU" + (", ended there" if found.status in ENDED else ""),
        )
        for verb, found in runs.items()
    ]
    return Findings([row], details)
