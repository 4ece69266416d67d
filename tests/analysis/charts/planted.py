"""Tables of maps of two planted runs with several blocks."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.map import map_tables
from emogeo.geometry.regions import square
from emogeo.record.files import RDM
from emogeo.stimuli.corpus import load_corpus
from emogeo.store.tensors import pack
from tests.analysis.tables.planted_words import planted_run
from tests.planted_records import altered

BLOCKS, SELECTED = (0, 1, 2, 3), 2


def deep(seed: int, topics: int = 8) -> PreparedRun:
    """A planted run of four blocks, the earlier of them the noisier."""
    own = planted_run(load_corpus(topics=topics), f"run {seed}", seed)
    generator = np.random.default_rng(seed)
    rdm = own.run.rdm_by_layer[0]
    rows = np.stack([rdm + generator.uniform(0, 0.3 / (1 + block), rdm.shape) for block in BLOCKS])
    arrays = {"rdm_by_layer": rows, "rdm": square(rows[SELECTED], len(own.run.conditions))}
    run = altered(own.run, {RDM: pack(arrays)}, layer_layers=list(BLOCKS), layer_index=SELECTED)
    return PreparedRun(run, own.name, 0)


@cache
def tables(topics: int = 8) -> dict[str, pd.DataFrame]:
    """The tables of two such runs."""
    return {name: table.frame for name, table in map_tables([deep(seed, topics) for seed in range(2)], 0).items()}


def keys(topics: int = 8) -> list[str]:
    """Their keys."""
    return list(dict.fromkeys(tables(topics)["map"]["key"]))
