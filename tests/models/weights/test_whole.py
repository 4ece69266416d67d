"""Half a model, and what is no part of one, is refused before anything is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.errors import WeightsError
from emogeo.models.weights.whole import (
    refuse_absent,
    refuse_adapter,
    refuse_half,
    refuse_misfits,
    refuse_unexpected,
    refuse_wrapped,
    stacks,
    writes_by_name,
)

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
    over = [
        "lm_head.weight",
        "lm_loss.bias",
        "model.embed_out.weight",
        "head.weight",
        "cls.predictions.bias",
        "output.bias",
    ]
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


def test_tensors_of_other_shapes_are_named_with_both() -> None:
    report = {
        "missing_keys": ["z"],
        "unexpected_keys": ["y"],
        "mismatched_keys": {("b", (1, 2), (3,)), ("a", (1,), (2,))},
    }
    with pytest.raises(
        WeightsError, match=r"^mine: here holds 2 tensors of other .*, the first: a is \[1\] and .* \[2\]"
    ):
        refuse_misfits(HERE, "mine", report)
    with pytest.raises(WeightsError, match="lacks 1 of the model's tensors, the first: z"):
        refuse_misfits(HERE, "mine", {**report, "mismatched_keys": set()})
    with pytest.raises(WeightsError, match="no place for, the first: y"):
        refuse_misfits(HERE, "mine", {**report, "mismatched_keys": set(), "missing_keys": set()})


@pytest.mark.parametrize(
    "names",
    [
        ["_orig_mod.model.layers.0.w", "_orig_mod.lm_head.weight"],
        ["model.layers.0._orig_mod.w", "lm_head.weight"],
        ["module.model.layers.0.w", "module.lm_head.weight"],
        ["module._fsdp_wrapped_module.model.norm.weight"],
        ["model.layers.0._checkpoint_wrapped_module.w"],
    ],
)
def test_models_that_were_saved_within_a_wrapper_are_refused(names: list[str]) -> None:
    with pytest.raises(
        WeightsError, match=r"saved within a wrapper .* model\._orig_mod\.save_pretrained\(FOLDER\), or"
    ):
        refuse_wrapped(HERE, names)


def test_modules_of_a_model_are_no_wrappers() -> None:
    refuse_wrapped(HERE, [])
    refuse_wrapped(HERE, ["module.w", "lm_head.weight"])
    refuse_wrapped(HERE, NAMES)


@pytest.mark.parametrize(
    ("config", "writes"),
    [
        ({"architectures": ["LlamaForCausalLM"]}, True),
        ({"architectures": ["GPT2LMHeadModel"]}, True),
        ({"architectures": ["Gemma3ForConditionalGeneration"]}, True),
        ({"architectures": ["T5ForConditionalGeneration"], "is_encoder_decoder": True}, False),
        ({"architectures": ["BertForMaskedLM"]}, False),
        ({"architectures": ["BertModel"]}, False),
        ({"architectures": []}, False),
        ({"architectures": "LlamaForCausalLM"}, False),
        ({}, False),
    ],
)
def test_what_a_configuration_says_by_itself(config: dict[str, object], writes: bool) -> None:
    assert writes_by_name(config) is writes
