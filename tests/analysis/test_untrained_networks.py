"""Networks that have learned nothing read the package's passages, and what is printed of them."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
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
    Network("llama", 384, 1, 14, identity=True),
    Network("qwen2", 384, 1, 11, identity=True),
    Network("olmo2", 512, 1, 13, identity=True),
)
INITS = ((), ("model.init=random", "model.init_seed=1"), ("model.init=random", "model.init_seed=2"))
COMMON = (
    *("tracking=disabled", "runtime.device=cpu", "runtime.progress=false", "precision=fp32"),
    "pooling.position=mean",
)


@dataclass(frozen=True)
class Analysis:
    """What an analysis has written and printed."""

    folder: Path
    terminal: str

    @property
    def page(self) -> str:
        return (self.folder / "report.html").read_text()

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"{name}.csv")


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """The analysis of three networks of three families, two untrained twins of each."""
    folder, usual, printed = tmp_path_factory.mktemp("untrained"), compose_train(), StringIO()
    tokenizer = resolve_weights(usual.model, Path(usual.runtime.weights_cache).expanduser()).folder
    for network in NETWORKS:
        weights = f"model.weights='{write(network, tokenizer, folder)}'"
        for init in INITS:
            run_extraction(compose_train(weights, *init, *COMMON, f"store.path='{folder / 'store'}'"))
    config = AnalyzeConfig(store=StoreConfig(str(folder / "store")), output=str(folder / "results"), permutations=500)
    with redirect_stdout(printed):
        analyze(config)
    return Analysis(folder / "results", printed.getvalue())


def test_they_agree_as_well_as_anything_can(analysis: Analysis) -> None:
    """Without this the other tests would say nothing."""
    pairs = analysis.table("universality")
    assert len(pairs) == 3
    assert (pairs["within_family"] == "no").all()
    assert (pairs["rho_star"] > 0.9).all()
    assert (pairs["p_holm"] < 0.01).all()


def test_none_agrees_beyond_words(analysis: Analysis) -> None:
    beyond = analysis.table("beyond")
    assert set(beyond["level"]) == {"words", "word meanings"}
    assert not (beyond["verdict"] == "yes").any()
    for name in ("pairs", "universality"):
        assert not (analysis.table(name)["beyond_words"] == "yes").any()


def test_no_claim_is_reproduced_and_none_of_universality_holds_here(analysis: Analysis) -> None:
    claims = analysis.table("claims").set_index("claim")
    assert set(claims["verdict"]) == {"not testable"}
    assert not claims.loc["universality", "here"].startswith("holds here")
    for told in (analysis.terminal, analysis.page):
        assert "Reproduced" not in told
        assert "olds here: universality" not in told


def test_the_terminal_says_first_that_it_cannot_tell(analysis: Analysis) -> None:
    first = " ".join(analysis.terminal.split("\n\n")[0].split())
    assert first.startswith("Do these 3 models share")
    assert "cannot be told from words" in first
    assert "agree beyond words" not in first
    pairs = [line.split() for line in analysis.terminal.splitlines() if re.match(r"  [ABC]–[ABC] ", line)]
    assert len(pairs) <= 3 and not any("yes" in words for words in pairs)


def test_none_are_the_same_but_with_words(analysis: Analysis) -> None:
    tables = [(analysis.folder / f"{name}.csv").read_text() for name in ("pairs", "universality")]
    for told in (analysis.terminal, analysis.page, *tables):
        assert told.count("same within 0.1") == told.count("same within 0.1, words included") > 0
