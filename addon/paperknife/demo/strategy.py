"""What the demo's client decides.

It looks at nothing but what it received, so the same messages and the same seed give the same decisions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from paperknife.demo.acts import BUY, SCRIPT, SELL, SYMBOLS, TICKS
from paperknife.demo.api import Fields, Payload
from paperknife.demo.decimals import decimal_or_none, decimal_text
from paperknife.demo.users import User

__all__ = ["OrderState", "Strategy"]

UPDATES_BETWEEN = 3
"""Market updates from one decision to the next."""

OVER = {"FILLED", "CANCELLED", "REJECTED"}


@dataclass(slots=True)
class OrderState:
    """An order as the client knows it.

    `status` is empty until the venue answered, and a number as text where this revision has no name for it.
    """

    symbol: str
    side: int
    quantity: int
    status: str = ""
    order_id: str = ""
    filled: int = 0


@dataclass(slots=True)
class Quotes:
    """The best bid and offer of a symbol: ``(price, size)``."""

    bid: tuple[Decimal, int]
    ask: tuple[Decimal, int]

    def at(self, side: int) -> tuple[Decimal, int]:
        """The one on the side of buyers or of sellers."""
        return self.bid if side == BUY else self.ask


@dataclass(slots=True)
class Strategy:
    """Takes the venue's messages, returns the client's: ``(payload, fields)`` each.

    `orders` are all by client tag, `working` those of them that may still trade, `unanswered` the tags of those to
    which the venue said nothing yet.
    """

    user: User
    rng: Random
    logged_in: bool = False
    heartbeat: float = 0.0
    account: str = ""
    balance: str = ""
    token: str = ""
    orders: dict[str, OrderState] = field(default_factory=dict)
    working: dict[str, OrderState] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    positions: dict[str, int] = field(default_factory=dict)
    quotes: dict[str, Quotes] = field(default_factory=dict)
    decisions: list[tuple[str, Fields]] = field(default_factory=list)
    requests: int = 0
    updates: int = 0
    acts: int = 0
    finished: bool = False
    outbox: list[tuple[str, Fields]] = field(default_factory=list)

    def begin(self) -> list[tuple[str, Fields]]:
        """The first message."""
        user = self.user
        login: Fields = {"user": user.name, "password": user.password, "api_key": user.api_key}
        login |= {"application": "paperknife-demo", "version": "1.4.0", "language": "en"}
        return [("login", {**login, "wanted_heartbeat": {"seconds": 2}})]

    def receive(self, payload: str, message: Payload) -> list[tuple[str, Fields]]:
        """What the client says to one message of the venue; most of the time nothing."""
        handler = HANDLERS.get(payload)
        if handler:
            handler(self, message)
        said, self.outbox = self.outbox, []
        return said

    def unsettled(self) -> bool:
        """True while an order may still trade."""
        return bool(self.working or self.unanswered)

    def finish(self) -> list[tuple[str, Fields]]:
        """Before it leaves, the client takes out what still works, and decides nothing more."""
        self.finished = True
        for tag in self.working:
            self.request("cancel", client_tag=tag)
        said, self.outbox = self.outbox, []
        return said

    def request(self, payload: str, **fields: object) -> None:
        """Make one request, with the next number."""
        self.requests += 1
        numbered: Fields = {"request_id": self.requests, **fields}
        self.decisions.append((payload, numbered))
        self.outbox.append((payload, numbered))

    def logged_on(self, message: Payload) -> None:
        """After the login the client subscribes."""
        self.logged_in = status_name(message, "result") == "OK"
        if self.logged_in:
            self.token = message.token
            self.account = next(iter(message.accounts), "")
            self.heartbeat = message.heartbeat.seconds + message.heartbeat.nanos / 1e9
            self.request("subscribe", symbols=list(SYMBOLS), depth=5)

    def renewed(self, message: Payload) -> None:
        """A new token."""
        self.token = message.token

    def shown(self, message: Payload) -> None:
        """A snapshot: the quotes it holds."""
        for depth in message.depths.items:
            self.quote(depth)

    def updated(self, message: Payload) -> None:
        """A market update: every few of them the client does something."""
        self.quote(message)
        self.updates += 1
        if not self.finished and self.updates % UPDATES_BETWEEN == 0:
            act = SCRIPT[self.acts] if self.acts < len(SCRIPT) else self.rng.choice(SCRIPT)
            self.acts += 1
            act(self)

    def quote(self, message: Payload) -> None:
        """Remember the best prices of an update or a depth; one that cannot be read is left out."""
        bid, ask = decimal_or_none(message.bid.price.value), decimal_or_none(message.ask.price.value)
        if message.symbol in TICKS and bid is not None and ask is not None:
            self.quotes[message.symbol] = Quotes((bid, message.bid.size), (ask, message.ask.size))

    def answered(self, message: Payload) -> None:
        """What the venue says about an order; nothing changes one that is over."""
        order = self.orders.get(message.client_tag)
        status = status_name(message, "status")
        if order is None or order.status in OVER or status.endswith("_REJECTED"):
            return
        first = message.client_tag in self.unanswered
        self.unanswered.discard(message.client_tag)
        order.status = status
        order.order_id = message.order_id or order.order_id
        order.filled = max(order.filled, message.filled_quantity)
        if status in OVER:
            self.working.pop(message.client_tag, None)
        else:
            order.quantity = message.filled_quantity + message.open_quantity
            self.working[message.client_tag] = order
            if self.finished and first:
                self.request("cancel", client_tag=message.client_tag)

    def accounted(self, message: Payload) -> None:
        """Cash and positions."""
        self.balance = next((amount.value for amount in message.balances.values()), self.balance)
        self.positions |= {position.symbol: position.net_quantity for position in message.positions}

    def order(self, symbol: str, side: int, quantity: int, price: Decimal | None, **more: object) -> None:
        """Send an order; `price` None is at the market."""
        tag = f"{self.user.name}-{len(self.orders) + 1}"
        self.orders[tag] = OrderState(symbol, side, quantity)
        self.unanswered.add(tag)
        fields: Fields = {"symbol": symbol, "side": side, "quantity": quantity, "account": self.account}
        if price is None:
            fields |= {"type": "MARKET", "time_in_force": "IMMEDIATE_OR_CANCEL"}
        else:
            fields |= {"type": "LIMIT", "time_in_force": "DAY", "price": {"value": decimal_text(price)}}
        self.request("order", **fields, client_tag=tag, **more)

    def pick(self, first: str) -> str:
        """`first` in the first round, any symbol later."""
        return first if self.acts <= len(SCRIPT) else self.rng.choice(SYMBOLS)

    def side(self, first: int) -> int:
        """`first` in the first round, any side later."""
        return first if self.acts <= len(SCRIPT) else self.rng.choice((BUY, SELL))


def status_name(message: Payload, name: str) -> str:
    """The name of an enum field's value; the number as text where this revision has no name for it."""
    number = getattr(message, name)
    value = message.DESCRIPTOR.fields_by_name[name].enum_type.values_by_number.get(number)
    return value.name if value else str(number)


HANDLERS: dict[str, Callable[[Strategy, Payload], None]] = {
    "login_response": Strategy.logged_on,
    "renew_token_response": Strategy.renewed,
    "snapshot": Strategy.shown,
    "market_data": Strategy.updated,
    "order_response": Strategy.answered,
    "account_update": Strategy.accounted,
}
