"""Paths of a change: ``order.levels[-1].price``, ``order.labels["desk"]``, ``order.[pkg.extension].limit``.

As in expressions, a field that is called like a word of Python may have an underscore behind it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.expression.error import closest, listed
from paperknife_decoders.expression.paths import field_named, named
from paperknife_decoders.printable import elide, printable
from paperknife_decoders.splice.entries import key_from, value_field
from paperknife_decoders.splice.errors import PathError, SpliceError
from paperknife_decoders.splice.hops import Hop, form_of, is_map
from paperknife_decoders.wire.walker import DEEPEST

__all__ = ["Path", "path_from", "path_in"]

TOKEN = re.compile(
    r"""\s*(?:
    (?P<name>\.?\s*[A-Za-z_][A-Za-z0-9_]*)
    | \.?\s*\[\s*(?P<extension>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\s*\]
    | \[\s*(?P<number>[-+]?[0-9]{1,20})\s*\]
    | \[\s*(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\]
    )\s*""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
LONGEST = 10_000
"""Characters of a path."""


@dataclass(frozen=True, slots=True)
class Path:
    """A path that leads to a field of `descriptor`'s messages, to an element of a list or to a value of a map."""

    descriptor: Descriptor
    text: str
    hops: tuple[Hop, ...]

    @property
    def field(self) -> FieldDescriptor:
        """The field that the path ends with; for a value of a map that of its entries."""
        return self.hops[-1].form.field

    @property
    def is_many(self) -> bool:
        """True if the path leads to the whole of a list or of a map."""
        return self.field.is_repeated and self.hops[-1].index is None

    def into(self, field: FieldDescriptor) -> Path:
        """The path one level further, to `field` of the message that this one leads to."""
        return Path(self.descriptor, self.text, (*self.hops, Hop(form_of(field), self.text)))

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=1024)
def path_from(text: str, descriptor: Descriptor) -> Path:
    """The path that `text` names in messages of the type `descriptor`. Raises `PathError`."""
    hops: list[Hop] = []
    kind: Descriptor | None = descriptor
    for token in tokens_of(text):
        where = text[: token.end()].strip()
        selected = token["number"] or token["text"]
        open_list = hops[-1] if hops and is_whole_list(hops[-1]) else None
        if open_list is not None and is_map(open_list.form.field):
            hops[-1:] = entry(open_list, token["extension"] if selected is None else selected, where)
        elif open_list is not None and token["number"] is not None:
            hops[-1] = Hop(open_list.form, where, index=position(token["number"]))
        elif selected is not None:
            raise PathError(no_element(hops, printable(selected)))
        else:
            field = member(kind, token, hops, descriptor)
            hops.append(Hop(form_of(field), where))
        if len(hops) > DEEPEST:
            raise PathError(f"a path of more than {DEEPEST} fields; parsers follow no more levels than that")
        kind = inner(hops[-1])
    return Path(descriptor, text, tuple(hops))


def path_in(path: Path | str, descriptor: Descriptor) -> Path:
    """The path in messages of this type."""
    if isinstance(path, str):
        return path_from(path, descriptor)
    if path.descriptor is not descriptor and path.descriptor != descriptor:
        raise PathError(f"{path} is a path in {path.descriptor.full_name}, not in {descriptor.full_name}")
    return path


def tokens_of(text: str) -> Iterator[re.Match[str]]:
    """The names and brackets of a path, one by one."""
    at = 0
    if len(text) > LONGEST:
        raise PathError(f"a path of {len(text):,} characters; at most {LONGEST:,} are read")
    while at < len(text) or not at:
        token = TOKEN.match(text, at)
        has_dot = token is not None and token[0].lstrip().startswith(".")
        if token is None or (token["name"] is not None and has_dot != (at > 0)) or (has_dot and not at):
            shown, rest = printable(elide(text, 80)), printable(elide(text[at:], 20))
            found = f"{rest} was found" if rest else "it ends"
            raise PathError(
                f'{shown} is no path such as order.levels[0].price or labels["desk"]: a name was expected where {found}'
            )
        yield token
        at = token.end()


def is_whole_list(hop: Hop) -> bool:
    """True for a list or a map of which no element is said yet."""
    return hop.form.field.is_repeated and hop.index is None


def inner(hop: Hop) -> Descriptor | None:
    """The type whose fields may come next; None where a list is still open, and behind a scalar."""
    return None if is_whole_list(hop) else hop.form.field.message_type


def position(digits: str) -> int:
    """An index, from the end where it is negative."""
    index = int(digits)
    if not -(1 << 31) <= index < 1 << 31:
        raise PathError(f"{digits} is no position in a list")
    return index


def entry(hop: Hop, selected: str | None, where: str) -> tuple[Hop, Hop]:
    """One entry of the map at `hop`, and the value in it."""
    field = hop.form.field
    if selected is None:
        raise PathError(f'{hop.text} is a map; say which key, as in {hop.text}["key"]')
    try:
        key, record = key_from(ast.literal_eval(selected) if selected[0] in "\"'" else selected, field)
    except (SpliceError, ValueError, SyntaxError) as error:
        reason = error if isinstance(error, SpliceError) else f"[{printable(selected)}] is no text"
        raise PathError(f"{hop.text} has no such key: {reason}") from None
    return Hop(hop.form, where, key=key, key_record=record), Hop(form_of(value_field(field)), where)


def member(kind: Descriptor | None, token: re.Match[str], hops: list[Hop], descriptor: Descriptor) -> FieldDescriptor:
    """The field or the extension that comes next."""
    name = (token["name"] or token["extension"]).lstrip(".").strip()
    if kind is None:
        raise PathError(no_member(hops[-1], name))
    if token["extension"] is not None:
        return extension(kind, name)
    field = field_named(kind, name)
    if field is None:
        owner = f"{hops[-1].text} ({named(kind)})" if hops else named(descriptor)
        names = [each.name for each in kind.fields]
        likely = closest(name, names)
        meant = f"; did you mean {likely}?" if likely else f"; it has {listed(names)}." if names else ", and no other."
        raise PathError(f"{owner} has no field {name}{meant}")
    return field


def no_element(hops: list[Hop], selected: str) -> str:
    """Why nothing in brackets comes here."""
    if not hops:
        return f"a path starts with the name of a field, not with [{selected}]"
    if is_whole_list(hops[-1]):
        return f"{hops[-1].text} is a list, its elements are numbered: {hops[-1].text}[0], not [{selected}]"
    return f"{hops[-1].text} is no list and no map, it has no [{selected}]"


def no_member(hop: Hop, name: str) -> str:
    """Why nothing comes after a dot here."""
    if is_whole_list(hop):
        return f"{hop.text} is a list; say which element, as in {hop.text}[0].{name}"
    return f"{hop.text} is no message, it has no field {name}"


def extension(kind: Descriptor, name: str) -> FieldDescriptor:
    """An extension of `kind` by its full name."""
    known = kind.file.pool.FindAllExtensions(kind) if kind.is_extendable else ()
    names = {each.full_name: each for each in known}
    if name not in names:
        likely = closest(name, names)
        meant = f"; did you mean [{likely}]?" if likely else f"; it has {listed(names)}." if names else ""
        raise PathError(f"{named(kind)} has no extension [{name}]{meant}")
    found: FieldDescriptor = names[name]
    return found
