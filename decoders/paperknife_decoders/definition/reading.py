"""From plain data to the form of a definition: a reader for each key, and everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace

from paperknife_decoders.definition.choosing import CHOICE_KEYS, ChoiceForm, read_choice
from paperknife_decoders.definition.faults import Path
from paperknife_decoders.definition.form import JSON, CarriesForm, Definition, Match, PairForm
from paperknife_decoders.definition.node import Node, described
from paperknife_decoders.message import Direction
from paperknife_decoders.steps import Limits, Step, TellsHeader
from paperknife_decoders.steps.registry import step_from
from paperknife_decoders.wire.walker import DEEPEST

__all__ = ["StepReader", "read_definition"]

KEYS = (
    "name",
    "about",
    "match",
    "schema",
    "client",
    "server",
    "steps",
    "text",
    "header",
    "payload",
    "carries",
    "behind",
    "limits",
    "partial",
    "heartbeats",
    "correlate",
    "secrets",
    "volatile",
    "decoder",
)

NOT_FOR_READING = ("about", "match", "schema", "decoder")
"""Keys that say nothing of how bytes are read, or name what is on this machine only."""

CARRIES_KEYS = ("in", "at", "from", *CHOICE_KEYS, "steps")
SIDES = tuple(direction.value for direction in Direction)
KINDS: Mapping[str, type[int] | type[str]] = {"number": int, "text": str}
MOST_LIMIT = 1 << 40

SET_FIELDS = "set-fields"

MOST_CARRIES = 100
"""Types that carry messages; a definition may come with a hostile recording."""

MOST_VOLATILE = 100
"""Patterns that each field of a schema is compared with, likewise."""

type StepReader = Callable[[object], Step]
"""Makes a step of its definition. Raises `ValueError`."""


def read_definition(data: object, path: Path = (), step: StepReader = step_from) -> Definition:
    """What `data`, plain as YAML gives it, say; never raises. `path` is where they stand, for the faults.

    `step` makes the steps of their definitions.
    """
    node = Node(data, path)
    found = node.members(KEYS, "a protocol")
    values: dict[str, object] = {}
    if "partial" in found:
        node.faults.partial = found["partial"].truth("`partial`")
    if "name" in found:
        values["name"] = found["name"].text("a name") or ""
    elif isinstance(data, Mapping):
        node.fault("a protocol needs a name")
    for key, read in READERS.items():
        if key in found:
            values[FIELDS.get(key, key)] = read(found[key])
    values["types"] = {
        side: found[side.value] for side in Direction if side.value in found and named(found[side.value])
    }
    if "steps" in found:
        steps = {side: read_steps(each, step) for side, each in by_side(found["steps"]).items()}
        values["steps"] = steps
        if "header" in found:
            check_kinds(found["header"], [each for those in steps.values() for each in those])
    if "carries" in found:
        carries = found["carries"].items()
        if len(carries) > MOST_CARRIES:
            found["carries"].fault(f"at most {MOST_CARRIES} were expected, and {len(carries):,} were found")
        forms = (read_carries(each, step) for each in carries[:MOST_CARRIES])
        values["carries"] = tuple(form for form in forms if form is not None)
    if "carries" in found or "behind" in found:
        check_sides(found)
    plain = {key: each.value for key, each in found.items() if key not in NOT_FOR_READING}
    made = Definition(**values)  # type: ignore[arg-type]  # each reader gives what its field is for
    return replace(made, path=path, plain=plain, faults=tuple(node.faults.found), ledger=node.faults)


def named(node: Node) -> bool:
    """True if a side's type is a text."""
    return node.text("a type's name, or json for a side that sends no Protobuf,") is not None


def check_sides(found: Mapping[str, Node]) -> None:
    """Say where one key shuts out another."""
    if "behind" not in found:
        return
    behind = found["behind"]
    for side, each in by_side(behind).items():
        named_type = found.get(side.value)
        if named_type is None:
            continue
        if named_type.value != JSON:
            named_type.fault("`behind` says the types, so that there is nothing to name here but json")
        elif each.path != behind.path:
            named_type.fault(f"a side of json has nothing `behind`, and that has {side.value}")


def by_side(node: Node) -> dict[Direction, Node]:
    """A value for each direction: one for both, or one under each of ``client`` and ``server``."""
    if isinstance(node.value, Mapping) and set(node.value) & set(SIDES):
        return {Direction(key): each for key, each in node.members(SIDES, "what differs between the sides").items()}
    return dict.fromkeys(Direction, node)


def read_match(node: Node) -> Match:
    """Which connections are meant."""
    found = node.members(("host", "path", "subprotocol"), "`match`")
    return Match(**{key: each.texts(f"a {key}, or several,") for key, each in found.items()})


def read_steps(node: Node, step: StepReader) -> tuple[Step, ...]:
    """The steps that can be made."""
    made = []
    for each in node.items():
        try:
            made.append(step(each.value))
        except ValueError as error:
            each.fault(str(error))
    return tuple(made)


def read_header(node: Node) -> dict[str, type[int] | type[str]]:
    """The values in front of messages that are shown with them."""
    found = {}
    for name, each in node.entries("a mapping from names to `number` or `text`"):
        kind = each.choice(KINDS, "the kind of the value")
        if not isinstance(name, str) or not name.isidentifier():
            each.fault(f"a name was expected, and {described(name)} was found", at_key=True)
        elif kind is not None:
            found[name] = KINDS[kind]
    return found


def check_kinds(node: Node, steps: Sequence[Step]) -> None:
    """Say where a value is declared as another kind than a step tells that it is."""
    told = {name: kind for step in steps if isinstance(step, TellsHeader) for name, kind in step.header_kinds.items()}
    for name, each in node.entries("a mapping"):
        kind = KINDS.get(str(each.value))
        if isinstance(name, str) and kind is not None and told.get(name, kind) is not kind:
            other = "text" if kind is int else "number"
            each.names_nothing(f"the steps give {name} as a {other}, so that there is nothing to say of it here")


def read_carries(node: Node, step: StepReader) -> CarriesForm | None:
    """One type that holds another message; None where too little is known of it."""
    found = node.members(CARRIES_KEYS, "what carries a message")
    missing = [key for key in ("in", "at", "types") if key not in found]
    if missing:
        if found:
            node.fault(f"what carries a message needs {' and '.join(missing)}")
        return None
    choice = read_choice(node, found)
    side = found["from"].choice(SIDES, "who sends it") if "from" in found else None
    steps = read_steps(found["steps"], step) if "steps" in found else ()
    if choice is None:
        return None
    return CarriesForm(node, found["in"], found["at"], choice, Direction(side) if side else None, steps)


def read_behind(node: Node) -> dict[Direction, ChoiceForm]:
    """What is behind the header of each direction."""
    forms = {}
    for side, each in by_side(node).items():
        found = each.members(CHOICE_KEYS, "`behind`")
        if "types" not in found:
            each.fault("`behind` needs types")
            continue
        choice = read_choice(each, found)
        if choice is not None:
            forms[side] = choice
    return forms


def read_payload(node: Node) -> dict[Direction, Node]:
    """The directions in which the fields that are set name the payload."""
    sides = by_side(node).items()
    return {side: each for side, each in sides if each.choice((SET_FIELDS,), "what the payload is") is not None}


def read_limits(node: Node) -> Limits:
    """Those that are said; the others as they are."""
    found = node.members((each.name for each in fields(Limits)), "`limits`")
    said = {name: each.number(name, DEEPEST if name == "nesting" else MOST_LIMIT) for name, each in found.items()}
    return Limits(**{name: number for name, number in said.items() if number is not None})


def read_names(what: str) -> Callable[[Node], tuple[Node, ...]]:
    """A reader of a list of texts."""
    return lambda node: tuple(each for each in node.items() if each.text(what) is not None)


def read_correlate(node: Node) -> tuple[PairForm, ...]:
    """The declared pairs."""
    pairs = []
    for each in node.items():
        found = each.members(("request", "response"), "what belongs together")
        texts = [name for name, its in found.items() if its.text("the path of a field") is not None]
        if len(texts) == 2:
            pairs.append(PairForm(found["request"], found["response"]))
        elif len(found) == 1:
            each.fault("what belongs together needs request and response")
    return tuple(pairs)


def read_volatile(node: Node) -> tuple[Node, ...]:
    """The patterns of fields that do not count."""
    items = node.items()
    if len(items) > MOST_VOLATILE:
        node.fault(f"at most {MOST_VOLATILE} were expected, and {len(items):,} were found")
    return tuple(each for each in items[:MOST_VOLATILE] if each.text("the path of a field") is not None)


READERS: Mapping[str, Callable[[Node], object]] = {
    "about": lambda node: node.text("a sentence") or "",
    "match": read_match,
    "schema": read_names("a path"),
    "text": lambda node: node.truth("`text`"),
    "header": read_header,
    "payload": read_payload,
    "behind": read_behind,
    "limits": read_limits,
    "heartbeats": read_names("a payload's name"),
    "correlate": read_correlate,
    "secrets": read_names("the path of a field"),
    "volatile": read_volatile,
    "decoder": lambda node: node.text("module:name") or "",
}
FIELDS = {"text": "in_text", "payload": "set_fields"}
"""Keys that are called otherwise in `Definition`."""
