"""What is written for each kind of change, byte by byte."""

from __future__ import annotations

import pytest

from paperknife_decoders.splice import Append, Clear, NoElement, Set, SpliceError, splice

CASES = {
    # a scalar
    "set": ("0805", Set("id", 300), "08ac02"),
    "set what is unset": ("1201 61", Set("id", 5), "1201 61 0805"),
    "set in an empty message": ("", Set("symbol", "ab"), "1202 6162"),
    "the last record decides": ("0801 1200 0802 1200", Set("id", 9), "0801 1200 0809 1200"),
    "a record of another wire type is none": ("0801 0a0161", Set("id", 9), "0809 0a0161"),
    "an over-long tag stays": ("888000 05", Set("id", 6), "888000 06"),
    "an over-long value goes": ("08 858000", Set("id", 6), "08 06"),
    "an over-long length stays": ("12 818000 61", Set("symbol", "bcd"), "12 838000 626364"),
    "an over-long length that is too short": ("12 8100 61", Set("symbol", "x" * 16384), "12 808001" + "78" * 16384),
    "a length that shrinks": ("12 8001" + "61" * 128, Set("symbol", "b"), "12 01 62"),
    "a negative number": ("", Set("small", -1), "9002 ffffffffffffffffff01"),
    "a record that a closed enum does not know": ("1801 1807", Set("side", "BUY"), "1801 1807"),
    "only such a record": ("1807", Set("side", "SELL"), "1807 18ffffffffffffffffff01"),
    "clear": ("0801 1200 0802", Clear("id"), "1200"),
    "clear what is unset": ("1200", Clear("id"), "1200"),
    "clear leaves what a closed enum does not know": ("1801 1807", Clear("side"), "1807"),
    # messages
    "parents are made": ("1200", Set("again.deal.size", 5), "1200 d201047202 0805"),
    "parents follow": ("d20104 7202 0805", Set("again.deal.size", 300), "d20105 7203 08ac02"),
    "over-long parents stay so": (
        "d201 85808000 728200 0805",
        Set("again.deal.size", 300),
        "d201 86808000 728300 08ac02",
    ),
    "the record that decides is in the first": ("22020a00 2200", Set("price.value", "1"), "22030a0131 2200"),
    "the record that decides is in the second": (
        "22030a0131 22030a0132",
        Set("price.value", "55"),
        "22030a0131 22040a023535",
    ),
    "a new field goes behind the last": ("2200 1200 2200", Set("price.value", "1"), "2200 1200 22030a0131"),
    "a whole message": ("22021005 1200 22021006", Set("price", {"value": "1"}), "1200 22030a0131"),
    "a decimal keeps what is unknown in it": ("22051005 0a0131", Set("price", 2.5), "22071005 0a03322e35"),
    "an empty message": ("", Set("price", {}), "2200"),
    "a group": ("8301 0805 8401", Set("extra.deep", 300), "8301 08ac02 8401"),
    "a group is made": ("", Set("extra.level.size", 1), "8301 12020801 8401"),
    "a group with an over-long end": ("838100 848100", Set("extra.deep", 1), "838100 0801 848100"),
    "clear a group": ("8301 0805 8401 0801", Clear("extra"), "0801"),
    "an extension": ("c23e020805", Set("[s.bonus].size", 6), "c23e020806"),
    "bytes in other messages are not read": ("2a02ffff 0801", Set("id", 2), "2a02ffff 0802"),
    "an unset parent is not made to be cleared": ("1200", Clear("again.id"), "1200"),
    # a oneof
    "a member takes the other's place": ("6a0161 0801", Set("number", 5), "7805 0801"),
    "all other members go": ("7801 6a0161 0801 7802", Set("account", "b"), "0801 6a0162"),
    "a member that decides leaves the dead ones": ("6a0161 7801", Set("number", 2), "6a0161 7802"),
    "a message before another member is dead": (
        "72020801 7802 72021a00",
        Set("deal.size", 5),
        "72020801 7802 72041a00 0805",
    ),
    "a dead message does not come back": ("72020801 7802", Set("deal.price.value", "1"), "7205 1203 0a0131"),
    "cleared for good": ("6a0161 7801 0801", Clear("number"), "0801"),
    "not the one that is set": ("6a0161 7801 0801", Clear("account"), "6a0161 7801 0801"),
    # lists
    "an element": ("2a00 1200 2a020801", Set("levels[1].size", 2), "2a00 1200 2a020802"),
    "an element from the end": ("2a00 2a020801", Set("levels[-2].size", 2), "2a020802 2a020801"),
    "an element, whole": ("2a020801 2a00", Set("levels[0]", {"size": 2}), "2a020802 2a00"),
    "an element goes": ("2a00 2a020801", Clear("levels[0]"), "2a020801"),
    "one more": ("2a00 1200", Append("levels", {"size": 1}), "2a00 2a020801 1200"),
    "the first": ("", Append("levels", {}), "2a00"),
    "all": ("2a00 1200 2a00", Set("levels", [{"size": 1}, {"size": 2}]), "2a020801 2a020802 1200"),
    "none": ("2a00 1200 2a00", Set("levels", []), "1200"),
    "none, where there is none": ("1200", Set("again.levels", []), "1200"),
    "a packed element": ("3203 010203", Set("sizes[1]", 300), "3204 01ac0203"),
    "a packed element in an unpacked list": ("3801 3a03020304 3805", Set("loose[2]", 9), "3801 3a03020904 3805"),
    "an unpacked element in a packed list": ("3001 3203020304 3005", Set("sizes[-1]", 9), "3001 3203020304 3009"),
    "over-long neighbours stay": ("3206 818000 02 8300", Set("sizes[1]", 7), "3206 818000 07 8300"),
    "a packed element goes": ("3203 010203", Clear("sizes[1]"), "3202 0103"),
    "a record goes with its last element": ("320101 320102", Clear("sizes[0]"), "320102"),
    "one more behind packed ones": ("320101", Append("sizes", 2), "32020102"),
    "one more behind unpacked ones": ("3001", Append("sizes", 2), "3001 3002"),
    "one more as the schema has it, packed": ("", Append("sizes", 2), "320102"),
    "one more as the schema has it, unpacked": ("", Append("loose", 2), "3802"),
    "all as the first record has it": ("3001 320102", Set("sizes", [5, 6]), "3005 3006"),
    "numbers that a closed enum does not know": ("5a03 010701", Set("sides[1]", "NONE"), "5a03 010700"),
    "such numbers stay": ("5a03 010701", Set("sides", []), "5a01 07"),
    "bits of other elements stay": (
        "6210 010000000000f8ff 010000000000f87f",
        Set("ratios[1]", 1.5),
        "6210 010000000000f8ff 000000000000f83f",
    ),
    "decimals": ("", Set("prices", [1, "2.50"]), "e201030a0131 e201060a04322e3530"),
    "a decimal in a list": ("e201030a0131", Set("prices[0]", 7), "e201030a0137"),
    "an element of an extension": ("ca3e0161", Append("[s.tags]", "b"), "ca3e0161 ca3e0162"),
    # maps
    "an entry": ("42060a0161 120178", Set('labels["a"]', "yz"), "42070a0161 1202797a"),
    "the last entry of a key": ("42030a0161 42030a0161", Set('labels["a"]', "x"), "42030a0161 42060a0161 120178"),
    "the order in an entry stays": ("4206120178 0a0161", Set('labels["a"]', "y"), "4206120179 0a0161"),
    "what is unknown in it too": ("42080a0161 4801 120178", Set('labels["a"]', "y"), "42080a0161 4801 120179"),
    "a key that is not written": ("4203120178", Set('labels[""]', "y"), "4203120179"),
    "a new entry": ("42030a0162 1200", Set('labels["a"]', "x"), "42030a0162 42060a0161 120178 1200"),
    "an entry goes": ("42030a0161 42030a0162 42030a0161", Clear('labels["a"]'), "42030a0162"),
    "a message in an entry": ("4a06088580001200", Set("by_id[5].size", 1), "4a08088580001202 0801"),
    "a message in a new entry": ("", Set("by_id[-1].size", 1), "4a0f08ffffffffffffffffff01 1202 0801"),
    "a map with truth values": ("520408011001", Set("flags[true]", "NONE"), "520408011000"),
    "an entry that a closed enum does not know": (
        "520408011007",
        Set("flags[true]", "BUY"),
        "520408011007 520408011001",
    ),
    "a whole map": ("42030a0161 1200 4200", Set("labels", {"z": "1"}), "42060a017a120131 1200"),
    "no map": ("42030a0161 1200", Clear("labels"), "1200"),
}


@pytest.mark.parametrize(("before", "change", "after"), CASES.values(), ids=CASES.keys())
def test_bytes(order, before, change, after) -> None:
    """These bytes and no others."""
    assert splice(bytes.fromhex(before), order, [change]).hex(" ") == bytes.fromhex(after).hex(" ")


def test_changes_are_made_in_their_order(order) -> None:
    """Each finds what those before it have left."""
    changes = [Append("levels", {}), Set("levels[-1].size", 5), Clear("levels[0]")]
    assert splice(bytes.fromhex("2a00"), order, changes).hex() == "2a020805"


BROKEN = "cannot be reached, the message is broken:"

FAULTS = {
    "an element that is not there": (
        "2a00",
        Set("levels[1].size", 1),
        "levels[1] is not in this message, its list has 1 element",
    ),
    "in an unset message": (
        "",
        Set("again.levels[0].size", 1),
        "again.levels[0] is not in this message, its list has no elements",
    ),
    "an element of one": (
        "",
        Set("again.sizes[-1]", 1),
        "again.sizes[-1] is not in this message, its list has no elements",
    ),
    "such an element cleared": (
        "",
        Clear("again.levels[0]"),
        "again.levels[0] is not in this message, its list has no elements",
    ),
    "a packed one": ("3202 0102", Clear("sizes[2]"), "sizes[2] is not in this message, its list has 2 elements"),
    "an append to no list": ("", Append("id", 1), "id is no list, nothing can be appended to it"),
    "an append to a map": ("", Append("labels", "x"), 'labels is a map; set an entry instead, as in labels["key"]'),
    "no list": ("", Set("sizes", 5), "sizes takes a list of all its elements, not 5"),
    "no mapping": ("", Set("labels", ["x"]), "labels takes a mapping of all its entries, not ['x']"),
    "a broken message": ("0801 12", Set("id", 1), f"id {BROKEN} a number is cut short at byte 3"),
    "broken behind the last record": (
        "0801 0c",
        Set("id", 1),
        f"id {BROKEN} the end of group 1, which is not open, at byte 2",
    ),
    "a broken parent": (
        "d2010209",
        Set("again.id", 1),
        f"again.id {BROKEN} field 26 ends after 1 of its 2 bytes at byte 4",
    ),
    "broken packed numbers": (
        "32020180",
        Set("sizes[0]", 1),
        f"sizes[0] {BROKEN} packed numbers of which one is cut short or longer than 10 bytes at byte 3",
    ),
    "packed numbers of a wrong size": (
        "6203010203",
        Set("ratios[0]", 1),
        f"ratios[0] {BROKEN} packed numbers of 8 bytes each in 3 bytes at byte 2",
    ),
}


@pytest.mark.parametrize(("before", "change", "sentence"), FAULTS.values(), ids=FAULTS.keys())
def test_faults(order, before, change, sentence) -> None:
    """Nothing is guessed, and the sentence says what is wrong."""
    with pytest.raises(SpliceError) as caught:
        splice(bytes.fromhex(before), order, [change])
    assert str(caught.value) == sentence
    assert isinstance(caught.value, NoElement) == ("is not in this message" in sentence)
