"""Files of rules, right and wrong, all faults at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from paperknife.mutation.rules import load_rules
from paperknife.mutation.rules.actions.catalogue import ACTIONS
from paperknife.mutation.rules.form import Occasions
from paperknife.mutation.rules.reading import read_rules
from paperknife.settings.yaml_file import ConfigError


def test_a_rule_with_everything(desk):
    """All that can be said of a rule."""
    path = desk.file(
        """
seed: 7
rules:
  - name: all of it
    on: [client order, server]
    when: order.quantity > 100
    probability: 5%
    limit: 3
    after: 2
    every: 4
    between: [10s, 1m]
    per: run
    do: [drop, {delay: 50ms, overtaken: true}]
  - {do: drop, enabled: false}
  - {name: 5, do: drop}
"""
    )
    (file,) = read_rules([path])
    assert file.faults.found == []
    first, second = file.rules
    assert (first.name, first.seed, first.when.value) == ("all of it", 7, "order.quantity > 100")
    assert first.occasions == Occasions(0.05, 3, 2, 4, (10.0, 60.0), in_run=True)
    assert [(each.name, each.node.value, list(each.options)) for each in first.actions] == [
        ("drop", None, []),
        ("delay", "50ms", ["overtaken"]),
    ]
    assert second.name == "5"
    assert second.occasions.is_always


def test_all_faults_at_once(desk):
    """Each thing that is wrong is one line, in the order of the file, with what would be right."""
    text = """\
sed: 7
rules:
  - name: a
    on: client odrer
    when: order.quantitty > 100
    do: [{set: {order.quantity: many}}, {dely: 5ms}, drop: 5]
  - name: a
    on: client order_response
    do: drop
  - on: client order
    when: order.side == BYU
    probability: 2
    between: [10, 20s]
    limit: -1
    per: runs
    dou: 1
  - just text
  - on: open
    do: [drop, {inject: {heartbeat: {}}}, {log: "{order.quantity}"}]
  - {do: [drop duplicate, {drop: , delay: 5ms}, 5], when: [1]}
"""
    expected = [
        "1:1: a file of rules has rules and seed, and 'sed' was found; did you mean seed?",
        "4:9: a payload of the client was expected, and 'odrer' was found; did you mean order?",
        "5:11: order (trading.v1.OrderRequest) has no field quantitty; did you mean quantity?",
        "6:33: order.quantity: quantity takes a whole number from 0 to 4,294,967,295, not 'many'",
        "6:41: an action was expected, and 'dely' was found; did you mean delay?",
        "6:60: drop takes nothing",
        "7:11: another rule is called 'a' already",
        "8:9: it is the server that sends order_response: server order_response",
        "10:5: a rule has what is to be done, as in do: drop",
        "11:11: order.side is never BYU; did you mean BUY?",
        "12:18: probability, a number from 0 to 1 or a percentage, was expected",
        "13:15: a time since the connection began, a time of at most a day",
        "14:12: limit, a whole number from 1 to",
        "15:10: per, connection or run, was expected, and 'runs' was found; did you mean run?",
        "16:5: a rule has name, on, when, do,",
        "17:5: a rule, with name, on,",
        "19:10: drop is nothing that can be done on open: there are inject, stall, close, abort, log, count",
        "19:25: to: client or to: server was expected beside inject",
        "19:49: in {order.quantity}: when a connection opens there is no message to speak of",
        "20:11: an action was expected, and 'drop duplicate' was found",
        "20:27: one action was expected in each item of `do`, and drop and delay stand in this one",
        "20:49: an action was expected, and the number 5 was found; there are set,",
        "20:59: a condition such as order.quantity > 100 was expected, and a list was found",
    ]
    lines = desk.faults(text)
    for line, beginning in zip(lines, expected, strict=False):
        assert line.startswith(beginning), (line, beginning)
    assert len(lines) == len(expected), lines[len(expected) :]


@pytest.mark.parametrize(
    "text", ["", "[]", "5", "rules: 5", "- drop", "seed: x\nrules: []", "seed: 1.5", "rules: [[]]"]
)
def test_no_rules_at_all(desk, text):
    """What is no file of rules is told so."""
    with pytest.raises(ConfigError, match=r"rules.yaml:\d+:\d+: "):
        desk.rules(text if "rules" in text else f"{text} # rules:")


def test_several_files(desk):
    """Rules of several files are one after the other; no two have one name, whatever their file."""
    first = desk.file("seed: 1\nrules: [{name: a, do: drop}, {do: drop}]", "one.yaml")
    second = desk.file("rules: [{name: b, do: drop}, {name: a, do: drop}]", "two.yaml")
    one, two = read_rules([first, second])
    assert [rule.name for rule in (*one.rules, *two.rules)] == ["a", "rule 2", "b", "a"]
    assert [rule.seed for rule in (*one.rules, *two.rules)] == [1, 1, 0, 0]
    assert one.faults.found == []
    assert "another rule is called 'a' already" in two.faults.found[0].sentence


def test_bounds(desk):
    """Files, rules, actions and names have an upper limit each, and what lies beyond is told."""
    for text in (
        "rules: [" + "{do: drop}, " * 1001 + "]",
        "rules: [{do: [" + "drop, " * 51 + "]}]",
        f"rules: [{{name: {'n' * 200}, do: drop}}]",
    ):
        (file,) = read_rules([desk.file(text)])
        assert "at most" in file.faults.found[0].sentence
    with pytest.raises(ConfigError, match="too much"):
        read_rules([desk.file("rules: [" * 100 + "]" * 100)])
    with pytest.raises(ConfigError, match="expected at"):
        read_rules([Path("/nowhere/rules.yaml")])


KEYS = st.sampled_from(
    ["name", "on", "when", "do", "probability", "limit", "after", "every", "between", "per", "enabled", "seed",
     "rules", "order.quantity", "order", "to", "in", *ACTIONS]
)  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=10),
    st.sampled_from(
        [
            "client order",
            "order.quantity > 1",
            "drop",
            "5ms",
            "5%",
            "10/s",
            "{order.symbol}",
            "{",
            "open",
            "server",
            "0a",
        ]
    ),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | SCALARS, inner, max_size=4),
    max_leaves=25,
)


@settings(deadline=None)
@given(
    tree=st.one_of(TREES, st.lists(st.dictionaries(KEYS, TREES, max_size=6), max_size=3).map(lambda x: {"rules": x}))
)
def test_no_tree_raises(api, tmp_path_factory, tree):
    """Whatever a file holds, it is rules or faults with a place, never anything else."""

    path = tmp_path_factory.getbasetemp() / "tree.yaml"
    with path.open("w") as file:
        YAML(typ="safe", pure=True).dump(tree, file)
    try:
        load_rules([path], api[0].protocols)
    except ConfigError as error:
        for line in error.sentence.split("\n"):
            assert line.startswith(f"{path}:"), line


def test_a_rule_is_looked_at_to_its_end(desk):
    """What it is on may be wrong: what else is wrong in it is told all the same, and what was probably meant."""
    text = """
rules:
  - {on: clint order, when: order.side == BUYY, do: {set: {order.quantity: many}}}
  - {on: opne, do: {log: x}}
  - {on: sever, do: drop}
  - {on: client, do: [{count: orders}, {log: "{counter.order}"}]}
  - {on: client, do: [{log: "{counter.x}"}, {log: "{remembered.x}"}]}
"""
    found = desk.faults(text)
    wanted = [
        ("3:10", "did you mean client?"),
        ("3:29", "did you mean BUY?"),
        ("3:76", "many"),
        ("4:10", "did you mean open?"),
        ("5:10", "did you mean server?"),
        ("6:46", "nothing is counted as order; did you mean orders?"),
        ("7:29", "nothing is counted as x"),
        ("7:51", "nothing is remembered as x: no rule that is on has remember: {x: ...}"),
    ]
    assert [line.partition(": ")[0] for line in found] == [place for place, _ in wanted], found
    assert [part for line, (_, part) in zip(found, wanted, strict=True) if part not in line] == []
