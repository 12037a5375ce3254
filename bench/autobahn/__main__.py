"""Runs the suite. From the project's folder: `python -m bench.autobahn [CASES ...]`, for example `1.* 5.*`."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.autobahn.suite import SuiteError, ensure_suite, write_client_spec, write_server_spec
from bench.autobahn.verdicts import Verdict, compare, counted, read_verdicts
from bench.contenders import SUMMARY, Workshop
from bench.relay_process import UNLIMITED, RelayError, RelayProcess

COMPRESSED = (*(f"12.{number}.*" for number in range(1, 6)), *(f"13.{number}.*" for number in range(1, 8)))
"""Those of permessage-deflate: 18 cases of a thousand messages in each group, most of the time of all."""

GROUPS = ("1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*", *COMPRESSED)
"""All that there are. Each is a run of its own, with reports of its own: a time limit then costs one group at most."""

DIRECT, THROUGH = "direct", "paperknife"
"""The agents, by the names that the reports have for them."""

RETRIES = 3
"""How often a case is run again that came out worse."""

TESTEES = [sys.executable, "-m", "bench.autobahn.testees"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What all runs need. `seconds` is the time limit of one group and one agent."""

    wstest: Path
    workshop: Workshop
    seconds: float


def fuzz_server(plan: Plan, cases: Sequence[str], folder: Path) -> None:
    """The suite's client tests an echo server, directly and through us."""
    with ExitStack() as opened:
        echo = opened.enter_context(RelayProcess([*TESTEES, "serve"]))
        proxy = opened.enter_context(plan.workshop.start(SUMMARY, echo.port))
        urls = {DIRECT: f"ws://127.0.0.1:{echo.port}", THROUGH: f"ws://127.0.0.1:{proxy.port}"}
        spec = write_client_spec(folder, cases, urls)
        command = [str(plan.wstest), "--mode", "fuzzingclient", "--spec", str(spec)]
        run_quietly(command, plan.seconds * len(urls))


def fuzz_client(plan: Plan, cases: Sequence[str], folder: Path) -> None:
    """The suite's server tests an echo client, directly and through us."""
    port = free_port()
    spec = write_server_spec(folder, cases, f"ws://127.0.0.1:{port}")
    command = [str(plan.wstest), "--mode", "fuzzingserver", "--spec", str(spec), "--webport", "0"]
    with ExitStack() as opened:
        server = opened.enter_context(RelayProcess(command))
        proxy = opened.enter_context(plan.workshop.start(SUMMARY, server.port))
        for agent, at in ((DIRECT, server.port), (THROUGH, proxy.port)):
            run_quietly([*TESTEES, "connect", f"ws://127.0.0.1:{at}", agent], plan.seconds)


def free_port() -> int:
    """A port for the suite's server, which takes no 0."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def run_quietly(command: Sequence[str], seconds: float) -> None:
    """Run a program to its end or to the time limit, which is told of."""
    environment = {**os.environ, **UNLIMITED}
    try:
        subprocess.run(
            command, check=False, timeout=seconds, stdin=subprocess.DEVNULL, capture_output=True, env=environment
        )
    except subprocess.TimeoutExpired:
        print(f"  {Path(command[0]).name} was ended after {seconds:.0f} s.", flush=True)


Fuzz = Callable[[Plan, Sequence[str], Path], None]

SIDES: Mapping[str, Fuzz] = {"fuzzing client, echo server": fuzz_server, "fuzzing server, echo client": fuzz_client}


def run_all(plan: Plan, groups: Sequence[str]) -> list[str]:
    """Run every group from both sides; a line for each case that is worse with us."""
    worse = []
    for side, fuzz in SIDES.items():
        for group in groups:
            start = time.monotonic()
            without, through = run_cases(plan, fuzz, [group])
            print(f"{side}, {group}: {counted(through)}; without us: {counted(without)}", end="", flush=True)
            lines = run_again(plan, fuzz, compare(without, through)) if without else {group: f"{group}: no result"}
            worse += [f"{side}, {line}" for line in lines.values()]
            print(f" ({time.monotonic() - start:.0f} s)", *lines.values(), sep="\n  ", flush=True)
    return worse


def run_cases(plan: Plan, fuzz: Fuzz, cases: Sequence[str]) -> tuple[dict[str, Verdict], dict[str, Verdict]]:
    """What the suite says of these cases without us and through us."""
    with tempfile.TemporaryDirectory() as name:
        fuzz(plan, cases, Path(name))
        found = read_verdicts(Path(name) / "reports")
    return found.get(DIRECT, {}), found.get(THROUGH, {})


def run_again(plan: Plan, fuzz: Fuzz, worse: dict[str, str]) -> dict[str, str]:
    """Of the cases that came out worse, those that do so every time: some verdicts depend on who is faster."""
    for _ in range(RETRIES):
        if not worse:
            break
        without, through = run_cases(plan, fuzz, list(worse))
        worse = {case: line for case, line in compare(without, through).items() if case in worse}
    return worse


def main() -> int:
    """0: no case is worse; 1: some are; 2: the suite could not be run."""
    parser = argparse.ArgumentParser(prog="python -m bench.autobahn", description=__doc__)
    parser.add_argument("cases", nargs="*", default=GROUPS, help=f"patterns; all by default: {' '.join(GROUPS)}")
    parser.add_argument("--suite", type=Path, metavar="FOLDER", help="where the suite is, or shall be, installed")
    parser.add_argument("--seconds", type=float, default=300, help="the time limit of one group and one agent")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        try:
            wstest = ensure_suite((arguments.suite or Path(name) / "suite").resolve())
            worse = run_all(Plan(wstest, Workshop(Path(name)), arguments.seconds), arguments.cases)
        except (SuiteError, RelayError) as error:
            print(error, file=sys.stderr)
            return 2
    print(f"{len(worse)} cases are worse with us.", *worse, sep="\n")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
