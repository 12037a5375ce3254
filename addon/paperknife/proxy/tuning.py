"""What a process that is ours alone may set so that the relay is not held up."""

from __future__ import annotations

import gc
import sys

from paperknife.proxy.file_limit import raise_file_limit

__all__ = ["tune_process"]

SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while the event loop waits: rendering must not show up as latency."""


def tune_process() -> None:
    """To be called once mitmproxy is set up, in a process that does nothing else.

    The some hundred thousand objects that are there by then stay to the end; leaving them out of later garbage
    collections saves a pause of some fifty milliseconds each time.
    """
    raise_file_limit()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
