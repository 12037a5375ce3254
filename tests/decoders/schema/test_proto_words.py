"""Labels, options and reserved numbers, in every syntax."""

from __future__ import annotations

import pytest

from paperknife_decoders.schema import load_schema
from paperknife_decoders.schema.proto_words import label_of, options_of, reserved_lines

FIELDS = {
    "proto3 scalar": ("proto3", "int32 f = 1;", "", []),
    "proto3 optional": ("proto3", "optional int32 f = 1;", "optional", []),
    "proto3 message": ("proto3", "A f = 1;", "", []),
    "repeated": ("proto3", "repeated A f = 1;", "repeated", []),
    "map": ("proto3", "map<int32, A> f = 1;", "", []),
    "oneof member": ("proto3", "oneof o { int32 f = 1; }", "", []),
    "json name": ("proto3", 'int32 f = 1 [json_name = "F"];', "", ['json_name = "F"']),
    "json name that is derived": ("proto3", 'int32 f = 1 [json_name = "f"];', "", []),
    "proto2 required": ("proto2", "required int32 f = 1;", "required", []),
    "proto2 optional": ("proto2", "optional int32 f = 1;", "optional", []),
    "default text": (
        "proto2",
        'optional string f = 1 [default = "a\\"\\n\u00e4"];',
        "optional",
        ['default = "a\\"\\n\u00e4"'],
    ),
    "default bytes": ("proto2", 'optional bytes f = 1 [default = "\\377"];', "optional", ['default = "\\377"']),
    "default bool": ("proto2", "optional bool f = 1 [default = true];", "optional", ["default = true"]),
    "default enum": ("proto2", "optional E f = 1 [default = Y];", "optional", ["default = Y"]),
    "default infinity": ("proto2", "optional double f = 1 [default = -inf];", "optional", ["default = -inf"]),
    "deprecated": ("proto2", "optional int32 f = 1 [deprecated = true];", "optional", ["deprecated = true"]),
}


@pytest.mark.parametrize(("syntax", "field", "label", "options"), FIELDS.values(), ids=FIELDS)
def test_field(tree, syntax, field, label, options):
    """A field's label is that of its source, its options those that matter to a reader."""
    schema = load_schema(tree({"a.proto": f'syntax = "{syntax}"; message A {{ {field} }} enum E {{ X = 0; Y = 1; }}'}))
    found = schema.message("A").fields_by_number[1]
    assert label_of(found) == label
    assert list(options_of(found)) == options


RESERVED = {
    "nothing": ("message A {}", []),
    "numbers": ("message A { reserved 2, 4 to 6; }", ["reserved 2, 4 to 6;"]),
    "to max": ("message A { reserved 5 to max; }", ["reserved 5 to max;"]),
    "names": ('message A { reserved "a", "b"; }', ['reserved "a", "b";']),
    "extensions": ("message A { extensions 5, 7 to max; }", ["extensions 5, 7 to max;"]),
    "of an enum": ("enum A { X = 0; reserved -2, 4 to 6, 9 to max; }", ["reserved -2, 4 to 6, 9 to max;"]),
}


@pytest.mark.parametrize(("text", "lines"), RESERVED.values(), ids=RESERVED)
def test_reserved(tree, text, lines):
    """Ranges are written as in the source, ends included."""
    schema = load_schema(tree({"a.proto": f'syntax = "proto2"; {text} message Other {{}}'}))
    assert list(reserved_lines(schema.definition("A"))) == lines
