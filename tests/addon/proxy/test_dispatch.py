"""Hooks that pass over who does not listen: the same calls as mitmproxy's own, in the same order."""

from __future__ import annotations

import asyncio
import collections
import logging
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import addons, exceptions, version
from mitmproxy.addonmanager import AddonManager
from mitmproxy.hooks import UpdateHook
from mitmproxy.master import Master
from mitmproxy.options import Options
from websockets.asyncio.client import connect

from paperknife.proxy import dispatch
from paperknife.proxy.dispatch import ListenersOnly, use_listeners_only


@pytest.mark.parametrize("words", [words for words, *_ in dispatch.SHAPE])
def test_mitmproxy_has_the_shape_that_this_relies_on(words: str) -> None:
    """For a new version of mitmproxy that fails here, look at what its AddonManager does at a hook."""
    assert words not in dispatch.unmet(), (
        f"mitmproxy {version.VERSION} is made differently: it is no longer so that {words}. "
        "Until ListenersOnly is adapted, hooks run as mitmproxy runs them, and a connection costs half as much again."
    )


def test_another_mitmproxy_runs_its_hooks_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a version that is made differently nothing is put in its place."""
    monkeypatch.setattr(AddonManager, "trigger", lambda self, event: None)
    manager = AddonManager(types.SimpleNamespace(options=Options()))
    assert not use_listeners_only(manager)
    assert type(manager) is AddonManager


def fail(*_: object) -> None:
    raise ValueError("on purpose")


def halt(*_: object) -> None:
    raise exceptions.AddonHalt


def nothing(*_: object) -> None:
    return None


async def wait(*_: object) -> None:
    await asyncio.sleep(0)


async def wait_and_fail(*_: object) -> None:
    await asyncio.sleep(0)
    raise ValueError("on purpose")


DEAF = object()
"""For an addon without the hook."""

HOOKS = [DEAF, DEAF, DEAF, nothing, fail, halt, wait, wait_and_fail, None, "no function", collections]


def new_addon(number: int, hook: object, inner: object, calls: list[int]) -> types.SimpleNamespace:
    """An addon that notes when it is called; `inner` is a list of addons, or something else that it has as such."""
    addon = types.SimpleNamespace(name=f"addon {number}")

    def sync(flows: object) -> None:
        calls.append(number)
        hook(flows)  # type: ignore[operator]

    async def waiting(flows: object) -> None:
        calls.append(number)
        await hook(flows)  # type: ignore[operator]

    if isinstance(hook, types.FunctionType):
        addon.update = waiting if asyncio.iscoroutinefunction(hook) else sync
    elif hook is not DEAF:
        addon.update = hook
    if inner != []:
        addon.addons = inner
    return addon


def make_chain(plan: list[Any], calls: list[int]) -> list[types.SimpleNamespace]:
    """The addons of a plan: pairs of a hook and the plan of those inside."""
    numbers = iter(range(10_000))

    def make(hook: object, inner: Any) -> types.SimpleNamespace:
        made = [make(*pair) for pair in inner] if isinstance(inner, list) else inner
        return new_addon(next(numbers), hook, made, calls)

    return [make(*pair) for pair in plan]


PLANS = st.lists(
    st.recursive(
        st.tuples(st.sampled_from(HOOKS), st.sampled_from([[], [], [], None, 3])),
        lambda pairs: st.tuples(st.sampled_from(HOOKS), st.lists(pairs, max_size=4)),
        max_leaves=12,
    ),
    max_size=6,
)


class Log(logging.Handler):
    """Remembers what was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def outcome(kind: type[AddonManager], plan: list[Any], run: Callable[[AddonManager, UpdateHook], None]) -> object:
    """Who was called, what was logged, and what came out of it."""
    calls: list[int] = []
    manager = kind(types.SimpleNamespace(options=Options()))
    manager.chain = make_chain(plan, calls)
    log, logger = Log(), logging.getLogger("mitmproxy.addonmanager")
    passed_on, logger.propagate = logger.propagate, False
    logger.addHandler(log)
    try:
        run(manager, UpdateHook([]))
    except Exception as error:
        log.said.append(repr(error))
    finally:
        logger.removeHandler(log)
        logger.propagate = passed_on
    return calls, [said.partition(" (namespace")[0] for said in log.said]


@given(PLANS)
def test_the_same_addons_are_called_as_by_mitmproxy_itself(plan: list[Any]) -> None:
    """In the same order and with the same errors in the log, whatever they are, have inside, return or raise."""

    def waited_for(manager: AddonManager, event: UpdateHook) -> None:
        asyncio.run(manager.trigger_event(event))

    for run in (waited_for, lambda manager, event: manager.trigger(event)):
        assert outcome(ListenersOnly, plan, run) == outcome(AddonManager, plan, run)


def test_an_addon_that_cannot_be_asked_fails_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    """One whose attributes raise is an error in the log, and the next is called."""

    class Broken:
        def __getattr__(self, name: str) -> object:
            raise KeyError(name)

    calls: list[int] = []
    manager = ListenersOnly(types.SimpleNamespace(options=Options()))
    manager.chain = [Broken(), new_addon(1, nothing, [], calls)]
    manager.trigger(UpdateHook([]))
    asyncio.run(manager.trigger_event(UpdateHook([])))
    assert calls == [1, 1]
    assert [record.getMessage() for record in caplog.records] == ["Addon error: 'update'"] * 2


def test_all_of_mitmproxys_addons_stay_where_they_are(stage) -> None:
    """A proxy of ours has every option and command of mitmproxy's own, and its addons in its order."""

    async def stock() -> Master:
        master = Master(Options())
        master.addons.add(*addons.default_addons())
        await master.done()
        return master

    async def ours() -> Master:
        async with stage() as at:
            return at.proxy.master

    theirs, mine = asyncio.run(stock()), asyncio.run(ours())
    assert type(mine.addons) is ListenersOnly
    names = [type(addon).__name__ for addon in theirs.addons.chain]
    assert [type(addon).__name__ for addon in mine.addons.chain][: len(names)] == names
    assert set(theirs.options.keys()) <= set(mine.options.keys())
    assert set(theirs.commands.commands) <= set(mine.commands.commands)


CHANGE = ["/~s/x-changed/yes"]


@pytest.mark.parametrize("at_start", [True, False])
def test_an_option_of_mitmproxys_takes_effect_whenever_it_is_set(stage, at_start: bool) -> None:
    """Whether on the command line, or while the proxy runs, and until it is taken back."""
    arguments = ("--modify-headers", *CHANGE) if at_start else ()

    async def changed(url: str) -> bool:
        async with connect(url) as client:
            assert client.response
            return "x-changed" in client.response.headers

    async def run() -> None:
        async with stage(arguments=arguments) as at:
            if not at_start:
                assert not await changed(at.url)
                at.proxy.master.options.update(modify_headers=CHANGE)
            assert await changed(at.url)
            at.proxy.master.options.update(modify_headers=[])
            assert not await changed(at.url)

    asyncio.run(run())


def test_a_script_may_come_and_change_while_the_proxy_runs(stage, tmp_path: Path) -> None:
    """Its hooks run from the moment that they are there."""
    script = tmp_path / "changing.py"
    script.write_text("seen = []\ndef running():\n    global websocket_start\n    websocket_start = seen.append\n")

    async def run() -> None:
        async with stage() as at:
            at.proxy.master.options.update(scripts=[str(script)])
            (loaded,) = at.proxy.master.addons.get("scriptloader").addons
            async with asyncio.timeout(60):
                while not hasattr(loaded.ns, "websocket_start"):
                    await asyncio.sleep(0.01)
            async with connect(at.url):
                assert len(loaded.ns.seen) == 1

    asyncio.run(run())
