"""Import roots: those that were named, and those that the imports imply."""

from __future__ import annotations

import pytest

from paperknife_decoders.schema import load_schema

PROTO3 = 'syntax = "proto3";\n'


@pytest.mark.parametrize("given", ["venue/v1/envelope.proto", "venue/v1", "venue", ".", "../../repo/api"])
def test_import_root_is_found(tree, given, names, venue):
    """Whichever folder or file is named, above the import root or below it, imports resolve."""
    root = tree({f"repo/api/{name}": text for name, text in venue.files.items()}) / "repo" / "api"
    schema = load_schema(root / given)
    assert sorted(names(schema)) == sorted(venue.messages)
    assert schema.faults == ()


def test_roots_of_a_monorepo(tree, names):
    """Vendored imports below the folder given are found, each kind of tree with a root of its own."""
    folder = tree(
        {
            "api/a.proto": PROTO3 + 'import "google/type/decimal.proto"; import "b.proto"; message A { B b = 1; }',
            "api/b.proto": PROTO3 + "message B {}",
            "third_party/googleapis/google/type/decimal.proto": PROTO3 + "package google.type; message Decimal {}",
            "third_party/protobuf/google/protobuf/timestamp.proto": "an old copy, which protoc's own stands in for",
            "node_modules/x/b.proto": PROTO3 + "message B {}",
            ".git/b.proto": PROTO3 + "message B {}",
        }
    )
    schema = load_schema(folder)
    assert sorted(names(schema)) == ["A", "B", "google.type.Decimal"]
    assert schema.faults == ()


def test_several_roots(tree, names):
    """Imports reach across the folders that were named."""
    folder = tree(
        {"one/a.proto": PROTO3 + 'import "b.proto"; message A { B b = 1; }', "two/b.proto": PROTO3 + "message B {}"}
    )
    assert sorted(names(load_schema([folder / "one", folder / "two"]))) == ["A", "B"]


def test_equal_file_names_in_two_roots(tree, names):
    """Two files that are called the same from two roots both load where their contents can live together."""
    folder = tree(
        {"one/api.proto": PROTO3 + "package one; message M {}", "two/api.proto": PROTO3 + "package two; message M {}"}
    )
    schema = load_schema([folder / "one", folder / "two"])
    assert names(schema) == ["one.M", "two.M"]
    assert schema.faults == ()


def test_a_file_reached_twice_loads_once(tree, names):
    """The same file over two roots, a link or a copy is no conflict."""
    folder = tree({"root/sub/a.proto": PROTO3 + "message A {}", "copy/sub/a.proto": PROTO3 + "message A {}"})
    (folder / "root" / "link.proto").symlink_to(folder / "root/sub/a.proto")
    (folder / "root" / "sub" / "loop").symlink_to(folder / "root")
    schema = load_schema([folder / "root", folder / "root/sub", folder / "copy", folder / "root/sub/a.proto"])
    assert names(schema) == ["A"]
    assert schema.faults == ()
