"""GGUF control vectors: as the gguf package reads them, and applied to the default model as llama.cpp does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType, GGUFReader

import emogeo
from emogeo.config.probes import ScenarioConfig, SteeringConfig
from emogeo.errors import ConfigError
from emogeo.export.control_vectors import control_vectors_of
from emogeo.export.exporting import export_run
from emogeo.export.made import write
from emogeo.export.vectors import vectors_of
from emogeo.extraction.run import run_extraction
from emogeo.models.steering import steered
from emogeo.probes.directions import additions_of, plan_directions
from emogeo.record.run import Run
from tests.conftest import compose_train


def said(reader: GGUFReader) -> dict[str, Any]:
    return {name: field.contents() for name, field in reader.fields.items()}


def test_a_file_a_label_with_a_direction_a_block(run: Run, tmp_path: Path) -> None:
    made = control_vectors_of(vectors_of(run, "all"), "stem")
    assert made.notes == ("Block 0 is left out: llama.cpp adds nothing to it.",)
    found = {}
    for file in write(made, tmp_path):
        assert file.parent == tmp_path / "stem_gguf"
        reader = GGUFReader(file)
        fields = said(reader)
        found[fields["emogeo.label"]] = {tensor.name: tensor for tensor in reader.tensors}
        assert fields["general.architecture"] == "controlvector"
        assert fields["controlvector.model_hint"] == run.record.model.family
        assert fields["controlvector.layer_count"] == len(reader.tensors) == 3
        assert json.loads(fields["emogeo.layers"]) == [1, 2, 3]
        assert fields["emogeo.run"] == run.key
    assert sorted(found) == run.conditions
    for row, label in enumerate(run.conditions):
        for block in (1, 2, 3):
            tensor = found[label][f"direction.{block}"]
            assert tensor.tensor_type is GGMLQuantizationType.F32
            assert tensor.data.shape == (run.vectors.shape[2],)
            assert tensor.data.tobytes() == run.vectors[row, block].tobytes()


def test_labels_that_would_be_one_file_are_two(run: Run) -> None:
    names = list(control_vectors_of(vectors_of(run, "1"), "stem").files)
    assert len(set(names)) == len(run.conditions)
    assert sum(name.startswith("stem_gguf/at_ease-") for name in names) == 2


def test_block_0_alone_is_refused(run: Run) -> None:
    with pytest.raises(ConfigError, match=r"llama\.cpp adds nothing to block 0.*--blocks 1 or higher"):
        control_vectors_of(vectors_of(run, "0"), "stem")


@contextmanager
def hooked(layers: Any, hook: Callable[[int, torch.Tensor], torch.Tensor]) -> Iterator[None]:
    """Has what a block puts out go through a function of its number."""

    def of(block: int) -> Callable[..., Any]:
        def call(_module: Any, _inputs: Any, output: Any) -> Any:
            changed = hook(block, output[0] if isinstance(output, tuple) else output)
            return (changed, *output[1:]) if isinstance(output, tuple) else changed

        return call

    handles = [layer.register_forward_hook(of(block)) for block, layer in enumerate(layers)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def as_llama_cpp(file: Path, scale: float) -> Mapping[int, torch.Tensor]:
    """What `--control-vector-scaled FILE:SCALE` adds to the output of each block; it takes no direction.0."""
    tensors = {int(own.name.removeprefix("direction.")): own.data for own in GGUFReader(file).tensors}
    assert min(tensors) > 0
    return {block: torch.from_numpy(np.array(data)) * scale for block, data in tensors.items()}


@pytest.fixture(scope="module")
def default_model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The store and the key of a run of the default model over a few texts."""
    store = tmp_path_factory.mktemp("default") / "store"
    config = compose_train(
        *(
            "precision=fp32",
            "runtime.device=cpu",
            "stimuli.topics=2",
            "stimuli.conditions=[angry,calm,happy,sad]",
            "tracking=disabled",
        ),
        *(
            "layer_selection=index",
            "layer_selection.index=10",
            "max_depth=0.4",
            "stimuli.neutral=null",
            "runtime.progress=false",
            f"store.path='{store}'",
        ),
    )
    return store, run_extraction(config).key


@pytest.mark.weights
@pytest.mark.parametrize("blocks", ["selected", "6,8,10"])
def test_applied_by_another_loader_states_move_as_in_steering(
    default_model: tuple[Path, str], blocks: str, tmp_path: Path
) -> None:
    store, key = default_model
    run = emogeo.load_run(store / "runs" / key)
    assert isinstance(run, Run)
    files = export_run(run, "gguf", tmp_path, blocks=blocks, unit=True)
    (calm,) = [file for file in files if said(GGUFReader(file))["emogeo.label"] == "calm"]
    body, tokenizer = emogeo.load_model("smollm2-135m-instruct", precision="fp32", device="cpu", progress=False)
    inputs = tokenizer("The letter lay unopened on the table until evening.", return_tensors="pt")

    def states(change: Callable[[int, torch.Tensor], torch.Tensor]) -> list[torch.Tensor]:
        kept: list[torch.Tensor] = []

        def keep(block: int, output: torch.Tensor) -> torch.Tensor:
            kept.append(change(block, output))
            return kept[-1]

        with torch.inference_mode(), hooked(body.layers, keep):
            body(**inputs)
        return kept

    chosen = [10] if blocks == "selected" else [6, 8, 10]
    strength, norm = 0.1, 50.0
    vectors = {label: run.vectors[row, chosen].astype(np.float64) for row, label in enumerate(run.conditions)}
    scenario = {"one": ScenarioConfig(prompt="?", emotion="calm")}
    steering = SteeringConfig(strengths=[strength], scenarios=scenario, controls=1)
    (along,) = [own for own in plan_directions(steering, vectors, 0) if own.kind == "emotion"]
    additions = additions_of([along], np.full(30, norm), chosen)
    added = as_llama_cpp(calm, strength * norm)
    assert list(added) == chosen
    plain = states(lambda _block, output: output)
    theirs = states(lambda block, output: output + added[block] if block in added else output)
    with steered(body, additions):  # its hooks come first, so that the states here are those after them
        ours = states(lambda _block, output: output)
    moved = [(a - b).abs().max().item() for a, b in zip(theirs, plain, strict=True)]
    assert max(moved[: chosen[0]]) == 0
    assert min(moved[chosen[0] :]) > 0.1
    torch.testing.assert_close((theirs[chosen[0]] - plain[chosen[0]])[0, 3], additions[chosen[0]][0], atol=1e-3, rtol=0)
    largest = max(output.abs().max().item() for output in plain)  # 2e4, of the first token: float32 has steps of 2e-3
    for one, other in zip(theirs, ours, strict=True):
        torch.testing.assert_close(one[:, 1:], other[:, 1:], atol=1e-3, rtol=0)
        torch.testing.assert_close(one[:, 0], other[:, 0], atol=1e-6 * largest, rtol=0)
