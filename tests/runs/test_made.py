"""What states are made with here and now."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from emogeo.config.precision import Dtype, Quantization
from emogeo.models.precision import Precision
from emogeo.runs import made as module
from emogeo.runs.made import hardware_of, made_now


def session(quantization: Quantization = Quantization.none) -> Any:
    return SimpleNamespace(precision=Precision(Dtype.bf16, quantization, None), placed_on="cpu")


def test_what_is_made_now_has_the_installed_versions() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    found = made_now(session())
    assert before <= datetime.fromisoformat(found.created) <= datetime.now(UTC)
    assert set(found.libraries) == {"emogeo", "torch", "transformers", "tokenizers"}
    assert found.libraries["torch"] == version("torch")
    assert (found.device, found.hardware) == ("cpu", hardware_of("cpu"))


@pytest.mark.parametrize("quantization", list(Quantization))
def test_bitsandbytes_counts_where_it_quantises(quantization: Quantization) -> None:
    quantises = quantization in (Quantization.int8, Quantization.nf4)
    assert ("bitsandbytes" in made_now(session(quantization)).libraries) is quantises


def test_a_processor_has_the_name_that_the_system_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for content, name in (("flags\t: a\nmodel name\t: Some CPU: 3 GHz\n", "Some CPU: 3 GHz"), ("flags : a\n", None)):
        hardware_of.cache_clear()
        (tmp_path / "cpuinfo").write_text(content)
        monkeypatch.setattr(module, "_CPUS", tmp_path / "cpuinfo")
        assert hardware_of("cpu") == name
    hardware_of.cache_clear()
    monkeypatch.setattr(module, "_CPUS", tmp_path / "absent")
    assert hardware_of("cpu") is None
    hardware_of.cache_clear()


def test_a_gpu_has_the_name_that_torch_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"the GPU of {device}")
    assert hardware_of("cuda:1") == "the GPU of cuda:1"
    hardware_of.cache_clear()
