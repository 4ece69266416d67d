from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from emogeo.config.imported import ImportedConfig
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError, ImportedError
from emogeo.extraction.importing import UNKNOWN, ImportPlan, plan_import
from tests.conftest import compose_train

NAMES = ["joy", "anger", "fear", "calm", "at ease"]


def vectors(folder: Path, name: str = "own.npz", **said: str) -> Path:
    generator = np.random.default_rng(0)
    arrays = {f"layer_{block}__{label}": generator.normal(size=8) for block in (3, 7) for label in NAMES}
    np.savez(folder / name, **arrays, **{key: np.array(value) for key, value in said.items()})
    return folder / name


def config(path: Path, *overrides: str) -> TrainConfig:
    cache = path.parent / "cache"
    return compose_train("mode=imported", f"imported.path={path}", f"runtime.weights_cache={cache}", *overrides)


def planned(path: Path, overrides: Sequence[str] = ("layer_selection=all",)) -> ImportPlan:
    return plan_import(config(path, *overrides))


def test_a_model_is_called_as_it_is_typed_else_as_the_file_says_else_after_the_file(tmp_path: Path) -> None:
    typed = planned(vectors(tmp_path), ["layer_selection=all", "model.name=mine", "model.family=ours"])
    assert (typed.card.name, typed.card.family, typed.card.variant) == ("mine", "ours", UNKNOWN)
    said = planned(vectors(tmp_path, "said.npz", model="Org/Name", revision="abc"))
    assert (said.card.name, said.card.id, said.card.revision) == ("Name", "Org/Name", "abc")
    assert planned(vectors(tmp_path)).card.name == "own"
    known = planned(vectors(tmp_path), ["layer_selection=all", "model=gemma-3-270m"])
    assert (known.card.name, known.card.family) == ("gemma-3-270m", "gemma-3")


def test_the_key_is_of_the_content_and_the_options_and_of_no_path(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first, same = planned(vectors(tmp_path)), planned(vectors(tmp_path / "other"))
    assert first.key == same.key
    assert planned(vectors(tmp_path), ["layer_selection=all", "centring=none"]).key != first.key
    assert planned(vectors(tmp_path), ["layer_selection=all", "model.name=x"]).key != first.key
    assert planned(vectors(tmp_path), ["layer_selection=all", "seed=3"]).key == first.key  # nothing is drawn
    other = np.load(vectors(tmp_path))
    np.savez(tmp_path / "own.npz", **{name: other[name] + 1 for name in other.files})
    assert planned(tmp_path / "own.npz").key != first.key


def test_where_there_is_one_block_nothing_is_drawn_and_no_seed_is_in_the_key(tmp_path: Path) -> None:
    one = ["imported.layers=[3]"]
    assert planned(vectors(tmp_path), one).named == 3
    assert planned(vectors(tmp_path), [*one, "seed=3"]).key == planned(vectors(tmp_path), one).key


def test_a_block_is_found_among_those_of_the_file(tmp_path: Path) -> None:
    middle = ["layer_selection=middle"]
    with pytest.raises(ConfigError, match=r"imported.n_layers=N"):
        planned(vectors(tmp_path), middle)
    assert planned(vectors(tmp_path), [*middle, "imported.n_layers=16"]).named == 7
    assert planned(vectors(tmp_path, "deep.npz", n_layers="8"), middle).named == 3
    with pytest.raises(ImportedError, match="Block 7 is beyond imported.n_layers=4"):
        planned(vectors(tmp_path), [*middle, "imported.n_layers=4"])
    with pytest.raises(ConfigError, match="compares texts"):
        planned(vectors(tmp_path), [])


def test_states_have_topics_for_units_and_groups_where_topics_are_not_crossed(tmp_path: Path) -> None:
    states = np.random.default_rng(0).normal(size=(40, 2, 6)).astype(np.float32)
    path = tmp_path / "states.npz"
    np.savez(path, states=states, layers=np.array([3, 7]))
    rows = [f"{NAMES[row % 5]},topic {row // 5}" for row in range(40)]
    (tmp_path / "states.csv").write_text("\n".join(["emotion,topic", *rows]))
    found = planned(path, ["layer_selection=reliability"])
    assert found.labelled is not None
    assert set(found.labelled.units) == {f"topic {n}" for n in range(8)}
    assert not found.labelled.known
    (tmp_path / "states.csv").write_text("\n".join(["emotion", *(row.split(",")[0] for row in rows)]))
    groups = planned(path, ["layer_selection=all"]).labelled
    assert groups is not None
    assert {unit.split()[0] for unit in groups.units} == {f"group-{n}" for n in range(8)}


def test_what_is_not_there_is_said_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ImportedError, match="no such file or folder"):
        planned(tmp_path / "absent.npz")
    with pytest.raises(ConfigError, match="type imported.path="):
        compose_train("mode=imported")
    assert ImportedConfig().path is None
