"""Models that write text are read; encoders are refused as what they are, before anything is loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForImageTextToText, AutoModelForMultimodalLM

from emogeo.errors import WeightsError
from emogeo.models.kinds import Read, body_by, loader_of, refuse_encoder
from tests.models_table.configs import shrunk


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (
            {"model_type": "bert"},
            r"^mine \(bert\) is an encoder: it reads in both directions\. emogeo reads models that",
        ),
        ({"model_type": "roberta", "architectures": ["RobertaForMaskedLM"]}, "is an encoder"),
        ({"model_type": "modernbert"}, r"\(modernbert\) is an encoder"),
        ({"model_type": "mpnet"}, r"\(mpnet\) is an encoder"),
        ({"model_type": "t5"}, r"^mine \(t5\) has an encoder and a decoder\."),
        ({"model_type": "bart", "is_encoder_decoder": True}, "has an encoder and a decoder"),
        ({"model_type": "vit"}, r"^mine \(vit\) does not write text\."),
        ({"model_type": "newer"}, "describes the architecture 'newer', which this version of transformers does not"),
    ],
)
def test_what_does_not_write_from_left_to_right_is_refused(config: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=said):
        refuse_encoder(config, tmp_path, "mine")


def test_a_sentence_transformer_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text(json.dumps([]))
    with pytest.raises(WeightsError, match=r"^mine \(bert, of sentence-transformers\) is an encoder"):
        refuse_encoder({"model_type": "bert"}, tmp_path, "mine")
    refuse_encoder({"model_type": "qwen3"}, tmp_path, "an embedder made of a decoder")


@pytest.mark.parametrize("kind", ["llama", "gemma3", "qwen2_vl", "mllama", "qwen2_audio", "rwkv", "mamba2"])
def test_what_writes_is_read(kind: str, tmp_path: Path) -> None:
    refuse_encoder({"model_type": kind}, tmp_path, "mine")
    refuse_encoder({"model_type": "bert", "is_decoder": True}, tmp_path, "mine")


def test_which_class_loads_a_model_with_its_head() -> None:
    found = [loader_of(kind) for kind in ("llama", "qwen2_vl", "qwen2_audio")]
    assert found == [AutoModelForCausalLM, AutoModelForImageTextToText, AutoModelForMultimodalLM]


@pytest.mark.parametrize(("kind", "missing", "classes"), [("gpt2", False, 1), ("gpt2", True, 2), ("trocr", True, 1)])
def test_a_body_is_taken_out_where_it_cannot_be_loaded_by_itself(kind: str, missing: bool, classes: int) -> None:
    asked: list[Any] = []

    def load(loader: Any) -> Read:
        asked.append(loader)
        own = (AutoModel if loader is AutoModel else AutoModelForCausalLM).from_config(shrunk("gpt2"))
        return Read(own, {"missing_keys": ["wte.weight"] if missing and loader is AutoModel else []})

    found = body_by(kind, load)
    assert type(found.model).__name__ == "GPT2Model"
    assert len(asked) == classes
    assert not found.report["missing_keys"]
