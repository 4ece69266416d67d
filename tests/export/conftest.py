"""A run of a tiny model over texts with odd labels, in a store of its own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from emogeo.extraction.run import run_extraction
from emogeo.geometry.rdm import cosine_rdm, upper
from emogeo.imported.types import Kind
from emogeo.record.files import RDM, VECTORS
from emogeo.record.origin import ImportedFiles, Provenance
from emogeo.record.reading import read_run
from emogeo.record.run import BareRun, Run
from emogeo.record.types import BareMetrics, BareRecord, BareResult, LayerRecord
from emogeo.store.store import Store
from emogeo.store.tensors import pack
from tests.conftest import tiny_composer
from tests.planted_records import SURROUNDINGS, heading, usual_config

LABELS = ("../x", "at ease", "at+ease", "con", "grief/stricken", "ça va", "喜び")
TOPICS = ("rain", 'a "quoted", topic', "moving house")


def write_texts(file: Path) -> Path:
    rows = [
        {"emotion": label, "topic": topic, "text": f"They say {label},\nof {topic}: number {len(label) * len(topic)}."}
        for topic in TOPICS
        for label in LABELS
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


@pytest.fixture(scope="session")
def odd(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, str]:
    """The store, and the key of its run; block 1 is selected."""
    folder = tmp_path_factory.mktemp("odd")
    make = tiny_composer(folder, tiny_llama)
    selection = ("layer_selection=index", "layer_selection.index=1")
    config = make(f"stimuli.path='{write_texts(folder / 'texts.jsonl')}'", *selection, "stimuli.neutral=null")
    return Store(config.store.path), run_extraction(config).key


def bare(layers: tuple[int, ...], vectors: bool) -> BareRun:
    """An imported geometry without texts; the first block is selected where blocks are known."""
    config = usual_config("mode=imported", "imported.path=theirs.npz", "layer_selection=middle")
    labels, n = ("calm", "ça va", "joy", "sad"), max(len(layers), 1)
    values = np.random.default_rng(0).normal(size=(4, n, 6)).astype(np.float32)
    rdms = [cosine_rdm(values[:, row].astype(np.float64), labels) for row in range(n)]
    index = layers[0] if layers else None
    result = BareResult(
        conditions=labels,
        layer=LayerRecord(index=index, criterion="given", layers=layers, held_out=None, n_choosing=None),
        by_layer={},
        metrics=BareMetrics(rdm_std=0.1, participation_ratio=None, mean_cosine=None),
    )
    record = BareRecord(
        **heading(config, {"planted": f"bare {layers}"}),
        kind=Kind.vectors if vectors else Kind.rdm,
        imported=ImportedFiles(name="theirs.npz", files={"theirs.npz": "0" * 64}, said={}),
        provenance=Provenance(**SURROUNDINGS),
        result=result,
    )
    files = {RDM: pack({"rdm": rdms[0], "rdm_by_layer": np.stack([upper(rdm) for rdm in rdms])})}
    return BareRun(record, {**files, **({VECTORS: pack({"vectors": values})} if vectors else {})})


@pytest.fixture
def run(odd: tuple[Store, str]) -> Run:
    found = read_run(*odd)
    assert isinstance(found, Run)
    return found
