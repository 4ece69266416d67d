"""Puts the picture of the README together: the demo's two maps, and its two RDMs below them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from PIL import Image

WIDTH, RDM = 1400, 600
"""Pixels: of the picture, and of each RDM."""
COLOURS = 255


def front(results: Path) -> Image.Image:
    """Gives the picture, from the figures of the pair that the analysis of `make demo` writes.

    Raises:
        FileNotFoundError: an analysis without that pair.
    """
    pairs = pd.read_csv(results / "pairs.csv")
    trained = pairs[pairs["beyond_words"] != "cannot tell"].iloc[0]
    keys = [trained[name][:8] for name in ("key_a", "key_b")]
    maps = _opened(results / "figures" / f"maps_{'_'.join(keys)}.png", WIDTH)
    models = (trained["model_a"], trained["model_b"])
    rdms = [
        _opened(results / "figures" / f"rdm_{model}_{key}.png", RDM) for model, key in zip(models, keys, strict=True)
    ]
    picture = Image.new("RGB", (WIDTH, maps.height + rdms[0].height), "white")
    picture.paste(maps, (0, 0))
    for column, rdm in enumerate(rdms):
        picture.paste(rdm, (column * WIDTH // 2 + (WIDTH // 2 - RDM) // 4, maps.height))
    return picture.quantize(COLOURS)


def _opened(file: Path, width: int) -> Image.Image:
    with Image.open(file) as own:
        return own.convert("RGB").resize((width, round(own.height * width / own.width)), Image.Resampling.LANCZOS)
