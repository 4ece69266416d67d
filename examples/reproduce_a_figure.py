"""Reproduces a figure of docs/results.md from its config: what the overflow of fp16 makes of a small Gemma.

    python examples/reproduce_a_figure.py

conf/study/overflow.yaml says what is run: three runs of Gemma-3-270M over six topics, into the store `overflow`. The
analysis draws overflow/results/figures/descriptors_by_precision_gemma-3-270m.png, and what it found is printed beside
what docs/results.md quotes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd

QUOTED = Path(__file__).parents[1] / "docs" / "data" / "overflow"
RESULTS = Path("overflow/results")
MODEL = "gemma-3-270m"
SHOWN = ["precision", "layer", "anisotropy", "rdm_std", "participation_ratio", "nonfinite"]


def emogeo(*words: str) -> None:
    """Does what `emogeo train` and `emogeo analyze` do; in a clone, `python train.py` and `python analyze.py`."""
    subprocess.run([sys.executable, "-m", "emogeo", *words], check=True)


def described(results: Path) -> pd.DataFrame:
    """Gives the numbers of the three runs."""
    return pd.read_csv(results / "descriptors.csv")[SHOWN].sort_values("precision").set_index("precision")


def main() -> None:
    emogeo("train", "-m", "+study=overflow", f"model={MODEL}", "store.path=overflow", "runtime.device=cpu")
    emogeo("analyze", "store.path=overflow", f"output={RESULTS}")
    both = {"here": described(RESULTS), "docs/results.md": described(QUOTED)}
    print(pd.concat(both, names=["from"]).round(3).to_string())
    print(f"figure: {RESULTS}/figures/descriptors_by_precision_{MODEL}.png")


if __name__ == "__main__":
    main()
