"""Splicing: one field of an encoded message is changed, and every other byte stays as it is.

A message that is parsed and serialised again is another one: unknown fields move, over-long numbers shrink, doubled
records are gone. So a change is made in the bytes. A path says what is meant, the encoding's rules
(https://protobuf.dev/programming-guides/encoding/) say which records decide it, and those are replaced::

    order.levels[1].price ── hops ──> the records that decide ──> edits ──> lengths of the parents ──> bytes

* `paths` reads ``order.levels[0].price`` against a type, into `hops`: which records count at each level.
* `scalars` and `contents` make bytes of values: numbers, texts, enums; times, decimals, whole messages. `decoding` is
  the way back for scalars.
* `scanning` finds the records of one level, `elements` those of a list, `entries` those of a map.
* `descent` goes down a path as far as the message has it.
* `edits` are what is replaced; `lengths` follow for all records around it.
* `changes` are what callers say, and `writing` makes them: `splice`, or `prepared` for many messages of one type;
  `express` sets a field of messages that are as encoders write them.
* `comparing` tells by which changes one message becomes another, with `aligned` for its lists.
* `reading` tells what a path leads to, and `envelopes` goes through the steps of a protocol and back, by `fronting`
  where values in front change with it.
* `own` makes a whole message of an envelope of our own: `keys` says in it what it carries, and `front` in front of it.
* `errors` are for a path that the type does not have, and for a change that this message or its type cannot take.

A message with several records is what they say side by side: of a scalar the last one counts, messages are merged, and
of a `oneof` only what comes behind the last record of another member. What does not count is left where it is, unless
it would count again after the change. Where nothing is set yet, new records come behind all others of their parent.
"""

from paperknife_decoders.splice.changes import Append, Change, Clear, Insert, Set
from paperknife_decoders.splice.comparing import changes_between
from paperknife_decoders.splice.envelopes import edited
from paperknife_decoders.splice.errors import NoElement, PathError, SpliceError
from paperknife_decoders.splice.paths import Path, path_from
from paperknife_decoders.splice.reading import read_value, spans_at
from paperknife_decoders.splice.writing import Splicer, prepared, splice

__all__ = [
    "Append",
    "Change",
    "Clear",
    "Insert",
    "NoElement",
    "Path",
    "PathError",
    "Set",
    "SpliceError",
    "Splicer",
    "changes_between",
    "edited",
    "path_from",
    "prepared",
    "read_value",
    "spans_at",
    "splice",
]
