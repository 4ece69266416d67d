"""Networks that have learned nothing read the package's passages, and what is printed of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from emogeo.analysis.analyze import analyze
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import StoreConfig
from emogeo.extraction.run import run_extraction
from emogeo.models.weights.resolve import resolve_weights
from tests.bench.untrained import Network, write
from tests.conftest import compose_train

pytestmark = pytest.mark.weights
NETWORKS = (
    Network("llama", 512, 1, 14, identity=True),
    Network("gemma3", 768, 1, 11, identity=True),
)
INITS = ((), ("model.init=random", "model.init_seed=1"), ("model.init=random", "model.init_seed=2"))
COMMON = (
    *("tracking=disabled", "runtime.device=cpu", "runtime.progress=false", "precision=fp32"),
    "pooling.position=mean",
)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The analysis of two networks, two untrained twins of each."""
    folder, usual = tmp_path_factory.mktemp("untrained"), compose_train()
    tokenizer = resolve_weights(usual.model, Path(usual.runtime.weights_cache).expanduser()).folder
    for network in NETWORKS:
        weights = f"model.weights='{write(network, tokenizer, folder)}'"
        for init in INITS:
            run_extraction(compose_train(weights, *init, *COMMON, f"store.path='{folder / 'store'}'"))
    output = folder / "results"
    analyze(AnalyzeConfig(store=StoreConfig(str(folder / "store")), output=str(output), permutations=500))
    return output


def test_they_agree_as_well_as_anything_can(results: Path) -> None:
    """Without this the other tests would say nothing."""
    (pair,) = pd.read_csv(results / "universality.csv").itertuples()
    assert pair.rho_star > 0.9
    assert pair.p_holm < 0.01


def test_none_agrees_beyond_words(results: Path) -> None:
    beyond = pd.read_csv(results / "beyond.csv")
    assert set(beyond["level"]) == {"words", "word meanings"}
    assert not (beyond["verdict"] == "yes").any()
    for name in ("pairs", "universality"):
        assert not (pd.read_csv(results / f"{name}.csv")["beyond_words"] == "yes").any()


def test_no_claim_is_reproduced_and_none_of_universality_holds_here(results: Path) -> None:
    claims = pd.read_csv(results / "claims.csv").set_index("claim")
    assert set(claims["verdict"]) == {"not testable"}
    assert not claims.loc["universality", "here"].startswith("holds here")


def test_the_page_says_so_first(results: Path) -> None:
    page = (results / "report.html").read_text()
    assert "cannot tell" in page or "no more than words" in page
    assert "Reproduced" not in page
