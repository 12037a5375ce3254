"""Definitions written as in a `.proto` file."""

from __future__ import annotations

import pytest

from paperknife_decoders.paint import Paint
from paperknife_decoders.schema import load_schema
from paperknife_decoders.schema.proto_text import proto_text

SOURCE = """\
edition = "2023";
package shop.v1;
import "google/protobuf/any.proto";

// What is bought.
//
// Twice at times.
message Basket {
  // Not here any more.
  reserved 4, 10 to 12, 1000 to max;
  reserved old;
  string id = 1;
  // the same
  // for ever

  oneof payload {  // one of these
    Item item = 2;
    google.protobuf.Any other = 3 [deprecated = true];
  }
  map<string, Item> more = 5;
  repeated Item.Colour colours = 6;
  Item packed = 7 [features.message_encoding = DELIMITED];
  int32 plain = 8 [features.field_presence = IMPLICIT];

  message Item {
    // A nested one.
    enum Colour { RED = 0; GREEN = -1; }
    int32 count = 1 [default = 3];
  }
  message Empty {}
}

/* A service. */
service Shop {
  rpc Buy(Basket) returns (stream Basket.Item);  // at once
}
"""

TEXTS = {
    "message": (
        "Basket",
        """\
// shop.v1.Basket, in FOLDER/a.proto:8
// What is bought.
//
// Twice at times.
message Basket {
  reserved 4, 10 to 12, 1000 to max;
  reserved "old";
  optional string id = 1;  // the same for ever
  oneof payload {  // one of these
    Basket.Item item = 2;
    google.protobuf.Any other = 3 [deprecated = true];
  }
  map<string, Basket.Item> more = 5;
  repeated Basket.Item.Colour colours = 6;
  Basket.Item packed = 7 [features.message_encoding = DELIMITED];
  int32 plain = 8;

  message Item {
    optional int32 count = 1 [default = 3];

    // A nested one.
    enum Colour {
      RED = 0;
      GREEN = -1;
    }
  }

  message Empty {}
}
""",
    ),
    "nested enum": (
        "Colour",
        "// shop.v1.Basket.Item.Colour, in FOLDER/a.proto:27\n// A nested one.\n"
        "enum Colour {\n  RED = 0;\n  GREEN = -1;\n}\n",
    ),
    "service": (
        "Shop",
        "// shop.v1.Shop, in FOLDER/a.proto:34\n// A service.\n"
        "service Shop {\n  rpc Buy(Basket) returns (stream Basket.Item);  // at once\n}\n",
    ),
    "empty": ("Basket.Empty", "// shop.v1.Basket.Empty, in FOLDER/a.proto:30\nmessage Empty {}\n"),
    "without source": (
        "google.protobuf.Any",
        "// google.protobuf.Any, in google/protobuf/any.proto\n"
        "message Any {\n  string type_url = 1;\n  bytes value = 2;\n}\n",
    ),
}


@pytest.mark.parametrize(("name", "text"), TEXTS.values(), ids=TEXTS)
def test_text(tree, name, text):
    """A definition has its comments, its place, its numbers, and what is nested in it."""
    folder = tree({"a.proto": SOURCE})
    schema = load_schema(folder)
    assert schema.faults == ()
    assert proto_text(schema, schema.definition(name)) == text.replace("FOLDER", str(folder))


def test_text_compiles_to_the_same(tree, tmp_path_factory):
    """What is written of a message can be compiled, and gives the same fields again."""
    folder = tree(
        {"a.proto": SOURCE.replace('edition = "2023"', 'syntax = "proto3"').replace("reserved old", 'reserved "o"')}
    )
    for word in ("[features.message_encoding = DELIMITED]", "[features.field_presence = IMPLICIT]", "[default = 3]"):
        (folder / "a.proto").write_text((folder / "a.proto").read_text().replace(word, ""))
    schema = load_schema(folder)
    again = tmp_path_factory.mktemp("again") / "a.proto"
    head = 'syntax = "proto3"; package shop.v1; import "google/protobuf/any.proto";\n'
    again.write_text(head + proto_text(schema, schema.message("Basket")))
    fields = [(field.name, field.number, field.type) for field in schema.message("Basket").fields]
    assert [(field.name, field.number, field.type) for field in load_schema(again).message("Basket").fields] == fields


def test_hostile_text(tree):
    """Comments and options with escapes, line ends or overrides in them print nothing but text."""
    source = 'syntax = "proto3";\n// \x1b[2J\u202e\x07\nmessage A { int32 a = 1 [json_name = "\u202e"]; } // \x9b'
    schema = load_schema(tree({"a.proto": source}))
    text = proto_text(schema, schema.message("A"))
    assert all(char.isprintable() or char == "\n" for char in text)


def test_colours(tree):
    """Comments and names of types are in their colours, and each colour ends."""
    schema = load_schema(tree({"a.proto": 'syntax = "proto3"; message A { B b = 1; } message B {}'}))
    text = proto_text(schema, schema.message("A"), Paint(dim="<dim>", enum="<type>", reset="</>"))
    assert text.splitlines()[0].startswith("<dim>// A, in ")
    assert "  <type>B</> b = 1;" in text
    assert text.count("<dim>") + text.count("<type>") == text.count("</>")
