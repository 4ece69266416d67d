"""The tables of decoding: on real records of tiny models with a twin, and on planted ones whose states are gone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emogeo.analysis.analyze import comparable
from emogeo.analysis.comparing.order import shared_order
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.tables.decoding import CONFUSION_COLUMNS, DECODING_COLUMNS, YES, decoding_tables
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.notes import NoteKind
from emogeo.extraction.run import run_extraction
from emogeo.store.store import Store
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.conftest import compose_train
from tests.tiny import BLOCKS, write_model


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("decoding")
    weights = write_model(folder / "first", "smollm2")
    for twin in ([], ["model.init=random", "model.init_seed=1"]):
        run_extraction(
            compose_train(
                f"model.weights='{weights}'", *twin, f"store.path='{folder / 'store'}'", "precision=fp32",
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
    return decoding_tables(prepared, [], store, 19, 0)


def test_every_block_has_its_row_beside_its_floors(tables: dict[str, Table], prepared: list[PreparedRun]) -> None:
    table = tables["decoding"].frame
    assert list(table.columns) == DECODING_COLUMNS and len(table) == 2 * BLOCKS
    trained, twin = (table[table["init"] == init].reset_index(drop=True) for init in ("trained", "random"))
    assert list(trained["block"]) == list(range(BLOCKS))
    own = next(each for each in prepared if not each.run.untrained)
    assert list(trained.loc[trained["selected"] == YES, "block"]) == [own.run.layer]
    assert trained["untrained_accuracy"].tolist() == twin["accuracy"].tolist() and trained["n_untrained"].eq(1).all()
    assert trained["p"].between(1 / 20, 1).all() and (trained["p_largest"] >= trained["p"]).all()
    assert (trained["accuracy_ci_low"] <= trained["accuracy"]).all() and trained["chance"].eq(1 / 21).all()
    assert trained["gain"].to_numpy() == pytest.approx((trained["accuracy"] - trained["words_accuracy"]).to_numpy())


def test_twins_are_a_floor_and_have_no_p(tables: dict[str, Table]) -> None:
    table = tables["decoding"].frame
    twin = table[table["init"] == "random"]
    assert twin["p"].isna().all() and twin["draws"].eq(0).all()
    assert twin["note"].eq("no p (an untrained twin is the floor of others)").all()


def test_confusion_is_at_the_selected_block_in_the_order_of_all(
    tables: dict[str, Table], prepared: list[PreparedRun]
) -> None:
    table, rows = tables["decoding_confusion"].frame, tables["decoding"].frame
    assert list(table.columns) == CONFUSION_COLUMNS and table["key"].nunique() == 1, "of the trained run alone"
    assert table.groupby("true")["share"].sum().to_numpy() == pytest.approx(np.ones(21))
    assert list(dict.fromkeys(table["true"])) == shared_order(prepared)
    right = table[table["true"] == table["taken"]]
    selected = rows[(rows["selected"] == YES) & (rows["init"] == "trained")]
    share = (right["share"] * right["n_texts"]).sum() / selected["n_scored"].iloc[0]
    assert share == pytest.approx(selected["accuracy"].iloc[0])


def test_without_states_the_selected_block_alone_is_decoded(tmp_path: Path) -> None:
    models = [PlantedModel("a", "x", "base", 1.0), PlantedModel("b", "y", "base", 1.0)]
    found = decoding_tables(catalogue(models), [], Store(tmp_path), 19, 0)["decoding"]
    assert list(found.frame["selected"]) == [YES, YES] and found.frame["p"].eq(found.frame["p_largest"]).all()
    assert found.frame["note"].str.startswith("at the selected block alone: the states of ").all()
    assert [note.kind for notes in found.notes_of(found.frame) for note in notes] == [NoteKind.bound] * 2
