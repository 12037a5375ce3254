"""A recording proxy in a process of its own, before a real venue."""

from pathlib import Path

import pytest

from paperknife.demo.files import given_schema
from paperknife.testing.recording_proxy import RecordingProxy, RecordingProxyError, Subject

ARGUMENTS = [
    (Subject("wss://h/v1"), ["--mode", "reverse:wss://h/v1", "--listen-port", "0"]),
    (
        Subject("ws://h", ("a", "b"), "t4"),
        ["--mode", "reverse:ws://h", "--listen-port", "0", "--schema", "a", "--schema", "b", "--protocol", "t4"],
    ),
]


@pytest.mark.parametrize(("subject", "arguments"), ARGUMENTS)
def test_it_runs_the_command_that_a_user_types(subject: Subject, arguments: list[str]) -> None:
    """`paperknife proxy`, on a free port."""
    assert subject.arguments() == arguments


def test_what_passes_is_kept(tmp_path: Path, served) -> None:
    """Once the proxy has ended, in the place of what was there, and nothing lies beside it."""
    from websockets.sync.client import connect

    path = tmp_path / "new" / "session.mcap"
    proxy = RecordingProxy(path, Subject(served(), (str(given_schema()),), folder=tmp_path))
    proxy.start()
    with connect(proxy.url, proxy=None) as client:
        client.send(b"x")
        assert client.recv() == b"x"
    proxy.stop()
    assert "#1 -> " in proxy.said
    assert not path.exists()
    proxy.keep()
    assert [each.name for each in path.parent.iterdir()] == ["session.mcap"]
    proxy.stop()  # a second time does nothing


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Before anything is started."""
    (tmp_path / "file").write_text("")
    proxy = RecordingProxy(tmp_path / "file" / "session.mcap", Subject("ws://127.0.0.1:1"))
    with pytest.raises(RecordingProxyError, match="Nothing can be recorded in"):
        proxy.start()
