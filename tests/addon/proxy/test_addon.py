"""The addon as mitmproxy sees it: its hooks, its options, its view."""

import asyncio
import difflib
import inspect
from pathlib import Path

import pytest
from mitmproxy import contentviews, hooks
from mitmproxy.exceptions import OptionsError
from mitmproxy.test import taddons

from paperknife.proxy.addon import Paperknife

PARTS = [Paperknife(), *Paperknife().addons]
HOOKS = hooks.all_hooks


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_no_hook_is_misspelt(part: object) -> None:
    """A public method is a hook of mitmproxy, with its number of arguments, or has a name that is like none."""
    for name, method in inspect.getmembers(part, inspect.ismethod):
        if name.startswith("_"):
            continue
        if name in HOOKS:
            wanted = [field for field in HOOKS[name].__dataclass_fields__ if field != "name"]
            assert len(inspect.signature(method).parameters) == len(wanted), name
        else:
            assert difflib.get_close_matches(name, HOOKS, cutoff=0.8) == [], name


def test_each_part_hooks_in() -> None:
    """Every part is there for some hook, so that none has lost its only one to a change of name."""
    for part in PARTS:
        assert HOOKS.keys() & {name for name, _ in inspect.getmembers(part, inspect.ismethod)}, part


def test_options_are_taken_over_and_wrong_ones_leave_all_as_it_was(schema_folder: Path) -> None:
    """A schema by option is loaded at once; one that is not there is refused, and the old one stays in use."""

    async def run() -> None:
        addon = Paperknife()
        with taddons.context(addon) as context:
            context.configure(addon, paperknife_schema=[str(schema_folder)])
            assert addon.keeper.protocol.client.name == "tiny.ClientMessage"
            for wrong in (
                {"paperknife_schema": ["/nothing/there"]},
                {"paperknife_client": "tiny.Nothing"},
                {"paperknife_redact": "maybe"},
                {"paperknife_limit": "much"},
            ):
                with pytest.raises(
                    OptionsError, match=r"There is no|no message type|fields or strict or off|was expected"
                ):
                    context.configure(addon, **wrong)
                assert addon.keeper.protocol.client.name == "tiny.ClientMessage"
            context.configure(addon, paperknife_client="tiny.Ask", paperknife_redact="off", paperknife_match=["h"])
            assert addon.keeper.protocol.client.name == "tiny.Ask"
            assert addon.keeper.reading.redact == "off"
            assert not addon.keeper.reading.matches("other", 80, "/")

    asyncio.run(run())


def test_the_view_is_registered() -> None:
    """The content view is in mitmproxy's list under its name."""

    async def run() -> None:
        with taddons.context(Paperknife()):
            assert "protobuf envelope" in [name.lower() for name in contentviews.registry.available_views()]

    asyncio.run(run())


def test_it_can_be_stopped_before_it_runs() -> None:
    """mitmproxy calls `done` on a script that never came to run."""

    async def run() -> None:
        addon = Paperknife()
        with taddons.context(addon):
            addon.done()

    asyncio.run(run())


def test_nothing_is_measured_unless_it_is_asked_for() -> None:
    """An option begins it and ends it at any time; what is no time is refused, and all stays as it was."""

    async def run() -> None:
        addon = Paperknife()
        with taddons.context(addon) as context:
            assert (addon.pulse, addon.audience.meter) == (None, None)
            context.configure(addon, paperknife_stats="10s")
            assert addon.pulse.period == 10
            assert addon.pulse.meter is addon.audience.meter
            meter = addon.audience.meter
            with pytest.raises(OptionsError, match="a time such as 10s or 1min was expected, not 'soon'"):
                context.configure(addon, paperknife_stats="soon")
            context.configure(addon, paperknife_stats="1min")
            assert (addon.pulse.period, addon.audience.meter) == (60, meter)
            context.configure(addon, paperknife_stats="")
            assert (addon.pulse, addon.audience.meter) == (None, None)

    asyncio.run(run())


def test_what_was_measured_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """In mitmproxy's log, where nobody else listens."""

    async def run() -> None:
        addon = Paperknife()
        with taddons.context(addon) as context:
            context.configure(addon, paperknife_stats="0.1s")
            addon.pulse.tick(0.0)
            addon.pulse.tick(1.0)

    caplog.set_level("INFO")
    asyncio.run(run())
    assert "Nothing passed in the last 1.0 s." in [record.getMessage() for record in caplog.records]
