"""Field names that mean the same in most APIs, for the order and the wording of the one-line summary.

Names are compared in lower case and without underscores, so that ``request_id`` and ``requestId`` are one. Nothing here
is needed to show a message; it only makes the line read as its users would say it. A name that is not listed is shown
as ``name=value``.
"""

from __future__ import annotations

__all__ = [
    "BOOK_SIDES",
    "COUNTERS",
    "EVENT_TIMES",
    "LEADING_ENUMS",
    "REQUEST_IDS",
    "SYMBOLS",
    "pair_role",
    "plain_name",
    "singular",
]

REQUEST_IDS = frozenset(
    {
        "id",
        "requestid",
        "reqid",
        "correlationid",
        "messageid",
        "msgid",
        "callid",
        "rpcid",
        "rid",
        "inreplyto",
        "replyto",
    }
)
"""What pairs a response with its request comes first and bare: ``7``."""

SYMBOLS = frozenset(
    {
        *("symbol", "instrument", "ticker", "contract", "product", "market", "security", "pair", "currencypair"),
        *("symbolid", "instrumentid", "contractid", "channel", "topic", "room", "stream", "method"),
    }
)
"""What a message is about is shown bare: ``ESZ6``."""

LEADING_ENUMS = frozenset(
    {
        *("side", "direction", "action", "status", "state", "result", "outcome", "code", "event", "kind"),
        *("orderstatus", "exectype", "updatetype", "eventtype", "ordstatus", "buysell"),
    }
)
"""Enums that say what happened come before numbers, all others after them."""

QUANTITIES = ("orderquantity", "orderqty", "quantity", "qty", "size", "volume", "amount", "shares", "lots", "contracts")
PRICES = ("limitprice", "price", "px", "rate")

BOOK_SIDES = {
    **dict.fromkeys(("bid", "bids", "bestbid", "bidlevels"), "bid"),
    **dict.fromkeys(("ask", "asks", "offer", "offers", "bestask", "bestoffer", "asklevels"), "ask"),
}
"""The two sides of an order book, where a price comes before its quantity: ``bid 5021.25 x 12``."""

COUNTERS = frozenset(
    {"sequence", "seq", "seqno", "seqnum", "sequencenumber", "sequenceid", "offset", "counter", "version", "revision"}
)
"""What merely counts messages comes late: it is needed on few lines."""

EVENT_TIMES = frozenset(
    {"time", "timestamp", "ts", "servertime", "sendingtime", "sendtime", "transacttime", "eventtime", "sentat", "at"}
)
"""Times of the message itself: the date goes without saying."""


def plain_name(name: str) -> str:
    """`name` as the tables here have it."""
    return name.replace("_", "").lower()


def pair_role(name: str) -> tuple[str, str] | None:
    """Which pair of quantity and price a field belongs to, and as what: ``last_price`` is ``("last", "price")``."""
    plain = plain_name(name)
    for role, words in (("quantity", QUANTITIES), ("price", PRICES)):
        for word in words:
            if plain.endswith(word):
                return plain.removesuffix(word), role
    return None


def singular(name: str) -> str:
    """The name of one of many: ``levels`` are each a ``level``."""
    if name.endswith("ies") and len(name) > 4:
        return f"{name[:-3]}y"
    if name.endswith(("sses", "shes", "ches", "xes")):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
