"""Who is at the other end of a loopback connection, by /proc."""

import os
import socket
import sys
from pathlib import Path

import pytest

from paperknife.proxy.client_process import Process, find_process

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

LINES = {
    "tcp": "   0: 0100007F:9C40 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  {uid}        0 4711 1\n",
    "tcp6": "   0: 0000000000000000FFFF00000100007F:9C41 0000000000000000FFFF00000100007F:1F90 01 "
    "00000000:00000000 00:00000000 00000000  {uid}        0 4712 1\n"
    "   1: 00000000000000000000000001000000:9C42 00000000000000000000000001000000:1F90 01 "
    "00000000:00000000 00:00000000 00000000  {uid}        0 4713 1\n"
    "   2: 00000000000000000000000001000000:9C43 00000000000000000000000001000000:1F90 06 "
    "00000000:00000000 00:00000000 00000000     0        0 0 1\n",
}


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A /proc with three clients, as a little-endian machine has it."""
    (tmp_path / "net").mkdir()
    for name, lines in LINES.items():
        (tmp_path / "net" / name).write_text(HEADER + lines.format(uid=os.getuid()))
    for pid, program, inode in ((30, "python3.13", 4711), (31, "java (deleted)", 4712), (32, "od\x1bd", 4713)):
        folder = tmp_path / str(pid) / "fd"
        folder.mkdir(parents=True)
        (folder / "0").symlink_to("/dev/null")
        (folder / "3").symlink_to(f"socket:[{inode}]")
        (folder.parent / "exe").symlink_to(f"/usr/bin/{program}")
    return tmp_path


FOUND = [
    ("127.0.0.1", 0x9C40, "127.0.0.1", Process(30, "python3.13")),
    ("127.0.0.1", 0x9C41, "127.0.0.1", Process(31, "java")),
    ("::ffff:127.0.0.1", 0x9C41, "::ffff:127.0.0.1", Process(31, "java")),
    ("::1", 0x9C42, "::1", Process(32, "od\\x1bd")),
    ("::1", 0x9C43, "::1", None),
    ("127.0.0.1", 0x9C44, "127.0.0.1", None),
    ("not an address", 0x9C40, "127.0.0.1", None),
]


@pytest.mark.parametrize(("host", "port", "proxy", "process"), FOUND)
def test_a_client_is_found_by_its_socket(proc: Path, host: str, port: int, proxy: str, process: Process | None) -> None:
    """IPv4, IPv4 inside IPv6 and IPv6; a name is made printable; a socket that is closed belongs to nobody."""
    assert find_process((host, port), (proxy, 8080), proc) == process


def test_no_proc_is_no_answer(tmp_path: Path) -> None:
    """On other systems nothing is known, and nothing fails."""
    assert find_process(("127.0.0.1", 1), ("127.0.0.1", 2), tmp_path / "none") is None


@pytest.mark.parametrize("table", ["", "short\n" * 3, HEADER + "x y z\n", HEADER + "\n"])
def test_a_table_of_another_shape_is_no_answer(proc: Path, table: str) -> None:
    """What cannot be read is not known."""
    (proc / "net" / "tcp").write_text(table)
    (proc / "net" / "tcp6").unlink()
    assert find_process(("127.0.0.1", 0x9C40), ("127.0.0.1", 8080), proc) is None


def test_we_find_ourselves() -> None:
    """On a real Linux the real table has the real process; elsewhere there is no answer."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        found = find_process(client.getsockname(), server.getsockname())
    if sys.platform == "linux":
        assert found == Process(os.getpid(), Path("/proc/self/exe").resolve().name)
    else:
        assert found is None
