"""The section of what runs are about: ratings, texts, norms of the user's own, and the words that vectors promote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import pandas as pd

from emogeo.analysis.charts.about import PREDICTORS, SHARES, SHOWN
from emogeo.analysis.comparing.explaining import OWN, RATINGS, TEXTS
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import number
from emogeo.analysis.report.parts import (
    Absent,
    Column,
    Listing,
    Part,
    Section,
    Text,
    beside,
    figure,
    sheet,
    word,
)
from emogeo.analysis.tables.about import row_of_group
from emogeo.analysis.tables.frame import Row
from emogeo.geometry.about import TOGETHER
from emogeo.installation import command

_SAID = 3
"""The most runs that have a sentence each; of more, one sums them up."""
_SURE = 0.05
_SHARE = ("texts", TEXTS), ("ratings", RATINGS), ("own norms", OWN)


def about_section(material: Material) -> Section:
    """Shows what explains each run's geometry, with the table folded."""
    about = (
        "How much of each geometry human ratings, the texts themselves and norms of your own explain. Alone: what a "
        "predictor has in common with the run. Given the others: the part that no other predictor gives. Shares are of "
        "the geometry that is reliable over topics; the dashed line is the most that a predictor can reach."
    )
    return Section("about", "What is it about?", about, _parts(material))


def _parts(material: Material) -> list[Part]:
    table = material.table("about")
    if table.empty:
        return [Absent("No finished geometry, so nothing to explain.", command("train"))]
    parts: list[Part] = []
    said = list(islice(sentences(table), _SAID + 1))
    if len(said) > _SAID:
        parts.append(Text(summary(table)))
    elif said:
        parts.append(Listing("", said))
    told = " ".join(
        ["Shares of the reliable geometry of each run that texts, ratings and none of them explain.", *said[:1]]
    )
    parts += material.drawn(SHARES, "What explains each geometry", told)
    told = "The agreement of each predictor with each run, alone and given the others, with intervals."
    parts += material.drawn(PREDICTORS, "Each predictor, alone and given the others", told)
    runs = table.loc[table["rho"].notna(), "run"].unique()
    if len(runs) > SHOWN:
        parts.append(Text(f"{SHOWN} of {len(runs)} runs are drawn; all are in the table."))
    parts.append(sheet(table, "Each predictor, in numbers", "about", _columns(), open=False))
    return parts + _lens(material)


def _lens(material: Material) -> list[Part]:
    """Shows the tokens that vectors promote, folded."""
    table = material.table("lens")
    given = table.dropna(subset=["condition"]) if len(table) else table
    if given.empty:
        why = "" if table.empty else f" ({table['note'].iloc[0]})"
        return [Absent(f"No words of vectors{why}.", f"{command('train')} force=true")]
    said = (
        "Words: each vector, scaled to unit length, through the model's final norm and unembedding (␣ is a blank). "
        "Telling: the tokens whose logits exceed most what vectors of permuted labels give the same tokens; p is that "
        "such a vector has a token as telling."
    )
    return [Text(said), sheet(table, "Words that each vector promotes", "lens", _of_lens(material), open=False)]


def sentences(table: pd.DataFrame) -> Iterator[str]:
    """Says of each run what texts and ratings explain, and what is left."""
    for run, own in table.groupby("run", sort=False):
        by = own.set_index("predictor")
        if TOGETHER not in by.index or pd.isna(by.loc[TOGETHER, "explained"]):
            continue
        known = own.to_dict("records")
        rows = {name: row_of_group(known, group) for name, group in _SHARE}
        shares = [f"{name} {_share(row)}" for name, row in rows.items() if row is not None]
        every = float(by.loc[TOGETHER, "explained"])
        beside_texts = _beside(by)
        together = f"all together {_share(dict(by.loc[TOGETHER]))}"
        left = f"{max(1 - every, 0):.0%} is explained by none of them"
        yield f"{run}: {', '.join([*shares, together])}; {left}{beside_texts}."


def summary(table: pd.DataFrame) -> str:
    """Says of many runs how much texts and ratings explain, as ranges, and in how many ratings add to texts."""
    by = table.set_index("predictor")
    runs = [own.to_dict("records") for _, own in table.groupby("run", sort=False)]
    found = {name: _of_group(runs, group) for name, group in _SHARE}
    ranges = [f"{name} explain {_ends(min(own), max(own))}" for name, own in found.items() if own]
    every = by.loc[[TOGETHER], "explained"].dropna()
    left = _ends(1 - every.max(), 1 - every.min())
    said = f"In {len(every)} runs {', '.join(ranges)} of the reliable geometry; {left} is explained by none of them."
    if RATINGS not in by.index:
        return said
    p = by.loc[[RATINGS], "p_given_holm"].dropna()
    n = int((p <= _SURE).sum())
    return f"{said} Ratings explain more than chance beside the texts in {n} of {len(p)} runs (p ≤ 0.05, Holm in each)."


def _of_group(runs: Sequence[Sequence[Row]], group: str) -> list[float]:
    rows = [row_of_group(own, group) for own in runs]
    return [float(row["explained"]) for row in rows if row is not None]


def _ends(low: float, high: float) -> str:
    first, last = (f"{max(float(end), 0):.0%}" for end in (low, high))
    return first if first == last else f"{first} to {last}"


def _share(row: Row) -> str:
    low, high = (f"{max(float(row[f'explained_ci_{end}']), 0):.0%}" for end in ("low", "high"))
    return f"{float(row['explained']):.0%} [{low}, {high}]"


def _beside(by: pd.DataFrame) -> str:
    """Says what ratings explain that texts do not, with what chance would give."""
    if RATINGS not in by.index or pd.isna(by.loc[RATINGS, "only"]):
        return ""
    row = by.loc[RATINGS]
    chance = f"by chance {row['only_by_chance']:.0%}, p {number(row['p_given_holm'], 3)}"
    return f"; ratings explain {row['only']:.0%} that texts do not ({chance})"


def _columns() -> Sequence[Column]:
    return [
        word("run", "run"),
        word("predictor", "predictor"),
        figure("ρ alone", "rho"),
        figure("ρ given the others", "rho_given"),
        figure("ceiling", "ceiling"),
        figure("share alone", "explained"),
        beside("by chance / adjusted", "by_chance", "adjusted"),
        beside("p / Holm", "p", "p_holm", digits=3),
        figure("share only by it", "only"),
        beside("p / Holm, given", "p_given", "p_given_holm", digits=3),
        figure("inflation", "inflation", 1),
        word("note", "note", style="long"),
    ]


def _of_lens(material: Material) -> Sequence[Column]:
    return [
        word("run", "run"),
        word(material.noun.value, "condition"),
        word("telling", "telling", style="long"),
        figure("z", "telling_z", 1),
        beside("p / Holm", "p_telling", "p_telling_holm", digits=3),
        word("up", "up", style="long"),
        beside("logit / 95% of permuted", "up_logit", "up_relabelled", digits=1),
        word("down", "down", style="long"),
        beside("logit / 5% of permuted", "down_logit", "down_relabelled", digits=1),
        word("note", "note", style="long"),
    ]
