"""One client's conversation with the venue: content in, messages out, no I/O."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

from paperknife.demo import wording
from paperknife.demo.api import Api, DecodeError, Fields, Payload
from paperknife.demo.decimals import decimal_or_none
from paperknife.demo.exchange import Exchange
from paperknife.demo.market import DEPTH, INSTRUMENTS, Change
from paperknife.demo.orders import AccountChange, Event, Order, Report
from paperknife.demo.risk import Refusal, Ticket
from paperknife.demo.users import USERS, User

__all__ = ["Session"]

TOKEN_SECONDS = 900
BAD_CREDENTIALS = 4000
"""The close code after a login that failed."""

MOST_SYMBOLS = 100
"""Symbols in one request; the rest is ignored."""


class Session:
    """What one connection said and was told.

    `outbox` holds ``(payload, fields)`` to be sent; `close`, once it is set, the code and reason to end with. `missed`
    counts the heartbeats of the venue since the last one of the client.
    """

    def __init__(self, number: int, exchange: Exchange, api: Api, heartbeat_ns: int) -> None:
        self.number = number
        self.exchange = exchange
        self.api = api
        self.heartbeat_ns = heartbeat_ns
        self.user: User | None = None
        self.symbols: set[str] = set()
        self.depth = DEPTH
        self.outbox: list[tuple[str, Fields]] = []
        self.close: tuple[int, str] | None = None
        self.tokens = 0
        self.heartbeats = 0
        self.missed = 0

    def say(self, payload: str, fields: Fields) -> None:
        """Put one message into the outbox."""
        self.outbox.append((payload, fields))

    def receive(self, content: bytes | str, now_ns: int) -> None:
        """Take one message of the client, whatever it is."""
        if isinstance(content, str):
            self.fail("UNREADABLE", "a ClientMessage in a binary message was expected, this is text", content.encode())
            return
        try:
            payload, request = self.api.client.decode(content)
        except DecodeError:
            self.fail("UNREADABLE", "these bytes are no ClientMessage", content)
            return
        if not payload:
            self.fail("UNKNOWN_REQUEST", "nothing is set in this ClientMessage that this venue knows", content)
        elif self.user is None and payload not in {"login", "heartbeat"}:
            self.fail("NOT_LOGGED_IN", "log in first", request=request)
        else:
            HANDLERS[payload](self, request, now_ns)

    def fail(self, code: str, text: str, content: bytes = b"", request: Payload = None) -> None:
        """Say that a message made no sense; the connection goes on."""
        fields: Fields = {"code": code, "text": text, "excerpt": content[:16]}
        if request_id := getattr(request, "request_id", 0):
            fields["request_id"] = request_id
        self.say("error", fields)

    def login(self, request: Payload, now_ns: int) -> None:
        """Check who it is. The answer to a wrong one does not tell what was wrong."""
        if self.user:
            self.say("login_response", {"result": "ALREADY_LOGGED_IN", "reason": "log in once for each connection"})
            return
        user = USERS.get(request.user)
        if user is None or (request.password, request.api_key) != (user.password, user.api_key):
            self.say("login_response", {"result": "BAD_CREDENTIALS", "reason": "no such user, password or API key"})
            self.close = BAD_CREDENTIALS, "bad credentials"
            return
        self.user = user
        self.missed = 0
        seconds, nanos = divmod(self.heartbeat_ns, 1_000_000_000)
        answer: Fields = {
            "result": "OK",
            **self.token(now_ns),
            "heartbeat": {"seconds": seconds, "nanos": nanos},
            "server_time": wording.timestamp(now_ns),
            "accounts": [user.account],
            "order_limits": {symbol: what.order_limit for symbol, what in INSTRUMENTS.items()},
            "features": ["queue-ahead", "held-orders"],
        }
        self.say("login_response", answer)
        self.announce(AccountChange(user.account), now_ns)

    def token(self, now_ns: int) -> Fields:
        """The fields of a new token; the same ones in each run, since nothing real hangs on them."""
        self.tokens += 1
        text = hashlib.sha256(f"{self.number}/{self.tokens}".encode()).hexdigest()[:32]
        return {"token": text, "token_expires": wording.timestamp(now_ns + TOKEN_SECONDS * 1_000_000_000)}

    def renew_token(self, request: Payload, now_ns: int) -> None:
        """A new token."""
        self.say("renew_token_response", {"request_id": request.request_id, **self.token(now_ns)})

    def heartbeat(self, _request: Payload, _now_ns: int) -> None:
        """The client is alive; one that is not logged in gains nothing by it."""
        if self.user:
            self.missed = 0

    def subscribe(self, request: Payload, _now_ns: int) -> None:
        """Instruments and depth now, updates from now on."""
        asked = list(dict.fromkeys(request.symbols[:MOST_SYMBOLS]))
        known = [symbol for symbol in asked if symbol in INSTRUMENTS]
        self.symbols |= set(known)
        self.depth = min(request.depth, DEPTH) if request.HasField("depth") else DEPTH
        unknown = [symbol for symbol in asked if symbol not in INSTRUMENTS]
        self.subscriptions(request, unknown)
        if known:
            instruments = [wording.instrument(INSTRUMENTS[symbol]) for symbol in known]
            self.snapshot(request.request_id, {"number": 1}, "instruments", instruments)
            self.depths(request.request_id, known, 2)

    def unsubscribe(self, request: Payload, _now_ns: int) -> None:
        """No updates of these symbols any more."""
        self.symbols -= set(request.symbols)
        self.subscriptions(request, [])

    def subscriptions(self, request: Payload, unknown: list[str]) -> None:
        """What is subscribed now."""
        answer: Fields = {"request_id": request.request_id, "symbols": sorted(self.symbols), "unknown_symbols": unknown}
        self.say("subscribe_response", answer)

    def depths(self, request_id: int, symbols: list[str], page: int = 1) -> None:
        """The books as they are, as the last page of a snapshot."""
        books = [wording.depth(self.exchange.market.books[symbol], self.depth) for symbol in symbols]
        self.snapshot(request_id, {"number": page, "last": True}, "depths", books)

    def snapshot(self, request_id: int, page: Fields, payload: str, items: list[Fields]) -> None:
        """One page of a snapshot."""
        self.say("snapshot", {"request_id": request_id, "page": page, payload: {"items": items}})

    def account(self, request: Payload, now_ns: int) -> None:
        """Cash, working orders and positions."""
        account = self.user.account if self.user else ""
        if request.account and request.account != account:
            self.fail("BAD_REQUEST", f"this login may see {account} only", request=request)
            return
        ledger = self.exchange.ledger(account)
        orders = [wording.order(o) for o in self.exchange.working.values() if o.ticket.account == account]
        positions = [wording.position(self.exchange, ledger, symbol) for symbol in ledger.positions]
        self.say(
            "account_update",
            wording.account_update(self.exchange, AccountChange(account), now_ns, request.request_id),
        )
        self.snapshot(request.request_id, {"number": 1}, "orders", orders)
        self.snapshot(request.request_id, {"number": 2, "last": True}, "positions", positions)

    def order(self, request: Payload, _now_ns: int) -> None:
        """A new order."""
        market = request.type == MARKET
        ticket = Ticket(
            request.request_id,
            request.account,
            request.symbol,
            request.side,
            request.quantity,
            None if market else decimal_or_none(request.price.value),
            market=market,
            rests=not market and request.time_in_force != IMMEDIATE_OR_CANCEL,
            client_tag=request.client_tag if request.HasField("client_tag") else None,
        )
        self.exchange.enter(self.number, self.user.account if self.user else "", ticket)

    def revise(self, request: Payload, _now_ns: int) -> None:
        """Change a working order."""
        if order := self.find(request, "REVISE_REJECTED"):
            quantity = request.quantity if request.HasField("quantity") else order.quantity
            price = None if order.limit is None else order.instrument.price(order.limit)
            if request.HasField("price"):
                price = decimal_or_none(request.price.value)
            changes = dataclasses.replace(order.ticket, quantity=quantity, price=price)
            self.exchange.revise(order, request.request_id, changes)

    def cancel(self, request: Payload, _now_ns: int) -> None:
        """Take out a working order."""
        if order := self.find(request, "CANCEL_REJECTED"):
            self.exchange.cancel(order, request.request_id)

    def find(self, request: Payload, status: str) -> Order | None:
        """The working order that a request is about; None, and a refusal, if there is none."""
        order = self.exchange.order_of(self.number, request.order_id, getattr(request, "client_tag", ""))
        if order is None:
            refused = Refusal("UNKNOWN_ORDER", "no working order of this session has that id or tag")
            self.exchange.events.append(
                Report(self.number, status, request_id=request.request_id, order_id=request.order_id, refusal=refused)
            )
        return order

    def announce(self, event: Event, now_ns: int) -> None:
        """Tell the client of an event, if it concerns it."""
        match event:
            case Change(symbol=symbol) if symbol in self.symbols:
                self.say("market_data", wording.market_update(event, self.depth, now_ns))
            case Report(owner=self.number):
                self.say("order_response", wording.order_response(event, now_ns))
            case AccountChange(account=account) if self.user and account == self.user.account:
                self.say("account_update", wording.account_update(self.exchange, event, now_ns))

    def beat(self, now_ns: int) -> None:
        """A heartbeat of the venue."""
        self.heartbeats += 1
        self.say("heartbeat", {"sequence": self.heartbeats, "time": wording.timestamp(now_ns)})


MARKET = 2
IMMEDIATE_OR_CANCEL = 3
"""Numbers of OrderType and TimeInForce."""

HANDLERS: Mapping[str, Callable[[Session, Payload, int], None]] = MappingProxyType(
    {
        "subscribe": Session.subscribe,
        "order": Session.order,
        "login": Session.login,
        "heartbeat": Session.heartbeat,
        "cancel": Session.cancel,
        "revise": Session.revise,
        "unsubscribe": Session.unsubscribe,
        "account": Session.account,
        "renew_token": Session.renew_token,
    }
)
