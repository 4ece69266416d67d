"""Drawn tokens: the sooner way draws what the definition draws, probabilities hold, and overflow is an error."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from emogeo.errors import NonFiniteError
from emogeo.models import sampling
from emogeo.models.sampling import FiniteLogits, SeededChoice, chooser, drawn, drawn_early
from emogeo.stimuli.templates import Decoding


def logits(spread: float, rounded: bool, n_rows: int = 200, n_tokens: int = 3000) -> torch.Tensor:
    """Random logits; as a head rounds them to bf16, many of them are equal."""
    found = torch.randn(n_rows, n_tokens, generator=torch.Generator().manual_seed(3)) * spread
    found[::3, 7] = -torch.inf  # a token that may not stop a text yet
    return found.bfloat16().float() if rounded else found


@pytest.mark.parametrize("top_p", [0.05, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("spread", [0.0, 0.5, 3.0, 30.0])
@pytest.mark.parametrize("rounded", [True, False])
def test_the_sooner_way_draws_what_the_definition_draws(spread: float, rounded: bool, top_p: float) -> None:
    scores = logits(spread, rounded)
    uniform = torch.rand(len(scores), generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    uniform[:4] = torch.tensor([0.0, 1 - 2**-53, 0.5, 2**-53], dtype=torch.float64)
    assert drawn_early(scores, uniform, top_p).tolist() == drawn(scores, uniform, top_p).tolist()


def test_the_sooner_way_seldom_asks_the_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(sampling, "drawn", lambda scores, *_: asked.append(1) or torch.zeros(1, dtype=torch.long))
    uniform = torch.rand(200, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    drawn_early(logits(3.0, rounded=True), uniform, 0.9)
    assert len(asked) < 40


@pytest.mark.parametrize("top_p", [1.0, 0.9])
def test_what_equal_logits_leave_open_is_drawn_by_the_definition(top_p: float) -> None:
    """Of two equal tokens one is kept: only the sort of top-p knows which one."""
    scores = torch.tensor([[0.0, 0.0]])
    for uniform in (0.1, 0.6):
        given = torch.tensor([uniform], dtype=torch.float64)
        assert drawn_early(scores, given, 0.5).tolist() == drawn(scores, given, 0.5).tolist()
        assert drawn(scores, given, top_p).item() == (0 if uniform < 0.5 else 1)


def test_tokens_are_drawn_as_their_probabilities_say() -> None:
    probabilities = np.array([0.5, 0.0, 0.3, 0.15, 0.05])
    scores = torch.tensor(np.log(np.maximum(probabilities, 1e-300))).float().repeat(4, 1)
    scores[:, 1] = -torch.inf
    choice = SeededChoice([1, 2, 3, 4])
    found = torch.cat([choice(torch.zeros(4, 1, dtype=torch.long), scores).argmax(dim=1) for _ in range(1000)])
    counts = np.bincount(found.numpy(), minlength=5)
    assert counts[1] == 0
    assert chisquare(counts[[0, 2, 3, 4]], 4000 * probabilities[[0, 2, 3, 4]]).pvalue > 1e-3


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_logits_that_are_not_finite_are_an_error_that_names_what_to_try(bad: float) -> None:
    scores = torch.zeros(2, 5)
    scores[0, 0] = -torch.inf  # of a token that is not allowed
    ids = torch.zeros(2, 3, dtype=torch.long)
    assert FiniteLogits()(ids, scores) is scores
    scores[1, 3] = bad
    for decoding in (Decoding(4), Decoding(4, temperature=0.7, top_p=0.9)):
        with pytest.raises(NonFiniteError, match=r"not finite after 3 tokens.*precision=bf16 or fp32"):
            chooser(decoding, [1, 2])(ids, scores)


def test_a_row_draws_the_numbers_that_its_seed_gives_one_by_one() -> None:
    """As texts were drawn before numbers came many at once: a seed has to give the same text for ever."""
    n_tokens, n_draws = 1000, sampling._AT_ONCE * 2 + 3
    level = torch.zeros(2, n_tokens)
    choice = SeededChoice([7, 8])
    found = torch.stack([choice(torch.zeros(2, 1, dtype=torch.long), level).argmax(dim=1) for _ in range(n_draws)])
    for row, seed in enumerate([7, 8]):
        generator = torch.Generator().manual_seed(seed)
        alone = [float(torch.rand((), generator=generator, dtype=torch.float64)) for _ in range(n_draws)]
        assert found[:, row].tolist() == [int(number * n_tokens) for number in alone]
