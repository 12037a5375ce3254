"""The secrets in JSON and in plain text, by the names that stand before them."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import NamedTuple

from paperknife_decoders.redaction.edits import STARS, Edit, Found
from paperknife_decoders.redaction.plan import NOWHERE, Tree, tree_of
from paperknife_decoders.secret_text import text_spans
from paperknife_decoders.secret_text import unescaped as without_escapes
from paperknife_decoders.secrets import Secrets

__all__ = ["find_in_json", "find_in_text", "has_name", "names_in"]

TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]++', re.DOTALL)
"""A string, a sign, or a number or word (RFC 8259, section 2)."""

ZERO, SPACE = b"0" * 256, b" " * 256
"""A number or word becomes a zero with spaces behind it, which is JSON of the same length."""

FOLDED = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
STEMS = (b"token", b"key", b"secret", b"pass", b"credential", b"code", b"otp", b"cv")
"""What most secret names have in them."""

RARE = b"jqxzkvwbpygfmhucldrnsioate"
"""Letters, the rarest of English ones first; what is no letter counts as rarer."""

ESCAPED_ASCII = re.compile(rb"\\u00[0-7]")
"""A letter of a name may be written so."""

WORD = re.compile(rb"[a-z0-9]+")
BEHIND_ESCAPE = re.compile(rb"(?<=\\[bfnrt])[a-z0-9]+")
"""What begins a line within a JSON string has the letter of the line's end before it."""


def find_in_text(data: bytes, secrets: Secrets) -> Found:
    """What stands behind secret names; in bytes, whatever their encoding is, as names and quotes are ASCII."""
    found = Found()
    if has_name(secrets, data):
        for start, end in text_spans(data.decode("latin-1"), secrets):
            found.edits.append(Edit(start, end))
            found.values.append(unescaped(data[start:end]))
    return found


def find_in_json(data: bytes, secrets: Secrets) -> Found:
    """The secrets of a JSON document: texts and numbers under secret names, all that lies under a declared path.

    It stays a JSON document. Names within strings, as of JSON in JSON, count too.
    """
    found = Found()
    if has_name(secrets, data):
        Document(data, secrets, found).run()
    return found


def names_in(secrets: Secrets, data: bytes) -> bool:
    """True if there may be secret names in `data`, anywhere: a quick look, which most contents do not pass."""
    folded = data.translate(FOLDED, b"_-\\")
    for letter, stems in words(secrets).by_letter.items():
        if letter in folded and any(stem in folded for stem in stems):
            return True
    return has_escaped_ascii(data)


def has_name(secrets: Secrets, data: bytes) -> bool:
    """True if a secret name stands in the text `data`, whole, or may be written there in escapes."""
    if not names_in(secrets, data):
        return False
    folded, sought = data.translate(FOLDED, b"_-"), words(secrets)
    if not sought.whole.isdisjoint(WORD.findall(folded)) or any(name in folded for name in sought.others):
        return True
    return has_escaped_ascii(data) or (b"\\" in data and not sought.whole.isdisjoint(BEHIND_ESCAPE.findall(folded)))


def has_escaped_ascii(data: bytes) -> bool:
    """True if a name may be in escapes."""
    return b"\\" in data and b"\\u00" in data and ESCAPED_ASCII.search(data) is not None


class Words(NamedTuple):
    """Secret names, folded: as `whole` words, and `others` that are no words.

    Each name has a stem in it; they are `by_letter`, the rarest of each, as a letter is found or not ten times as fast.
    """

    whole: frozenset[bytes]
    others: tuple[bytes, ...]
    by_letter: dict[bytes, list[bytes]]


@lru_cache(maxsize=16)
def words(secrets: Secrets) -> Words:
    """What to look for in a text before it is looked into; a declared path counts by its last name."""
    declared = {path.rpartition(".")[2].encode().translate(FOLDED, b"_-") for path in secrets.paths}
    names = {name.encode() for name in secrets.names}
    every = {name for name in names | declared if name}
    whole = frozenset(name for name in every if WORD.fullmatch(name))
    used = {stem for stem in STEMS if any(stem in name for name in every)}
    by_letter: dict[bytes, list[bytes]] = {}
    for stem in (*sorted(used), *sorted(name for name in every if not any(stem in name for stem in used))):
        by_letter.setdefault(min((bytes([byte]) for byte in stem), key=RARE.find), []).append(stem)
    return Words(
        whole | {b"x" + name for name in names},
        tuple(sorted(every - whole)),
        by_letter,
    )


class Document:
    """One pass over the tokens of a JSON document; open objects and arrays are on a stack, so that nothing recurses."""

    def __init__(self, data: bytes, secrets: Secrets, found: Found) -> None:
        self.data = data
        self.secrets = secrets
        self.found = found
        self.open: list[tuple[bool, Tree, bool, bool]] = []
        self.is_object = False
        self.tree: Tree = tree_of(secrets)
        """Declared paths that lead on from here."""
        self.named = self.declared = False
        """What comes next has a secret name; lies under a declared path."""
        self.name = ""
        self.expects_name = False

    def run(self) -> None:
        """Find what is secret."""
        for token in TOKEN.finditer(self.data):
            match self.data[token.start()]:
                case 0x7B | 0x5B as sign:  # { [
                    self.begin(sign == 0x7B)
                case 0x7D | 0x5D:  # } ]
                    self.end()
                case 0x3A:  # :
                    self.expects_name = False
                case 0x2C:  # ,
                    self.expects_name = self.is_object
                case 0x22 if self.expects_name:
                    self.name = unescaped(self.data[token.start() + 1 : token.end() - 1]).decode(errors="replace")
                case first:
                    self.value(token.start(), token.end(), is_text=first == 0x22)

    def below(self) -> tuple[Tree, bool, bool]:
        """For the value that comes: where declared paths lead on to, if it has a secret name, if it is declared."""
        if not self.is_object:
            return self.tree, self.named, self.declared
        tree = self.tree.get(self.name, NOWHERE)
        return tree, self.secrets.hides_name(self.name), self.declared or "" in tree

    def begin(self, is_object: bool) -> None:
        """An object or array begins."""
        tree, named, declared = self.below()
        self.open.append((self.is_object, self.tree, self.named, self.declared))
        self.is_object, self.tree, self.named, self.declared = is_object, tree, named and not is_object, declared
        self.expects_name = is_object

    def end(self) -> None:
        """The innermost object or array ends."""
        if self.open:
            self.is_object, self.tree, self.named, self.declared = self.open.pop()
        self.expects_name = False

    def value(self, start: int, end: int, *, is_text: bool) -> None:
        """A string, or a number or word."""
        _, named, declared = self.below()
        first = self.data[start]
        if is_text:
            if named or declared:
                self.hide(start + 1, end - 1)
            else:
                self.look_into(start + 1, end - 1)
        elif declared or (named and first in b"-0123456789"):
            self.found.edits += [Edit(start, start + 1, ZERO), Edit(start + 1, end, SPACE)]

    def hide(self, start: int, end: int) -> None:
        """Replace what is between two quotes."""
        if start < end:
            self.found.edits.append(Edit(start, end, STARS))
            self.found.values.append(unescaped(self.data[start:end]))

    def look_into(self, start: int, end: int) -> None:
        """Find names within a string."""
        inner = self.data[start:end]
        if b":" in inner or b"=" in inner or has_escaped_ascii(inner):
            text, places = without_escapes(inner.decode("latin-1"))
            for first, last in text_spans(text, self.secrets):
                self.hide(start + places[first], start + places[last])


def unescaped(data: bytes) -> bytes:
    """The content of a JSON string without its escapes; as it is where it is none."""
    if b"\\" not in data:
        return data
    try:
        return str(json.loads(b'"' + data + b'"')).encode(errors="surrogatepass")
    except ValueError:
        return data
