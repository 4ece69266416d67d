"""A comparison at the library's door gives the program's figures to the bit, or the reason why not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

import emogeo
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.pairs import pairs_table
from emogeo.errors import ConfigError, GeometryError
from emogeo.geometry.geometry import Geometry
from emogeo.geometry.inference import compare as compare_halves
from emogeo.geometry.rdm import upper
from emogeo.library.compare import compare
from emogeo.library.comparison import Comparison
from emogeo.record.run import Run
from tests.planted import labels
from tests.planted_catalogue import Design, draw
from tests.unchanged.computed import DATA

PERMUTATIONS = 400
FIGURES = (
    "rho",
    "p_same_text",
    "reliability_a",
    "reliability_b",
    "rho_same_half",
    "rho_disjoint_half",
    "rho_star",
    "p",
)


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return {prepared.name: prepared.run for prepared in draw(Design(0.5, 0.1, 0.5), 0)}


def row_of(a: Run, b: Run) -> pd.Series:
    prepared = [PreparedRun(run, name, 0) for run, name in ((a, "a"), (b, "b"))]
    return pairs_table(prepared, PERMUTATIONS, 0).frame.iloc[0]


@pytest.mark.parametrize(("first", "second"), [("A", "A8"), ("A", "C"), ("B", "C")])
def test_figures_are_those_of_the_program_to_the_bit(runs: dict[str, Run], first: str, second: str) -> None:
    a, b = runs[first], runs[second]
    row, found = row_of(a, b), compare(a, b, permutations=PERMUTATIONS).to_dict()
    for name in FIGURES:
        assert (found[name] is None) == pd.isna(row[name]), name
        assert found[name] is None or found[name] == row[name], name


def test_ones_own_arrays_give_the_same_whatever_units_are_called(runs: dict[str, Run]) -> None:
    a, b = runs["A"], runs["A8"]
    topics = [f"{topic[::-1]} told" for topic in a.topics]
    own = [
        Geometry.from_states(run.passages, run.record.emotions, topics, layer="middle", name=run.model)
        for run in (a, b)
    ]
    wanted = compare(a, b, permutations=PERMUTATIONS)
    assert without_words(compare(*own, permutations=PERMUTATIONS)) == without_words(wanted), "texts are not known"


def without_words(found: Comparison) -> Comparison:
    return replace(found, rho_partial=None, beyond_reason="")


def test_a_result_prints_in_a_few_short_lines(runs: dict[str, Run]) -> None:
    found = compare(runs["A"], runs["A8"], floor=0.001, permutations=PERMUTATIONS)
    assert found.rho_star is not None
    lines = str(found).splitlines()
    assert len(lines) <= 8
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("beyond words: cannot tell (the texts bar a verdict: "), "before any ρ*"
    assert any(line.startswith("ρ* ") and " [" in line for line in lines[2:])
    assert lines[-1] == "floor 0.0010"
    assert "<table>" in found._repr_html_()
    assert len(pd.DataFrame([found.to_dict()]).columns) > 15


def test_what_is_absent_has_its_reason() -> None:
    store = emogeo.open_store(DATA / "store")
    a, b = store.runs("smollm2-135m-instruct")[0], store.runs("gemma-3-270m")[0]
    found = store.compare(a, b, permutations=PERMUTATIONS)
    assert found.rho_star is None
    assert found.p is None
    assert "not identifiable (reliability of" in found.note
    assert found.floor is not None, "both were reread"
    assert "floor: not measured" in compare(a, b, permutations=PERMUTATIONS).note


def test_other_measures_are_there_when_asked_for(runs: dict[str, Run]) -> None:
    found = compare(runs["A"], runs["C"], permutations=PERMUTATIONS)
    assert "measures" not in vars(found)
    assert found.measures is found.measures
    assert {"pearson", "cka", "cka_biased", "procrustes"} < set(found.measures)
    spearman = found.measures["spearman"]
    assert spearman.value == pytest.approx(found.rho.value, abs=1e-12)
    assert spearman.disattenuated is not None and found.rho_star is not None
    assert spearman.disattenuated.value == pytest.approx(found.rho_star.value, abs=1e-12)
    assert "measures" not in found.to_dict()
    assert compare(runs["A"].rdm, runs["C"].rdm, permutations=PERMUTATIONS).measures == {}


def test_rdms_alone_have_a_rho_and_no_more(runs: dict[str, Run]) -> None:
    a, b = runs["A"].rdm, runs["C"].rdm
    found = compare(a, b, permutations=PERMUTATIONS)
    assert found.rho.value == pytest.approx(spearmanr(upper(a), upper(b)).statistic, abs=1e-12)
    assert found.rho_star is None
    assert "RDMs alone" in found.note
    assert compare(a, runs["C"], permutations=PERMUTATIONS).rho == found.rho


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (np.zeros(210), "an RDM is square"),
        ("runs/abc", "takes geometries, runs or RDMs, and was given a str"),
        (np.full((21, 21), np.nan), "NaN"),
        (1 - np.eye(20), "21 and 20 conditions cannot be compared"),
        (np.zeros((2, 2)), "2 conditions in common, 4 are needed"),
        (np.zeros((21, 21), dtype=complex), "holds complex128, not real numbers"),
        (np.zeros((21, 21)), "All dissimilarities of an RDM are equal"),
    ],
)
def test_what_is_no_geometry_is_said(runs: dict[str, Run], given: object, said: str) -> None:
    with pytest.raises(GeometryError, match=said):
        compare(runs["A"].rdm, given)  # type: ignore[arg-type]


def test_names_are_imported_when_they_are_used() -> None:
    assert emogeo.compare is compare
    with pytest.raises(AttributeError, match="emogeo has no 'comparee'; it has Comparison"):
        emogeo.comparee  # noqa: B018
    assert set(emogeo.__all__) <= set(dir(emogeo))
    for name in emogeo.__all__:
        assert getattr(emogeo, name).__name__ == name


def test_geometries_of_other_seeds_share_their_splits(runs: dict[str, Run]) -> None:
    a, b = runs["A"], runs["A8"]
    own = [
        Geometry.from_states(run.passages, run.record.emotions, run.topics, seed=seed, name=run.model)
        for run, seed in ((a, 5), (b, 7))
    ]
    wanted = compare(a, b, permutations=PERMUTATIONS)
    assert without_words(compare(*own, permutations=PERMUTATIONS)) == without_words(wanted)
    with pytest.raises(GeometryError, match="split with the seeds 5 and 7"):
        compare_halves(own[0].halves, own[1].halves)


def test_rows_in_another_order_are_compared_alike_from_both_sides() -> None:
    emotions, topics = labels(10)
    states = np.random.default_rng(0).normal(size=(2, len(emotions), 8))
    states += 2 * np.random.default_rng(1).normal(size=(21, 8))[[sorted(set(emotions)).index(e) for e in emotions]]
    order = np.random.default_rng(2).permutation(len(emotions))
    first = Geometry.from_states(states[0], emotions, topics, name="a")
    second = Geometry.from_states(states[1][order], [emotions[i] for i in order], [topics[i] for i in order], name="b")
    forth, back = compare(first, second), compare(second, first)
    assert forth.rho_star is not None
    assert back.rho_star is not None
    assert forth.rho_star.value == pytest.approx(back.rho_star.value, abs=1e-12)
    assert forth.rho_same_half == back.rho_same_half


def test_dataframes_are_compared_by_their_labels(runs: dict[str, Run]) -> None:
    run = runs["A"]
    frame = pd.DataFrame(run.rdm, index=run.conditions, columns=run.conditions)
    turned = frame.iloc[::-1, ::-1]
    assert compare(frame, turned).rho.value == pytest.approx(1)
    assert compare(run, turned.iloc[3:, 3:]).n_conditions == 18
    with pytest.raises(GeometryError, match="rows and columns have other labels"):
        compare(frame, frame.iloc[:, ::-1])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"permutations": -1}, "permutations=-1: a whole number of at least 100"),
        ({"permutations": True}, "permutations=True"),
        ({"seed": 1.5}, "seed=1.5"),
        ({"floor": float("nan")}, "floor=nan"),
        ({"floor": "1"}, "floor='1'"),
        ({"floor": 3}, "between 0 and 2"),
    ],
)
def test_options_out_of_range_are_refused(runs: dict[str, Run], asked: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        compare(runs["A"], runs["C"], **asked)  # type: ignore[arg-type]


def test_rows_of_a_table_are_alike_whatever_is_absent(runs: dict[str, Run]) -> None:
    whole = compare(runs["A"], runs["A8"], permutations=PERMUTATIONS).to_dict()
    bare = compare(runs["A"].rdm, runs["A8"].rdm, permutations=PERMUTATIONS)
    assert list(whole) == list(bare.to_dict())
    assert max(map(len, str(bare).splitlines())) <= 80
    assert f"p {bare.p_same_text:.2g}" in str(bare)
