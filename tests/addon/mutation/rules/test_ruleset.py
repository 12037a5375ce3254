"""All rules of a run: loading, counting, and what becomes of them when their files change."""

from __future__ import annotations

import os

import pytest

from paperknife.mutation.rules import RuleCount, load_rules
from paperknife.settings.yaml_file import ConfigError
from paperknife_decoders.message import Direction


def test_report(desk):
    """Each rule with what it did and what it could not do, in the order of the files."""
    one = desk.file("rules: [{name: a, on: client order, do: drop}, {name: off, do: drop, enabled: false}]", "one.yaml")
    two = desk.file("rules: [{name: b, on: client cancel, do: {count: x}}]", "two.yaml")
    rules = load_rules([one, two], desk.loaded.protocols)
    changer = rules.for_connection(1, desk.reader)
    for _ in range(3):
        changer.consider(desk.order(), 0)
    report = rules.report()
    assert report.rules == (RuleCount("a", 3), RuleCount("b"))
    assert report.counters == ()


def test_what_no_message_shows(desk):
    """What is done when a connection opens is counted, and what could not be done; new rules go on with it."""
    text = "rules: [{name: a, on: open, do: {count: x}}, {name: b, on: client order, do: {corrupt: order.price}}]"
    old, new = desk.rules(text), desk.rules(text)
    changer = old.for_connection(1, desk.reader)
    changer.opened(0.0)
    assert "not in this message" in changer.consider(desk.order(), 0).logs[0]
    assert changer.consider(desk.order(), 0) is None
    changer = new.continuing(changer)
    assert "not in this message" in changer.consider(desk.order(), 0).logs[0]  # they are other rules maybe
    assert new.report().rules == (RuleCount("a", 1, events=1), RuleCount("b", 0, faults=3))


def test_faults_of_all_files(desk):
    """What is wrong in several files is told together, each line with its file."""
    one = desk.file("rules: [{do: dorp}]", "one.yaml")
    two = desk.file("rules: [{on: client odrer, do: drop}]", "two.yaml")
    with pytest.raises(ConfigError) as caught:
        load_rules([one, two], desk.loaded.protocols)
    first, second = caught.value.sentence.split("\n")
    assert first.startswith(f"{one}:1:14: ")
    assert second.startswith(f"{two}:1:14: ")
    assert len(caught.value.found) == 2


def test_faults_beside_what_is_no_yaml(desk):
    """A file that is no YAML does not hide what is wrong in the others."""
    names = ("one.yaml", "two.yaml", "three.yaml")
    texts = ("rules: [{do: dorp}]", "rules: [", "rules: [{on: open, do: drop}, {do: [{hold: x}]}]")
    paths = [desk.file(text, name) for name, text in zip(names, texts, strict=True)]
    with pytest.raises(ConfigError) as caught:
        load_rules([*paths, desk.folder / "none.yaml"], desk.loaded.protocols)
    lines = caught.value.sentence.split("\n")
    assert [sum(line.startswith(f"{path}:") for line in lines) for path in paths] == [1, 1, 1]
    assert any("none.yaml: No such file" in line for line in lines)


def test_files_that_change(desk):
    """A change is told once, also where two files change at the same time."""
    paths = [desk.file("rules: []", name) for name in ("one.yaml", "two.yaml")]
    rules = load_rules(paths, desk.loaded.protocols)
    assert not rules.changed()
    for path in paths:
        path.write_text("rules: [] # changed")
        os.utime(path, ns=(1, 1))
    assert rules.changed()
    assert not rules.changed()


def test_connections_go_on_by_new_rules(desk):
    """What was remembered and counted before is known to the rules that take over, and the report goes on."""
    old = desk.rules(
        "rules: [{name: a, on: client order, limit: 2, do: [{remember: {id: order.request_id}}, {count: orders}]}]"
    )
    before = old.for_connection(1, desk.reader, 50.0)
    before.consider(desk.order(request_id=5), 60.0)
    new = desk.rules(
        "rules: [{name: a, on: client order, limit: 2, do: [{remember: {id: order.request_id}}, "
        "{count: orders}, {log: '{counter.orders}'}]}, "
        "{name: b, on: client heartbeat, between: [0, 15s], do: {log: '{remembered.id}'}}]"
    )
    changer = new.continuing(before)
    new.continuing(before)
    assert changer.consider(desk.message(Direction.CLIENT, "heartbeat", {}), 64.0).logs == ("5",)
    assert changer.consider(desk.message(Direction.CLIENT, "heartbeat", {}), 66.0) is None
    assert changer.consider(desk.order(), 66.0).logs == ("2",)
    assert changer.consider(desk.order(), 66.0) is None
    assert new.report().rules == (RuleCount("a", 2), RuleCount("b", 1))
    assert new.report().counters == (("orders", 2),)
