"""Which files a path stands for, and sentences for those that stand for none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from paperknife_decoders.schema import SchemaError, load_schema
from paperknife_decoders.schema.sources import find_sources

PROTO3 = 'syntax = "proto3";\n'


def test_special_files(tree, names):
    """A pipe or a dangling link that is called like a schema file does not block the load."""
    folder = tree({"a.proto": PROTO3 + "message A {}"})
    os.mkfifo(folder / "pipe.proto")
    (folder / "gone.proto").symlink_to(Path("nowhere"))
    schema = load_schema(folder)
    assert names(schema) == ["A"]
    assert [fault.message for fault in schema.faults] == ["cannot be read as a file, so it is left out"] * 2


MISSING = {
    "nothing": ([], "No schema was given: name a folder"),
    "not there": (["proto"], r"There is no schema at .*/proto; did you mean .*/protos\?"),
    "not there, deep": (["protos/tradng/v1"], r"There is no schema at .*; did you mean .*/protos/trading\?"),
    "nothing like it": (["xyz"], r"There is no schema at .*/xyz; the folder .* has no xyz"),
    "an empty folder": (["empty"], r"There is no \.proto file in the folder .*/empty"),
    "below a file": (["session.mcap/x"], r"There is no schema at .*/session\.mcap/x"),
    "no file": (["/dev/null"], "/dev/null cannot be read"),
    "two at once": (["xyz", "empty"], r"(?s)no schema at .*\n.*no \.proto file"),
}


@pytest.mark.parametrize(("paths", "expected"), MISSING.values(), ids=MISSING)
def test_paths_that_hold_no_schema(tree, paths, expected):
    """Each wrong path is one sentence that says what to do."""
    folder = tree({"protos/trading/a.proto": "", "empty/readme.txt": "", "session.mcap": ""})
    with pytest.raises(SchemaError, match=expected) as caught:
        find_sources([folder / path for path in paths])
    assert caught.value.faults == ()


KINDS = {
    "sources win over what was made of them": (["a.proto", "a_pb2.py", "a.pb"], ["a.proto"]),
    "modules win over sets": (["a_pb2.py", "b.desc"], ["a_pb2.py"]),
    "sets": (["a.binpb", "sub/b.protoset", "c.txt"], ["a.binpb", "sub/b.protoset"]),
    "editors' and other people's files": (
        ["a.proto", ".#a.proto", "._a.proto", "a.proto~", "node_modules/b.proto", ".venv/c.proto"],
        ["a.proto"],
    ),
}


@pytest.mark.parametrize(("files", "expected"), KINDS.values(), ids=KINDS)
def test_what_a_folder_is_read_for(tree, files, expected):
    """A folder gives the files of one kind, by name, without hidden ones."""
    folder = tree(dict.fromkeys(files, ""))
    assert [str(file.relative_to(folder)) for file in find_sources([folder]).files] == expected


def test_order(tree):
    """Sources keep the order in which they were named, each file once."""
    folder = tree({"b/x.proto": "", "a/y.proto": ""})
    found = find_sources([folder / "b", folder / "a/y.proto", folder])
    assert [file.name for file in found.protos] == ["x.proto", "y.proto"]
