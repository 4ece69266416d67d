"""Untrained networks agree through the words of their texts, and no claim is reproduced by that."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.analysis.all_tables import all_tables
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.findings import findings
from emogeo.analysis.report.material import Material
from emogeo.analysis.summary.summary import summary
from emogeo.analysis.tables.claims import claims_table
from emogeo.analysis.tables.evidence import evidence_of
from emogeo.analysis.tables.frame import Table
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import StoreConfig
from tests.analysis.planted_models import by_words

PREPARED = by_words(["smollm2", "gemma2", "olmo"])
RUNS = [each.run for each in PREPARED]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Table]:
    store = StoreConfig(str(tmp_path_factory.mktemp("untrained")))
    config = AnalyzeConfig(store=store, output="", permutations=100)
    return all_tables(Catalogue(RUNS), PREPARED, [], config)


def test_they_agree_as_well_as_anything_can(tables: dict[str, Table]) -> None:
    universality = tables["universality"].frame
    assert len(universality) == 3
    assert (universality["rho_star"] > 0.97).all()
    assert (universality["rho_star_ci_low"] > 0.9).all()


def test_as_the_tables_come_no_pair_is_beyond_words(tables: dict[str, Table]) -> None:
    assert not (tables["pairs"].frame["beyond_words"] == "yes").any()
    assert tables["claims"].frame.set_index("claim").loc["universality", "here"] == "cannot tell"
    assert "olds here: universality" not in _printed(tables)


def test_no_pair_is_the_same_but_with_words(tables: dict[str, Table]) -> None:
    for name in ("pairs", "universality"):
        assert set(tables[name].frame["equivalence"]) == {"same within 0.1, words included"}
    printed = _printed(tables)
    assert printed.count("same within 0.1") == printed.count("same within 0.1, words included") > 0
    assert "For 3 of 3 it is not shown that they agree beyond words" in printed


@pytest.mark.parametrize("words", ["no more than words", "cannot tell", None])
def test_nothing_is_reproduced_and_nothing_holds_here(tables: dict[str, Table], words: str | None) -> None:
    given = _with_words(tables, words)
    claims = claims_table(evidence_of(given, [], RUNS))
    assert set(claims.frame["verdict"]) == {"not testable"}
    here = claims.frame.set_index("claim")["here"]
    assert here["universality"] == "cannot tell"
    assert not here.str.startswith("holds here").any()
    told = _printed(given | {"claims": claims})
    assert "Reproduced" not in told
    assert "olds here: universality" not in told


def test_what_is_printed_would_show_it(tables: dict[str, Table]) -> None:
    """The same figures, were they beyond words, do hold here."""
    claims = claims_table(evidence_of(_with_words(tables, "yes"), [], RUNS))
    assert claims.frame.set_index("claim").loc["universality", "here"] == "holds here (3 models, 3 families)"
    assert "Holds here (3 models, 3 families): universality" in _printed(tables | {"claims": claims})


def _with_words(tables: dict[str, Table], words: str | None) -> dict[str, Table]:
    """The tables, had words been looked into with this outcome; None where they were not."""
    both = ("pairs", "universality")
    return tables | {name: Table(tables[name].frame.assign(beyond_words=words), tables[name].notes) for name in both}


def _printed(tables: dict[str, Table]) -> str:
    material = Material(tables, PREPARED, Catalogue(RUNS), Path("none"))
    told, printed = findings(material), summary(material, [], "none", Path("none"), 80)
    return "\n".join(
        [" ".join(printed.split()), *(line for finding in told for line in (finding.said, *finding.caveats))]
    )
