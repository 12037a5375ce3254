"""A file of rules to forms. Nothing ends at the first fault."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import filterfalse
from operator import attrgetter
from pathlib import Path

from paperknife.mutation.rules.actions.catalogue import ACTIONS, NOTHING
from paperknife.mutation.rules.form import ActionForm, Event, Occasions, RuleFile, RuleForm, Trigger
from paperknife.mutation.rules.quantities import seconds_in, share_in
from paperknife.mutation.rules.triggers import triggers_in
from paperknife.settings.yaml_file import ConfigError, read_yaml
from paperknife_decoders.definition.faults import Faults
from paperknife_decoders.definition.node import Node, described, listed, meant

__all__ = ["MOST_ACTIONS", "MOST_RULES", "read_rules"]

FILE_KEYS = ("rules", "seed")
RULE_KEYS = ("name", "on", "when", "do", "probability", "limit", "after", "every", "between", "per", "enabled")

MOST_RULES = 1000
"""Rules of one run."""
MOST_ACTIONS = 50
"""Of one rule."""
MOST_COUNTED = 10**12
LONGEST_NAME = 120

is_on = attrgetter("is_on")


def read_rules(paths: Iterable[Path]) -> list[RuleFile]:
    """The rules of all files, in their order. Raises `ConfigError` where one is no YAML.

    What is wrong in them is in each file's `faults`, so that what only a schema tells can be said at the same time.
    """
    files: list[RuleFile] = []
    names: set[str] = set()
    unread: list[ConfigError] = []
    for path in paths:
        try:
            yaml = read_yaml(path)
        except ConfigError as error:
            unread.append(error)
            continue
        faults = Faults()
        root = Node(yaml.data, (), faults)
        keys = root.members(FILE_KEYS, "a file of rules") if yaml.data is not None else {}
        if yaml.data is None or (not keys and not faults.found):
            root.fault("a file of rules was expected, with `rules:` and a list of them, and there is nothing in it")
        seed = seed_in(keys.get("seed"))
        forms = keys["rules"].items() if "rules" in keys else []
        if len(forms) + len(names) > MOST_RULES:
            keys["rules"].fault(f"at most {MOST_RULES:,} rules are read, and here are {len(forms):,}")
        rules = [rule_in(node, seed, names) for node in forms[:MOST_RULES]]
        files.append(RuleFile(yaml, tuple(filter(is_on, rules)), faults, tuple(filterfalse(is_on, rules))))
    if unread:
        found = [*unread, *(file.yaml.error(file.faults.found) for file in files if file.faults.found)]
        raise ConfigError(
            "\n".join(error.sentence for error in found), [each for error in found for each in error.found]
        )
    return files


def seed_in(node: Node | None) -> int:
    """The seed, 0 where none is said: two runs are alike unless they are told not to be."""
    if node is None:
        return 0
    if isinstance(node.value, int) and not isinstance(node.value, bool) and abs(node.value) < 1 << 63:
        return node.value
    node.fault(f"seed, a whole number, was expected, and {described(node.value)} was found")
    return 0


def rule_in(node: Node, seed: int, names: set[str]) -> RuleForm:
    """One rule."""
    parts = node.members(RULE_KEYS, "a rule")
    number = len(names) + 1
    name = name_in(parts.get("name"), names, number)
    triggers = triggers_in(parts["on"]) if "on" in parts else (Trigger(node),)
    if "do" not in parts and isinstance(node.value, dict):
        node.fault(f"a rule has what is to be done, as in do: drop; its actions are {listed_actions()}")
    actions = actions_in(parts["do"]) if "do" in parts else ()
    for event in {trigger.event for trigger in triggers} - {Event.MESSAGE}:
        for action in actions:
            check_event(action, event)
    enabled = parts["enabled"].truth("enabled") if "enabled" in parts else True
    return RuleForm(name, node, triggers, parts.get("when"), occasions_in(parts), actions, seed, enabled)


def name_in(node: Node | None, names: set[str], number: int) -> str:
    """The name of a rule, which no other one has: its chance and its counts go by it."""
    name = f"rule {number}"
    if node is not None:
        value = str(node.value) if isinstance(node.value, int) and not isinstance(node.value, bool) else None
        name = value or node.text("the name of a rule") or name
        if len(name) > LONGEST_NAME:
            node.fault(f"a name of at most {LONGEST_NAME} characters was expected, and this one has {len(name):,}")
            name = name[:LONGEST_NAME]
        if name in names:
            node.fault(f"another rule is called {described(name)} already; each has a name of its own")
    names.add(name if name not in names else f"{name} ({number})")
    return name


def occasions_in(parts: dict[str, Node]) -> Occasions:
    """How often a rule takes what it matches."""

    def count(key: str, usual: int) -> int:
        if key not in parts:
            return usual
        return parts[key].number(key, MOST_COUNTED) or usual

    return Occasions(
        probability=share_in(parts["probability"], "probability") if "probability" in parts else 1.0,
        limit=count("limit", 1) if "limit" in parts else None,
        after=count("after", 0) if not is_zero(parts.get("after")) else 0,
        every=count("every", 1),
        between=between_in(parts["between"]) if "between" in parts else None,
        in_run="per" in parts and parts["per"].choice(("connection", "run"), "per") == "run",
    )


def is_zero(node: Node | None) -> bool:
    """True for the number 0, which is as good as nothing."""
    return node is not None and node.value == 0 and not isinstance(node.value, bool)


def between_in(node: Node) -> tuple[float, float] | None:
    """Two times since the connection began."""
    if not isinstance(node.value, list) or len(node.value) != 2:
        node.fault(
            f"two times since the connection began, as in [10s, 20s], were expected, and {described(node.value)} was "
            "found"
        )
        return None
    low, high = (seconds_in(each, "a time since the connection began") for each in node.items())
    if low is None or high is None:
        return None
    if low > high:
        node.fault("the earlier time was expected first, as in [10s, 20s]")
    return low, high


# Actions


def actions_in(node: Node) -> tuple[ActionForm, ...]:
    """All of ``do:``, one or several."""
    items = node.items()
    if not items:
        node.fault(f"an action was expected, and nothing was found; there are {listed_actions()}")
    if len(items) > MOST_ACTIONS:
        node.fault(f"at most {MOST_ACTIONS} actions of a rule are read, and here are {len(items):,}")
    return tuple(form for item in items[:MOST_ACTIONS] if (form := action_in(item)) is not None)


def action_in(node: Node) -> ActionForm | None:
    """``drop``, or ``{delay: 50ms}`` with what else is said of it."""
    if isinstance(node.value, str):
        return bare_action(node)
    keys = [str(key) for key in node.value] if isinstance(node.value, dict) else []
    named = [key for key in keys if key in ACTIONS]
    if not named:
        likely = meant(keys[0], ACTIONS) if keys else ""
        found = described(keys[0]) if keys else described(node.value)
        node.fault(f"an action was expected, and {found} was found{likely or f'; there are {listed_actions()}'}")
        return None
    if len(named) > 1:
        node.fault(f"one action was expected in each item of `do`, and {listed(named)} stand in this one; put each "
                   "behind a dash or in braces of its own")  # fmt: skip
        return None
    action = ACTIONS[named[0]]
    parts = node.members((action.name, *action.options), f"{action.name}")
    inner = parts.pop(action.name)
    if inner.value is None and not action.bare:
        inner.fault(f"{action.name} takes {action.takes}, as in {action.example}, and nothing was found")
        return None
    if inner.value is not None and action.takes == NOTHING:
        inner.fault(f"{action.name} takes nothing: it is just a word, and {described(inner.value)} was found")
    return ActionForm(action.name, inner, parts)


def bare_action(node: Node) -> ActionForm | None:
    """An action that is just a word."""
    name = str(node.value)
    if name not in ACTIONS:
        likely = meant(name, ACTIONS) or f"; there are {listed_actions()}"
        node.fault(f"an action was expected, and {described(name)} was found{likely}")
        return None
    action = ACTIONS[name]
    if not action.bare:
        node.fault(f"{name} takes {action.takes}, as in {action.example}")
        return None
    return ActionForm(name, Node(None, node.path, node.faults))


def check_event(form: ActionForm, event: Event) -> None:
    """When a connection opens or closes there is no message to act on."""
    known = [action.name for action in ACTIONS.values() if event in action.events]
    if form.name not in known:
        form.node.fault(f"{form.name} is nothing that can be done on {event.value}: there are {', '.join(known)}")


def listed_actions() -> str:
    """All actions, for a sentence."""
    return ", ".join(ACTIONS)
