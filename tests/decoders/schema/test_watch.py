"""Which changes on disk are changes of a schema."""

from __future__ import annotations

import os

import pytest

from paperknife_decoders.schema import load_schema

GOOD = 'syntax = "proto3"; message A {}'


def write(file, text):
    """Write a file so that the change can be seen even on a clock that ticks slowly."""
    file.write_text(text)
    later = file.stat().st_mtime_ns + 1_000_000
    os.utime(file, ns=(later, later))


def touch(folder):
    """Make a new entry in `folder` visible on a clock that ticks slowly."""
    later = folder.stat().st_mtime_ns + 1_000_000
    os.utime(folder, ns=(later, later))


CHANGES = {
    "nothing": (lambda folder: None, False),
    "written": (lambda folder: write(folder / "a.proto", "broken"), True),
    "longer, in the same instant": (lambda folder: (folder / "a.proto").write_text(GOOD + " "), True),
    "replaced": (lambda folder: write(folder / "x", GOOD) or (folder / "x").rename(folder / "a.proto"), True),
    "removed": (lambda folder: (folder / "a.proto").unlink(), True),
    "a file more": (lambda folder: write(folder / "sub/new.proto", GOOD), True),
    "a folder more": (lambda folder: (folder / "x/y").mkdir(parents=True) or write(folder / "x/y/n.proto", GOOD), True),
    "an editor's scratch file": (lambda folder: write(folder / ".a.proto.swp", ""), False),
    "another file": (lambda folder: write(folder / "readme.txt", ""), False),
    "an import outside": (lambda folder: write(folder.parent / "lib/imported.proto", GOOD), True),
}


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_change(tree, change, expected):
    """A change of what the schema is made of is seen, once; another is not."""
    folder = tree(
        {
            "protos/a.proto": GOOD,
            "protos/sub/b.proto": 'syntax = "proto3"; import "lib/imported.proto"; message B { I i = 1; }',
            "lib/imported.proto": 'syntax = "proto3"; message I {}',
        }
    )
    schema = load_schema(folder / "protos")
    assert schema.faults == ()
    assert not schema.changed()
    change(folder / "protos")
    for place in (folder / "protos", folder / "protos/sub"):
        touch(place)
    assert schema.changed() is expected
    assert not schema.changed()


def test_a_new_file_is_watched_from_then_on(tree):
    """Where a new file is faulty and the old schema stays, the mending of that file is seen."""
    folder = tree({"a.proto": GOOD})
    schema = load_schema(folder)
    write(folder / "new.proto", "broken")
    touch(folder)
    assert schema.changed()
    write(folder / "new.proto", 'syntax = "proto3"; message N {}')
    assert schema.changed()
    assert not schema.changed()


def test_a_source_that_goes_and_comes_back(tree):
    """Both are changes: first the next load says that the path is gone, then it loads again."""
    file = tree({"a.proto": GOOD}) / "a.proto"
    schema = load_schema(file)
    file.unlink()
    assert schema.changed()
    assert not schema.changed()
    file.write_text(GOOD)
    assert schema.changed()
    assert not schema.changed()
