"""Secrets in plain text: ``password=...``, ``password: ...`` and what looks like JSON, whole or cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from paperknife_decoders.secrets import MASK, Secrets

__all__ = ["mask_text", "text_spans"]

NAME = re.compile(r"""(?<![\w-])(?P<name>[\w-]++)(?P<quote>\\*+["'])?+\s*+(?:(?P<sign>[:=])){1,3}+>?+\s*+""", re.ASCII)
"""A name and what stands between it and its value. Nothing is tried twice, so that a search is linear."""

LISTED = re.compile(r"\[[^\]]*+")
QUOTED = {
    '"': re.compile(r'"(?:[^"\\]|\\.)*+', re.DOTALL),
    "'": re.compile(r"'(?:[^'\\]|\\.)*+", re.DOTALL),
}
ESCAPED = re.compile(r"""\\++["'][^"'\\]*+(?:\\[^"'][^"'\\]*+)*+""")
"""A quoted value within a quoted text: its own quotes have backslashes."""
BARE = {
    "json": re.compile(r"[^\s,\]}]*+"),
    "=": re.compile(r"(?:(?:basic|bearer|token)\s++)?+[^\s&;]*+", re.IGNORECASE),
    ":": re.compile(r"[^\r\n]*+"),
}
"""A value without quotes, by what stands before it. Rather too much is taken than too little."""

ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"\\/bfnrt]))")
ESCAPED_SIGNS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
DEEPEST = 3
"""So many JSON strings inside each other are looked into."""
LONGEST_UNESCAPED = 1 << 17
"""Characters of a text of which the escapes are looked behind, which may take a tenth of a second."""


def mask_text(text: str, secrets: Secrets) -> str:
    """`text` with the mask in place of what stands behind secret names.

    >>> mask_text("user=alice password=hunter2", Secrets())
    'user=alice password=[redacted]'
    """
    shown, done = [], 0
    for start, end in text_spans(text, secrets):
        shown += [text[done:start], MASK]
        done = end
    return "".join([*shown, text[done:]])


def text_spans(text: str, secrets: Secrets) -> list[tuple[int, int]]:
    """Where values behind secret names start and end, quotes not counted: sorted, apart, and in linear time.

    A declared path counts by its last name. Names and quotes may be escaped, as those of JSON in a JSON string are.
    """
    spans = list(plain_spans(text, secrets))
    level, places = text, list(range(len(text) + 1))
    for _ in range(DEEPEST):
        inner, ats = unescaped(level)
        if inner == level:
            break
        level, places = inner, [places[at] for at in ats]
        spans += ((places[start], places[end]) for start, end in plain_spans(level, secrets))
    return apart(spans)


def unescaped(text: str) -> tuple[str, Sequence[int]]:
    """A text without JSON's escapes (RFC 8259, section 7), and where each character, and the end, was before.

    A very long one is left as it is.
    """
    if "\\" not in text or len(text) > LONGEST_UNESCAPED:
        return text, range(len(text) + 1)
    shown, places, done = [], list[int](), 0
    for found in ESCAPE.finditer(text):
        start, end = found.span()
        shown += [text[done:start], chr(int(found[1], 16)) if found[1] else ESCAPED_SIGNS.get(found[2], found[2])]
        places += range(done, start + 1)
        done = end
    return "".join([*shown, text[done:]]), [*places, *range(done, len(text) + 1)]


def apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans sorted, those that overlap made one."""
    whole: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if whole and start < whole[-1][1]:
            whole[-1] = whole[-1][0], max(end, whole[-1][1])
        else:
            whole.append((start, end))
    return whole


def plain_spans(text: str, secrets: Secrets) -> Iterator[tuple[int, int]]:
    """Where values are in a text as it stands."""
    declared = {path.rpartition(".")[2] for path in secrets.paths}
    position = 0
    while found := NAME.search(text, position):
        position = found.end()
        if found["name"] in declared or secrets.hides_name(found["name"]):
            start, end = value_span(text, found)
            if end > start:
                yield start, end
            position = max(position, end)


def value_span(text: str, found: re.Match[str]) -> tuple[int, int]:
    """Start and end of the value behind a name."""
    start = found.end()
    first = text[start : start + 1]
    if first in QUOTED and (value := QUOTED[first].match(text, start)):
        return start + 1, value.end()
    if first == "\\" and (value := ESCAPED.match(text, start)):
        return start + value[0].index(value[0].lstrip("\\")) + 1, value.end()
    if first == "[" and (value := LISTED.match(text, start)):
        return start + 1, value.end()
    if first == "{":
        return start, start  # what is in it has names of its own
    value = BARE["json" if found["quote"] else found["sign"]].match(text, start)
    return start, value.end() if value else start
