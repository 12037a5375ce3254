"""The end of what goes on in the background, as functions of scripts do that await something.

Whoever runs an event loop cancels all that goes on at the end, and waits until it has ended. What heeds no
cancellation, as ``while True: try: ... except: ...`` does not, would keep the process for ever, and the user from his
summary.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection
from typing import Any

__all__ = ["abandon_the_rest"]

SECONDS = 1.0
"""So long is waited for what is cancelled."""


async def abandon_the_rest(seconds: float = SECONDS) -> int:
    """Cancel all other tasks of the loop, and leave those alone that have not ended by then; how many these are."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if not others:
        return 0
    _, left = await asyncio.wait(others, timeout=seconds)
    for task in left:
        asyncio.tasks._unregister_task(task)
    if left:
        threading.Thread(target=keep, args=(left,), daemon=True).start()
    return len(left)


def keep(_: Collection[asyncio.Task[Any]]) -> None:
    """Hold on to tasks to the end of the process: to throw one away runs it once more, and that may have no end."""
    threading.Event().wait()
