"""Recording: what it costs the relay, how long it holds it up, and how large a file becomes."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from bench.bursts import Burst, details, make_block, take_turns
from bench.contenders import BARE, BIN, RECORDING, RECORDING_SUMMARY, WRITING
from bench.pauses import measure_pauses
from bench.report import Findings, Row
from bench.rounds import Bench
from paperknife.recording.reading import Recording
from paperknife_decoders.message import Message

__all__ = ["measure_recording"]

SHARE, TIMES, SMALL = 40, 40, 0.65


def measure_recording(bench: Bench) -> Findings:
    """All that is measured of recording."""
    rows, told = [], []
    for size in (40, 300):
        measure = f"recording a server burst, {size} B"
        found = take_turns(bench, (BARE, WRITING, RECORDING, RECORDING_SUMMARY), make_block(False, size))
        rows += burst_rows(measure, found)
        told += details(measure, found)
    pauses = measure_pauses(bench)
    return Findings([*rows, *pauses.rows, size_row(bench)], [*told, *pauses.details])


def burst_rows(measure: str, found: Mapping[str, Burst]) -> list[Row]:
    """CPU against bare mitmproxy, rate against its own writing."""
    rows = []
    for name in (RECORDING, RECORDING_SUMMARY):
        goals = ((BARE, f"at most 1/{SHARE} of bare's CPU"), (WRITING, f"at least {TIMES} times the rate of {WRITING}"))
        for other, goal in goals:
            if name not in found or other not in found:
                rows.append(Row(f"{measure}, {name}", goal, "not measured", None))
                continue
            ours, theirs = found[name], found[other]
            share, times = theirs.cpu / ours.cpu, ours.rate / theirs.rate
            by_cpu = other == BARE
            figure = f"1/{share:.1f} of its CPU" if by_cpu else f"{times:.1f} times its rate"
            rows.append(Row(f"{measure}, {name}", goal, figure, share >= SHARE if by_cpu else times >= TIMES))
    return rows


def size_row(bench: Bench) -> Row:
    """The file that the demo leaves, against the contents of all messages."""
    path = bench.workshop.folder / "demo.mcap"
    seconds = "2" if bench.quick else "15"
    command = [f"{BIN}/paperknife", "demo", "--seconds", seconds, "--rate", "2000", "--record", str(path)]
    measure, goal = "bytes of a closed recording of the demo", f"at most {SMALL} of the raw size"
    if subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL).returncode:
        return Row(measure, goal, "not measured: the demo failed", None)
    return Row(measure, goal, *against_raw(path))


def against_raw(path: Path) -> tuple[str, bool]:
    """The size of a file against that of its messages, in words, and whether that is small enough."""
    sizes = [len(item.content) for item in Recording(path) if isinstance(item, Message)]
    size, raw = path.stat().st_size, sum(sizes)
    figure = (
        f"{size / raw:.3f}: {size / len(sizes):.0f} B of {raw / len(sizes):.0f} B a message, {len(sizes):,} messages"
    )
    return figure, size <= SMALL * raw
