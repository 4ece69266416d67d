"""What auto becomes, without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emogeo.config.model import ModelConfig
from emogeo.config.precision import Dtype, PrecisionConfig, Quantization
from emogeo.errors import PrecisionError
from emogeo.models import precision
from emogeo.models.precision import (
    Precision,
    precision_of,
    resolve_device,
    resolve_precision,
    resolve_token_budget,
    settled,
)
from emogeo.models.weights.resolve import resolve_weights

AUTO = PrecisionConfig(name="auto", dtype=Dtype.auto)


def test_auto_is_fp16_on_cuda_and_bf16_or_fp32_on_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve_precision(AUTO, "cuda:1").dtype is Dtype.fp16
    for has_bf16, expected in ((True, Dtype.bf16), (False, Dtype.fp32)):
        monkeypatch.setattr(precision, "_cpu_has_bf16", lambda answer=has_bf16: answer)
        assert resolve_precision(AUTO, "cpu").dtype is expected


def test_labels() -> None:
    int8 = PrecisionConfig(name="int8", dtype=Dtype.fp16, quantization=Quantization.int8, threshold=6.0)
    resolved = resolve_precision(int8, "cpu")
    assert resolved.label == "int8(6)+fp16"
    assert resolved.depends_on_batch_mates
    int8.threshold = 0.0
    assert not resolve_precision(int8, "cpu").depends_on_batch_mates


@pytest.mark.parametrize("device", ["tpu", "cuda:x", "cpu1", "cpu:1"])
def test_unknown_devices(device: str) -> None:
    with pytest.raises(PrecisionError, match="auto, cpu, cuda"):
        resolve_device(device)


def test_hidden_gpus_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "version", lambda _name: "2.13.0")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert resolve_device("auto") == "cpu"
    with pytest.raises(PrecisionError, match="no GPU is visible"):
        resolve_device("cuda:0")


def test_token_budget() -> None:
    assert resolve_token_budget(None, "cpu") < resolve_token_budget(None, "cuda")
    assert resolve_token_budget(7, "cuda") == 7


def test_planning_a_run_imports_no_torch() -> None:
    code = "import sys, emogeo.extraction.plan; assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_as_stored_is_the_data_type_of_weights_that_are_not_quantised(tiny_llama: Path, tmp_path: Path) -> None:
    weights = resolve_weights(ModelConfig(name="mine", weights=str(tiny_llama)), tmp_path, False)
    as_stored = PrecisionConfig("as_stored", Dtype.auto, Quantization.as_stored)
    assert precision_of(as_stored, "cuda", weights) == Precision(Dtype.fp32, Quantization.none, None)
    as_stored.dtype = Dtype.bf16
    assert precision_of(as_stored, "cpu", weights).label == "bf16"
    assert precision_of(AUTO, "cuda", weights) == resolve_precision(AUTO, "cuda")
    assert settled(AUTO, resolve_precision(AUTO, "cuda")) is AUTO


def test_what_is_stored_is_in_the_label_and_in_the_configuration_of_the_record() -> None:
    own = Precision(Dtype.bf16, Quantization.as_stored, None, "gptq4")
    assert own.label == "gptq4+bf16"
    assert settled(AUTO, own).quantization is Quantization.as_stored
