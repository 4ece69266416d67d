"""Base and tuned over depth: on real records of tiny models, the tuned one a copy with its last blocks changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from emogeo.analysis.analyze import comparable
from emogeo.analysis.comparing.checkpoints import checkpoints_of
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.report.finetune import finetune_lines, said
from emogeo.analysis.tables.finetune import FINETUNE_COLUMNS, by_pair, finetune_table
from emogeo.extraction.run import run_extraction
from emogeo.geometry.inference import compare
from emogeo.geometry.rdm import standard_ranks
from emogeo.geometry.sharing import over_shared
from emogeo.store.store import ACTIVATIONS, Store
from tests.conftest import compose_train
from tests.tiny import BLOCKS, CHAT, write_model

CHANGED = 2
"""The first block of the tuned model that is another."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("finetune")
    base, tuned = write_model(folder / "base", "smollm2"), write_model(folder / "tuned", "smollm2", CHAT)
    tensors, other = load_file(base / "model.safetensors"), torch.Generator().manual_seed(7)
    for name, own in tensors.items():
        if any(f"layers.{block}." in name for block in range(CHANGED, BLOCKS)):
            own.copy_(torch.randn(own.shape, generator=other) * 0.5)
    save_file(tensors, tuned / "model.safetensors", {"format": "pt"})
    for weights in (base, tuned):
        for reread in ("false", "true"):
            run_extraction(
                compose_train(
                    f"model.weights='{weights}'", f"store.path='{folder / 'store'}'", "precision=fp32",
                    f"runtime.weights_cache='{folder / 'cache'}'", "runtime.progress=false",
                    "runtime.threads=1", "runtime.device=cpu",
                    "pooling.position=mean", "layer_selection.index=1", "layer_selection=index", "tracking=disabled",
                    f"reread={reread}",
                )
            )  # fmt: skip
    return Store(folder / "store")


@pytest.fixture(scope="module")
def prepared(store: Store) -> list[PreparedRun]:
    return comparable(read_catalogue(store), store, 0)


def test_every_block_has_its_row_and_the_changed_ones_differ(store: Store, prepared: list[PreparedRun]) -> None:
    table = finetune_table(prepared, store).frame
    assert list(table.columns) == FINETUNE_COLUMNS
    assert list(table["block"]) == list(range(BLOCKS)) and set(table["model_a"]) == {"base"}
    early, late = table[table["block"] < CHANGED], table[table["block"] >= CHANGED]
    assert early["rho"].tolist() == pytest.approx([1.0] * CHANGED, abs=1e-9)
    assert not early["verdict"].str.startswith("differs").any()
    assert (late["rho"] < 0.99).all()
    assert table["floor"].notna().all() and (table["floor"] < 1e-3).all()


def test_rho_and_rho_star_are_those_of_a_run_at_that_block(store: Store, prepared: list[PreparedRun]) -> None:
    row = finetune_table(prepared, store).frame.set_index("block").loc[1]
    (pair,) = checkpoints_of(prepared)
    wanted = compare(*over_shared(pair.first, pair.second).halves)  # these runs have selected block 1
    assert row["rho"] == pytest.approx(wanted.rho.value, abs=1e-6)
    assert wanted.reliability_a is not None
    assert row["reliability_a"] == pytest.approx(wanted.reliability_a.value, abs=1e-5)
    if wanted.rho_star is not None:
        assert row["rho_star"] == pytest.approx(wanted.rho_star.value, abs=1e-5)
    a, b = (own.run.rdm_at(3) for own in (pair.first, pair.second))
    last = finetune_table(prepared, store).frame.set_index("block").loc[3]
    assert a is not None and b is not None
    assert last["rho"] == pytest.approx(float(standard_ranks(a) @ standard_ranks(b)), abs=1e-6)


def test_the_terminal_says_it(store: Store, prepared: list[PreparedRun]) -> None:
    table = finetune_table(prepared, store).frame
    lines = finetune_lines(table, {each.run.key: each.name for each in prepared})
    assert lines[0].startswith("Checkpoints of one model") and lines[1].startswith("  base – tuned: ρ* ")
    assert said(by_pair(table)[0]) in lines[1]


def test_without_states_or_rereads_one_is_told_why(store: Store, prepared: list[PreparedRun], tmp_path: Path) -> None:
    (row,) = finetune_table(prepared, Store(tmp_path)).frame.to_dict("records")
    assert "not identifiable (the states of base at every block are not in" in row["note"]
    once = [each for each in prepared if each.run.reread_of is None]
    table = finetune_table(once, store).frame
    assert table["floor"].isna().all() and table["p"].isna().all()
    assert not table["verdict"].str.startswith("differs").any()


def test_other_numbers_of_blocks_are_said(store: Store, prepared: list[PreparedRun]) -> None:
    def of_three(each: PreparedRun) -> PreparedRun:
        record = each.run.record
        return replace(
            each, run=replace(each.run, record=replace(record, model=replace(record.model, n_layers=BLOCKS - 1)))
        )

    others = [of_three(each) if each.run.model == "tuned" else each for each in prepared]
    (row,) = finetune_table(others, store).frame.to_dict("records")
    assert row["note"] == f"by block: not identifiable (base has {BLOCKS} blocks and tuned {BLOCKS - 1})"
    assert "base has 4 blocks" in finetune_lines(finetune_table(others, store).frame, {})[1]


def test_no_text_is_read_again(store: Store, prepared: list[PreparedRun], monkeypatch: pytest.MonkeyPatch) -> None:
    from emogeo.models import activations

    monkeypatch.delattr(activations, "read")
    before = list(store.keys(ACTIVATIONS))
    finetune_table(prepared, store)
    assert list(store.keys(ACTIVATIONS)) == before
