"""Contenders that take turns: every round measures each of them once, so that what disturbs one disturbs all."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.certificates import make_tls
from bench.contenders import DIRECT, OUR_COMMAND, Workshop
from bench.pairs import Origin, Tls
from bench.relay_process import RelayError, RelayProcess
from bench.transfer import Stalled

__all__ = ["Bench", "Stand", "open_bench"]


@dataclass(frozen=True, slots=True)
class Stand:
    """One contender, running. `relay` is None for the direct connection."""

    name: str
    relay: RelayProcess | None
    port: int

    def cpu_seconds(self) -> float:
        """CPU time so far, after what was begun is done; 0 for the direct connection."""
        return self.relay.settled_cpu_seconds() if self.relay else 0.0


@dataclass(frozen=True, slots=True)
class Bench:
    """What all themes measure with. `quick` is for a look whether it works at all: few rounds, few messages."""

    workshop: Workshop
    tls: Tls
    quick: bool = False

    def scaled(self, count: int) -> int:
        """A number of messages, or a twentieth of it."""
        return max(count // 20, 100) if self.quick else count

    @property
    def rounds(self) -> int:
        """How often contenders take turns."""
        return 1 if self.quick else 5

    @contextmanager
    def stands(self, names: Sequence[str], tls: Tls | None = None) -> Iterator[tuple[Origin, list[Stand], list[str]]]:
        """An origin with these contenders in front of it, and a sentence for each that could not be started."""
        with ExitStack() as opened:
            origin = Origin(tls)
            opened.callback(origin.close)
            running, absent = [], []
            for name in names:
                if name == DIRECT:
                    running.append(Stand(name, None, origin.port))
                    continue
                try:
                    relay = self.workshop.start(name, origin.port, tls.certificate if tls else None)
                    opened.enter_context(relay)
                except RelayError as error:
                    absent.append(f"{name}: {error}")
                    continue
                running.append(Stand(name, relay, relay.port))
            yield origin, running, absent

    def measure[Figure](
        self,
        names: Sequence[str],
        one: Callable[[Origin, Stand], Figure],
        tls: Tls | None = None,
        rounds: int | None = None,
    ) -> dict[str, list[Figure]]:
        """The figures of every contender over all rounds; one that fails is told of and left out from then on."""
        with self.stands(names, tls) as (origin, stands, absent):
            for sentence in absent:
                print(f"  {sentence}", flush=True)
            figures: dict[str, list[Figure]] = {stand.name: [] for stand in stands}
            for _ in range(rounds or self.rounds):
                for stand in stands[:]:
                    try:
                        figures[stand.name].append(one(origin, stand))
                    except (Stalled, OSError, RelayError) as error:
                        said = stand.relay.last_words() if stand.relay else ""
                        print(f"  {stand.name}: {error} It said: {said}", flush=True)
                        stands.remove(stand)
            return {name: found for name, found in figures.items() if found}


@contextmanager
def open_bench(our_command: str = OUR_COMMAND, quick: bool = False) -> Iterator[Bench]:
    """A bench with a temporary folder and a certificate of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield Bench(Workshop(folder, our_command), make_tls(folder), quick)


def median(figures: Sequence[float]) -> float:
    """The median."""
    return statistics.median(figures)
