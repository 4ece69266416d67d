"""The study of arXiv 2604.11050 among the runs of a catalogue: its models, how it read them, which are immature."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from emogeo.analysis.comparing.recipes import published_set
from emogeo.analysis.records.published import reference
from emogeo.analysis.tables.descriptors import NARROW
from emogeo.config.model import Source
from emogeo.record.run import Run

IMMATURE = "gemma-3"
"""The family whose base model the study calls its one immature case; the other five it calls mature."""


def study_model(run: Run) -> str | None:
    """Names the study's model that a run is of; None if it is of none.

    The hub id, the name and the family must be the study's, and the conditions its 21 emotions. A folder, converted
    weights or an untrained twin of that name is no model of the study.
    """
    if not run.finished or run.untrained or run.record.model.source is not Source.hub:
        return None
    own = run.record.model
    named = {(model["hub_id"], model["name"], model["family"]) for model in reference()["models"]}
    known = (own.id, own.name, own.family) in named and set(run.conditions) == set(reference()["emotions"])
    return own.name if known else None


def read_as_published(run: Run) -> bool:
    """Whether a run of one of the study's models has read passages as the study's twelve models did."""
    return study_model(run) is not None and published_set(run) == "A"


def is_gemma(name: str, family: str) -> bool:
    """Whether a model is of the family that the study does not count as mature, whatever writes its name."""
    plain = IMMATURE.replace("-", "")
    return any(word.lower().replace("-", "").replace("_", "").startswith(plain) for word in (name, family))


def not_mature(run: Run, descriptors: pd.DataFrame, overflowed: Collection[str]) -> str | None:
    """Says why a run does not count as one of a mature model; None where it does.

    The study's own names decide for Gemma-3 and for its other ten models; for any other model, that its states do not
    overflow and that the interval of its anisotropy lies below .95.

    Args:
        descriptors: the table, its keys as the index.
    """
    own, named = run.record.model, f"{run.model} ({run.record.precision})"
    if run.untrained:
        return f"{named}: untrained"
    if is_gemma(own.name, own.family):
        return f"{named}: immature by the study's naming"
    if run.key in overflowed:
        return f"{named}: overflow"
    if study_model(run) is not None:
        return None
    low, high = (descriptors[f"anisotropy_ci_{end}"].get(run.key) for end in ("low", "high"))
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return f"{named}: its anisotropy has no interval, so maturity cannot be told"
    if low > NARROW:
        return f"{named}: anisotropy above {NARROW}"
    return f"{named}: the interval of its anisotropy holds {NARROW}" if high >= NARROW else None
