"""Nothing keeps the process from ending."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import asyncio
from paperknife.proxy.abandoning import abandon_the_rest

async def stubborn():
    while True:
        try:
            await asyncio.sleep(60)
        except:
            pass

async def docile():
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0.001)
        print("docile")

async def run():
    tasks = [asyncio.create_task(each()) for each in (stubborn, docile)]
    await asyncio.sleep(0)
    print(await abandon_the_rest(0.05))

asyncio.run(run())
"""


def test_what_heeds_no_cancellation() -> None:
    """It is left alone in the end, and all else has come to its own end; nobody complains."""
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "docile\n1\n", "")
