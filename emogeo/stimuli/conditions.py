"""The conditions of arXiv 2604.11050, which the package's own texts have: twenty emotions and neutral."""

from __future__ import annotations

from emogeo.geometry.options import NEUTRAL

STUDIED = (
    *("afraid", "angry", "anxious", "blissful", "brooding", "calm", "desperate", "enthusiastic", "exasperated"),
    *("gloomy", "grateful", "guilty", "happy", "hopeful", "hostile", "loving", "nervous", NEUTRAL, "proud"),
    *("reflective", "sad"),
)
