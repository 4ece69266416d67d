"""The short summary that `analyze.py` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from emogeo.analysis.comparing.matching import n_without_conditions
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.beyond import beyond_lines, untrained
from emogeo.analysis.report.finetune import finetune_lines
from emogeo.analysis.report.numbers import ABSENT, intervals, number, with_interval
from emogeo.analysis.report.unanswered import missing, opposite_signs
from emogeo.analysis.tables.effects import Effect
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.notes import Note, NoteKind, joined
from emogeo.geometry.measure_verdict import Verdict
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.stimuli.conditions import Noun

_OF_PAIRS = ("beyond", "pairs")
_NAMED, _LISTED = 2, 3
"""The most rows that a note names."""
_SHOWN = 40
"""The most rows of a table that are printed."""
_SHOWN_EFFECTS = 80
_SHOWN_ANSWERS = 4


def summary(
    catalogue: Catalogue,
    names: Mapping[str, str],
    tables: Mapping[str, Table],
    effects: Sequence[Effect],
    store: str,
    output: Path,
) -> str:
    """Writes runs, pairs and baselines as text, with the reasons for what is missing, and where the rest is.

    Args:
        names: a short name for each finished run's key.
        store: where the runs are.
    """
    runs, variance = tables["runs"].frame, tables["variance"].frame
    tables, counted = _without_nulls(tables)
    parts = ["", *_texts(tables.get("corpus"))]
    parts += beyond_lines(tables["beyond"].frame, tables["pairs"].frame, names) + counted
    parts += [*(["Runs", _shown_runs(runs, names)] if len(runs) else ["Runs: no geometry."]), ""]
    parts += finetune_lines(tables["finetune"].frame, names) if "finetune" in tables else []
    parts += [
        *_compared(tables, names, catalogue.noun),
        *_effects(tables["effects"], n_without_conditions(catalogue.finished)),
        *opposite_signs(effects),
    ]
    if variance["share"].notna().any():
        parts += ["", "Variance of 1 − ρ* over pairs of runs", _shown_variance(variance), ""]
    read = [run for run in catalogue.finished if run.record.imported is None]
    parts += missing(read, effects, store)
    parts += [f"left out: {reason}" for reason in catalogue.left_out]
    parts += [
        *_warnings(tables["runs"], names),
        "",
        f"tables   {output}/{', '.join(f'{name}.csv' for name in tables)} (also .parquet), rho_matrix.csv,",
        "         rho_star_matrix.csv; rdms.h5 for rsatoolbox; columns: docs/inference.md",
        f"figures  {output}/figures/",
        f"report   {output}/report.html (one file, opens in a browser, fetches nothing)",
    ]
    return "\n".join(parts)


def _without_nulls(tables: Mapping[str, Table]) -> tuple[dict[str, Table], list[str]]:
    """Leaves out pairs of untrained twins, and counts them; where there are no other pairs, they are shown."""
    nulls, pairs = untrained(tables["runs"].frame), tables["pairs"].frame
    of_nulls = pairs["key_a"].isin(nulls)
    if not of_nulls.any() or of_nulls.all():
        return dict(tables), []
    kept = {
        name: Table(own.frame[~own.frame["key_a"].isin(nulls)], own.notes)
        for name, own in tables.items()
        if name in _OF_PAIRS
    }
    counted = Counter(pairs.loc[of_nulls, "beyond_words"].dropna())
    verdicts = ", ".join(f"{n} {verdict}" for verdict, n in counted.items())
    return {**tables, **kept}, [
        f"Pairs of untrained twins, which are nulls: {of_nulls.sum()} ({verdicts}), in pairs.csv",
        "",
    ]


def _texts(corpus: Table | None) -> list[str]:
    """Writes what is wrong with the texts that were read, first of all: it bears on every number below."""
    if corpus is None:
        return []
    lines = []
    rows = corpus.frame[["stimuli", "n_texts", "n_units", "runs", "blocks_verdict"]]
    for (stimuli, n, units, runs, blocks), notes in zip(
        rows.itertuples(index=False), corpus.notes_of(corpus.frame), strict=True
    ):
        if notes:
            verdict = "no verdict beyond words can be given on them" if blocks == "yes" else "read with care"
            lines.append(f"Texts of {stimuli} ({n} in {units} units; {runs}): {verdict}.")
            lines += [f"  {note}" for note in notes]
    return [*lines, ""] if lines else []


def _compared(tables: Mapping[str, Table], names: Mapping[str, str], noun: Noun) -> list[str]:
    """Writes pairs and baselines."""
    pairs, baselines = tables["pairs"], tables["baselines"]
    which = f"rho_star is for these {noun.many}; 'like these' is its interval for {noun.many} like these"
    if len(pairs.frame):
        parts = _block("Pairs", pairs, lambda: f"{_shown_pairs(pairs.frame, names)}\n{which}", names)
    else:
        parts = ["Pairs: none; two finished runs make a pair (a reread is none).", ""]
    parts += _hanging_on_the_measure(tables["measure_verdicts"].frame, names)
    return parts + _block("Baselines", baselines, lambda: _shown_baselines(baselines.frame, names), names)


def _hanging_on_the_measure(answers: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Writes one line for each pair whose verdict depends on the measure; of many, only how many they are."""
    rows = answers[answers["verdict"] == Verdict.depends.value]
    if len(rows) > _SHOWN_ANSWERS:
        return [f"The verdict depends on the measure for {len(rows)} of {len(answers)} pairs: measure_verdicts.csv", ""]
    said = [f"{names[row.key_a]} – {names[row.key_b]}: {row.answer}" for row in rows.itertuples()]
    return [*said, ""] if said else []


def _effects(effects: Table, apart: int) -> list[str]:
    """Writes the effects.

    Args:
        apart: how many pairs of runs are none because they share too few conditions.
    """
    table = effects.frame
    said = [f"note: {apart} pair(s) of runs share fewer than {MIN_CONDITIONS} conditions and are no effects"]
    said = said if apart else []
    if len(table) > _SHOWN_EFFECTS:
        return [f"Effects: {len(table)} rows, in effects.csv", *said, ""]
    title = "Effects (a: the first run of a row, b: the second)"
    shown = [title, _shown_effects(table), "", *_notes(list(table["factor"]), effects)] if len(table) else []
    return [*shown, *said]


def _warnings(runs: Table, names: Mapping[str, str]) -> list[str]:
    """Writes the notes of runs that are refused or flagged."""
    notes = runs.notes_of(runs.frame)
    return [
        f"{names.get(key, model)}: {joined(own)}"
        for key, model, own in zip(runs.frame["key"], runs.frame["model"], notes, strict=True)
        if any(note.kind in {NoteKind.refused, NoteKind.flag} for note in own)
    ]


def _block(title: str, of: Table, shown: Callable[[], str], names: Mapping[str, str]) -> list[str]:
    """Writes a table with its notes; of a long one, only the number of rows."""
    table = of.frame
    if not len(table):
        return []
    if len(table) > _SHOWN:
        return [f"{title}: {len(table)} rows, in {title.lower()}.csv", ""]
    if "baseline" in table:
        rows = list(table["baseline"])
    else:
        rows = [f"{names[a]} – {names[b]}" for a, b in zip(table["key_a"], table["key_b"], strict=True)]
    return [title, shown(), "", *_notes(rows, of)]


def _notes(rows: Sequence[str], table: Table) -> list[str]:
    """Writes each note once, with the rows that it is about; one that many rows share names none of them."""
    about: dict[Note, dict[str, None]] = {}
    for row, notes in zip(rows, table.notes_of(table.frame), strict=True):
        for note in notes:
            about.setdefault(note, {})[row] = None
    return [f"note{_on(list(of), note)}: {note}" for note, of in about.items()]


def _on(rows: Sequence[str], note: Note) -> str:
    if len(rows) > _NAMED and note.kind is not NoteKind.left_out:
        return ""
    more = f" and {len(rows) - _LISTED} more" if len(rows) > _LISTED else ""
    return f" on {', '.join(rows[:_LISTED])}{more}"


def _shown_runs(runs: pd.DataFrame, names: Mapping[str, str]) -> str:
    table = runs[["precision", "layer", "n_layers", "n_units", "anisotropy", "separation"]].copy()
    shown = [names.get(key, f"{model} (refused)") for key, model in zip(runs["key"], runs["model"], strict=True)]
    table.insert(0, "run", shown)
    table["layer"] = ["" if pd.isna(layer) else str(layer) for layer in table["layer"]]
    table["reliability"] = with_interval(runs, "reliability")
    if runs["held_out"].notna().any():
        table["held_out"] = with_interval(runs, "held_out")
    return str(table.to_string(index=False, na_rep="", float_format=lambda v: f"{v:.3f}"))


def _shown_pairs(pairs: pd.DataFrame, names: Mapping[str, str]) -> str:
    table = pd.DataFrame({"a": pairs["key_a"].map(names), "b": pairs["key_b"].map(names)})
    table["beyond words"] = [ABSENT if pd.isna(verdict) else verdict for verdict in pairs["beyond_words"]]
    _figures(table, pairs, "reliability_b")
    table["equivalence"] = [ABSENT if pd.isna(said) else said for said in pairs["equivalence"]]
    return str(table.to_string(index=False))


def _shown_baselines(baselines: pd.DataFrame, names: Mapping[str, str]) -> str:
    table = pd.DataFrame({"run": baselines["key"].map(names), "baseline": baselines["baseline"]})
    _figures(table, baselines, "reliability_baseline")
    return str(table.to_string(index=False))


def _shown_effects(effects: pd.DataFrame) -> str:
    table = effects[["model", "layer_of_effect", "factor", "n_units"]].copy()
    table["rho"] = [number(rho) for rho in effects["rho"]]
    table["rho_star"] = with_interval(effects, "rho_star")
    table["effect"] = with_interval(
        effects.rename(columns={"ci_low": "effect_ci_low", "ci_high": "effect_ci_high"}), "effect"
    )
    for name, digits in (("floor", 4), ("null", 2), ("published", 2)):
        table[name] = [number(value, digits) for value in effects[name]]
    table["counts"] = effects["counts"]
    table["equivalence"] = [ABSENT if pd.isna(said) else said for said in effects["equivalence"]]
    table["bias"] = with_interval(effects, "bias")
    table["bias, raw"] = [number(value) for value in effects["bias_raw"]]
    return str(table.to_string(index=False))


def _shown_variance(variance: pd.DataFrame) -> str:
    table = variance[["factor", "share", "p", "p_min", "n_relabellings", "aliased_with"]]
    return str(table.to_string(index=False, na_rep="–", float_format=lambda v: f"{v:.3g}"))


def _figures(table: pd.DataFrame, source: pd.DataFrame, second: str) -> None:
    """Writes rho beside everything that qualifies it: reliabilities, rho* and so on."""
    table["rho"] = with_interval(source, "rho")
    table["rho_star"] = with_interval(source, "rho_star")
    table["like these"] = intervals(source, "rho_star_any")
    table["p (Holm)"] = [
        f"{number(p, 4)} ({number(holm, 4)})" if pd.notna(p) else "–"
        for p, holm in zip(source["p"], source["p_holm"], strict=True)
    ]
    table["reliability"] = [
        f"{number(a)} / {number(b)}" for a, b in zip(source["reliability_a"], source[second], strict=True)
    ]
    table["same/disjoint"] = [
        f"{number(a)} / {number(b)}" for a, b in zip(source["rho_same_half"], source["rho_disjoint_half"], strict=True)
    ]
    table["floor"] = [number(floor, 4) for floor in source["floor"]]
    table["p_same_text"] = [number(p, 4) for p in source["p_same_text"]]
