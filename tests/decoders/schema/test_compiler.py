"""protoc on clean and on dirty trees."""

from __future__ import annotations

import pytest

from paperknife_decoders.schema import SchemaError, load_schema

PROTO3 = 'syntax = "proto3";\n'


DIRTY = {
    "BOM": ("\ufeff" + PROTO3 + "message A {}", ["A"]),
    "no syntax": ("message A { required int32 x = 1; extensions 5; } extend A { optional int32 y = 5; }", ["A"]),
    "edition 2023": ('edition = "2023"; message A { int32 x = 1; }', ["A"]),
    "windows line ends": ('syntax = "proto3";\r\npackage p;\r\nmessage A {}\r\n', ["p.A"]),
    "imports in comments": (PROTO3 + '/*\nimport "gone.proto";\n*/ message A {}', ["A"]),
}


@pytest.mark.parametrize(("content", "expected"), DIRTY.values(), ids=DIRTY)
def test_dirty_but_valid(tree, content, expected, names):
    """What protoc accepts loads without a fault."""
    schema = load_schema(tree({"a.proto": content}))
    assert names(schema) == expected
    assert schema.faults == ()


@pytest.mark.parametrize("name", ["-dash.proto", "with space.proto", "a:b.proto", "sä.proto", "#.proto", "a=b/c.proto"])
def test_odd_file_names(tree, name, names):
    """No file name is taken for an option or for anything else; faults name it."""
    folder = tree({name: PROTO3 + "message A {}", f"other/{name}": PROTO3 + "message B {\n  nix x = 1;\n}"})
    schema = load_schema(folder)
    assert names(schema) == ["A"]
    assert list(map(str, schema.faults)) == [f'{folder}/other/{name}:3:3: "nix" is not defined.']


def test_odd_folder_names(tree, names):
    """A root with what protoc takes for separators in its path."""
    assert names(load_schema(tree({"a:b=c, d/x.proto": PROTO3 + "message A {}"}) / "a:b=c, d")) == ["A"]


def test_names_that_cannot_be_imported(tree, names):
    """A file name that no import could say is a fault that says to rename it."""
    folder = tree({'quo"te.proto': PROTO3 + "message A {}", "b.proto": PROTO3 + "message B {}"})
    schema = load_schema(folder)
    assert names(schema) == ["B"]
    assert [fault.message for fault in schema.faults] == ["a file of such a name cannot be imported; rename it"]


def test_faults(tree, names):
    """Each faulty file gives its lines, what imports it is left out with a reason, and all the rest loads."""
    folder = tree(
        {
            "good.proto": PROTO3 + "message Good {}",
            "type.proto": PROTO3 + "message T {\n  strin x = 1;\n  int32 y = 1;\n}",
            "syntax.proto": PROTO3 + "message S { string x = 1 }",
            "depends.proto": PROTO3 + 'import "type.proto";\nmessage D { T t = 1; Good g = 2; }',
            "further.proto": PROTO3 + 'import "depends.proto";\nmessage F { D d = 1; }',
            "missing.proto": PROTO3 + 'import "gone.proto";\nmessage M { Gone g = 1; }',
            "twice.proto": PROTO3 + "\nmessage Good {}",
        }
    )
    schema = load_schema(folder)
    assert names(schema) == ["Good"]
    assert sorted(str(fault).removeprefix(f"{folder}/") for fault in schema.faults) == [
        'depends.proto:2:1: imports "type.proto", which has errors, so this file is left out too',
        'further.proto:2:1: imports "depends.proto", which has errors, so this file is left out too',
        f'missing.proto:2:1: imports "gone.proto", which is not below {folder};'
        " name the folder that it is in as one more schema source",
        'syntax.proto:2:26: Expected ";".',
        f"twice.proto:3:9: Good is defined in {folder}/good.proto already, so this file is left out",
        'type.proto:3:3: "strin" is not defined.',
        'type.proto:4:13: Field number 1 has already been used in "T" by field "x". Next available field number is 2.',
    ]


def test_thousands_of_files(tree, names):
    """A large tree, its imports chained and one file in it broken, loads in one go."""
    files = {f"m{number}.proto": PROTO3 + f"message M{number} {{}}" for number in range(300)}
    files |= {f"i{number}.proto": PROTO3 + f'import "m{number}.proto"; message I{number} {{}}' for number in range(300)}
    files["m7.proto"] = "broken"
    schema = load_schema(tree(files))
    assert len(names(schema)) == 598
    assert len(schema.faults) == 2


def test_protoc_is_stopped(tree):
    """A protoc that takes too long is ended, and that is the fault."""
    with pytest.raises(SchemaError, match=r"protoc was stopped after 1e-05 seconds"):
        load_schema(tree({"a.proto": PROTO3 + "message A {}"}), timeout=0.00001)
