"""Messages whose values in front change, or whose envelope becomes one of another type that these values have to say.

A step closes with the values that it has read. So where others are wanted, the message is made anew, like itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from paperknife_decoders.message import Direction
from paperknife_decoders.reader import Reader
from paperknife_decoders.rest import Rest
from paperknife_decoders.splice.front import keys_in_front, leaves_of, parted
from paperknife_decoders.steps import Opened, closed_without, open_parts
from paperknife_decoders.steps.making import Front, made_through
from paperknife_decoders.steps.new_header import NotMade

__all__ = ["with_front"]


def with_front(reader: Reader, direction: Direction, before: Rest, opened: Opened) -> Opened:
    """The same way there, and a way back for envelopes with other values in front.

    Of an envelope without values in front these are as they were, but for those that say of what type it is.
    """
    steps = reader.protocol.steps_for(direction)
    outer, leaves = leaves_of(steps)
    if not any(leaf.header for leaf in leaves):
        return opened

    def settled(old: bytes, new: bytes) -> tuple[bytes, dict[str, int | str]]:
        """An envelope with the old values in front, and those that are to be others."""
        if new == old:
            return old, {}
        was, now = parted(old, leaves), parted(new, leaves)
        asked = {name: value for name, value in now.values.items() if was.values.get(name) != value}
        if now.body != was.body:
            keys_before = keys_in_front(was.body, leaves, reader.path)
            for name, keys in keys_in_front(now.body, leaves, reader.path).items():
                if name in asked or keys == keys_before.get(name) or was.values.get(name) in keys:
                    continue
                if len(keys) != 1:
                    many = "several values mean that type" if keys else "bytes of no type have none"
                    raise NotMade(f"{name} in front says of what type a message is, and {many}; change it too")
                (asked[name],) = keys
        return old[: len(old) - len(was.body)] + now.body, asked

    def without(parts: Sequence[bytes | None]) -> bytes:
        both = zip(opened.parts, parts, strict=True)
        made = [(None, {}) if new is None else settled(old, new) for old, new in both]
        asked = [values for _, values in made if values]
        content = closed_without(opened, [part for part, _ in made])
        if not asked:
            return content
        if len(opened.parts) > 1:
            names = " and ".join(dict.fromkeys(name for values in asked for name in values))
            raise NotMade(f"{names} in front of one of several envelopes cannot become another one")
        return renewed(content, asked[0])

    def renewed(content: bytes, asked: dict[str, int | str]) -> bytes:
        """A message that has this one's values in front, but for those that are asked for."""
        context = reader.context(direction, reader.quick_opcode, before)
        (part,) = open_parts(outer, content, context).parts
        made = made_through(outer, part, context, Front(asked), content)
        if open_parts(outer, made, context).parts != (part,):
            raise NotMade("what was made of it would be read as something else; look at the values in front of it")
        return made

    return replace(opened, close=without, without=without)
