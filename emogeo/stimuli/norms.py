"""Human ratings of the condition words."""

from __future__ import annotations

import csv
from importlib.resources import files


def load_norms() -> dict[str, tuple[float, float, float]]:
    """Mean valence, arousal and dominance (1 to 9) of each condition word that has been rated.

    Warriner, Kuperman & Brysbaert (2013), Behavior Research Methods 45, 1191-1207.
    "exasperated" is not among the rated words; "loving" takes the value of "love".
    """
    content = (files("emogeo.stimuli") / "data" / "warriner2013.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in content.splitlines() if not line.startswith("#"))
    return {
        row["emotion"]: (float(row["valence"]), float(row["arousal"]), float(row["dominance"]))
        for row in rows
        if row["valence"]
    }
