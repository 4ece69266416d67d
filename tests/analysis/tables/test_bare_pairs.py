from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from emogeo.analysis.analyze import bare_of
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.tables.pairs import pair_matrix, pairs_table
from emogeo.analysis.tables.runs import runs_table
from emogeo.extraction.imported_run import run_import
from emogeo.store.store import Store
from tests.conftest import compose_train

NAMES = ["joy", "anger", "fear", "calm", "at ease", "awe"]
BASE = np.random.default_rng(9).normal(size=(6, 12))


def imported(folder: Path, name: str, labels: list[str], *overrides: str) -> None:
    values = BASE[: len(labels)] + 0.3 * np.random.default_rng(len(name)).normal(size=(len(labels), 12))
    arrays = {f"layer_4__{label}": value for label, value in zip(labels, values, strict=True)}
    np.savez(folder / f"{name}.npz", **arrays)
    run_import(
        compose_train(
            "mode=imported",
            f"imported.path={folder / name}.npz",
            f"store.path={folder / 'store'}",
            f"runtime.weights_cache={folder / 'cache'}",
            "tracking=disabled",
            *overrides,
        )
    )


def test_vectors_are_compared_by_rho_with_p_and_by_nothing_else(tmp_path: Path) -> None:
    imported(tmp_path, "first", NAMES)
    imported(tmp_path, "second", NAMES)
    catalogue = read_catalogue(Store(tmp_path / "store"))
    bare = bare_of(catalogue)
    assert [each.name for each in bare] == ["first", "second"]
    table = pairs_table([], 999, 0, bare=bare)
    row = table.frame.iloc[0]
    rows, columns = np.triu_indices(6, k=1)
    assert row["rho"] == pytest.approx(spearmanr(*(each.run.rdm[rows, columns] for each in bare)).statistic, abs=1e-12)
    assert 0 < row["p_same_text"] < 0.05
    assert row[["rho_star", "p", "reliability_a", "floor"]].isna().all()
    assert (row["beyond_words"], row["beyond_meanings"], row["equivalence"]) == ("cannot tell",) * 3
    assert "vectors alone, without states of texts" in row["note"]
    np.testing.assert_allclose(pair_matrix(bare, table.frame, "rho"), [[1, row["rho"]], [row["rho"], 1]])
    assert np.isnan(pair_matrix(bare, table.frame, "rho_star")).all()
    runs = runs_table([], [], catalogue.bare).frame
    assert list(runs["layer"]) == [4, 4]
    assert runs["reliability"].isna().all()


def test_names_of_conditions_are_matched_by_renaming_and_few_shared_ones_are_said(tmp_path: Path) -> None:
    imported(tmp_path, "first", NAMES[:5])
    imported(tmp_path, "second", ["joy", "anger", "fear", "calm", "at_ease"])
    imported(tmp_path, "third", ["joy", "anger", "fear", "other", "words"])
    store = Store(tmp_path / "store")
    notes = dict(_notes(pairs_table([], 99, 0, bare=bare_of(read_catalogue(store))).frame))
    assert "over the 4 conditions in common, without at ease, at_ease" in notes["first", "second"]
    assert notes["first", "third"].startswith("left out: 3 conditions in common, 4 are needed")
    renamed = bare_of(read_catalogue(store, rename={"at_ease": "at ease"}))
    frame = pairs_table([], 99, 0, bare=renamed).frame
    assert frame.loc[frame["model_b"] == "second", "n_conditions"].item() == 5


def _notes(frame):  # type: ignore[no-untyped-def]
    return [((row["model_a"], row["model_b"]), row["note"]) for row in frame.to_dict("records")]
