"""What the report is written from."""

from __future__ import annotations

import base64
from pathlib import Path

import pandas as pd

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Picture, Sheet, Text, sheet, word
from emogeo.analysis.tables.frame import typed
from emogeo.analysis.tables.notes import Note
from emogeo.config.model import Init
from emogeo.record.run import BehaviourRun, SteeringRun
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.planted_records import altered, behaviour, steering

COLUMNS = [word("the key", "key")]


def material(folder: Path, *keys: str) -> Material:
    table = typed([{"key": key, "note": [Note(f"note of {key}")]} for key in keys], ["key", "note"], ["key", "note"])
    return Material({"t": table}, [], Catalogue(), folder)


def test_a_table_that_is_not_there_is_empty(tmp_path: Path) -> None:
    own = material(tmp_path, "a")
    assert own.table("t")["key"].tolist() == ["a"]
    assert own.table("other").empty
    assert own.notes("t", own.table("t")) == [[Note("note of a")]]


def test_a_table_is_shown_or_what_to_type_for_it(tmp_path: Path) -> None:
    (shown,) = material(tmp_path, "a", "b").shown("t", "Title", COLUMNS, "why", "command")
    assert isinstance(shown, Sheet)
    assert (shown.title, shown.file, shown.rows) == ("Title", "t.csv", [("a",), ("b",)])
    for name, own in (("t", material(tmp_path)), ("other", material(tmp_path, "a"))):
        assert own.shown(name, "Title", COLUMNS, "why", "command") == [Absent("why", "command")]


def test_of_pairs_the_trained_are_given_and_those_of_twins_counted(tmp_path: Path) -> None:
    twin = altered(catalogue([PlantedModel("m", "m", "base", 1.0)])[0].run, key="t", model_init=Init.random)
    rows = [{"key_a": a, "key_b": b} for a, b in (("a", "b"), ("t", "u"), ("t", "u"), ("t", "v"))]
    names = ["key_a", "key_b"]

    def given(*of: dict[str, str]) -> tuple[list[str], list[str]]:
        table, parts = Material({"p": typed(of, names, names)}, [], Catalogue([twin]), tmp_path).trained_pairs("p")
        return list(table["key_b"]) if len(table) else [], [part.said for part in parts]

    assert given(*rows) == (["b"], ["Not shown: 2 pairs of untrained twins, which are nulls (p.csv)."])
    assert given(*rows[:1]) == (["b"], [])
    assert given(*rows[1:]) == (["u", "u", "v"], []), "there are no others"
    assert given() == ([], [])


def test_twins_whose_model_has_no_run_are_no_pair_to_show(tmp_path: Path) -> None:
    trained = catalogue([PlantedModel("m", "m", "base", 1.0)])[0].run
    twins = [altered(trained, key=key, model_init=Init.random) for key in ("t", "u")]
    pairs = typed([{"key_a": "t", "key_b": "u"}], ["key_a", "key_b"], ["key_a", "key_b"])
    runs = typed([{"key": key} for key in (trained.key, "t", "u")], ["key"], ["key"])
    own = Material({"p": pairs, "runs": runs}, [], Catalogue([trained, *twins]), tmp_path)
    table, (said,) = own.trained_pairs("p")
    assert table.empty and said == Text("Not shown: 1 pair of untrained twins, which are nulls (p.csv).")


def test_pictures_are_the_files_of_the_folder_with_their_table(tmp_path: Path) -> None:
    for name in ("shares_b.png", "shares_a.png", "other.png", "shares.txt"):
        (tmp_path / name).write_bytes(name.encode())
    own = material(tmp_path, "a")
    under = sheet(pd.DataFrame({"key": ["a"]}), "t", "t", COLUMNS)
    (picture,) = own.picture("other.png", "Other", under)
    assert picture == Picture(
        "Other", "other.png", f"data:image/png;base64,{base64.b64encode(b'other.png').decode()}", under
    )
    assert own.picture("absent.png", "Absent") == []
    assert [(part.title, part.file) for part in own.pictures("shares")] == [
        ("Shares a", "shares_a.png"),
        ("Shares b", "shares_b.png"),
    ]


def test_runs_are_known_by_their_short_names_and_records_are_of_every_kind(tmp_path: Path) -> None:
    (ready,) = catalogue([PlantedModel("m", "m", "base", 1.0)])
    probes: list[SteeringRun | BehaviourRun] = [SteeringRun(*steering()), BehaviourRun(*behaviour())]
    own = Material({}, [ready], Catalogue([ready.run], probes), tmp_path)
    assert own.names == {ready.run.key: "m bf16"}
    assert own.records == [ready.run, *probes]
