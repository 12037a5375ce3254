"""Runs the benchmarks. From the project's folder: `python -m bench.run [THEME ...] [--quick] [--ours COMMAND]`."""

from __future__ import annotations

import argparse
import gc
import resource
import time
from collections.abc import Callable
from pathlib import Path

from bench.autobahn.outcome import section_of
from bench.bursts import measure_bursts
from bench.contenders import OUR_COMMAND
from bench.deciding import measure_deciding
from bench.large import measure_large
from bench.latency import measure_latency
from bench.memory import measure_memory
from bench.mutation import measure_mutation
from bench.openings import measure_openings
from bench.reading import measure_reading
from bench.recording import measure_recording
from bench.replaying import measure_replaying
from bench.report import Findings, markdown, text
from bench.rounds import Bench, open_bench
from bench.sparse import measure_sparse
from bench.splicing import measure_splicing
from bench.styles import measure_styles

THEMES: dict[str, Callable[[Bench], Findings]] = {
    "bursts": measure_bursts,
    "latency": measure_latency,
    "memory": measure_memory,
    "large": measure_large,
    "sparse": measure_sparse,
    "reading": measure_reading,
    "openings": measure_openings,
    "recording": measure_recording,
    "replaying": measure_replaying,
    "splicing": measure_splicing,
    "deciding": measure_deciding,
    "styles": measure_styles,
    "mutation": measure_mutation,
}

RESULTS = Path(__file__).parent / "RESULTS.md"


def parse_arguments() -> argparse.Namespace:
    """What to run."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Measure the relays side by side.")
    parser.add_argument("themes", nargs="*", metavar="THEME", help=f"of {', '.join(THEMES)}; all of them by default")
    parser.add_argument("--quick", action="store_true", help="few messages, one round: only to see that it works")
    parser.add_argument("--ours", default=OUR_COMMAND, metavar="COMMAND", help="what is measured as ours")
    parser.add_argument("--results", type=Path, metavar="FILE", help=f"default: {RESULTS.name} for a whole run only")
    arguments = parser.parse_args()
    unknown = set(arguments.themes) - set(THEMES)
    if unknown:
        parser.error(f"there is no theme {unknown.pop()}; there are: {', '.join(THEMES)}")
    return arguments


def main() -> None:
    """Measure, print, and write the table."""
    arguments = parse_arguments()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    gc.disable()  # a pause of ours would look like one of the relay's
    found = []
    with open_bench(arguments.ours, arguments.quick) as bench:
        for theme in arguments.themes or THEMES:
            print(f"{theme} ...", flush=True)
            start = time.monotonic()
            found.append(THEMES[theme](bench))
            print(f"{text(found[-1])}\n  {theme} took {time.monotonic() - start:.0f} s\n", flush=True)
    results = arguments.results or (None if arguments.themes or arguments.quick else RESULTS)
    if results:
        everything = Findings([row for f in found for row in f.rows], [detail for f in found for detail in f.details])
        note = "" if arguments.ours == OUR_COMMAND else f"ours is `{arguments.ours}`"
        old = section_of(results.read_text()) if results.exists() else ""
        results.write_text(markdown(everything, note) + (f"\n{old}" if old else ""))
        print(f"Written to {results}.")


if __name__ == "__main__":
    main()
