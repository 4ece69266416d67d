"""The tables on depth: on real records of tiny models, and on planted ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from emogeo.analysis.analyze import bare_of, comparable
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.tables.depth import CHOICE_COLUMNS, GRID_COLUMNS, LARGEST, affordable, depth_tables, grids
from emogeo.analysis.tables.frame import Table
from emogeo.extraction.imported_run import run_import
from emogeo.extraction.run import run_extraction
from emogeo.record.files import RDM
from emogeo.store.store import ACTIVATIONS, Store
from emogeo.store.tensors import pack, unpack
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.conftest import compose_train
from tests.tiny import BLOCKS, write_model

PERMUTATIONS = 99


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("depth")
    for name, kind in (("first", "smollm2"), ("second", "qwen2.5")):
        weights = write_model(folder / name, kind)
        run_extraction(
            compose_train(
                f"model.weights='{weights}'", f"store.path='{folder / 'store'}'", "precision=fp32",
                f"runtime.weights_cache='{folder / 'cache'}'", "runtime.progress=false",
                "runtime.threads=1", "runtime.device=cpu",
                "pooling.position=mean", "layer_selection=middle", "tracking=disabled",
            )
        )  # fmt: skip
    return Store(folder / "store")


@pytest.fixture(scope="module")
def prepared(store: Store) -> list[PreparedRun]:
    return comparable(read_catalogue(store), store, 0)


@pytest.fixture(scope="module")
def tables(store: Store, prepared: list[PreparedRun]) -> dict[str, Table]:
    return depth_tables(prepared, [], store, PERMUTATIONS, 0)


def test_every_pair_of_blocks_has_its_row(tables: dict[str, Table], prepared: list[PreparedRun]) -> None:
    table = tables["depth_grid"].frame
    assert list(table.columns) == GRID_COLUMNS
    between, *within = grids(table)
    assert len(between) == BLOCKS**2 and len(within) == 2
    a, b = (each.run for each in prepared)
    cell = between[(between["block_a"] == 1) & (between["block_b"] == 3)].iloc[0]
    assert (cell["key_a"], cell["key_b"]) == (a.key, b.key)
    assert cell["rho"] == pytest.approx(spearmanr(a.rdm_by_layer[1], b.rdm_by_layer[3]).statistic)
    assert (cell["depth_a"], cell["depth_b"]) == (2 / BLOCKS, 4 / BLOCKS)
    assert between["p_largest"].between(1 / (PERMUTATIONS + 1), 1).all()
    own = within[0]
    assert own[own["block_a"] == own["block_b"]]["p_largest"].isna().all()
    assert own[own["block_a"] != own["block_b"]]["p_largest"].notna().all()


def test_what_ways_take_is_marked_and_ranked(tables: dict[str, Table], prepared: list[PreparedRun]) -> None:
    table, cells = tables["depth_choices"].frame, grids(tables["depth_grid"].frame)[0]
    assert list(table.columns) == CHOICE_COLUMNS
    rows = table.set_index("choice")
    assert rows.loc["selected", "block_a"] == prepared[0].run.layer and rows["n_cells"].eq(BLOCKS**2).all()
    best = rows.loc[LARGEST]
    assert best["rank"] == 1 and best["rho"] == cells["rho"].max() and best["p_largest"] == cells["p_largest"].min()
    at = cells[(cells["block_a"] == BLOCKS // 2) & (cells["block_b"] == BLOCKS // 2)].iloc[0]
    assert "middle" in at["chosen_by"].split(", ") and "selected" in at["chosen_by"].split(", ")
    assert rows.loc["middle", "rank"] == 1 + (cells["rho"] > at["rho"]).sum()


def test_rho_star_needs_the_states(tables: dict[str, Table], store: Store, prepared: list[PreparedRun]) -> None:
    assert not tables["depth_choices"].frame["note"].fillna("").str.contains("rho_star").any()
    empty = Store(store.path.parent / "another")
    without = depth_tables(prepared, [], empty, PERMUTATIONS, 0)
    assert without["depth_grid"].frame["rho_star"].isna().all()
    assert without["depth_grid"].frame["rho"].equals(tables["depth_grid"].frame["rho"])
    assert without["depth_choices"].frame["note"].str.startswith("rho_star: not identifiable (the states of").all()
    assert not (store.path.parent / "another" / ACTIVATIONS).exists()


def test_a_bound_is_said_and_a_block_of_equal_dissimilarities_leaves_a_pair_out(tmp_path: Path) -> None:
    runs = catalogue([PlantedModel(f"m{number}", "f", "base", 1.0) for number in range(6)])
    many = depth_tables(runs, [], Store(tmp_path), PERMUTATIONS, 0)["depth_choices"].frame
    assert many["note"].str.contains("10 of 15 pairs of runs are compared block by block").all()
    arrays = unpack(runs[0].run.files[RDM])
    flat = {**arrays, "rdm_by_layer": np.ones_like(arrays["rdm_by_layer"])}
    broken = replace(runs[0], run=replace(runs[0].run, files={**runs[0].run.files, RDM: pack(flat)}))
    found = depth_tables([broken, runs[1]], [], Store(tmp_path), PERMUTATIONS, 0)
    assert found["depth_choices"].frame["note"].str.startswith("left out: All dissimilarities").any()
    assert set(found["depth_grid"].frame["key_a"]) == {runs[1].run.key}


def test_without_runs_both_tables_are_empty(tmp_path: Path) -> None:
    found = depth_tables([], [], Store(tmp_path), PERMUTATIONS, 0)
    assert [list(table.frame.columns) for table in found.values()] == [GRID_COLUMNS, CHOICE_COLUMNS]


def test_imported_vectors_are_compared_without_rho_star(tmp_path: Path) -> None:
    generator, names = np.random.default_rng(0), ["joy", "anger", "fear", "calm", "awe", "rage"]
    for name in ("first", "second"):
        arrays = {f"layer_{block}__{label}": generator.normal(size=8) for block in (2, 5, 9) for label in names}
        np.savez(tmp_path / f"{name}.npz", **arrays)  # type: ignore[arg-type]
        run_import(
            compose_train(
                "mode=imported", f"imported.path={tmp_path / name}.npz", f"store.path={tmp_path / 'store'}",
                f"runtime.weights_cache={tmp_path / 'cache'}", "tracking=disabled", "layer_selection=index",
                "layer_selection.index=5", "imported.n_layers=12",
            )
        )  # fmt: skip
    bare = bare_of(read_catalogue(Store(tmp_path / "store")))
    found = depth_tables([], bare, Store(tmp_path / "store"), PERMUTATIONS, 0)
    between, *within = grids(found["depth_grid"].frame)
    assert len(within) == 2 and sorted(set(between["block_a"])) == [2, 5, 9]
    cell = between[(between["block_a"] == 9) & (between["block_b"] == 2)].iloc[0]
    a, b = (each.run.rdm_by_layer for each in bare)
    assert cell["rho"] == pytest.approx(spearmanr(a[2], b[0]).statistic)
    assert between["rho_star"].isna().all() and between["depth_a"].between(0, 1).all()
    choices = found["depth_choices"].frame.set_index("choice")
    assert choices.loc["selected", ["block_a", "block_b"]].tolist() == [5, 5]
    assert choices["note"].str.contains("no states of texts were imported").all()


def test_many_conditions_are_relabelled_fewer_times() -> None:
    few, many = np.zeros((70, 210)), np.zeros((30, 14_535))
    assert [affordable(10_000, few), affordable(10_000, many), affordable(200, many)] == [10_000, 1_000, 200]
