"""The 21 conditions of arXiv 2604.11050: twenty emotions and neutral, always in alphabetical order."""

NEUTRAL = "neutral"

CONDITIONS: tuple[str, ...] = (
    "afraid",
    "angry",
    "anxious",
    "blissful",
    "brooding",
    "calm",
    "desperate",
    "enthusiastic",
    "exasperated",
    "gloomy",
    "grateful",
    "guilty",
    "happy",
    "hopeful",
    "hostile",
    "loving",
    "nervous",
    "neutral",
    "proud",
    "reflective",
    "sad",
)
