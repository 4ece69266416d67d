"""Units of runs taken together."""

from __future__ import annotations

import json

from emogeo.analysis.comparing.sharing import joint_units
from emogeo.analysis.records.catalogue import Run


def told(units: dict[str, list[str]]) -> Run:
    """A record with units [name:digest] of texts, enough to be joined."""
    record = {"units": [unit for unit, own in units.items() for _ in own], "key": "k"}
    lines = [json.dumps({"emotion": "sad", "topic": "t", "text": text}) for own in units.values() for text in own]
    return Run(record, {"texts.jsonl": "\n".join(lines).encode()})


def test_joint_units() -> None:
    first = told({"a:1": ["x"], "b:2": ["y"], "c:3": ["z"]})
    assert joint_units([first, told({"a:1": ["x"], "b:2": ["y"]})]) == [["a:1", "b:2", "c:3"], ["a:1", "b:2"]]
    other_words = joint_units([first, told({"a:9": ["other"], "b:2": ["y"]})])
    assert other_words == [["a", "b:2", "c:3"], ["a", "b:2"]], "one name, other texts"
    tied = joint_units([first, told({"a:8": ["y"], "b:7": ["w"]})])
    assert tied == [["a+b", "a+b", "c:3"], ["a+b", "a+b"]], "a text of b is a's in the other run"
    before = joint_units([first, told({"a+b:6": ["p", "q"]})])
    assert before[1] == [before[0][0]] * 2 == [before[0][1]] * 2, "tied before"
    apart = joint_units([first, told({"d:5": ["v"]})])
    assert apart == [["a:1", "b:2", "c:3"], ["d:5"]]
