"""Values and messages that rules put somewhere, out of plain data: checked against their fields, made when needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife.mutation.rules.scope import Scope
from paperknife.mutation.rules.templates import Make, Template, has_braces, template_in, words
from paperknife_decoders.definition.node import Node, described
from paperknife_decoders.expression.terms import Kind, Term, Value
from paperknife_decoders.open_types import is_any, is_json_like
from paperknife_decoders.splice import PathError, Set, SpliceError, path_from, prepared, splice
from paperknife_decoders.splice.entries import value_field
from paperknife_decoders.splice.hops import is_map
from paperknife_decoders.splice.paths import Path

if TYPE_CHECKING:
    from paperknife.mutation.rules.course import Course

__all__ = ["Filling", "Sets", "draft_in", "filling_in", "path_in", "sets_in"]

DEEPEST = 40
MOST_MEANT = 3
"""Fields that are named where one of them may have been meant."""

WHOLE = frozenset(
    {
        FieldDescriptor.CPPTYPE_INT32,
        FieldDescriptor.CPPTYPE_INT64,
        FieldDescriptor.CPPTYPE_UINT32,
        FieldDescriptor.CPPTYPE_UINT64,
    }
)

SAMPLES: Mapping[Kind, tuple[Value, ...]] = {
    Kind.BOOL: (True,),
    Kind.NUMBER: (1,),
    Kind.DECIMAL: (Decimal(1),),
    Kind.ENUM: (0, 1),
    Kind.STRING: ("text", "1", "0a", "2026-01-01T00:00:00Z", "1s", "true"),
    Kind.BYTES: (b"a",),
    Kind.TIMESTAMP: (1,),
    Kind.DURATION: (1,),
}
"""Values of each kind: one of them at least has to fit where a value of this kind is put."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What is put somewhere. `samples` are values of its kind; a constant is its own."""

    make: Make
    samples: tuple[Value, ...]
    is_constant: bool = False


@dataclass(frozen=True, slots=True)
class Sets:
    """What gets which value; `constant` is all of it, where nothing depends on the message at hand."""

    descriptor: Descriptor
    fillings: tuple[tuple[Path, Filling], ...]

    @property
    def is_constant(self) -> bool:
        """True if nothing in it depends on the message at hand."""
        return all(filling.is_constant for _, filling in self.fillings)

    def changes(self, course: Course) -> list[Set]:
        """The changes; what has no value stays as it is."""
        made = [(path, filling.make(course)) for path, filling in self.fillings]
        return [Set(path, value) for path, value in made if value is not None]

    def constants(self) -> list[Set]:
        """The changes, where all are constant."""
        return [Set(path, filling.samples[0]) for path, filling in self.fillings]


def constant(value: Value) -> Filling:
    """What is always the same."""
    return Filling(lambda _: value, (value,), is_constant=True)


def path_in(node: Node, key: object, descriptor: Descriptor) -> Path | None:
    """The path that a key or a text names; None, with a fault, where there is none."""
    if not isinstance(key, str) or not key:
        node.fault(f"the path of a field was expected, and {described(key)} was found", at_key=True)
        return None
    try:
        return path_from(key, descriptor)
    except PathError as error:
        inner = paths_within(key, descriptor)
        meant = (
            f"{descriptor.full_name} has no field {key}; did you mean {' or '.join(inner)}?" if inner else str(error)
        )
        node.fault(meant, at_key=True)
        return None


def paths_within(key: str, descriptor: Descriptor) -> list[str]:
    """``order.quantity`` for ``quantity``: a path that leaves out the message it begins in."""
    found = []
    for field in descriptor.fields:
        if field.message_type is not None and not field.is_repeated and field.name not in key.split("."):
            with suppress(PathError):
                found.append(str(path_from(f"{field.name}.{key}", descriptor)))
    return found[:MOST_MEANT]


def sets_in(node: Node, descriptor: Descriptor, scope: Scope, depth: int = 0, *, is_new: bool = False) -> Sets | None:
    """What a mapping of paths and values says; None, with faults, where anything in it is wrong.

    With `is_new` it is said of a message in which there is nothing yet.
    """
    fillings: list[tuple[Path, Filling]] = []
    entries = node.entries("a mapping of fields and their values")
    chosen: dict[tuple[str, str], str] = {}
    for key, inner in entries:
        path = path_in(inner, key, descriptor)
        filling = filling_in(inner, path.field, scope, many=path.is_many, depth=depth) if path is not None else None
        if path is None or filling is None:
            continue
        if (rival := rival_of(path, chosen)) is not None:
            inner.fault(f"{path} and {rival} are never both set: they are members of one oneof", at_key=True)
            continue
        if is_new and any(hop.index is not None for hop in path.hops):
            inner.fault(f"{path} is not there in a new message; write the whole list: [...]", at_key=True)
        elif fits(path, filling, descriptor, inner):
            fillings.append((path, filling))
    if len(fillings) < len(entries) or not isinstance(node.value, dict):
        return None
    return Sets(descriptor, tuple(fillings))


def rival_of(path: Path, chosen: dict[tuple[str, str], str]) -> str | None:
    """Another member of the same `oneof` that was named before."""
    above = ""
    for hop in path.hops:
        oneof = hop.form.field.containing_oneof
        if oneof is not None:
            before = chosen.setdefault((above, oneof.name), hop.text)
            if before != hop.text:
                return before
        above = hop.text
    return None


def fits(path: Path, filling: Filling, descriptor: Descriptor, node: Node) -> bool:
    """True if a value of this kind can be put there; else a fault."""
    first: Exception | None = None
    for sample in filling.samples:
        try:
            prepared(descriptor, [Set(path, sample)])
        except SpliceError as error:
            first = first or error
        else:
            return True
    node.fault(f"{path}: {first}")
    return False


def filling_in(node: Node, field: FieldDescriptor, scope: Scope, *, many: bool, depth: int = 0) -> Filling | None:
    """The value for a field, or for the whole of a list or map; None, with faults, where it is wrong."""
    if depth > DEEPEST:
        node.fault("this is nested too deeply")
        return None
    kind, value = field.message_type, node.value
    if many and is_map(field) and isinstance(value, dict):
        inner = value_field(field)
        return gathered(
            {key: filling_in(each, inner, scope, many=False, depth=depth + 1) for key, each in node.entries("a map")}
        )
    if many and isinstance(value, list):
        found = {
            number: filling_in(each, field, scope, many=False, depth=depth + 1)
            for number, each in enumerate(node.items())
        }
        return gathered(found, list)
    if kind is not None and not is_any(kind) and not is_json_like(kind) and isinstance(value, dict | None):
        return message_filling(node, kind, scope, depth)
    if isinstance(value, dict) and len(value) == 1 and None in value.values():
        node.fault(
            f'a value for {field.name} was expected, and a mapping was found; put "{{{next(iter(value))}}}" into quotes'
        )
        return None
    if value is None:
        node.fault(f"a value for {field.name} was expected, and nothing was found; clear takes a field away")
        return None
    if isinstance(value, str) and has_braces(value):
        template = template_in(node, scope)
        return from_template(template, node, field, many=many) if template is not None else None
    return constant(value)


def gathered(fillings: Mapping[Any, Filling | None], build: Callable[..., Value] = dict) -> Filling | None:
    """Values of a map, or of a list by their numbers, as one value."""
    known = {key: each for key, each in fillings.items() if each is not None}
    if len(known) < len(fillings):
        return None

    def joined(values: dict[object, Value]) -> Value:
        return list(values.values()) if build is list else values

    sample = joined({key: each.samples[0] for key, each in known.items()})

    def make(course: Course) -> Value:
        made = {key: each.make(course) for key, each in known.items()}
        return joined({key: value for key, value in made.items() if value is not None})

    is_constant = all(each.is_constant for each in known.values())
    return constant(sample) if is_constant else Filling(make, (sample,))


def message_filling(node: Node, kind: Descriptor, scope: Scope, depth: int) -> Filling | None:
    """A whole message."""
    draft = draft_in(Node(node.value or {}, node.path, node.faults), kind, scope, depth + 1)
    if draft is None:
        return None
    parse = message_factory.GetMessageClass(kind).FromString
    if draft.is_constant:
        return constant(parse(splice(b"", kind, draft.constants())))
    return Filling(lambda course: parse(splice(b"", kind, draft.changes(course))), (parse(b""),))


def draft_in(node: Node, descriptor: Descriptor, scope: Scope, depth: int = 0) -> Sets | None:
    """A message out of a mapping of its fields; None, with faults, where anything in it is wrong."""
    return sets_in(node, descriptor, scope, depth, is_new=True)


# Values of expressions


def from_template(template: Template, node: Node, field: FieldDescriptor, *, many: bool) -> Filling | None:
    """The value of a placeholder, in a form that the field takes; or a text with placeholders."""
    term = template.term
    if term is None:
        return Filling(template.text, SAMPLES[Kind.STRING])
    if term.kind in (Kind.MESSAGE, Kind.LIST, Kind.MAP):
        return whole_filling(template, term, node, field, many=many)
    change = conversion(term, field)
    if change is None:
        return Filling(template.value, SAMPLES[term.kind])

    def make(course: Course) -> Value:
        value = template.value(course)
        return None if value is None else change(value)

    return Filling(make, tuple(change(sample) for sample in SAMPLES[term.kind]))


def conversion(term: Term, field: FieldDescriptor) -> Callable[[Value], Value] | None:
    """How a value of an expression becomes one for a field; None where it is one as it is."""
    if field.cpp_type in WHOLE and term.kind in (Kind.NUMBER, Kind.DECIMAL):
        return rounded
    if field.type == FieldDescriptor.TYPE_STRING and term.kind is not Kind.STRING:
        return lambda value: words(value, term)
    if field.enum_type is not None and term.enum is not None and term.enum is not field.enum_type:
        return lambda value: words(value, term)  # the same name in another enum
    return None


def rounded(value: Value) -> Value:
    """A whole number; what is no number stays, and the field refuses it."""
    try:
        return round(value)
    except (ValueError, OverflowError):
        return value


def whole_filling(template: Template, term: Term, node: Node, field: FieldDescriptor, *, many: bool) -> Filling | None:
    """A whole message, list or map copied from the message at hand, into a field of the same type."""
    shape = term.path.shape if term.path is not None else None
    same = shape is not None and shape.descriptor is not None and field.message_type is shape.descriptor
    if term.kind is Kind.LIST and shape is not None and many:
        same = shape.field is not None and (shape.descriptor, shape.field.type) == (field.message_type, field.type)
    if not same or many is not (term.kind is not Kind.MESSAGE):
        node.fault(f"{term}; {field.name} takes what has its own type")
        return None
    if term.kind is Kind.LIST:
        return Filling(listed_value(template), ([],))
    if term.kind is Kind.MAP:
        return Filling(mapped_value(template), ({},))
    kind = field.message_type
    assert kind is not None
    return Filling(template.value, (message_factory.GetMessageClass(kind)(),))


def listed_value(template: Template) -> Make:
    """The elements of a list."""

    def make(course: Course) -> Value:
        value = template.value(course)
        return None if value is None else list(value)

    return make


def mapped_value(template: Template) -> Make:
    """The entries of a map."""

    def make(course: Course) -> Value:
        value = template.value(course)
        return None if value is None else dict(value)

    return make
