"""The language of ``--where`` and ``--hide``: conditions on an envelope, in Python's expression syntax.

::

    order.price > 5000 and order.side == BUY
    any(level.size == 0 for level in market_data.levels)
    direction == server and payload in (order_response, error) and size > 1000
    has(order.limit_price) and not startswith(order.symbol, "ES")

**Names.** A path starts at a field of the envelope: ``order.price``. Elements of a list are numbered (``levels[0]``,
``levels[-1]``), those of a map have keys (``labels["desk"]``). A field that is called like a word of the language takes
an underscore (``from_``). Built in are `direction` (client, server), `payload`, `size` (bytes of the envelope), `time`,
`connection`, `opcode` (text, binary) and `msg`, the envelope itself: the built-in names win, ``msg.time`` is the
envelope's own field `time`.

**No value.** A path has no value where a message on the way is unset, another member of the `oneof` is set, an
`optional` field is unset, or an index or a key is not there. Arithmetic with no value has none. *Every comparison with
no value is false*, `!=` and `not in` too: ``order.price != 5`` matches orders only. Conditions are true or false, there
is no third: ``not (order.price < 5000)`` is true for a market update, because the comparison is false. A field without
presence has its default where its parent is set.

**Truth.** A message, a time or a payload alone is a condition: it is set (``heartbeat``). A number, string, list or
bool alone is true where it has a value that is not zero, empty or false. ``has(path)`` is presence as Protobuf has it:
the field is set; one without presence is not its default; a list or a map is not empty. ``all(...)`` is false where
there is no list, true where it is empty.

**Kinds.** Enum values are bare names, in full or without the prefix that all values share (``SIDE_BUY``, ``BUY``), or
numbers. A message that holds nothing but a `string value`, and google.type.Decimal, is a decimal and compares as one;
`number` makes one of a string. Timestamps compare with ISO 8601 strings (UTC where no zone is named), durations with
``"1.5s"`` or seconds, bytes with hex.

How it is made: `grammar` lets through what is on its white list. `compiler` walks the tree once for each direction,
`parts` has what compiles each node (`pairs` and `calls` the larger ones); `paths` and `shapes` know the schema,
`literals` what the user wrote, `names` what is built in, `given` what the caller knows besides. `comparison`,
`arithmetic`, `logic`, `functions`, `loops` and `patterns` make the closures of which a `program` consists, for a
condition or a value. What is wrong goes by way of `faults` into one `error`. Nothing is ever evaluated as text.
`alternatives` asks each message by the expression for its own protocol.
"""

from paperknife_decoders.expression.alternatives import Alternatives, Lazily
from paperknife_decoders.expression.error import ExpressionError
from paperknife_decoders.expression.given import Given
from paperknife_decoders.expression.program import (
    Expression,
    Program,
    Valued,
    compile_expression,
    compile_value,
    frame_of,
)
from paperknife_decoders.expression.terms import Frame

__all__ = [
    "Alternatives",
    "Expression",
    "ExpressionError",
    "Frame",
    "Given",
    "Lazily",
    "Program",
    "Valued",
    "compile_expression",
    "compile_value",
    "frame_of",
]
