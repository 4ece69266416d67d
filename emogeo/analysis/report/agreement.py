"""The section on pairs of runs: how far they agree, and what is left of it once words are given."""

from __future__ import annotations

from emogeo.analysis.charts.agreement import MOST
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Column, Part, Section, beside, figure, interval, ranging, sheet, word
from emogeo.installation import command
from emogeo.stimuli.conditions import Noun

_TWO_MODELS = f"{command('train')} -m model=smollm2-135m-instruct,gemma-3-270m"


def agreement_section(material: Material) -> Section:
    """Shows every pair of runs: its agreement in a chart, what is left beyond words, and other measures."""
    about = (
        "Raw ρ mixes shared texts, shared words and shared geometry. ρ* is what it would be without text noise, on "
        "texts that the two do not share; beside it stands what word counts and untrained networks leave of it."
    )
    pairs, nulls = material.trained_pairs("pairs")
    if pairs.empty:
        return Section("agreement", "Agreement", about, [Absent("No pair of runs.", _TWO_MODELS)])
    shown = sheet(pairs, "Pairs of runs", "pairs", _of_pairs(material), open=False)
    parts = [*_chart(material), shown, *nulls, *_beyond(material), *_measures(material)]
    return Section("agreement", "Agreement", about, parts)


def _chart(material: Material) -> list[Part]:
    many = len(material.of_trained("pairs", "key_a")) > MOST
    title = "Agreement of pairs of runs" + (f", the {MOST} that agree least" if many else "")
    said = "A row for each pair of runs with raw ρ, ρ* and what is left of it once words are given; pairs.csv has them."
    return material.drawn("agreement", title, said)


def star(noun: Noun) -> list[Column]:
    """Makes the columns of rho*: for these conditions, for conditions like these, and what it means."""
    return [
        figure(f"ρ*, these {noun.many}", "rho_star"),
        interval(f"{noun.many} like these", "rho_star_any"),
        word("same or different", "equivalence", style="badge"),
    ]


def _beyond(material: Material) -> list[Part]:
    """Shows what is left of every pair's agreement once words are given."""
    beyond, nulls = material.trained_pairs("beyond")
    if beyond.empty:
        return [Absent("No pair of runs.", _TWO_MODELS)]
    return [sheet(beyond, "Agreement beyond words", "beyond", _of_beyond(material), open=False), *nulls]


def _measures(material: Material) -> list[Part]:
    """Shows the other measures of every pair, and whether a verdict hangs on the measure."""
    answer = [word("run a", "key_a", material.names), word("run b", "key_b", material.names), word("answer", "answer")]
    said = "Does the verdict hang on the measure?"
    answers = material.shown("measure_verdicts", said, answer, "No pair of runs, so no other measures.", _TWO_MODELS)
    table = material.table("measures")
    if table.empty:
        return answers
    shown = sheet(table, "Other measures", "measures", _of_measures(material), open=False)
    return [*answers, *(material.picture("measures.png", "Every measure of every pair", shown) or [shown])]


def _of_pairs(material: Material) -> list[Column]:
    return [
        word("run a", "key_a", material.names),
        word("run b", "key_b", material.names),
        word("beyond words", "beyond_words", style="badge"),
        figure("ρ", "rho"),
        *star(material.noun),
        beside("same / disjoint half", "rho_same_half", "rho_disjoint_half"),
        beside("reliability a / b", "reliability_a", "reliability_b"),
        figure("p, same text", "p_same_text", 4),
        figure("p", "p", 4),
        figure("p (Holm)", "p_holm", 4),
        figure("floor", "floor", 4),
        figure("units", "n_units", 0),
        word("note", "note", style="long"),
    ]


def _of_beyond(material: Material) -> list[Column]:
    return [
        word("run a", "key_a", material.names),
        word("run b", "key_b", material.names),
        word("given", "level"),
        word("beyond it", "verdict", style="badge"),
        ranging("ρ* that is left", "rho_partial", "rho_partial_ci_low", "rho_partial_ci_high"),
        figure("p", "p", 4),
        beside("explained of a / b", "explained_a", "explained_b"),
        ranging("ρ* less the best null's", "margin", "margin_ci_low", "margin_ci_high"),
        word("best null", "best_null"),
        word("reason", "reason", style="long"),
        word("nulls", "given", style="long"),
        word("note", "note", style="long"),
    ]


def _of_measures(material: Material) -> list[Column]:
    return [
        word("run a", "key_a", material.names),
        word("run b", "key_b", material.names),
        word("measure", "measure"),
        beside("all text / by chance", "value", "chance"),
        figure("disjoint text", "disjoint"),
        beside("reliability a / b", "reliability_a", "reliability_b"),
        ranging("disattenuated", "disattenuated", "ci_low", "ci_high"),
        word("reading", "reading"),
        word("note", "note", style="long"),
    ]
