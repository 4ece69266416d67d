"""Verdicts from the intervals of figures, and the sentence on what holds here."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.stats import t as student

from emogeo.analysis.tables.verdicts import (
    CONTRADICTED,
    FAILS,
    NOT_MEASURED,
    REPRODUCED,
    UNKNOWN,
    UNTESTABLE,
    Figure,
    Here,
    Model,
    Verdict,
    above,
    below,
    here_of,
    lineages,
    of_study,
    untestable,
)

NAN = float("nan")
THREE = tuple(Model(name, name) for name in ("olmo", "phi", "mamba"))


def figure(value: float, reach: float = 0.02, n_units: int = 24, **more: object) -> Figure:
    return replace(Figure("pair", value, value - reach, value + reach, n_units), **more)  # type: ignore[arg-type]


NONE = Figure("none", NAN, NAN, NAN)


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ([figure(0.9), figure(0.95)], REPRODUCED),
        ([figure(0.9), figure(0.81)], UNKNOWN),
        ([figure(0.9), figure(0.5)], CONTRADICTED),
        ([figure(0.9), NONE], UNKNOWN),
        ([figure(0.5), NONE], CONTRADICTED),
        ([NONE], UNKNOWN),
        ([*[figure(0.9)] * 4, figure(0.81)], REPRODUCED),
        ([*[figure(0.9)] * 3, figure(0.81)], UNKNOWN),
        ([*[figure(0.9)] * 8, figure(0.81), figure(0.81)], REPRODUCED),
        ([*[figure(0.9)] * 7, figure(0.81), figure(0.81)], UNKNOWN),
        ([*[figure(0.9)] * 9, figure(0.81, reach=0.12)], UNKNOWN),
        ([*[figure(0.9)] * 9, figure(0.81, reach=0.1)], REPRODUCED),
    ],
)
def test_one_in_five_may_fail_to_clear_the_bound_and_none_by_more_than_the_margin(
    figures: list[Figure], verdict: str
) -> None:
    assert above(figures, 0.8).verdict == verdict
    mirrored = [replace(f, value=1.6 - f.value, low=1.6 - f.high, high=1.6 - f.low) for f in figures]
    assert below(mirrored, 0.8).verdict == verdict


def test_one_comparison_is_judged_by_its_own_interval() -> None:
    assert above([figure(0.779, reach=0.02)], 0.8).verdict == CONTRADICTED
    assert above([figure(0.781, reach=0.02)], 0.8).verdict == UNKNOWN
    assert below([figure(0.821, reach=0.02)], 0.8).verdict == CONTRADICTED


def test_of_many_one_lies_beyond_the_bound_by_the_p_of_all() -> None:
    """The error is taken from the interval, and the p from the same t; the level is shared by all comparisons."""
    for n_units, n in ((24, 45), (12, 10)):
        error = 0.02 / student.ppf(0.975, n_units - 1)
        reach = student.ppf(1 - 0.025 / n, n_units - 1) * error
        for off, verdict in ((1.01, CONTRADICTED), (0.99, UNKNOWN)):
            figures = [*[figure(0.95, n_units=n_units)] * (n - 1), figure(0.8 - off * reach, n_units=n_units)]
            assert (above(figures, 0.8).verdict == CONTRADICTED) == (verdict == CONTRADICTED)


def test_an_interval_of_no_width_lies_where_its_value_lies() -> None:
    assert above([figure(0.8, reach=0.0)], 0.8).verdict == REPRODUCED
    assert above([figure(0.79, reach=0.0)], 0.8).verdict == CONTRADICTED


def test_a_pair_that_words_may_explain_supports_nothing_and_may_contradict() -> None:
    for words in ("no more than words", "cannot tell", ""):
        found = above([figure(0.99, words="yes"), figure(0.99, words=words)], 0.8)
        assert found.verdict == UNKNOWN
        assert f"1 of 2 are not shown to agree beyond words (1 {words or 'not computed'})" in found.note
        assert above([figure(0.5, words=words)], 0.8).verdict == CONTRADICTED
    assert above([figure(0.99, words="yes")] * 2, 0.8).verdict == REPRODUCED


def test_a_note_gives_two_commands_of_twins_and_says_where_the_others_are() -> None:
    figures = [figure(0.9, words="cannot tell", twins=f"python train.py -m {n}") for n in (1, 2, 3, 3)]
    note = above(figures, 0.8).note
    assert note.endswith(
        "(4 cannot tell); untrained twins: python train.py -m 1; python train.py -m 2; 1 more in beyond.csv"
    )


def test_the_nearest_figure_decides_and_the_note_counts_the_others() -> None:
    far, near = Figure("far", 0.9, 0.85, 0.95, 24), Figure("near", 0.82, 0.81, 0.83, 24)
    found = above([far, near, NONE], 0.8)
    assert found.decided is near
    assert found.note == (
        "near, of 3 comparisons (1 without ρ*; 0 do not clear the bound, 0 may by chance); the claim: at least 0.80"
    )
    found = below([far, near], 0.96)
    assert found.decided is far
    assert found.note.endswith("the claim: below 0.96")


def test_nothing_known_decides_nothing() -> None:
    assert above([], 0.5).verdict == UNKNOWN
    assert above([Figure("x", 0.9, NAN, NAN)], 0.5).decided is None


def test_families_are_counted_by_the_letters_they_begin_with() -> None:
    names = ["qwen2.5", "qwen2.5-coder", "llama-3.1", "llama-3.2", "smollm2", "Mistral", "gemma3_text", "7x"]
    assert lineages([Model(name, name) for name in names]) == 6


RULE = partial(above, bound=0.8)


def test_what_holds_here_names_models_and_needs_three_families_to_be_of_all() -> None:
    three = [figure(0.9, models=THREE[:2]), figure(0.9, models=THREE[1:])]
    assert here_of(three, RULE, universal=True).said == "holds here (3 models, 3 families)"
    assert here_of(three[:1], RULE, universal=True).said == "cannot tell (2 families, 3 needed)"
    assert here_of(three[:1], RULE, universal=False).said == "holds here (2 models, 2 families)"
    assert here_of([figure(0.5, models=THREE[:2])], RULE, universal=True).said == FAILS
    assert here_of([figure(0.81, models=THREE[:2])], RULE, universal=True).said == "cannot tell"
    assert here_of([], RULE, universal=True) == Here(NOT_MEASURED)
    assert here_of(three, RULE, universal=True).models == THREE


def test_the_study_is_judged_on_its_models_alone() -> None:
    absent = untestable("no runs", "make study")
    three = [figure(0.9, models=THREE)]
    assert of_study([], RULE, absent) == absent == Verdict(UNTESTABLE, "no runs: make study")
    assert of_study(three, RULE, absent).verdict == REPRODUCED
    assert of_study([figure(0.9, models=THREE[:2])], RULE, absent).verdict == UNKNOWN
    assert of_study([figure(0.5, models=THREE[:2])], RULE, absent).verdict == CONTRADICTED
    assert of_study(three, RULE, absent, needed=("olmo", "phi")).verdict == REPRODUCED
    found = of_study(three, RULE, absent, needed=("olmo", "gemma"))
    assert (found.verdict, found.note.endswith("; gemma is not among them")) == (UNKNOWN, True)
    assert np.isclose(found.decided.value if found.decided else NAN, 0.9)
