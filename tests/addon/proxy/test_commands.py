"""Commands for messages that are held, as mitmproxy's interfaces give them."""

from __future__ import annotations

import asyncio
import http.cookiejar
import json
import re
import urllib.request
from collections.abc import Callable

import pytest
from mitmproxy import exceptions
from tests.addon.proxy.mitmweb import started
from websockets.asyncio.client import connect
from websockets.sync.client import connect as connect_now

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema

API = Api(given_schema())


def order(quantity: int) -> bytes:
    return API.client.encode("order", {"quantity": quantity})


class Keeper:
    """A server that keeps what comes."""

    def __init__(self) -> None:
        self.received: list[bytes] = []

    async def __call__(self, connection) -> None:
        async for content in connection:
            self.received.append(content)


def test_names_that_every_interface_can_call(stage) -> None:
    """mitmweb reaches names of letters and dots alone."""

    async def run() -> None:
        async with stage() as at:
            names = [name for name in at.proxy.master.commands.commands if name.startswith("paperknife")]
            words = {"hold", "held", "release", "drop", "edit", "messages", "inject"}
            assert {name.partition(".")[2] for name in names} == words
            assert all(re.fullmatch(r"[a-z.]+", name) for name in names)

    asyncio.run(run())


def test_what_becomes_of_held_messages(stage) -> None:
    """Other messages pass meanwhile; an edit is told of with its original."""
    keeper = Keeper()

    async def run() -> None:
        async with stage(keeper) as at:
            execute = at.proxy.master.commands.execute
            at.proxy.addon.hands.answer()
            at.proxy.master.options.update(paperknife_messages=0)  # as where an interface looks
            assert execute("paperknife.held") == ["No message is held."]
            execute("paperknife.hold order.quantity > 100")
            async with connect(at.url) as client:
                for quantity in (101, 5, 102, 103, 104):
                    await client.send(order(quantity))
                await at.witness.until(lambda: keeper.received == [order(5)], "the passing of the others")
                assert [line[:2] for line in execute("paperknife.held")] == ["1:", "2:", "3:", "4:"]
                execute("paperknife.edit 2 order.quantity=7")
                await at.witness.until(lambda: keeper.received[1:] == [order(7)], "the edit")
                execute("paperknife.drop 1 3")
                execute("paperknife.release")
                await at.witness.until(lambda: keeper.received[2:] == [order(104)], "the release")
                execute("paperknife.inject 1 -1 order.quantity=55")
                await at.witness.until(lambda: keeper.received[3:] == [order(55)], "the injection")
                execute("paperknife.hold")
                await client.send(order(500))
                await at.witness.until(lambda: keeper.received[4:] == [order(500)], "what is not held any more")
            changed = next(message for message in at.witness.seen if message.original is not None)
            assert (changed.original, changed.content) == (order(102), order(7))
            assert [message.fate.value for message in at.witness.seen].count("dropped") == 2

    asyncio.run(run())


WRONG = [
    ("paperknife.release 7", "No message is held."),
    ("paperknife.hold order.quantiti", "did you mean"),
    ("paperknife.inject 9", "The number of an open connection was expected, not 9. Open are: 1."),
    ("paperknife.inject 1 5", "The number of a message was expected, not 5"),
    ("paperknife.inject 1 0 order.quantiti=1", "did you mean quantity"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_what_is_not_there(stage, text, told) -> None:
    """It is said what there is."""

    async def run() -> str:
        async with stage(Keeper()) as at:
            at.proxy.master.options.update(paperknife_messages=0)
            async with connect(at.url) as client:
                await client.send(order(1))
                await at.witness.until(lambda: bool(at.witness.seen), "the message")
                with pytest.raises(exceptions.CommandError) as caught:
                    at.proxy.master.commands.execute(text)
            return str(caught.value)

    assert told in asyncio.run(run())


def test_time_is_over(stage) -> None:
    """A message passes unchanged when nobody says anything, and it is told."""
    keeper = Keeper()

    async def run() -> None:
        async with stage(keeper) as at:
            at.proxy.addon.hands.answer()
            at.proxy.master.options.update(paperknife_hold="order.quantity > 100", paperknife_hold_seconds=1)
            async with connect(at.url) as client:
                await client.send(order(101))
                await at.witness.until(lambda: keeper.received == [order(101)], "the end of its time")
                await at.witness.until(
                    lambda: any("has passed unchanged: its time was over" in text for text, _ in at.witness.notices),
                    "the notice",
                )

    asyncio.run(run())


@pytest.mark.parametrize("word", ["release", "drop"])
def test_under_compression(stage, word) -> None:
    """Messages that are compressed with what came before them pass one held message, and follow it, all the same."""
    keeper = Keeper()

    async def run() -> None:
        async with stage(keeper) as at:
            at.proxy.addon.hands.answer()
            execute = at.proxy.master.commands.execute
            execute("paperknife.hold order.quantity > 100")
            text = [
                API.client.encode("order", {"symbol": "ABCDEFGH" * 20, "quantity": each}) for each in (1, 300, 2, 3, 4)
            ]
            expected = text[:1]
            async with connect(at.url) as client:
                await client.send(text[0])
                await client.send(text[1])
                await at.witness.until(lambda: len(at.proxy.addon.hands.holding.waiting) == 1, "the hold")
                for number, content in enumerate(text[2:]):
                    if number == 1:
                        execute("paperknife.hold")
                    elif number == 2:
                        execute(f"paperknife.{word}")
                        expected.extend(text[1:2] if word == "release" else [])
                        await at.witness.until(lambda: keeper.received == expected, "the held one")
                    await client.send(content)
                    expected.append(content)
                    await at.witness.until(lambda: keeper.received == expected, "the passing")

    asyncio.run(run())


def test_in_order(stage) -> None:
    """What is behind a held message in its direction waits; the other direction does not."""
    keeper = Keeper()

    async def run() -> None:
        async with stage(keeper) as at:
            at.proxy.addon.hands.answer()
            at.proxy.master.options.update(paperknife_hold="order.quantity > 100", paperknife_hold_in_order=True)
            async with connect(at.url) as client:
                await client.send(order(101))
                await client.send(order(5))
                await at.witness.until(lambda: len(at.proxy.addon.hands.holding.waiting) == 1, "the hold")
                pong = await client.ping()
                await asyncio.wait_for(pong, 60)
                assert keeper.received == []
                at.proxy.master.commands.execute("paperknife.release")
                await at.witness.until(lambda: keeper.received == [order(101), order(5)], "both, in their order")

    asyncio.run(run())


def test_what_rules_have_changed_is_what_is_held(stage, tmp_path) -> None:
    """It is shown, edited and released as they have left it, and goes on no sooner than they say."""
    keeper = Keeper()
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "rules:\n  - name: cut\n    on: client order\n    when: order.quantity > 100\n"
        "    do: [{set: {order.quantity: 100}}, hold]\n"
    )

    async def run() -> None:
        async with stage(keeper) as at:
            at.proxy.addon.hands.answer()
            at.proxy.master.options.update(paperknife_rules=[str(rules)])
            execute = at.proxy.master.commands.execute
            async with connect(at.url) as client:
                for number in (1, 2):
                    await client.send(API.client.encode("order", {"request_id": number, "quantity": 300}))
                waiting = at.proxy.addon.hands.holding.waiting
                await at.witness.until(lambda: len(waiting) == 2, "the hold")
                execute("paperknife.release 1")
                execute("paperknife.edit 2 order.request_id=7")
                expected = [API.client.encode("order", {"request_id": each, "quantity": 100}) for each in (1, 7)]
                await at.witness.until(lambda: keeper.received == expected, "both")

    asyncio.run(run())


def test_where_there_is_no_editor(stage) -> None:
    """As in mitmweb: a held message can be looked at, without its secrets, and changes are given in one line."""
    keeper = Keeper()

    async def run() -> None:
        async with stage(keeper) as at:
            at.proxy.addon.hands.answer()
            at.proxy.master.options.update(paperknife_messages=0)
            execute = at.proxy.master.commands.execute
            with pytest.raises(exceptions.CommandError, match="A command takes the inner quotes away"):
                execute('paperknife.hold login.user == "trader"')
            execute("""paperknife.hold 'login.user == "trader"'""")
            async with connect(at.url) as client:
                await client.send(API.client.encode("login", {"user": "trader", "password": "hunter2"}))
                await at.witness.until(lambda: len(at.proxy.addon.hands.holding.waiting) == 1, "the hold")
                shown = "\n".join(execute("paperknife.held 1"))
                assert "user: trader" in shown
                assert "hunter2" not in shown
                with pytest.raises(exceptions.CommandError, match="An editor needs a terminal"):
                    execute("paperknife.edit 1")
                execute("paperknife.edit 1 login.user=other")
                expected = [API.client.encode("login", {"user": "other", "password": "hunter2"})]
                await at.witness.until(lambda: keeper.received == expected, "the edit")
                with pytest.raises(exceptions.CommandError, match="An editor needs a terminal"):
                    execute("paperknife.inject 1")

    asyncio.run(run())


# mitmweb, as a browser drives it


class Browser:
    """Calls commands of a mitmweb by its API, as its command bar does: with its cookies and its XSRF token."""

    def __init__(self, port: int, token: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener.open(f"{self.url}/?token={token}", timeout=60).close()
        cookies = {"Cookie": "; ".join(f"{each.name}={each.value}" for each in self.cookies)}
        with connect_now(f"ws://127.0.0.1:{port}/updates", additional_headers=cookies, proxy=None) as updates:
            assert updates.response is not None
            given = next(each for each in updates.response.headers.get_all("Set-Cookie") if "xsrf" in each)
        self.cookie, self.xsrf = given.partition(";")[0], given.partition(";")[0].partition("=")[2]

    def call(self, name: str, *arguments: str) -> object:
        """What a command gives, or the sentence why it did nothing."""
        request = urllib.request.Request(
            f"{self.url}/commands/{name}",
            json.dumps({"arguments": arguments}).encode(),
            {"Content-Type": "application/json", "X-XSRFToken": self.xsrf},
        )
        self.cookies.add_cookie_header(request)
        request.add_unredirected_header("Cookie", f"{request.get_header('Cookie')}; {self.cookie}")
        with self.opener.open(request, timeout=60) as answer:
            said = json.load(answer)
        return said.get("error", said.get("value"))


@pytest.fixture
def web(launch, served, trading, received) -> Callable[..., tuple[Browser, str]]:
    """`web()` is a mitmweb in front of a server that keeps what comes: its API, and the URL for a client."""

    def keep(connection) -> None:
        received.extend(connection)

    def start(*words: str) -> tuple[Browser, str]:
        web = started(launch, served(keep), trading, *words)
        return Browser(web.port, web.token), web.url

    return start


def test_a_message_is_held_edited_dropped_and_sent_again_in_mitmweb(web, received, eventually) -> None:
    """Each in one line, as there is no editor; what is wrong is a sentence."""
    browser, url = web()
    assert browser.call("paperknife.held") == ["No message is held."]
    assert browser.call("paperknife.hold", "order.quantity", ">", "100") is None
    assert "did you mean quantity?" in browser.call("paperknife.hold", "order.quantiti > 100")
    login = API.client.encode("login", {"user": "trader", "password": "hunter2-and-more"})
    with connect_now(url, proxy=None) as client:
        for quantity in (101, 102, 103, 5):
            client.send(order(quantity))
        client.send(login)
        eventually(lambda: received == [order(5), login], "the passing of what is not held")
        held = browser.call("paperknife.held")
        assert [line.partition(", ")[0] for line in held] == [
            f"{number}: #1 -> order quantity={quantity}" for number, quantity in ((1, 101), (2, 102), (3, 103))
        ]
        assert "  quantity: 102" in "\n".join(browser.call("paperknife.held", "2"))
        assert browser.call("paperknife.edit", "2").startswith("An editor needs a terminal. Give changes behind")
        assert "quantiti" in browser.call("paperknife.edit", "2", "order.quantiti=9")
        assert browser.call("paperknife.edit", "2", "order.quantity=9", "order.symbol=NQZ6") is None
        edited = API.client.encode("order", {"symbol": "NQZ6", "quantity": 9})
        eventually(
            lambda: [API.client.decode(each) for each in received[2:]] == [API.client.decode(edited)], "the edit"
        )
        assert browser.call("paperknife.drop", "1") is None
        assert browser.call("paperknife.release") is None
        eventually(lambda: received[3:] == [order(103)], "the release")
        assert browser.call("paperknife.release", "1") == "No message is held."
        assert browser.call("paperknife.hold") is None
        client.send(order(500))
        eventually(lambda: received[4:] == [order(500)], "what is held no more")
        listed = browser.call("paperknife.messages", "1")
        assert len(listed) == 6
        assert listed[-1].startswith("5: -> order quantity=500")
        assert "hunter2" not in "".join(listed)
        assert [line.partition(": ")[2] for line in listed if "dropped" in line] == [
            "-> order quantity=101, 4 B, dropped"
        ]
        assert browser.call("paperknife.inject", "1", "-1", "order.quantity=501") is None
        eventually(lambda: received[5:] == [order(501)], "the message that is sent again")
        assert "0 is the first of the" in browser.call("paperknife.inject", "1", "99", "order.quantity=501")
        assert "Open are: 1" in browser.call("paperknife.messages", "7")
