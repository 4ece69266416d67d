"""Rows that are kept change no table, and what is not what was written is computed again."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emogeo.analysis.analyze import comparable
from emogeo.analysis.comparing.prepared import PreparedRun, View
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.tables import kept as module
from emogeo.analysis.tables.about import about_table
from emogeo.analysis.tables.baselines import baselines_table
from emogeo.analysis.tables.beyond import Options, beyond_table
from emogeo.analysis.tables.decoding import decoding_tables
from emogeo.analysis.tables.depth import depth_tables
from emogeo.analysis.tables.descriptors import descriptors_table
from emogeo.analysis.tables.effects import effects_of, effects_table
from emogeo.analysis.tables.kept import FOLDER, Kept, dependence_of_run, prepare, tree_of_run
from emogeo.analysis.tables.map import map_tables
from emogeo.analysis.tables.measures import measures_tables
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.analysis.tables.overlap import overlap_tables
from emogeo.analysis.tables.pairs import pairs_table
from emogeo.geometry.branches import supported_tree
from emogeo.geometry.dependence import dependence
from emogeo.geometry.inference import identifiable, reliability
from emogeo.record.files import ACTIVATIONS_FILE
from emogeo.store.store import ACTIVATIONS, Store
from tests.planted_store import PlantedRun, plant

RUNS = [PlantedRun(0, "bf16", 10), PlantedRun(1, "bf16", 10), PlantedRun(0, "int8", 10)]
OF = {"a": 1, "b": [2, "x"]}
KEPT = ("beyond", "pairs", "measures", "overlap", "about", "decoding", "baselines", "descriptors", "map", "depth")
KEPT += ("effects",)


def prepared(store: Store) -> list[PreparedRun]:
    return comparable(read_catalogue(store), store, 0)


def made(runs: list[PreparedRun], folder: Path) -> dict[str, str]:
    """The tables with rows that are kept, as CSV."""
    kept = {name: Kept(folder, name) for name in KEPT}
    store = Store(folder.parent / "store")
    beyond = beyond_table(runs, {}, Options(200, 0), kept["beyond"])
    tables = {
        "beyond": beyond,
        "pairs": pairs_table(runs, 600, 0, beyond.frame, kept=kept["pairs"]),
        **measures_tables(runs, kept=kept["measures"]),
        **overlap_tables(runs, kept=kept["overlap"]),
        "about": about_table(runs, 99, 0, kept=kept["about"]),
        **decoding_tables(runs, [], store, 99, 0, kept["decoding"]),
        "baselines": baselines_table(runs, 600, 0, kept=kept["baselines"]),
        "descriptors": descriptors_table([each.run for each in runs], runs, 99, 0, kept["descriptors"]),
        **map_tables(runs, 0, kept=kept["map"]),
        **depth_tables(runs, [], store, 99, 0, kept["depth"]),
        "effects": effects_table(effects_of(runs, 600, 0, kept=kept["effects"])),
    }
    for own in kept.values():
        own.write()
    return {name: table.frame.to_csv() for name, table in tables.items()}


def test_tables_are_the_same_with_rows_that_were_kept_and_only_new_pairs_are_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = plant(tmp_path / "store", RUNS)
    runs = prepared(store)
    first = made(runs[:2], tmp_path / "warm")
    cold = made(runs, tmp_path / "cold")
    compared: list[tuple[str, str]] = []
    from emogeo.analysis.tables import pairs

    original = pairs._pair_row

    def counted(a: PreparedRun, b: PreparedRun, *rest: object) -> object:
        compared.append((a.name, b.name))
        return original(a, b, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(pairs, "_pair_row", counted)
    assert made(runs, tmp_path / "warm") == cold
    assert len(compared) == 2 and len(first["pairs"].splitlines()) == 2
    computed = ("tables.beyond.judged", "tables.about.explain", "tables.decoding.decoded", "tables.effects._compared")
    computed += ("tables.baselines._baseline_row", "tables.depth._compare", "tables.descriptors._row")
    for name in (*computed, "comparing.maps.supported_tree"):
        monkeypatch.setattr(f"emogeo.analysis.{name}", None)
    assert made(prepared(store), tmp_path / "warm") == cold
    assert len(compared) == 2


def test_halves_of_a_run_that_is_known_wait_until_it_is_compared(tmp_path: Path) -> None:
    catalogue, store = read_catalogue(plant(tmp_path / "store", RUNS)), Store(tmp_path / "store")
    kept = Kept(tmp_path, "halves")
    first = comparable(catalogue, store, 0, kept)
    kept.write()
    assert all("deletions" in vars(each.halves) for each in first)
    again = comparable(catalogue, store, 0, Kept(tmp_path, "halves"))
    for before, after in zip(first, again, strict=True):
        assert identifiable(after.halves) and reliability(after.halves) == reliability(before.halves)
        assert not {"deletions", "ranks"} & vars(after.halves).keys()
    other = replace(again[0], view=View(again[0].run.conditions[1:], recentre=True))
    prepare(other, Kept(tmp_path, "halves"))
    assert "deletions" in vars(other.halves), "another view is another geometry"
    assert (
        comparable(catalogue, store, 1, Kept(tmp_path, "halves"))[0].halves.reliability != first[0].halves.reliability
    )


def test_a_tree_comes_back_as_it_was(tmp_path: Path) -> None:
    (run, *_), kept = prepared(plant(tmp_path / "store", RUNS)), Kept(tmp_path, "map")
    made = supported_tree(run.halves.products.values, 0)
    for own in (kept, kept):
        found = tree_of_run(own, 0, run, lambda: made)
        assert np.array_equal(found.linkage, made.linkage) and found.members == made.members
        assert found.support is not None and made.support is not None
        assert np.array_equal(found.support, made.support)


def test_a_dependence_comes_back_as_it_was(tmp_path: Path) -> None:
    (run, other, *_), kept = prepared(plant(tmp_path / "store", RUNS)), Kept(tmp_path, "corpus")
    made = dependence(run.halves.products, 0)
    assert made is not None and len(made.closest) == 3
    for _ in range(2):
        assert dependence_of_run(kept, run, lambda: made) == made
        assert dependence_of_run(kept, other, lambda: None) is None
        kept.write()
        kept = Kept(tmp_path, "corpus")
    assert dependence_of_run(kept, run, lambda: pytest.fail("it is known")) == made


def test_what_was_missing_is_looked_for_again(tmp_path: Path) -> None:
    """A pass that cannot be read, or is not there, says so in rows that are not kept."""
    runs = prepared(plant(tmp_path / "store", RUNS))

    def both(name: str) -> dict[str, str]:
        store = Store(tmp_path / "store")
        depth, decoding = (Kept(tmp_path / name, table) for table in ("depth", "decoding"))
        tables = depth_tables(runs, [], store, 99, 0, depth) | decoding_tables(runs, [], store, 99, 0, decoding)
        depth.write()
        decoding.write()
        return {name: table.frame.to_csv() for name, table in tables.items()}

    states = sorted((tmp_path / "store" / ACTIVATIONS).rglob(ACTIVATIONS_FILE))
    contents = [file.read_bytes() for file in states]
    for file in states:
        file.write_bytes(b"damaged")
    damaged = both("warm")
    for file, content in zip(states, contents, strict=True):
        file.write_bytes(content)
    assert both("warm") == both("cold")
    assert all(damaged[name] != both("cold")[name] for name in ("depth_grid", "depth_choices", "decoding"))


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    row = {
        "rho": np.float64(0.1) / 3,
        "n": np.int64(3),
        "p": None,
        "q": float("nan"),
        "note": [Note("!", NoteKind.flag)],
    }
    kept = Kept(tmp_path, "pairs")
    assert kept.get(OF) is None
    kept.put(OF, [row])
    kept.write()
    ((found,),) = [Kept(tmp_path, "pairs").get(OF)]  # type: ignore[misc]
    assert str(found.pop("q")) == str(row.pop("q")) == "nan"
    assert found == row and Kept(tmp_path, "pairs").get({**OF, "a": 2}) is None


def test_what_is_not_what_was_written_is_computed_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept = Kept(tmp_path, "pairs")
    for number in range(3):
        kept.put({"a": number}, [{"rho": number / 7}])
    kept.write()
    file = tmp_path / FOLDER / "pairs.jsonl"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:2], lines[2].replace("0.14", "0.15"), lines[3][:-4]]))
    with caplog.at_level(logging.WARNING):
        again = Kept(tmp_path, "pairs")
    assert [again.get({"a": number}) for number in range(3)] == [[{"rho": 0.0}], None, None]
    assert "2 rows are not what was written, and are computed again" in caplog.text
    file.write_bytes(b"\xff\x00")
    assert Kept(tmp_path, "pairs").get({"a": 0}) is None


def test_other_code_has_rows_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(tmp_path, "pairs")
    kept.put(OF, [{"rho": 1.0}])
    kept.write()
    monkeypatch.setattr(module, "code", lambda: "other")
    assert Kept(tmp_path, "pairs").get(OF) is None


def test_a_store_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("no folder")
    kept = Kept(tmp_path, "pairs")
    assert kept.put(OF, [{"rho": 1.0}]) == [{"rho": 1.0}]
    kept.write()
