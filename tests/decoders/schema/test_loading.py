"""Loading schemas from every kind of source, clean and dirty."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from google.protobuf import json_format, message_factory, text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from paperknife_decoders.schema import SchemaError, load_schema

ENVELOPE = """
syntax = "proto3"; package venue.v1;
import "venue/v1/orders.proto"; import "google/protobuf/timestamp.proto";
message ClientMessage { oneof payload { Order order = 1; } google.protobuf.Timestamp time = 2; }
message ServerMessage { oneof payload { Order order = 1; } }
"""
ORDERS = """
syntax = "proto3"; package venue.v1;
message Order { string symbol = 1; map<string, Leg> legs = 2; message Leg {} }
"""
VENUE = {"venue/v1/envelope.proto": ENVELOPE, "venue/v1/orders.proto": ORDERS}
NAMES = ["venue.v1.Order", "venue.v1.Order.Leg", "venue.v1.ClientMessage", "venue.v1.ServerMessage"]


def names(schema):
    """Full names of all messages."""
    return [message.full_name for message in schema.messages()]


def proto3(body):
    """A file with one line before `body`."""
    return f'syntax = "proto3";\n{body}'


def test_folder(tree):
    """A folder is an import root; its files load under their names in imports, nested types too, map entries not."""
    schema = load_schema(tree(VENUE))
    assert names(schema) == NAMES
    assert [file.name for file in schema.files] == ["venue/v1/orders.proto", "venue/v1/envelope.proto"]
    assert schema.faults == ()
    assert schema.describe() == "4 messages in 2 files"


def test_types_work_with_protobuf_tools(tree):
    """Messages can be made, parsed and converted with nothing but the schema's own pool."""
    schema = load_schema(tree(VENUE))
    kind = message_factory.GetMessageClass(schema.message("ClientMessage"))
    message = kind(order={"symbol": "ESZ6"}, time={"seconds": 1})
    again = kind.FromString(message.SerializeToString())
    assert json_format.MessageToDict(again, descriptor_pool=schema.pool) == {
        "order": {"symbol": "ESZ6"},
        "time": "1970-01-01T00:00:01Z",
    }
    assert text_format.Parse(text_format.MessageToString(again), kind(), descriptor_pool=schema.pool) == message


def test_every_load_has_its_own_pool(tree):
    """Two revisions of a schema live side by side."""
    folder = tree(VENUE)
    old = load_schema(folder)
    (folder / "venue/v1/orders.proto").write_text(ORDERS.replace("symbol", "instrument"))
    new = load_schema(folder)
    assert old.message("Order").fields_by_number[1].name == "symbol"
    assert new.message("Order").fields_by_number[1].name == "instrument"


@pytest.mark.parametrize("given", ["venue/v1/envelope.proto", "venue/v1", "venue", ".", "../../repo/api"])
def test_import_root_is_found(tree, given):
    """Whichever folder or file is named, above the import root or below it, imports resolve."""
    root = tree({f"repo/api/{name}": text for name, text in VENUE.items()}) / "repo" / "api"
    schema = load_schema(root / given)
    assert sorted(names(schema)) == sorted(NAMES)
    assert schema.faults == ()


def test_roots_of_a_monorepo(tree):
    """Vendored imports below the folder given are found, each kind of tree with a root of its own."""
    folder = tree(
        {
            "api/a.proto": proto3('import "google/type/decimal.proto"; import "b.proto"; message A { B b = 1; }'),
            "api/b.proto": proto3("message B {}"),
            "third_party/googleapis/google/type/decimal.proto": proto3("package google.type; message Decimal {}"),
            "third_party/protobuf/google/protobuf/timestamp.proto": "an old copy, which protoc's own stands in for",
            "node_modules/x/b.proto": proto3("message B {}"),
            ".git/b.proto": proto3("message B {}"),
        }
    )
    schema = load_schema(folder)
    assert sorted(names(schema)) == ["A", "B", "google.type.Decimal"]
    assert schema.faults == ()


def test_several_roots(tree):
    """Imports reach across the folders that were named."""
    folder = tree(
        {"one/a.proto": proto3('import "b.proto"; message A { B b = 1; }'), "two/b.proto": proto3("message B {}")}
    )
    assert sorted(names(load_schema([folder / "one", folder / "two"]))) == ["A", "B"]


def test_equal_file_names_in_two_roots(tree):
    """Two files that are called the same from two roots both load where their contents can live together."""
    folder = tree(
        {"one/api.proto": proto3("package one; message M {}"), "two/api.proto": proto3("package two; message M {}")}
    )
    schema = load_schema([folder / "one", folder / "two"])
    assert names(schema) == ["one.M", "two.M"]
    assert schema.faults == ()


def test_a_file_reached_twice_loads_once(tree):
    """The same file over two roots, a link or a copy is no conflict."""
    folder = tree({"root/sub/a.proto": proto3("message A {}"), "copy/sub/a.proto": proto3("message A {}")})
    (folder / "root" / "link.proto").symlink_to(folder / "root/sub/a.proto")
    (folder / "root" / "sub" / "loop").symlink_to(folder / "root")
    schema = load_schema([folder / "root", folder / "root/sub", folder / "copy", folder / "root/sub/a.proto"])
    assert names(schema) == ["A"]
    assert schema.faults == ()


DIRTY = {
    "BOM": ("\ufeff" + proto3("message A {}"), ["A"]),
    "no syntax": ("message A { required int32 x = 1; extensions 5; } extend A { optional int32 y = 5; }", ["A"]),
    "edition 2023": ('edition = "2023"; message A { int32 x = 1; }', ["A"]),
    "windows line ends": ('syntax = "proto3";\r\npackage p;\r\nmessage A {}\r\n', ["p.A"]),
    "imports in comments": (proto3('/*\nimport "gone.proto";\n*/ message A {}'), ["A"]),
}


@pytest.mark.parametrize(("content", "expected"), DIRTY.values(), ids=DIRTY)
def test_dirty_but_valid(tree, content, expected):
    """What protoc accepts loads without a fault."""
    schema = load_schema(tree({"a.proto": content}))
    assert names(schema) == expected
    assert schema.faults == ()


@pytest.mark.parametrize("name", ["-dash.proto", "with space.proto", "a:b.proto", "sä.proto", "#.proto", "a=b/c.proto"])
def test_odd_file_names(tree, name):
    """No file name is taken for an option or for anything else; faults name it."""
    folder = tree({name: proto3("message A {}"), f"other/{name}": proto3("message B {\n  nix x = 1;\n}")})
    schema = load_schema(folder)
    assert names(schema) == ["A"]
    assert list(map(str, schema.faults)) == [f'{folder}/other/{name}:3:3: "nix" is not defined.']


def test_odd_folder_names(tree):
    """A root with what protoc takes for separators in its path."""
    assert names(load_schema(tree({"a:b=c, d/x.proto": proto3("message A {}")}) / "a:b=c, d")) == ["A"]


def test_names_that_cannot_be_imported(tree):
    """A file name that no import could say is a fault that says to rename it."""
    folder = tree({'quo"te.proto': proto3("message A {}"), "b.proto": proto3("message B {}")})
    schema = load_schema(folder)
    assert names(schema) == ["B"]
    assert [fault.message for fault in schema.faults] == ["a file of such a name cannot be imported; rename it"]


def test_faults(tree):
    """Each faulty file gives its lines, what imports it is left out with a reason, and all the rest loads."""
    folder = tree(
        {
            "good.proto": proto3("message Good {}"),
            "type.proto": proto3("message T {\n  strin x = 1;\n  int32 y = 1;\n}"),
            "syntax.proto": proto3("message S { string x = 1 }"),
            "depends.proto": proto3('import "type.proto";\nmessage D { T t = 1; Good g = 2; }'),
            "further.proto": proto3('import "depends.proto";\nmessage F { D d = 1; }'),
            "missing.proto": proto3('import "gone.proto";\nmessage M { Gone g = 1; }'),
            "twice.proto": proto3("\nmessage Good {}"),
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
        'twice.proto:3:9: "Good" is already defined in file "good.proto".',
        'type.proto:3:3: "strin" is not defined.',
        'type.proto:4:13: Field number 1 has already been used in "T" by field "x". Next available field number is 2.',
    ]


def test_nothing_loads(tree):
    """Where all files are faulty, the error carries the faults."""
    folder = tree({"a.proto": "message A {"})
    with pytest.raises(SchemaError, match=r"nothing of the schema could be loaded:\n.*a\.proto:1:12: ") as caught:
        load_schema(folder)
    assert [fault.line for fault in caught.value.faults] == [1]


def test_escapes_in_a_schema_are_not_printed(tree):
    """A file's text that comes back in a message holds no control characters."""
    folder = tree({"a.proto": proto3('message A { int32 x = 1 [json_name = "\x1b[2J"]; nix y = 2; }\x1b[0m')})
    with pytest.raises(SchemaError) as caught:
        load_schema(folder)
    assert "\x1b" not in str(caught.value)


def test_thousands_of_files(tree):
    """A large tree, its imports chained and one file in it broken, loads in one go."""
    files = {f"m{number}.proto": proto3(f"message M{number} {{}}") for number in range(1000)}
    files |= {f"i{number}.proto": proto3(f'import "m{number}.proto"; message I{number} {{}}') for number in range(1000)}
    files["m7.proto"] = "broken"
    schema = load_schema(tree(files))
    assert len(names(schema)) == 1998
    assert len(schema.faults) == 2


def test_protoc_is_stopped(tree):
    """A protoc that takes too long is ended, and that is the fault."""
    with pytest.raises(SchemaError, match=r"protoc was stopped after 1e-05 seconds"):
        load_schema(tree({"a.proto": proto3("message A {}")}), timeout=0.00001)


@pytest.mark.parametrize("suffix", [".binpb", ".desc", ".pb", ".protoset", ".whatever"])
def test_descriptor_set(tree, protoc, suffix):
    """A FileDescriptorSet loads, whatever it is called; the well-known types need not be inside."""
    folder = tree(VENUE)
    protoc(folder, "-I.", f"--descriptor_set_out=all{suffix}", "venue/v1/envelope.proto", "venue/v1/orders.proto")
    schema = load_schema(folder / f"all{suffix}")
    assert names(schema) == [*NAMES[2:], *NAMES[:2]] or sorted(names(schema)) == sorted(NAMES)
    assert schema.faults == ()


def test_descriptor_set_with_holes(tree, protoc):
    """A set that lacks an import loads without the files that need it."""
    folder = tree(VENUE | {"other.proto": proto3("message Other {}")})
    protoc(folder, "-I.", "--descriptor_set_out=all.pb", "venue/v1/envelope.proto", "other.proto")
    schema = load_schema(folder / "all.pb")
    assert names(schema) == ["Other"]
    assert [str(fault) for fault in schema.faults] == [
        f"{folder}/all.pb: imports venue/v1/orders.proto, which is missing or was left out"
    ]


def test_hostile_descriptor_sets(tree):
    """Cycles, conflicts and nonsense in a set are faults."""
    files = [
        FileDescriptorProto(name="a.proto", dependency=["b.proto"]),
        FileDescriptorProto(name="b.proto", dependency=["a.proto"]),
        FileDescriptorProto(name="self.proto", dependency=["self.proto"]),
        FileDescriptorProto(name="good.proto", message_type=[{"name": "Good"}]),
        FileDescriptorProto(name="again.proto", message_type=[{"name": "Good"}]),
        FileDescriptorProto(name="odd.proto", message_type=[{"name": "not a name"}]),
        FileDescriptorProto(name="good.proto", message_type=[{"name": "Other"}]),
    ]
    schema = load_schema(tree({"x.pb": FileDescriptorSet(file=files).SerializeToString()}) / "x.pb")
    assert names(schema) == ["Good"]
    assert len(schema.faults) == 6


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"hello, world"])
def test_no_descriptor_set(tree, content):
    """Bytes that are no descriptor set are said to be none."""
    with pytest.raises(SchemaError, match="is no descriptor set"):
        load_schema(tree({"x.pb": content}) / "x.pb")


def test_generated_modules(tree, protoc):
    """A `_pb2.py` gives its descriptor without being run, with the modules that it imports."""
    folder = tree(VENUE | {"gen/keep": ""})
    protoc(folder, "-I.", "--python_out=gen", "venue/v1/envelope.proto", "venue/v1/orders.proto")
    module = folder / "gen/venue/v1/envelope_pb2.py"
    module.write_text("raise SystemExit\n" + module.read_text())
    for source in [module, folder / "gen"]:
        schema = load_schema(source)
        assert sorted(names(schema)) == sorted(NAMES)
        assert schema.faults == ()


OLD_MODULES = {
    "3.19": "DESCRIPTOR = _descriptor.FileDescriptor(name='a.proto', serialized_pb=%r)",
    "2.6, both Pythons": "DESCRIPTOR = _descriptor.FileDescriptor(serialized_pb=_b(%s))",
    "3.20": "DESCRIPTOR = _descriptor_pool.Default().AddSerializedFile(%r)",
}


@pytest.mark.parametrize("template", OLD_MODULES.values(), ids=OLD_MODULES)
def test_modules_of_old_compilers(tree, template):
    """Every form in which protoc has written a descriptor into a module is read."""
    data = FileDescriptorProto(name="a.proto", message_type=[{"name": "A"}]).SerializeToString()
    text = template % (repr(data)[1:] if "_b(" in template else data)
    assert names(load_schema(tree({"a_pb2.py": text}) / "a_pb2.py")) == ["A"]


BAD_MODULES = {
    "syntax": ("def", "is no Python module"),
    "no descriptor": ("import os\nprint('hi')", "there is no descriptor in it"),
    "nonsense": ("x.AddSerializedFile(b'\\xff\\xff')", "there is no descriptor in it"),
    "computed": ("x.AddSerializedFile(open('/etc/passwd').read())", "there is no descriptor in it"),
    "deep": ("x = " + "(" * 5000 + ")" * 5000, "is no Python module"),
    "zero byte": ("\0", "is no Python module"),
}


@pytest.mark.parametrize(("text", "expected"), BAD_MODULES.values(), ids=BAD_MODULES)
def test_bad_modules(tree, text, expected):
    """A module without a descriptor is a fault, and nothing in it happens."""
    with pytest.raises(SchemaError, match=expected):
        load_schema(tree({"a_pb2.py": text}) / "a_pb2.py")


def test_mixed_sources(tree, protoc):
    """A `.proto` may import what only a descriptor set has, and the same file in two forms is one."""
    folder = tree(
        {
            "all/a.proto": proto3("message A {}"),
            "all/b.proto": proto3("message B {}"),
            "src/use.proto": proto3('import "a.proto"; message Use { A a = 1; }'),
            "src/b.proto": proto3("// with a comment\nmessage B {}"),
            "else/b.proto": proto3("message B { int32 more = 1; }"),
        }
    )
    protoc(folder / "all", "-I.", "--descriptor_set_out=../set.pb", "a.proto", "b.proto")
    protoc(folder / "else", "-I.", "--python_out=..", "b.proto")
    schema = load_schema([folder / "src", folder / "set.pb"])
    assert sorted(names(schema)) == ["A", "B", "Use"]
    assert schema.faults == ()
    schema = load_schema([folder / "src", folder / "set.pb", folder / "b_pb2.py"])
    assert [str(fault) for fault in schema.faults] == [
        f"{folder}/b_pb2.py: has another b.proto than {folder}/src/b.proto, which was first and is used"
    ]


def test_paths_in_faults_are_as_given(tree, monkeypatch):
    """A fault names a file the way the user named its folder, so that a click on it opens it."""
    monkeypatch.chdir(tree({"protos/a.proto": "broken", "protos/b.proto": proto3("message B {}")}))
    assert [str(fault).split(":")[0] for fault in load_schema(["protos"]).faults] == ["protos/a.proto"]


def test_home_folder(tree, monkeypatch):
    """``~`` works where no shell has expanded it."""
    monkeypatch.setenv("HOME", str(tree({"protos/a.proto": proto3("message A {}")})))
    assert names(load_schema("~/protos")) == ["A"]


def test_the_default_pool_stays_as_it_is(tree):
    """Loading leaves no trace in the process-wide pool."""
    from google.protobuf import descriptor_pool

    load_schema(tree({"a.proto": proto3("message TraceOfALoad {}")}))
    with pytest.raises(KeyError):
        descriptor_pool.Default().FindMessageTypeByName("TraceOfALoad")


def test_special_files(tree):
    """A pipe or a dangling link that is called like a schema file does not block the load."""
    folder = tree({"a.proto": proto3("message A {}")})
    os.mkfifo(folder / "pipe.proto")
    (folder / "gone.proto").symlink_to(Path("nowhere"))
    schema = load_schema(folder)
    assert names(schema) == ["A"]
    assert [fault.message for fault in schema.faults] == ["cannot be read as a file, so it is left out"] * 2
