"""What a path names, and what is said of one that names nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.splice.disturbed import random_type

from paperknife_decoders.splice import Path, PathError, Set, path_from, splice

GOOD = {
    "id": (1, False),
    " again . again.id ": (1, False),
    "price.value": (1, False),
    "levels": (5, True),
    "levels[0]": (5, False),
    "levels[ -1 ].parts[3]": (3, False),
    "labels": (8, True),
    'labels["a.b[\\"]"]': (2, False),
    "labels['x']": (2, False),
    "labels[desk]": (2, False),
    "by_id[-7].size": (1, False),
    "flags[true]": (2, False),
    "[s.bonus].size": (1, False),
    "again.[s.bonus].price": (2, False),
    "again[s.bonus].price": (2, False),
    "extra.level.size": (1, False),
    "from": (27, False),
    "from_": (27, False),
    ".".join(["again"] * 99) + ".id": (1, False),
}


@pytest.mark.parametrize(("text", "leads_to"), GOOD.items())
def test_paths(order, text, leads_to) -> None:
    """A path ends with a field, and it is known whether that is a whole list or map."""
    path = path_from(text, order)
    assert (path.field.number, path.is_many) == leads_to
    assert str(path) == text


BAD = {
    "": 'a name was expected where it ends',
    "id.": "a name was expected where . was found",
    ".id": "a name was expected where .id was found",
    "levels[0]price": "a name was expected where price was found",
    "levels[": "a name was expected where [ was found",
    "id b": "a name was expected where b was found",
    "1": "a name was expected where 1 was found",
    "id\x1b": r"a name was expected where \x1b was found",
    "symbl": "s.Order has no field symbl; did you mean symbol?",
    "again.Price": "again (s.Order) has no field Price; did you mean price?",
    "price.x": "price (s.Decimal) has no field x; it has value.",
    "levels.size": "levels is a list; say which element, as in levels[0].size",
    'levels["a"]': "levels is a list, its elements are numbered: levels[0], not [\"a\"]",
    "labels.desk": 'labels is a map; say which key, as in labels["key"]',
    "id.x": "id is no message, it has no field x",
    "sizes[0].x": "sizes[0] is no message, it has no field x",
    "id[0]": "id is no list and no map, it has no [0]",
    "sizes[0][1]": "sizes[0] is no list and no map, it has no [1]",
    "[0]": "a path starts with the name of a field, not with [0]",
    "by_id[x]": "by_id has no such key: key takes a whole number from -2,147,483,648 to 2,147,483,647, not 'x'",
    "flags[2]": "flags has no such key: key takes true or false, not '2'",
    "labels['\\x']": "labels has no such key: ['\\x'] is no text",
    "sizes[99999999999]": "99999999999 is no position in a list",
    "[s.bonsu]": "s.Order has no extension [s.bonsu]; did you mean [s.bonus]?",
    "price.[s.bonus]": "s.Decimal has no extension [s.bonus]",
    ".".join(["again"] * 101): "a path of more than 100 fields; parsers follow no more levels than that",
    "x" * 10_001: "a path of 10,001 characters; at most 10,000 are read",
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), BAD.items(), ids=lambda text: text[:30])
def test_faults(order, text, sentence) -> None:
    """The sentence says what was expected, and what may have been meant."""
    with pytest.raises(PathError) as caught:
        path_from(text, order)
    assert str(caught.value).endswith(sentence)


def test_a_path_of_another_type(order, envelope) -> None:
    """A path is of one type, and not to be used in others."""
    with pytest.raises(PathError, match=r"^id is a path in s.Order, not in s.Envelope$"):
        splice(b"", envelope, [Set(path_from("id", order), 1)])


@given(st.text(alphabet="abf123456[]._\"'\\ -x", max_size=30) | st.text(max_size=10))
def test_any_text(text) -> None:
    """Whatever is written, it is a path or it is said why it is none."""
    try:
        found = path_from(text, random_type(1))
    except PathError as error:
        assert str(error).isprintable()
    else:
        assert isinstance(found, Path)
