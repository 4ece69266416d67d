"""Pairs of runs, as they are shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emogeo.analysis.charts.agreement import agreement_spec
from emogeo.analysis.charts.chart import write_chart
from emogeo.analysis.comparing.nulls import Level
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.agreement import agreement_section
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Chart, Text
from emogeo.analysis.tables.beyond import BEYOND_COLUMNS
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from emogeo.config.model import Init
from tests.analysis.report.planted import HOSTILE, frame, material
from tests.analysis.report.shown import absent, cells, pictures, sheets
from tests.planted_records import altered

GEMMA, QWEN = "gemma-3-1b-it", "qwen2.5-1.5b-instruct"


def test_runs_are_called_by_their_short_names(tmp_path: Path) -> None:
    own = material(tmp_path)
    section = agreement_section(own)
    first, second, _ = cells(sheets(section)["Pairs of runs"])
    assert (first["run a"], first["run b"]) == (own.names["A"], own.names["C"])
    assert (first["p, same text"], first["units"]) == ("0.0010", "24")
    assert (second["ρ"], second["ρ*, these emotions"], second["note"].partition(" (")[0]) == (
        *("0.40", "–", "rho_star and p: not identifiable"),
    )
    words, meanings = cells(sheets(section)["Agreement beyond words"])
    assert (words["given"], words["beyond it"], words["ρ* that is left"]) == ("words", "yes", "0.70 [0.60, 0.80]")
    assert (meanings["given"], meanings["beyond it"]) == ("word meanings", "cannot tell")


def test_pairs_of_untrained_twins_are_counted_and_not_shown(tmp_path: Path) -> None:
    own = material(tmp_path)
    pair = {"key_a": "twin", "key_b": "other", "model_a": "t", "model_b": "o", "rho": 0.4}
    tables = {name: own.tables[name].frame.to_dict("records") for name in ("pairs", "beyond")}
    more = {
        "pairs": frame(PAIR_COLUMNS, *tables["pairs"], pair),
        "beyond": frame(BEYOND_COLUMNS, *tables["beyond"], *({**pair, "level": level} for level in Level)),
    }
    twin = altered(own.prepared[0].run, key="twin", model_init=Init.random)
    with_twins = replace(own, tables={**own.tables, **more}, catalogue=Catalogue([*own.catalogue.runs, twin]))
    for title in ("Pairs of runs", "Agreement beyond words"):
        assert cells(sheets(agreement_section(with_twins))[title]) == cells(sheets(agreement_section(own))[title])
    said = [part.said for part in agreement_section(with_twins).parts if isinstance(part, Text)]
    assert [f"Not shown: 1 pair of untrained twins, which are nulls ({name}.csv)." for name in more] == said[:2]


def test_other_measures_and_what_hangs_on_them(tmp_path: Path) -> None:
    own = material(tmp_path)
    (tmp_path / "measures.png").write_bytes(b"drawn")
    section = agreement_section(own)
    (answer,) = cells(sheets(section)["Does the verdict hang on the measure?"])
    assert (answer["run a"], answer["answer"]) == (own.names["A"], HOSTILE)
    cka, kendall = cells(sheets(section)["Other measures"])
    assert (cka["measure"], cka["all text / by chance"], cka["disjoint text"]) == ("cka", "0.90 / 0.00", "0.60")
    assert (cka["disattenuated"], cka["reading"]) == ("0.85 [0.80, 0.90]", HOSTILE)
    assert (kendall["all text / by chance"], kendall["disattenuated"]) == ("0.50 / –", "–")
    assert "measures.png" in pictures(section)


def test_the_chart_of_the_folder_is_shown(tmp_path: Path) -> None:
    own = material(tmp_path)
    assert not [part for part in agreement_section(own).parts if isinstance(part, Chart)]
    spec = agreement_spec(own.table("pairs"), own.names)
    assert spec is not None
    write_chart(spec, tmp_path, "agreement")
    (chart,) = [part for part in agreement_section(own).parts if isinstance(part, Chart)]
    assert chart.files == ["agreement.png", "agreement.svg", "agreement.pdf", "agreement.vl.json"]
    assert chart.spec == spec


def test_without_a_pair_it_says_what_to_type() -> None:
    section = agreement_section(Material({}, [], Catalogue(), Path("none")))
    assert list(absent(section.parts).values()) == ["python train.py -m model=smollm2-135m-instruct,gemma-3-270m"]
