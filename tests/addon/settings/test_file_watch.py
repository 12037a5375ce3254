"""Noticing that one file changed."""

import os

from paperknife.settings.file_watch import FileWatch


def test_a_change_is_noticed_once(tmp_path) -> None:
    """A file that is written, goes, or comes back."""
    path = tmp_path / "a.yaml"
    watch = FileWatch(str(path))
    seen = [watch.changed()]
    for change in (lambda: path.write_text("a"), lambda: path.write_text("ab"), path.unlink):
        change()
        seen += [watch.changed(), watch.changed()]
    assert seen == [False, True, False, True, False, True, False]


def test_a_pipe_is_no_change(tmp_path) -> None:
    """Who reads it again would wait for its other end; a file that comes back in its place is one."""
    path = tmp_path / "a.yaml"
    path.write_text("a")
    watch = FileWatch(str(path))
    path.unlink()
    os.mkfifo(path)
    assert not watch.changed()
    assert not FileWatch(str(path)).changed()
    path.unlink()
    path.write_text("abc")
    assert watch.changed()
