"""Claims about pairs of models: what they share, and what instruction tuning leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from emogeo.analysis.records.published import reference
from emogeo.analysis.tables.evidence import Evidence
from emogeo.analysis.tables.study import IMMATURE, is_gemma, not_mature, read_as_published
from emogeo.analysis.tables.verdicts import (
    CANNOT_TELL,
    UNKNOWN,
    Figure,
    Here,
    Judged,
    Verdict,
    above,
    below,
    here_of,
    of_study,
    untestable,
)
from emogeo.installation import command

_SAME = 0.9
"""The bound on rho* of base and instruct."""
_AS_PUBLISHED = "recipe=jeong_comprehension"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class MaturePairs:
    """Pairs of mature models of different families within one way of reading, and which runs were left out, and why."""

    pairs: pd.DataFrame
    left_out: Sequence[str]


def lowest_published(immature: bool, within: bool) -> float:
    """Gives the lowest published rho between families, or of base and instruct, with or without the immature family."""
    models, matrix = reference()["models"], np.array(reference()["rdm_rho"]["matrix"])
    order = reference()["rdm_rho"]["order"]
    found = []
    for a, b in combinations(models, 2):
        same = a["family"] == b["family"]
        if same is within and (IMMATURE in (a["family"], b["family"])) is immature:
            found.append(matrix[order.index(a["name"]), order.index(b["name"])])
    return float(min(found))


def mature_pairs(evidence: Evidence, published: bool = False) -> MaturePairs:
    """Selects pairs between families where most, then the most reliable, models are comparable.

    Args:
        published: whether to take the study's models alone, read as the study did.
    """
    pairs = evidence.universality
    pairs = pairs[pairs["within_family"] == "no"]
    if published:
        pairs = _as_published(pairs, evidence)
    descriptors = evidence.descriptors.set_index("key")
    keys = dict.fromkeys([*pairs["key_a"], *pairs["key_b"]])
    reasons = {key: not_mature(evidence.runs[key], descriptors, evidence.overflowed) for key in keys}
    mature = {key for key, reason in reasons.items() if reason is None}
    kept = _of_widest_reading(pairs[pairs["key_a"].isin(mature) & pairs["key_b"].isin(mature)])
    return MaturePairs(kept, list(dict.fromkeys(reason for reason in reasons.values() if reason)))


def _as_published(pairs: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    keys = dict.fromkeys([*pairs["key_a"], *pairs["key_b"]])
    own = {key for key in keys if read_as_published(evidence.runs[key])}
    return pairs[pairs["key_a"].isin(own) & pairs["key_b"].isin(own)]


def _of_widest_reading(pairs: pd.DataFrame) -> pd.DataFrame:
    if pairs.empty:
        return pairs
    by_reading = pairs.groupby("reading")
    models = by_reading.apply(lambda own: len({*own["model_a"], *own["model_b"]}))
    reliable = by_reading[["reliability_a", "reliability_b"]].mean().mean(axis=1).fillna(-1.0)
    best = max(models.index, key=lambda reading: (models[reading], reliable[reading]))
    return pairs[pairs["reading"] == best]


def _figures(rows: pd.DataFrame, evidence: Evidence, same: bool) -> list[Figure]:
    """Gives the rho* of each row; for a claim that they are the same, with what is known of words."""
    units = evidence.descriptors.set_index("key")["n_units"]
    return [_figure(row, evidence, units, same) for row in rows.to_dict("records")]


def _figure(row: Row, evidence: Evidence, units: pd.Series, same: bool) -> Figure:
    keys = row["key_a"], row["key_b"]
    known = [int(units[key]) for key in keys if pd.notna(units.get(key))]
    figure = Figure(
        f"{row['model_a']} – {row['model_b']} ({row['reading']})",
        *(row["rho_star"], row["rho_star_ci_low"], row["rho_star_ci_high"]),
        n_units=min(known, default=2),
        models=tuple(evidence.model_of(key) for key in keys),
    )
    if not same:
        return figure
    return replace(figure, words=evidence.beyond_words(*keys), twins=evidence.twin_commands.get(frozenset(keys), ""))


def universality(evidence: Evidence) -> Judged:
    """Judges that models of mature families share one geometry."""
    rule = _at_least_published()
    published, here = (mature_pairs(evidence, published=only) for only in (True, False))
    absent = untestable(
        "no comparable runs of two of the study's mature models of different families, read as published",
        f"{command('train')} -m {_AS_PUBLISHED} model=qwen2.5-1.5b-instruct,smollm2-1.7b-instruct,"
        "llama-3.2-3b-instruct,mistral-7b-instruct-v0.3",
    )
    study = of_study(_figures(published.pairs, evidence, same=True), rule, absent)
    found = here_of(_figures(here.pairs, evidence, same=True), rule, universal=True)
    return Judged(study, replace(found, note=_with_left_out(found.note, here.left_out)))


def _with_left_out(note: str, left_out: Sequence[str]) -> str:
    said = [f"not counted as mature: {'; '.join(left_out)}"] if left_out else []
    return "; ".join([*([note] if note else []), *said])


def _at_least_published() -> Callable[[Sequence[Figure]], Verdict]:
    return partial(above, bound=lowest_published(immature=False, within=False))


def opposed_behaviour(evidence: Evidence) -> Judged:
    """Judges that models share one geometry although pressure moves one more than the other."""
    excess = _excess(evidence.behaviour)
    needed = tuple(reference()["behaviour"])
    published, measured = (_measured(mature_pairs(evidence, only).pairs, excess) for only in (True, False))
    published = published[published["model_a"].isin(needed) & published["model_b"].isin(needed)]
    absent = untestable(
        "no two such models with an interval for what pressure adds to the flip rate (capability check passed, "
        "opinions held, not all items equal), read as published",
        "; ".join(f"{command('train')} -m {how} model={','.join(needed)}" for how in ("mode=behaviour", _AS_PUBLISHED)),
    )
    none = "of {} pairs none differs in what pressure adds beyond its intervals"
    alike = Verdict(UNKNOWN, none.format(len(published)))
    rule, figures = _at_least_published(), _figures(_opposed(published, excess), evidence, same=True)
    study = of_study(figures, rule, absent if published.empty else alike, needed)
    here = here_of(_figures(_opposed(measured, excess), evidence, same=True), rule, universal=False)
    if not here.models and len(measured):
        here = Here(CANNOT_TELL, none.format(len(measured)))
    return Judged(study, here)


def _excess(behaviour: pd.DataFrame) -> pd.DataFrame:
    """Gives what pressure adds to a model's flip rate: the ends of its interval, by model."""
    stance = behaviour[(behaviour["facet"] == "stance") & (behaviour["source"] == "measured")]
    known = stance[stance["excess_ci_low"].notna()]
    return known.drop_duplicates("model").set_index("model")[["excess_ci_low", "excess_ci_high"]]


def _measured(pairs: pd.DataFrame, excess: pd.DataFrame) -> pd.DataFrame:
    return pairs[pairs["model_a"].isin(excess.index) & pairs["model_b"].isin(excess.index)]


def _opposed(pairs: pd.DataFrame, excess: pd.DataFrame) -> pd.DataFrame:
    def apart(row: pd.Series) -> bool:
        a, b = excess.loc[row["model_a"]], excess.loc[row["model_b"]]
        return bool(a["excess_ci_low"] > b["excess_ci_high"] or b["excess_ci_low"] > a["excess_ci_high"])

    return pairs[np.array([apart(row) for _, row in pairs.iterrows()], dtype=bool)]


def restructuring(evidence: Evidence) -> Judged:
    """Judges that instruction tuning gives Gemma another geometry."""
    needed = ("gemma-3-1b-pt", "gemma-3-1b-it")
    rows = _variants(evidence, gemma=True)
    rule, absent = partial(below, bound=_SAME), _without_variants("Gemma's", needed)
    study = of_study(_figures(_as_published(rows, evidence), evidence, same=False), rule, absent, needed)
    return Judged(study, here_of(_figures(rows, evidence, same=False), rule, universal=False))


def base_and_instruct(evidence: Evidence) -> Judged:
    """Judges that instruction tuning leaves mature families' geometry as it is."""
    rows = _variants(evidence, gemma=False)
    rule, absent = partial(above, bound=_SAME), _without_variants("the mature families'", _mature_variants())
    study = of_study(_figures(_as_published(rows, evidence), evidence, same=True), rule, absent)
    return Judged(study, here_of(_figures(rows, evidence, same=True), rule, universal=True))


def _variants(evidence: Evidence, gemma: bool) -> pd.DataFrame:
    rows = evidence.base_instruct
    own = [is_gemma(row["model_a"], row["family"]) is gemma for row in rows.to_dict("records")]
    return rows[np.array(own, dtype=bool)]


def _mature_variants() -> tuple[str, ...]:
    return tuple(model["name"] for model in reference()["models"] if model["family"] != IMMATURE)


def _without_variants(whose: str, models: Sequence[str]) -> Verdict:
    how = f"{command('train')} -m {_AS_PUBLISHED} model={','.join(models)}"
    return untestable(f"no comparable runs of {whose} base and instruct models, read as published", how)
