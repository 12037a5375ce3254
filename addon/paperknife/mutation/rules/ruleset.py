"""All rules of a run: loaded, fitted to protocols, handed out to connections, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakSet

from paperknife.mutation.rules.changer import RuleChanger
from paperknife.mutation.rules.checking import check
from paperknife.mutation.rules.form import RuleFile
from paperknife.mutation.rules.reading import read_rules
from paperknife.mutation.rules.scope import Scripts
from paperknife.mutation.rules.standing import Standing, Tally
from paperknife.mutation.rules.tables import Fitted, fit
from paperknife.settings.file_watch import FileWatch
from paperknife.settings.yaml_file import ConfigError
from paperknife_decoders.definition import Fault
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import Reader

__all__ = ["RuleCount", "RuleSet", "RulesReport", "faults_of", "load_rules"]

MOST_FITTED = 64
"""Protocols for which rules are kept compiled; schemas that are loaded anew are others each time."""


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often one rule has done something, and how often it could not; of these, `events` are openings and ends."""

    rule: str
    hits: int = 0
    faults: int = 0
    events: int = 0


@dataclass(frozen=True, slots=True)
class RulesReport:
    """What the rules have done in this run, in the order in which they are written; `counters` by name."""

    rules: tuple[RuleCount, ...] = ()
    counters: tuple[tuple[str, int], ...] = ()


class RuleSet:
    """The rules of some files. `watches` are on these files, begun before they were read."""

    def __init__(
        self, files: Sequence[RuleFile], scripts: Scripts | None = None, watches: Sequence[FileWatch] = ()
    ) -> None:
        self.files = tuple(files)
        self.names = tuple(rule.name for file in files for rule in file.rules)
        self._scripts = scripts
        self._watches = tuple(watches)
        self._fitted: dict[int, tuple[Protocol, Fitted]] = {}
        self._tallies: dict[str, Tally] = {}
        self._hits: Counter[str] = Counter()
        self._faults: Counter[str] = Counter()
        self._events: Counter[str] = Counter()
        self._said: set[str] = set()
        self._counters: Counter[str] = Counter()
        self._adopted: WeakSet[RuleSet] = WeakSet()

    def changed(self) -> bool:
        """True, once for each change, if a file changed on disk that rules are in."""
        return bool([watch for watch in self._watches if watch.changed()])  # each of them is asked

    def for_connection(self, number: int, reader: Reader, now: float = 0.0, time_ns: int = 0) -> RuleChanger:
        """The changer of one connection, which has this number in the run and is read by `reader`.

        `now` is in seconds of the event loop's clock, `time_ns` nanoseconds since the epoch.
        """
        return RuleChanger(self, Standing(number, reader, now, time_ns))

    def continuing(self, changer: RuleChanger) -> RuleChanger:
        """The changer of a connection that went by other rules before: what was remembered and counted goes on."""
        self.adopt(changer.rules)
        return RuleChanger(self, changer.standing)

    def adopt(self, before: RuleSet) -> None:
        """Go on counting where the rules of before these ended, once; a rule is the same by its name."""
        if before is self or before in self._adopted:
            return
        self._adopted.add(before)
        for name in self.names:
            self._hits[name] += before._hits[name]
            self._faults[name] += before._faults[name]
            self._events[name] += before._events[name]
            if name in before._tallies:
                self._tallies[name] = before._tallies[name]
        self._counters.update(before._counters)

    def fitted(self, protocol: Protocol) -> Fitted:
        """The rules for messages of one protocol."""
        found = self._fitted.get(id(protocol))
        if found is None:
            if len(self._fitted) >= MOST_FITTED:
                self._fitted.clear()
            found = self._fitted[id(protocol)] = protocol, fit(self.files, protocol, self._scripts)
        return found[1]

    def report(self) -> RulesReport:
        """What the rules have done so far."""
        rules = tuple(RuleCount(name, self._hits[name], self._faults[name], self._events[name]) for name in self.names)
        return RulesReport(rules, tuple(sorted(self._counters.items())))

    # For changers

    def tally(self, rule: str) -> Tally:
        """How often a rule did something in the run."""
        return self._tallies.setdefault(rule, Tally())

    def count(self, hits: Iterable[str], counters: Iterable[str], *, is_event: bool = False) -> None:
        """Count which rules have done something with one message or on an event, and what they counted."""
        for rule in hits:
            self._hits[rule] += 1
            self._events[rule] += is_event
        for counter in counters:
            self._counters[counter] += 1

    def is_new_fault(self, rule: str) -> bool:
        """Count that a rule could not do what it says; True the first time since these rules were loaded."""
        self._faults[rule] += 1
        is_new = rule not in self._said
        self._said.add(rule)
        return is_new


def load_rules(paths: Iterable[str | Path], protocols: Iterable[Protocol], scripts: Scripts | None = None) -> RuleSet:
    """The rules of all files, checked by the protocols of this run.

    Raises `ConfigError` with all that is wrong in all of them. A rule is right if it fits one of the protocols.
    """
    places = [Path(path) for path in paths]
    watches = [FileWatch(str(path)) for path in places]
    files = read_rules(places)
    check(files, protocols, scripts)
    error = faults_of(files)
    if error is not None:
        raise error
    return RuleSet(files, scripts, watches)


def faults_of(files: Iterable[RuleFile]) -> ConfigError | None:
    """All that was found wrong in files; None where that is nothing."""
    errors = [file.yaml.error(file.faults.found) for file in files if file.faults.found]
    found: list[Fault] = [fault for error in errors for fault in error.found]
    return ConfigError("\n".join(error.sentence for error in errors), found) if errors else None
