"""Scores of continuations equal those of a plain loop, whatever their batch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from emogeo.errors import NonFiniteError
from emogeo.models.loading import LoadedModel
from emogeo.models.scoring import continuation_logprobs
from tests.models.test_generation import load
from tests.tiny import CHAT, write_model

PREFIXES = [[5], [7, 8, 9, 10, 11, 12], [7, 8, 9, 10, 11, 12], [40, 41, 42], [5]]
CONTINUATIONS = [[20, 21, 22], [30], [31], [50, 51], [20]]


@pytest.fixture(scope="module", params=["smollm2", "qwen2.5", "gemma-3", "mistral"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    folder = tmp_path_factory.mktemp("scorers")
    return load(write_model(folder / request.param, request.param, CHAT), folder)


def plain(model: LoadedModel, prefix: list[int], continuation: list[int]) -> float:
    total, ids = 0.0, list(prefix)
    for token in continuation:
        with torch.inference_mode():
            logits = model.with_head[0](torch.tensor([ids]), use_cache=False).logits[0, -1]
        total += float(torch.log_softmax(logits.double(), dim=-1)[token])
        ids.append(token)
    return total


@pytest.mark.parametrize("batch_size", [1, 2, 20])
def test_equals_a_plain_loop(model: LoadedModel, batch_size: int) -> None:
    wanted = [plain(model, prefix, own) for prefix, own in zip(PREFIXES, CONTINUATIONS, strict=True)]
    got = continuation_logprobs(model, PREFIXES, CONTINUATIONS, batch_size)
    assert got.dtype == np.float64
    assert np.allclose(got, wanted, atol=1e-4)


def test_alternatives_of_one_token_sum_to_one_and_share_a_pass(
    model: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[torch.Size] = []
    causal = model.with_head[0]
    original = causal.forward

    def counted(input_ids: torch.Tensor, **rest: object) -> object:
        calls.append(input_ids.shape)
        return original(input_ids=input_ids, **rest)

    monkeypatch.setattr(causal, "forward", counted)
    every = list(range(causal.config.vocab_size))
    got = continuation_logprobs(model, [[3, 4]] * len(every), [[token] for token in every], 8)
    assert np.isclose(np.exp(got).sum(), 1.0, atol=1e-5)
    assert calls == [(1, 2)]


def test_logits_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    broken = load(write_model(tmp_path / "broken", "smollm2", CHAT), tmp_path)
    with torch.no_grad():
        broken.body.layers[1].mlp.down_proj.weight.fill_(float("nan"))
    with pytest.raises(NonFiniteError, match="fp32"):
        continuation_logprobs(broken, [[5, 6], [7]], [[8], [9]], 2)


def test_nothing_to_read_or_to_score_is_refused(model: LoadedModel) -> None:
    for prefixes, continuations in (([[]], [[1]]), ([[1]], [[]])):
        with pytest.raises(ValueError, match="without tokens"):
            continuation_logprobs(model, prefixes, continuations, 1)
