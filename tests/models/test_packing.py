"""Packed weights give the same bits, or are not used."""

from __future__ import annotations

import copy
from pathlib import Path

import psutil
import pytest
import torch
from torch import nn

from emogeo.config.precision import Dtype, Quantization
from emogeo.models import packing
from emogeo.models.loading import load_model
from emogeo.models.packing import PackedLinear, pack
from emogeo.models.precision import Precision
from emogeo.models.weights.resolve import resolve_weights
from tests.conftest import compose_train
from tests.tiny import CHAT, write_model

needs_bf16 = pytest.mark.skipif(not packing._can_pack(), reason="torch has no bf16 products of packed weights here")


def layer(bias: bool = True, dtype: torch.dtype = torch.bfloat16) -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(96, 160, bias=bias).to(dtype)


def states(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, 96, generator=torch.Generator().manual_seed(1)).bfloat16()


@needs_bf16
@pytest.mark.parametrize("bias", [True, False])
def test_a_packed_layer_gives_the_bits_of_a_plain_one(bias: bool) -> None:
    own, plain = layer(bias), layer(bias)
    assert pack(own) == 1 and isinstance(own, PackedLinear)
    with torch.inference_mode():
        for shape in ((), (1,), (7,), (20, 1), (3, 50), (1, 1000), (0, 4), (2, 3, 4)):
            assert torch.equal(own(states(*shape)), plain(states(*shape))), shape
        sliced = states(5, 9)[:, -1:]
        assert torch.equal(own(sliced), plain(sliced))


@needs_bf16
def test_weights_that_change_are_multiplied_as_they_are() -> None:
    own, given = layer(), states(4)
    pack(own)
    changes = {
        "in place": lambda: own.weight.mul_(2),
        "replaced": lambda: setattr(own, "weight", nn.Parameter(torch.ones_like(own.weight))),
        "elsewhere": lambda: setattr(own.weight, "data", torch.zeros_like(own.weight)),
    }
    for name, change in changes.items():
        with torch.no_grad():
            change()
            wanted = nn.functional.linear(given, own.weight, own.bias)
            assert torch.equal(own(given), wanted), name
    assert torch.equal(own.float()(given.float()), nn.functional.linear(given.float(), own.weight, own.bias))


@needs_bf16
def test_gradients_and_copies_are_those_of_a_plain_layer() -> None:
    own, plain, given = layer(), layer(), states(4)
    pack(own)
    for module in (own, plain):
        module(given).float().sum().backward()
    assert own.weight.grad is not None and torch.equal(own.weight.grad, plain.weight.grad)
    assert list(own.state_dict()) == list(plain.state_dict())
    with torch.inference_mode():
        assert torch.equal(copy.deepcopy(own)(given), plain(given))


def test_other_formats_and_short_memory_leave_a_layer_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pack(layer(dtype=torch.float32)) == 0
    own = layer()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 0})())
    assert pack(own) == 0 and type(own) is nn.Linear


@needs_bf16
def test_a_layer_whose_products_would_differ_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = packing._product
    monkeypatch.setattr(packing, "_product", lambda *given: usual(*given) + 2**-6)
    own = layer()
    assert pack(own) == 0 and type(own) is nn.Linear


@needs_bf16
@pytest.mark.parametrize("family", ["smollm2", "qwen2.5", "gemma-3"])
def test_a_loaded_model_is_packed_and_reads_with_the_same_bits(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = resolve_weights(
        compose_train(f"model.weights='{write_model(tmp_path / family, family, CHAT)}'").model, tmp_path
    )
    bf16 = Precision(Dtype.bf16, Quantization.none, None)
    packed = load_model(weights, bf16, "cpu", None, head=True).with_head[0]
    monkeypatch.setattr(packing, "_can_pack", lambda: False)
    plain = load_model(weights, bf16, "cpu", None, head=True).with_head[0]
    ids = torch.arange(2, 42).reshape(2, 20)
    with torch.inference_mode():
        assert torch.equal(packed(ids).logits, plain(ids).logits)
    kinds = {type(own) for own in packed.modules() if isinstance(own, nn.Linear)}
    assert kinds == {PackedLinear} != {type(own) for own in plain.modules() if isinstance(own, nn.Linear)}
