"""All actions that there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from paperknife.mutation.rules.actions import edits, ending, passing, raw_bytes, sending, telling
from paperknife.mutation.rules.actions.item import Item
from paperknife.mutation.rules.course import Act
from paperknife.mutation.rules.form import Event

__all__ = ["ACTIONS", "NOTHING", "Action"]

NOTHING = "nothing"
"""What an action takes that is just a word."""

MESSAGE = frozenset({Event.MESSAGE})
OPEN = MESSAGE | {Event.OPEN}
ALWAYS = OPEN | {Event.CLOSE}


@dataclass(frozen=True, slots=True)
class Action:
    """One action: what it does in a line, an example as it stands in YAML, and what compiles it.

    `takes` says what its value is; a `bare` one can do without. `options` are what else can be said of it, and `events`
    when it can be done.
    """

    name: str
    about: str
    takes: str
    example: str
    read: Callable[[Item], Act | None]
    bare: bool = False
    options: tuple[str, ...] = ()
    events: frozenset[Event] = MESSAGE


ROWS = (
    Action("set", "Give fields a value; every other byte stays.", "fields and their values",
           "{set: {order.quantity: 100}}", edits.set_fields),
    Action("clear", "Take fields away.", "the path of a field, or several",
           "{clear: order.price}", edits.clear),
    Action("append", "Add an element to a list.", "lists and their new elements",
           "{append: {subscribe.symbols: NQZ6}}", edits.append),
    Action("replace", "Put another envelope in the place of this one.", "a message by its fields",
           '{replace: {cancel: {request_id: "{order.request_id}"}}}', edits.replace),
    Action("raw", "Put other bytes in the place of the whole message, in hex.", "bytes in hex",
           '{raw: "0a03ffff"}', raw_bytes.raw),
    Action("drop", "Do not pass it on, nor ask further rules; of several envelopes only this one.", NOTHING,
           "drop", passing.drop, bare=True),
    Action("reply", "Answer the sender; `in` is when.", "a message by its fields, or hex",
           '{reply: {order_response: {request_id: "{order.request_id}", status: REJECTED}}, in: 20ms}',
           sending.reply, options=("in", "times")),
    Action("inject", "Send a message of your own to a side.", "a message by its fields, or hex",
           "{inject: {heartbeat: {}}, to: client, in: 1s, times: 2}",
           sending.inject, options=("to", "in", "times"), events=OPEN),
    Action("delay", "Let it wait, and all behind it unless `overtaken: true`.", "a time or a range of times",
           "{delay: 50ms..200ms}", passing.delay, options=("overtaken",)),
    Action("duplicate", "Pass it on more than once; the number is that of copies.", "a number",
           "duplicate", passing.duplicate, bare=True),
    Action("reorder", "Let up to so many messages behind it go first.", "a number",
           "{reorder: 3}", passing.reorder, bare=True),
    Action("throttle", "Pass at most so many of the rule's messages, or bytes, in a second.", "a rate",
           "{throttle: 100/s}", passing.throttle),
    Action("truncate", "Cut the message short: bytes that are left, a share, a range.", "a number of bytes",
           "{truncate: 50%}", raw_bytes.truncate, bare=True),
    Action("corrupt", "Damage `bits` or `bytes`, of a field or anywhere.", "the path of a field, or anywhere",
           "{corrupt: order.symbol, bytes: 2}", raw_bytes.corrupt, bare=True, options=("bits", "bytes")),
    Action("stall", "Read nothing from the sender for a time, so that it feels backpressure.", "a time",
           "{stall: 5s}", passing.stall, events=OPEN),
    Action("close", "Close the connection with a code and a `reason`; no further rule is asked.", "a close code",
           '{close: 4001, reason: "maintenance"}', ending.close, bare=True, options=("reason",), events=OPEN),
    Action("abort", "Cut the connection with no close frame; no further rule is asked.", NOTHING,
           "abort", ending.abort, bare=True, events=OPEN),
    Action("hold", "Keep it until you let it go on, at most for a time; with `in_order: true` all behind it wait.",
           "a time", "{hold: 60s}", passing.hold, bare=True, options=("in_order",)),
    Action("log", "Say a line.", "a text",
           '{log: "order {order.request_id} of {order.quantity}"}', telling.log, events=ALWAYS),
    Action("count", "Count under a name, for {counter.NAME} and the summary.", "a name",
           "{count: big_orders}", telling.count, events=ALWAYS),
    Action("remember", "Keep values of this message for later ones of the connection: {remembered.NAME}.",
           "names and what is remembered", "{remember: {last_id: order.request_id}}", telling.remember),
    Action("script", "Call a function of your script (--script).", "the name of a function",
           "{script: my_function}", telling.script),
)  # fmt: skip

ACTIONS: Mapping[str, Action] = {row.name: row for row in ROWS}
"""By name, in the order in which they are listed."""
