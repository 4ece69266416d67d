"""The section on decoding: how often a text's condition is found in topics that the vectors have not seen."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.charts.chart import spec_of
from emogeo.analysis.charts.decoding import ACCURACY, CONFUSION, accuracy_chart, confusion_chart, drawn
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Column, Part, Section, Text, figure, sheet, word
from emogeo.analysis.tables.decoding import YES
from emogeo.installation import command

MOST, RUNS = 60, 12
"""The most conditions of a confusion matrix on the page, and the most runs in a chart."""


def decoding_section(material: Material) -> Section:
    """Says what is found at each run's selected block; shows accuracy over blocks and what is taken for what."""
    about = (
        f"How often the nearest vector is that of a text's {material.noun.value}: each topic is left out of the "
        "vectors and their centre, and its texts go to the vector of largest cosine. Beside it stand chance, words (a "
        "classifier at the same splits) and untrained twins. The interval is over topics. "
        "In the chart the diamond is the selected block, and grey lines are the other runs."
    )
    table = material.of_trained("decoding")
    table = material.table("decoding") if table.empty else table
    if table.empty:
        absent = Absent("No finished geometry, so nothing to decode.", command("train"))
        return Section("decoding", "Decoding", about, [absent])
    known = table[(table["selected"] == YES) & table["accuracy"].notna()]
    parts: list[Part] = [Text(said(known))] if len(known) else []
    parts.append(sheet(known, "At the selected block", "decoding_selected", _at_selected(), open=True))
    return Section("decoding", "Decoding", about, [*parts, *_over_blocks(table, material), *_confusion(material)])


def said(known: pd.DataFrame) -> str:
    """Says what is found at the selected blocks of some runs, and how many find more, or less, than words do."""
    where, found = "the selected block" + "s" * (len(known) > 1), _range(known["accuracy"])
    parts = [f"At {where} {found} of the texts are found in unseen topics; chance is {_range(known['chance'])}"]
    words, twins = (known[column].dropna() for column in ("words_accuracy", "untrained_accuracy"))
    parts += [f"untrained twins find {_range(twins)}"] if len(twins) else []
    parts += [f"words alone {_range(words)}"] if len(words) else []
    sure = known.dropna(subset=["gain_ci_low"])
    more, less = int((sure["gain_ci_low"] > 0).sum()), int((sure["gain_ci_high"] < 0).sum())
    told = f" Runs that find more than words: {more} of {len(sure)}; fewer: {less}." if len(sure) else ""
    return f"{', '.join(parts)}.{told}"


def _range(shares: pd.Series) -> str:
    low, high = _percent(shares.min()), _percent(shares.max())
    return low if low == high else f"{low} to {high}"


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _over_blocks(table: pd.DataFrame, material: Material) -> list[Part]:
    shown, rows = sheet(table, "Decoding by block", "decoding", _columns(), open=False), _few(drawn(table))
    if rows.empty:
        return [shown]
    spec = {**spec_of(accuracy_chart(rows)), "width": "container"}
    said = (
        "Accuracy over depth: of the run that is picked with its interval, words alone, untrained twins and chance; "
        "of the others faintly. The diamond is the selected block."
    )
    return material.chart(ACCURACY, "Accuracy over blocks", spec, said, shown)


def _confusion(material: Material) -> list[Part]:
    table = material.table("decoding_confusion")
    if table.empty:
        return []
    if table["true"].nunique() > MOST:
        return [Text(f"What is taken for what among more than {MOST} {material.noun.many}: decoding_confusion.csv.")]
    columns: list[Column] = [
        word("run", "run"),
        word(material.noun.value, "true"),
        word("taken for", "taken"),
        figure("share", "share"),
        figure("texts", "n_texts", 0),
    ]
    shown = sheet(table, "What is taken for what", "decoding_confusion", columns, open=False)
    said = (
        f"What texts of each {material.noun.value} are taken for at the selected block, in the order of the tree that "
        "all runs have in common, so that what is taken for its neighbours lies along the diagonal."
    )
    title = "What is taken for what, at the selected block"
    return material.chart(CONFUSION, title, spec_of(confusion_chart(_few(table))), said, shown)


def _few(table: pd.DataFrame) -> pd.DataFrame:
    """Keeps the first runs of many, which a reader can still pick from, and a page hold."""
    return table[table["key"].isin(table["key"].unique()[:RUNS])]


def _at_selected() -> list[Column]:
    return [
        word("run", "run"),
        figure("accuracy", "accuracy"),
        figure("block", "block", 0),
        figure("above words", "gain"),
        figure("untrained twins", "untrained_accuracy"),
        figure("p over all blocks", "p_largest", 3),
        word("note", "note", style="long"),
    ]


def _columns() -> list[Column]:
    return [
        word("run", "run"),
        figure("block", "block", 0),
        word("selected", "selected"),
        figure("accuracy", "accuracy"),
        figure("chance", "chance", 3),
        figure("p", "p", 3),
        figure("p over all blocks", "p_largest", 3),
        figure("words alone", "words_accuracy"),
        figure("above words", "gain"),
        figure("untrained twins", "untrained_accuracy"),
        figure("topics", "n_topics", 0),
        word("note", "note", style="long"),
    ]
