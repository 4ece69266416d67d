from __future__ import annotations

import numpy as np
import pytest

from emogeo.errors import ConfigError
from emogeo.record.reading import read_run
from emogeo.record.renamed import renamed
from emogeo.record.run import Run
from emogeo.store.store import RUNS
from tests.record.test_old_records import STORE


def finished() -> Run:
    runs = [read_run(STORE, key) for key in STORE.keys(RUNS)]
    return next(run for run in runs if isinstance(run, Run) and run.finished)


def test_conditions_have_other_names_and_every_array_follows() -> None:
    run = finished()
    found = renamed(run, {"angry": "zzz"})
    old, new = run.conditions, found.conditions
    assert new == sorted("zzz" if name == "angry" else name for name in old)
    names = {name: "zzz" if name == "angry" else name for name in old}
    for a in old[:6]:
        for b in old[-5:]:
            assert found.rdm[new.index(names[a]), new.index(names[b])] == run.rdm[old.index(a), old.index(b)]
        np.testing.assert_array_equal(found.vectors[new.index(names[a])], run.vectors[old.index(a)])
    rows, columns = np.triu_indices(len(new), k=1)
    whole = found.rdm_at(found.layer)
    assert whole is not None
    np.testing.assert_allclose(whole, found.rdm[rows, columns], atol=1e-6)
    assert "angry" not in found.record.emotions
    np.testing.assert_array_equal(found.passages, run.passages)
    assert found.geometry.halves.products.conditions == tuple(new)


def test_a_run_without_the_name_stays_and_two_of_one_name_are_refused() -> None:
    run = finished()
    assert renamed(run, {"nowhere": "x"}) is run
    with pytest.raises(ConfigError, match="two conditions 'calm'"):
        renamed(run, {"angry": "calm"})
