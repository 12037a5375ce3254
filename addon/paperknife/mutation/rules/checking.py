"""Which rules are right: everything that one is on has to fit one of the protocols of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from paperknife.mutation.rules.compiling import World, compiled, scopes
from paperknife.mutation.rules.form import RuleFile, RuleForm, Trigger
from paperknife.mutation.rules.names import given_names
from paperknife.mutation.rules.scope import Scripts
from paperknife_decoders.definition import Fault
from paperknife_decoders.protocol import Protocol

__all__ = ["check"]


class Trial(NamedTuple):
    """What came of compiling a rule somewhere; the smaller, the closer it is to being right."""

    lacks_payload: bool
    wrong: int
    blind: int
    """Of these, how many have no idea of what was meant."""
    faults: Sequence[Fault]


def check(files: Sequence[RuleFile], protocols: Iterable[Protocol], scripts: Scripts | None = None) -> None:
    """Add to the files' faults what is wrong by these protocols, as the one tells it that a rule comes closest to.

    Rules that are switched off are checked as if they were on, with all others that are off: of what only those
    remember and count, the rules at work know nothing.
    """
    protocols = tuple(protocols)
    all_on = [replace(file, rules=(*file.rules, *file.off), off=()) for file in files]
    at_work = worlds(files, protocols, scripts)
    tried_out = worlds(all_on, protocols, scripts) if any(file.off for file in files) else []
    for file in files:
        for forms, known in ((file.rules, at_work), (file.off, tried_out)):
            for form in forms:
                for trigger in form.triggers:
                    check_one(file, form, trigger, known)


def worlds(files: Sequence[RuleFile], protocols: Iterable[Protocol], scripts: Scripts | None) -> list[World]:
    """What rules are compiled by, for each protocol."""
    return [World(protocol, given_names(files, protocol), scripts) for protocol in protocols]


def check_one(file: RuleFile, form: RuleForm, trigger: Trigger, known: Iterable[World]) -> None:
    """Add what is wrong with a rule for one thing that it is on."""
    trials = [trial for world in known for trial in tried(form, trigger, world)]
    best = min(((*each[:3], number) for number, each in enumerate(trials)), default=None)
    for fault in trials[best[3]].faults if best is not None else ():
        file.faults.add(fault.path, fault.sentence, at_key=fault.at_key)


def tried(form: RuleForm, trigger: Trigger, world: World) -> list[Trial]:
    """One rule for one thing that it is on, in all directions that come into question."""
    trials = []
    for scope in scopes(form, trigger, world):
        compiled(form, trigger, scope, 0)
        found = scope.faults.found
        lacks_payload = bool(trigger.payload) and any(fault.path == trigger.node.path for fault in found)
        trials.append(
            Trial(lacks_payload, len(found), sum("did you mean" not in each.sentence for each in found), found)
        )
    return trials
