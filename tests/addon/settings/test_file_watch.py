"""Noticing that one file changed."""

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
