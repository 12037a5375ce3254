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
from datetime import date
from pathlib import Path

from bench.autobahn.outcome import Outcome, with_outcomes
from bench.autobahn.suite import SuiteError, ensure_suite, write_client_spec, write_server_spec
from bench.autobahn.verdicts import BEST, Verdict, compare, counted, read_verdicts
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
    """What all runs need. `seconds` is the time limit of one group and one agent.

    `lean`: without us run only the cases that could be worse with us, as they are not the best there can be.
    """

    wstest: Path
    workshop: Workshop
    seconds: float
    lean: bool


def fuzz_server(plan: Plan, cases: Sequence[str], agents: Sequence[str], folder: Path) -> None:
    """The suite's client tests an echo server."""
    with ExitStack() as opened:
        echo = opened.enter_context(RelayProcess([*TESTEES, "serve"]))
        proxy = opened.enter_context(plan.workshop.start(SUMMARY, echo.port))
        ports = {DIRECT: echo.port, THROUGH: proxy.port}
        urls = {agent: f"ws://127.0.0.1:{ports[agent]}" for agent in agents}
        spec = write_client_spec(folder, cases, urls)
        command = [str(plan.wstest), "--mode", "fuzzingclient", "--spec", str(spec)]
        run_quietly(command, plan.seconds * len(urls))


def fuzz_client(plan: Plan, cases: Sequence[str], agents: Sequence[str], folder: Path) -> None:
    """The suite's server tests an echo client."""
    port = free_port()
    spec = write_server_spec(folder, cases, f"ws://127.0.0.1:{port}")
    command = [str(plan.wstest), "--mode", "fuzzingserver", "--spec", str(spec), "--webport", "0"]
    with ExitStack() as opened:
        server = opened.enter_context(RelayProcess(command))
        proxy = opened.enter_context(plan.workshop.start(SUMMARY, server.port))
        ports = {DIRECT: server.port, THROUGH: proxy.port}
        for agent in agents:
            run_quietly([*TESTEES, "connect", f"ws://127.0.0.1:{ports[agent]}", agent], plan.seconds)


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


Fuzz = Callable[[Plan, Sequence[str], Sequence[str], Path], None]
"""Tests these cases of the suite with these agents; reports go to a folder."""

SIDES: Mapping[str, Fuzz] = {"fuzzing client, echo server": fuzz_server, "fuzzing server, echo client": fuzz_client}


def run_all(plan: Plan, groups: Sequence[str]) -> list[Outcome]:
    """Run every group from both sides, and print what comes out."""
    outcomes = []
    for side, fuzz in SIDES.items():
        for group in groups:
            start = time.monotonic()
            without, through = run_cases(plan, fuzz, [group])
            print(f"{side}, {group}: {counted(through)}; without us: {counted(without)}", end="", flush=True)
            found = without or through
            lines = run_again(plan, fuzz, compare(without, through)) if found else {group: f"{group}: no result"}
            print(f" ({time.monotonic() - start:.0f} s)", *lines.values(), sep="\n  ", flush=True)
            outcomes.append(Outcome(side, group, through, without, lines))
    return outcomes


def run_cases(plan: Plan, fuzz: Fuzz, cases: Sequence[str]) -> tuple[dict[str, Verdict], dict[str, Verdict]]:
    """What the suite says of these cases without us and through us."""
    if not plan.lean:
        found = run_agents(plan, fuzz, cases, [DIRECT, THROUGH])
        return found.get(DIRECT, {}), found.get(THROUGH, {})
    through = run_agents(plan, fuzz, cases, [THROUGH]).get(THROUGH, {})
    doubtful = [case for case, verdict in through.items() if verdict.rank != BEST] if through else cases
    without = run_agents(plan, fuzz, doubtful, [DIRECT]).get(DIRECT, {}) if doubtful else {}
    return without, through


def run_agents(plan: Plan, fuzz: Fuzz, cases: Sequence[str], agents: Sequence[str]) -> dict[str, dict[str, Verdict]]:
    """What the suite says of these cases, by agent."""
    with tempfile.TemporaryDirectory() as name:
        fuzz(plan, cases, agents, Path(name))
        return read_verdicts(Path(name) / "reports")


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
    parser.add_argument("--lean", action="store_true", help="run without us only what does not come out OK with us")
    parser.add_argument("--results", type=Path, metavar="FILE", help="write the outcome into this table, as RESULTS.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        try:
            wstest = ensure_suite((arguments.suite or Path(name) / "suite").resolve())
            plan = Plan(wstest, Workshop(Path(name)), arguments.seconds, arguments.lean)
            outcomes = run_all(plan, arguments.cases)
        except (SuiteError, RelayError) as error:
            print(error, file=sys.stderr)
            return 2
    if arguments.results:
        old = arguments.results.read_text() if arguments.results.exists() else ""
        arguments.results.write_text(with_outcomes(old, outcomes, date.today()))
    worse = [f"{outcome.side}, {line}" for outcome in outcomes for line in outcome.worse.values()]
    print(f"{len(worse)} cases are worse with us.", *worse, sep="\n")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
