"""Families of topics: read from a field, units of their own, each fault with its message."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from emogeo.config.texts import FieldsConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import load_corpus
from tests.stimuli.test_corpus import Rows, balanced, write_jsonl


def with_families(n_topics: int = 6, size: int = 2) -> Rows:
    return [{**row, "kind": f"k{int(row['topic'][1:]) // size}"} for row in balanced(n_topics)]


def test_families_are_the_units(tmp_path: Path) -> None:
    rows = with_families()
    corpus = load_corpus(write_jsonl(tmp_path / "c.jsonl", rows), fields=FieldsConfig(family="kind"))
    units = corpus.units(0)
    assert set(units) == {"k0", "k1", "k2"}
    assert all(unit == f"k{int(p.topic[1:]) // 2}" for unit, p in zip(units, corpus.passages, strict=True))
    with (tmp_path / "c.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, ["kind", "text", "emotion", "topic"])
        writer.writeheader()
        writer.writerows(rows)
    assert load_corpus(str(tmp_path / "c.csv"), fields=FieldsConfig(family="kind")).passages == corpus.passages


def test_without_the_option_the_field_means_nothing(tmp_path: Path) -> None:
    plain = load_corpus(write_jsonl(tmp_path / "a.jsonl", balanced(6)))
    assert load_corpus(write_jsonl(tmp_path / "b.jsonl", with_families())).passages == plain.passages
    assert plain.units(0) == plain.topics


def test_topics_of_a_family_need_not_be_crossed(tmp_path: Path) -> None:
    """Each topic has half of the conditions, each family all."""
    rows = [
        {"emotion": e, "topic": f"{family}-{at % 2}", "text": f"{family} {e}", "kind": family}
        for family in "abcd"
        for at, e in enumerate(CONDITIONS)
    ]
    assert set(
        load_corpus(write_jsonl(tmp_path / "c.jsonl", rows), fields=FieldsConfig(family="kind")).units(0)
    ) == set("abcd")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[0].pop("kind"), r"line 1: no text in kind, .*its fields are emotion, topic, text; name"),
        (lambda rows: rows[1].update(kind=" "), "line 2: no text in kind"),
        (lambda rows: rows[0].update(kind="k2"), "topic 't0' is in two families, 'k2' and 'k0'; give it one"),
        (
            lambda rows: [row.update(topic="t9", kind="k9") for row in rows[:3]],
            r"the family 'k9' has no passage of blissful, .*Families are the units, .*join it with another family",
        ),
    ],
)
def test_each_fault_has_its_message(tmp_path: Path, change: object, message: str) -> None:
    rows = with_families()
    change(rows)  # type: ignore[operator]
    with pytest.raises(StimuliError, match=message):
        load_corpus(write_jsonl(tmp_path / "c.jsonl", rows), fields=FieldsConfig(family="kind"))
