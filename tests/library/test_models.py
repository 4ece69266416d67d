"""Models by name: those of `conf/model`, a folder, or an error that lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from omegaconf import OmegaConf

from emogeo.config.model import ModelConfig
from emogeo.config.precision import Dtype, PrecisionConfig
from emogeo.config.typed import option_file
from emogeo.errors import ConfigError, WeightsError
from emogeo.library.models import _precision_option, load_model


def test_a_folder_is_loaded_at_a_precision(tiny_llama: Path, tmp_path: Path) -> None:
    model, tokenizer = load_model(str(tiny_llama), precision="bf16", device="cpu", cache=tmp_path, progress=False)
    assert next(model.parameters()).dtype is torch.bfloat16
    assert model.config._name_or_path == "tiny-llama"
    assert tokenizer("sad")["input_ids"]


def test_a_folder_of_this_place_is_loaded_by_its_name(
    tiny_llama: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_llama.parent)
    model, _ = load_model(tiny_llama.name, precision="fp16", device="cpu", cache=tmp_path, progress=False)
    assert next(model.parameters()).dtype is torch.float16


def test_a_hub_id_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []

    def resolved(option: ModelConfig, *_: object) -> None:
        asked.append(option.weights)
        raise WeightsError("not to be had")

    monkeypatch.setattr("emogeo.library.models.resolve_weights", resolved)
    with pytest.raises(WeightsError, match="not to be had"):
        load_model("Org/Name@main", device="cpu", cache=tmp_path)
    assert asked == ["Org/Name@main"]


@pytest.mark.parametrize("dtype", Dtype)
def test_a_plain_number_format_is_what_its_option_says(dtype: Dtype) -> None:
    option = OmegaConf.load(option_file("precision", dtype.value))
    assert _precision_option(dtype.value) == PrecisionConfig(option.name, dtype)
    assert (option.dtype, option.quantization, option.get("threshold")) == (dtype.value, "none", None)


def test_names_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"model='smolm2' is not an option. Allowed: gemma-3-1b-it.*a folder"):
        load_model("smolm2")
    with pytest.raises(ConfigError, match=r"precision='half' is not an option. Allowed: as_stored, auto, bf16"):
        load_model("smollm2-135m-instruct", precision="half")
    with pytest.raises(WeightsError, match="lacks config.json"):
        load_model(str(tmp_path), device="cpu", cache=tmp_path)


@pytest.mark.parametrize("init", ["random", "shuffled"])
def test_an_untrained_twin_is_loaded_by_its_seed(init: str, tiny_llama: Path, tmp_path: Path) -> None:
    def embedded(**options: Any) -> torch.Tensor:
        model, _ = load_model(tiny_llama, precision="fp32", device="cpu", cache=tmp_path, progress=False, **options)
        assert model.config._name_or_path.removeprefix("tiny-llama").strip() in {"", f"{init} 1", f"{init} 2"}
        return model.get_input_embeddings().weight

    first, again, other = (embedded(init=init, init_seed=seed) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other) and not torch.equal(first, embedded())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"init": "new"}, "init='new' is not an option. Allowed: trained, random, shuffled"),
        ({"init": "random", "init_seed": -1}, "init_seed=-1: a whole number of at least 0"),
        ({"init_seed": 2}, "seeds the weights of an untrained twin"),
    ],
)
def test_a_twin_that_cannot_be_meant(options: dict[str, Any], said: str, tiny_llama: Path) -> None:
    with pytest.raises(ConfigError, match=said):
        load_model(tiny_llama, device="cpu", **options)


@pytest.mark.parametrize("nothing", [None, 5, ""])
def test_what_is_no_name_is_said(nothing: object) -> None:
    with pytest.raises(ConfigError, match=r"model=.* is no name"):
        load_model(nothing)  # type: ignore[arg-type]


def test_a_path_is_a_folder(tiny_llama: Path, tmp_path: Path) -> None:
    model, _ = load_model(tiny_llama, precision="fp32", device="cpu", cache=tmp_path, progress=False)
    assert next(model.parameters()).dtype is torch.float32
