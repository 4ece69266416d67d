from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

from emogeo.analysis.comparing.prepared import PreparedBare, PreparedRun
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.tables.depth import depth_tables
from emogeo.analysis.tables.pairs import pairs_table
from emogeo.config.train import TrainConfig
from emogeo.export.exporting import export_run
from emogeo.extraction.imported_run import run_import
from emogeo.extraction.run import run_extraction
from emogeo.record.reading import read_run
from emogeo.record.run import BareRun, Run
from emogeo.store.store import RUNS, Store
from tests.conftest import compose_train


def imports(path: Path, folder: Path, *overrides: str) -> Run | BareRun:
    outcome = run_import(
        compose_train(
            "mode=imported",
            f"imported.path={path}",
            f"store.path={folder / 'store'}",
            f"runtime.weights_cache={folder / 'cache'}",
            "tracking=disabled",
            *overrides,
        )
    )
    run = read_run(Store(folder / "store"), outcome.key)
    assert isinstance(run, Run | BareRun)
    return run


def test_states_of_a_run_exported_and_imported_give_its_figures_to_the_bit(
    tiny_run: Callable[..., TrainConfig], tmp_path: Path
) -> None:
    config = tiny_run("stimuli=passages", "layer_selection=reliability")
    store = Store(config.store.path)
    own = read_run(store, run_extraction(config).key)
    assert isinstance(own, Run)
    export_run(own, "states", tmp_path / "out", store=store.path)
    file = next((tmp_path / "out").glob("*_states.safetensors"))
    found = imports(file, tmp_path)
    assert isinstance(found, Run)
    assert found.layer == own.layer
    assert found.result.layer == own.result.layer
    assert found.result.metrics.reliability == own.result.metrics.reliability
    for name in ("reliability", "separation", "mean_cosine", "rdm_std"):
        assert found.result.by_layer[name] == own.result.by_layer[name]
    np.testing.assert_array_equal(found.rdm, own.rdm)
    np.testing.assert_array_equal(found.vectors, own.vectors)
    np.testing.assert_array_equal(found.passages, own.passages)
    assert found.embeddings is not None and own.embeddings is not None
    np.testing.assert_array_equal(found.embeddings, own.embeddings)
    assert found.labelled == own.labelled
    assert found.record.model.n_layers == own.record.model.n_layers


def test_very_many_texts_are_averaged_and_their_vectors_are_those_of_all(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    states = generator.normal(size=(6_400, 2, 8)).astype(np.float32)
    labels = [f"c{row % 8}" for row in range(6_400)]
    topics = [f"t{row // 8 % 40}" for row in range(6_400)]
    save_file({"states": states}, tmp_path / "many.safetensors", {"layers": "[2, 5]"})
    rows = [f"{label},{topic}" for label, topic in zip(labels, topics, strict=True)]
    (tmp_path / "many.csv").write_text("\n".join(["emotion,topic", *rows]))
    found = imports(tmp_path / "many.safetensors", tmp_path)
    assert isinstance(found, Run)
    assert found.record.imported is not None
    assert (found.record.imported.averaged, found.record.n_texts, found.record.n_units) == (6_400, 320, 40)
    means = np.stack([states[[row for row in range(6_400) if labels[row] == f"c{c}"]].mean(axis=0) for c in range(8)])
    np.testing.assert_allclose(found.vectors, means - means.mean(axis=0), atol=1e-5)


def test_an_rdm_is_kept_as_it_is_whatever_block_is_asked_for(tmp_path: Path) -> None:
    rdm = np.array([[0, 1, 2, 3], [1, 0, 4, 5], [2, 4, 0, 6], [3, 5, 6, 0]]) / 3
    lines = [
        ",joy,anger,fear,calm",
        *(f"{n},{','.join(map(str, row))}" for n, row in zip(["joy", "anger", "fear", "calm"], rdm, strict=True)),
    ]
    (tmp_path / "rdm.csv").write_text("\n".join(lines))
    found = imports(tmp_path / "rdm.csv", tmp_path, "layer_selection=index", "layer_selection.index=7")
    assert isinstance(found, BareRun)
    assert found.layer is None
    assert found.conditions == ["anger", "calm", "fear", "joy"]
    assert found.rdm[0, 3] == pytest.approx(1 / 3)
    assert imports(tmp_path / "rdm.csv", tmp_path).key == found.key


def test_depth_is_given_only_where_the_number_of_blocks_is_said(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    arrays = {f"layer_{block}__c{row}": generator.normal(size=8) for block in (3, 7) for row in range(5)}
    np.savez(tmp_path / "own.npz", **arrays)
    index = ["layer_selection=index", "layer_selection.index=7"]
    unknown = imports(tmp_path / "own.npz", tmp_path, *index)
    known = imports(tmp_path / "own.npz", tmp_path, *index, "imported.n_layers=16")
    assert (unknown.n_layers, known.n_layers) == (None, 16)
    assert isinstance(unknown, BareRun) and isinstance(known, BareRun)
    store = Store(tmp_path / "store")
    bare = [PreparedBare(unknown, "unknown"), PreparedBare(known, "known")]
    cells = depth_tables([], bare, store, 99, 0)["depth_grid"].frame
    assert cells.loc[cells["key_a"] == unknown.key, "depth_a"].isna().all()
    assert set(cells.loc[cells["key_a"] == known.key, "depth_a"]) == {0.25, 0.5}


def test_a_finished_import_is_not_read_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    test_an_rdm_is_kept_as_it_is_whatever_block_is_asked_for(tmp_path)
    with caplog.at_level("INFO"):
        imports(tmp_path / "rdm.csv", tmp_path)
    assert "finished before, skipped" in caplog.text
    assert len(list(Store(tmp_path / "store").keys(RUNS))) == 1


def pair_of(folder: Path, topics: tuple[str | None, str | None]) -> pd.Series:
    """Imports states of the same texts twice, with and without topics, and compares them."""
    generator = np.random.default_rng(0)
    codes = generator.normal(size=(6, 10))
    states = np.concatenate([codes + 0.5 * generator.normal(size=(6, 10)) for _ in range(24)])[:, None]
    for number, topic in enumerate(topics):
        name = folder / f"file{number}.npz"
        np.savez(name, states=states.astype(np.float32) + number * 1e-3, layers=np.array([3]))
        rows = [f"c{row % 6}" + ("" if topic is None else f",{topic} {row // 6}") for row in range(144)]
        name.with_suffix(".csv").write_text("\n".join(["emotion" + ("" if topic is None else ",topic"), *rows]))
        imports(name, folder)
    catalogue = read_catalogue(Store(folder / "store"))
    prepared = [PreparedRun(run, run.model, 0) for run in catalogue.finished]
    return pairs_table(prepared, 99, 0).frame.iloc[0]


def test_texts_that_are_not_known_are_told_apart_by_names_of_topics_alone(tmp_path: Path) -> None:
    for case in ("same", "groups", "mixed", "other"):
        (tmp_path / case).mkdir()
    same = pair_of(tmp_path / "same", ("t", "t"))
    assert same["rho_star"] > 0.9
    assert np.isnan(same["p_same_text"])
    assert "texts that are not known" in same["note"]
    for case, topics in {"groups": (None, None), "mixed": ("t", None), "other": ("t", "u")}.items():
        row = pair_of(tmp_path / case, topics)
        assert row["rho"] > 0.9
        assert row[["rho_star", "p", "rho_disjoint_half"]].isna().all()
        assert "opposite halves may share texts" in row["note"]
        assert row["beyond_words"] == "cannot tell"
