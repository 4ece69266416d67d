"""Every table is made once, and its figures are drawn before the next is made."""

from __future__ import annotations

import gc
from itertools import pairwise
from pathlib import Path

from emogeo.analysis.all_tables import all_tables
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import StoreConfig
from tests.analysis.planted_models import PlantedModel, catalogue


def test_what_draws_is_called_before_the_first_table_and_after_each(tmp_path: Path) -> None:
    (ready,) = catalogue([PlantedModel("m", "m", "base", 1.0)])
    config = AnalyzeConfig(store=StoreConfig(str(tmp_path)), output="", permutations=9)
    seen: list[list[str]] = []
    tables = all_tables(Catalogue([ready.run]), [ready], [], config, draw=lambda made: seen.append(list(made)))
    assert seen[0] == []
    assert all(before == after[: len(before)] and before != after for before, after in pairwise(seen))
    assert [*seen[-1], "claims"] == list(tables)


def test_what_tables_were_made_of_goes_at_once(tmp_path: Path) -> None:
    """Nothing of much memory holds itself until the collector of cycles comes, which is late."""
    ready = catalogue([PlantedModel(name, name, "base", 1.0) for name in "ab"])
    config = AnalyzeConfig(store=StoreConfig(str(tmp_path)), output="", permutations=9)
    gc.collect()
    gc.disable()
    try:
        all_tables(Catalogue([each.run for each in ready]), ready, [], config)
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found = {type(own).__name__ for own in gc.garbage if type(own).__module__.startswith("emogeo")}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert found == set()
