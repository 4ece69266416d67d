"""Half a model, and what is no part of one, is refused before anything is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.errors import WeightsError
from emogeo.models.weights.whole import refuse_absent, refuse_adapter, refuse_half, refuse_unexpected, stacks

NAMES = [f"model.layers.{block}.mlp.experts.{expert}.w1.weight" for block in range(4) for expert in range(3)]
TOWER = [f"vision_tower.layers.{block}.weight" for block in range(6)]
HERE = Path("here")


def test_lists_of_blocks_are_found_by_names() -> None:
    assert stacks([*NAMES, *TOWER, "model.norm.weight"]) == {
        "model.layers": {0, 1, 2, 3},
        "vision_tower.layers": {0, 1, 2, 3, 4, 5},
    }


@pytest.mark.parametrize("config", [{}, {"num_nextn_predict_layers": 0}])
def test_as_many_blocks_as_config_says(config: dict[str, int]) -> None:
    refuse_half(HERE, config, [*NAMES, *TOWER], 4)
    refuse_half(HERE, {"num_nextn_predict_layers": 1}, NAMES, 3)
    refuse_half(HERE, config, ["no.numbers"], 3)
    for n_layers in (3, 5):
        with pytest.raises(WeightsError, match=rf"says {n_layers} blocks, and the weights hold 4 \(model.layers.0 to"):
            refuse_half(HERE, config, NAMES, n_layers)


def test_weights_that_the_configuration_names_elsewhere_are_refused() -> None:
    with pytest.raises(WeightsError, match="transformers_weights names other weights"):
        refuse_half(HERE, {"transformers_weights": "x.safetensors"}, NAMES, 4)


def test_an_adapter_beside_whole_weights_is_refused(tmp_path: Path) -> None:
    refuse_adapter(tmp_path)
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(WeightsError, match=r"holds an adapter .* beside whole weights"):
        refuse_adapter(tmp_path)


def test_heads_poolers_and_other_senses_may_be_left_over(caplog: pytest.LogCaptureFixture) -> None:
    over = ["score.weight", "pooler.dense.bias", "cls.seq_relationship.bias", "mtp.layers.0.weight"]
    refuse_unexpected(HERE, "mine", [*over, "model.vision_tower.layers.3.mlp.fc1.weight", "lm_head.weight"])
    assert [own.getMessage() for own in caplog.records] == [
        "mine: 5 tensors of the files are not used, the first: cls.seq_relationship.bias"
    ]


def test_the_lm_head_and_constants_go_without_saying(caplog: pytest.LogCaptureFixture) -> None:
    over = ["lm_head.weight", "model.embed_out.weight", "head.weight", "cls.predictions.bias", "output.bias"]
    refuse_unexpected(HERE, "mine", [*over, "model.layers.0.rotary_emb.inv_freq", "h.0.attn.masked_bias"])
    assert not caplog.records


@pytest.mark.parametrize(
    "name",
    [
        "model.layers.4.mlp.up_proj.weight",
        "model.layers.0.self_attn.q_proj.bias",
        "model.layers.0.self_attn.head_norm.weight",
        "model.layers.0.mlp.gate.e_score_correction_bias",
        "model.layers.0.mlp.up_proj.weight_scale",
        "model.extra.weight",
    ],
)
def test_anything_else_may_not(name: str) -> None:
    with pytest.raises(WeightsError, match=rf"mine: here holds 1 tensors .* the first: {name}"):
        refuse_unexpected(HERE, "mine", ["lm_head.weight", name])


def test_tensors_that_the_files_lack_are_named() -> None:
    refuse_absent(HERE, "mine", [])
    with pytest.raises(WeightsError, match="^mine: here lacks 2 of the model's tensors, the first: a. "):
        refuse_absent(HERE, "mine", ["b", "a"])
