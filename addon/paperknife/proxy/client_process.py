"""Which program on this machine is at the other end of a loopback connection: asked of Linux's /proc, best effort."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from itertools import islice
from pathlib import Path

from paperknife_decoders.printable import printable

__all__ = ["Process", "find_process"]

SOCKETS_READ = 50_000
"""Lines of /proc/net/tcp that are looked at."""

DESCRIPTORS_READ = 20_000
"""Open files of other processes that are looked at, some 20 milliseconds' worth."""

LOCAL, REMOTE, OWNER, INODE = 1, 2, 7, 9
"""Columns of /proc/net/tcp (proc_pid_net(5))."""


@dataclass(frozen=True, slots=True)
class Process:
    """A running program: its process id and the name of its executable file, safe to print."""

    pid: int
    name: str


def find_process(client: tuple[str, int], proxy: tuple[str, int], proc: Path = Path("/proc")) -> Process | None:
    """The process that has connected from `client` to `proxy` (address and port each), while it is connected.

    None where that can not be known: another system than Linux, another user's process, too much to look through.
    """
    try:
        socket = find_socket(client, proxy, proc)
        return None if socket is None else find_holder(*socket, proc)
    except (OSError, ValueError, IndexError):
        return None


def find_socket(client: tuple[str, int], proxy: tuple[str, int], proc: Path) -> tuple[int, str] | None:
    """The owner's user id and the inode of the client's socket."""
    wanted = {(address_text(*client, mapped), address_text(*proxy, mapped)) for mapped in (False, True)}
    for name in ("tcp", "tcp6"):
        table = proc / "net" / name
        if not table.exists():
            continue
        with table.open() as lines:
            for line in islice(lines, 1, SOCKETS_READ):
                words = line.split()
                if (words[LOCAL], words[REMOTE]) in wanted and words[INODE] != "0":
                    return int(words[OWNER]), words[INODE]
    return None


def address_text(host: str, port: int, mapped: bool) -> str:
    """An address as /proc/net/tcp writes it: 32-bit words in the machine's order; `mapped` as IPv4 inside IPv6."""
    address = ip_address(host.partition("%")[0])
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    packed = address.packed
    if mapped and len(packed) == 4:
        packed = bytes(10) + b"\xff\xff" + packed
    return "".join(f"{word:08X}" for (word,) in struct.iter_unpack("=I", packed)) + f":{port:04X}"


def find_holder(owner: int, inode: str, proc: Path) -> Process | None:
    """The process of this user that holds the socket; the newest are looked at first."""
    link = f"socket:[{inode}]"
    for pid, descriptor in islice(descriptors(owner, proc), DESCRIPTORS_READ):
        try:
            if descriptor.readlink().name == link:
                program = (proc / str(pid) / "exe").readlink().name.removesuffix(" (deleted)")
                return Process(pid, printable(program))
        except OSError:
            continue  # closed, or gone, since it was listed
    return None


def descriptors(owner: int, proc: Path) -> Iterator[tuple[int, Path]]:
    """Each open file of each process of one user, as the process's id and a link in /proc."""
    pids = sorted((int(entry) for entry in os.listdir(proc) if entry.isdecimal()), reverse=True)  # noqa: PTH208
    for pid in pids:
        try:
            if (proc / str(pid)).stat().st_uid == owner:
                yield from ((pid, link) for link in list((proc / str(pid) / "fd").iterdir()))
        except OSError:
            continue
