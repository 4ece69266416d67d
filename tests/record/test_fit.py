"""Fields that no run can have recorded are named, and the record is left out of an analysis."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emogeo.config.mode import Mode
from emogeo.config.texts import GenerationConfig
from emogeo.errors import RecordError
from emogeo.record.files import TEXTS
from emogeo.record.fit import require, require_labels
from emogeo.record.origin import Generation, PromptSet, Written
from emogeo.record.reading import read_run
from emogeo.record.types import LargestRecord
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.store.store import Store
from tests.planted_records import N_UNITS, behaviour, geometry, model_card, refused, steering, usual_config, write
from tests.record.altering import left_out, lines, rewritten

WRITTEN = Written(
    model="planted",
    precision="fp16",
    recipe=None,
    prompt_template=PromptSet("loose", False, ("Write of {emotion}.",)),
    topics=None,
    generation=GenerationConfig(),
    seed=0,
)
GENERATION = Generation(key="1" * 64, counts=None, written=WRITTEN)
RECORD = geometry()[0]
UNITS = RECORD.units
REPLAY = usual_config("mode=replay", "mode.source=ab", "prompt_template=loose")


def result(**changes: Any) -> dict[str, Any]:
    found = RECORD.result
    assert found is not None
    layer = {name: changes.pop(name) for name in ("index", "layers") if name in changes}
    metrics = replace(found.metrics, nonfinite=changes.pop("nonfinite", 0))
    return {"result": replace(found, layer=replace(found.layer, **layer), metrics=metrics, **changes)}


ODD: dict[str, tuple[dict[str, Any], str]] = {
    "another meaning": ({"meaning": {"planted": "another"}}, "meaning: not what the key is the sha256 of"),
    "a mode that was not asked for": ({"mode": Mode.generation}, "mode: generation, and config.mode.name is comprehen"),
    "no layers": ({"model": model_card(n_layers=0)}, "model.n_layers: at least 1 is needed (found 0)"),
    "layers below 0": ({"model": model_card(n_layers=-3)}, "model.n_layers: at least 1 is needed (found -3)"),
    "too few layers": ({"model": model_card(n_layers=1)}, "provenance.n_blocks: 2 of the model's 1 blocks"),
    "blocks without number": (
        {
            "model": model_card(n_layers=2**62),
            "provenance": replace(RECORD.provenance, n_blocks=2**62),
        },
        "nonfinite.passages: not one value for each block",
    ),
    "dimensions without their contributions": (
        result(largest_dimensions=(LargestRecord((2, 1), (0.5,)),) * 2),
        "largest_dimensions.0: 1 contributions for 2 indices",
    ),
    "no blocks": ({"provenance": replace(RECORD.provenance, n_blocks=0)}, "provenance.n_blocks: 0 of the model's 2"),
    "texts that nobody wrote": ({"mode": Mode.replay, "config": REPLAY}, "generation: needed in mode replay"),
    "a writer of passages": ({"generation": GENERATION}, "generation: not to be had in mode comprehension"),
    "a reread of itself": ({"reread_of": RECORD.key}, "twin: the run itself"),
    "a reread of a name": ({"reread_of": "another"}, "twin: not the key of a run (found 'another')"),
    "a reread of a short key": ({"reread_of": "ab" * 31}, "twin: not the key of a run"),
    "a reread of a key and a line": ({"reread_of": "ab" * 32 + "\n"}, "twin: not the key of a run"),
    "no counts of the passages": ({"nonfinite": {"facts": (0, 0)}}, "nonfinite.passages: Field required"),
    "a negative count": ({"nonfinite": {"facts": (0, -2)}}, "nonfinite.facts: a count below 0 (found -2)"),
    "a negative sum": (result(nonfinite=-1), "metrics.nonfinite: a count below 0 (found -1)"),
    "another number of units": ({"n_units": 3}, "n_units: 3, and units has 2 different names"),
    "two units of one name": (
        {"units": ("u0:1", *UNITS[1:]), "n_units": 2},
        "n_units: 2, and units has 3 different units",
    ),
    "units without a digest": ({"units": ("u",) * len(UNITS)}, "n_units: 2, and units has 1 different names"),
    "a unit renamed": ({"units": ("u9:0", *UNITS[1:]), "n_units": 3}, "units: u9 has no text of angry"),
    "a unit moved": ({"units": ("u1:0", *UNITS[1:])}, "units: u0 has no text of afraid"),
    "another number of distinct texts": ({"n_distinct_texts": 1}, f"n_distinct_texts: 1, and there are {len(UNITS)}"),
    "a condition twice": (result(conditions=(CONDITIONS[0], *CONDITIONS[:-1])), "conditions: one of them stands twice"),
    "conditions in another order": (result(conditions=CONDITIONS[::-1]), "conditions: not in alphabetical order"),
    "a condition too few": (result(conditions=CONDITIONS[1:]), "conditions: not those of the texts (afraid)"),
    "neutral as the origin": ({"config": usual_config("centring=neutral")}, "conditions: not those of the texts (neut"),
    "every block": (result(index=None), "layer.index: None for layer_selection=reliability"),
    "one block": ({"config": usual_config("layer_selection=all")}, "layer.index: 0 for layer_selection=all"),
}


@pytest.mark.parametrize(("changes", "said"), ODD.values(), ids=ODD)
def test_a_geometry_that_no_run_recorded_is_left_out(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    found = left_out(tmp_path, *geometry(**changes))
    assert found.startswith("run.json: ")
    assert said in found


def test_a_meaning_without_a_key_is_named(tmp_path: Path) -> None:
    record, files = geometry()
    content = rewritten(record, lambda r: r["meaning"].update(share=float("nan")))
    assert left_out(tmp_path, record, files, content) == "run.json: not JSON: NaN is no number of JSON"


def test_units_with_a_text_in_common_are_one(tmp_path: Path) -> None:
    """They are crossed together, and then only the count of distinct texts is wrong."""
    record, files = geometry()
    shared = lines(TEXTS, lambda rows: rows[0].update(text=rows[len(CONDITIONS)]["text"]))(files)
    assert "n_distinct_texts" in left_out(tmp_path, record, shared)
    assert record.n_distinct_texts == N_UNITS * len(CONDITIONS)


@pytest.mark.parametrize("kind", [geometry, steering, behaviour])
@pytest.mark.parametrize("finished", [True, False])
def test_the_heading_of_every_kind_is_checked(kind: Any, finished: bool, tmp_path: Path) -> None:
    for name, changes, said in (
        ("layers", {"model": model_card(n_layers=0)}, "run.json: model.n_layers: at least 1 is needed (found 0)"),
        ("key", {"key": "ab" * 32}, "run.json: meaning: not what the key is the sha256 of"),
        ("config", {"config": REPLAY}, "run.json: mode: "),
    ):
        record, files = kind(**changes)
        record = record if finished else refused(record)
        assert left_out(tmp_path / name, record, files if finished else {}).startswith(said)


def test_a_refused_geometry_needs_no_texts(tmp_path: Path) -> None:
    key = write(Store(tmp_path), refused(geometry(n_texts=0)[0]))
    assert not read_run(Store(tmp_path), key).finished


def test_what_does_not_hold_is_refused_in_its_own_words() -> None:
    require(True, "never")
    with pytest.raises(RecordError, match="^this$"):
        require(False, "this")
    with pytest.raises(RecordError, match="there: no name of a condition: ' bored'"):
        require_labels(["calm", " bored"], "there")
