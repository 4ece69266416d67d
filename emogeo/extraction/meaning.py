"""What gives a run its meaning, as its key holds it: the same for all spellings of one thing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace

from emogeo.config.mode import Mode
from emogeo.config.states import DenoisingMethod
from emogeo.config.texts import ENGLISH, GenerationConfig, StimuliConfig
from emogeo.config.train import TrainConfig
from emogeo.extraction.passes import Pass
from emogeo.geometry.grouping import is_group
from emogeo.geometry.halves import MIN_UNITS
from emogeo.geometry.independent import independent_units
from emogeo.geometry.options import NEUTRAL, Centring, Selection
from emogeo.geometry.states import LabelledTexts
from emogeo.models.weights.resolve import Weights
from emogeo.store.keys import Json


def run_meaning(config: TrainConfig, texts: LabelledTexts, passages: Pass, facts: Pass, neutral: Pass | None) -> Json:
    """Gives everything that a run's record follows from."""
    selection, denoised = config.layer_selection, config.denoising.method is DenoisingMethod.neutral_pcs
    return {
        "mode": config.mode.name.value,
        "passages": passages.key,
        "facts": facts.key,
        "emotions": list(texts.emotions),
        "units": list(texts.units),
        "topics": list(texts.topics) if config.centring is Centring.topic_mean else None,
        "centring": config.centring.value,
        **_neutral(config.stimuli, set(texts.emotions)),
        **_language(config),
        "denoising": {"neutral": neutral and neutral.key, "share": config.denoising.share} if denoised else None,
        "norm": config.norm.value,
        "layer_selection": {**asdict(selection), "name": selection.name.value},
        "nonfinite": config.nonfinite.value,
        "seed": config.seed,
    }


def _neutral(own: StimuliConfig, conditions: Collection[str]) -> Json:
    """Names the condition that stands for no emotion, unless it is the usual one, or none is and none could be."""
    usual = own.neutral == NEUTRAL or (own.neutral is None and NEUTRAL not in conditions)
    return {} if usual else {"neutral": own.neutral}


def _language(config: TrainConfig) -> Json:
    """Names the language of passages that are the user's own, where it is not English; that of prompts is in them."""
    own = config.stimuli
    usual = config.mode.name is not Mode.comprehension or own.path is None or own.language == ENGLISH
    return {} if usual else {"language": own.language}


def seed_of(config: TrainConfig, weights: Weights, texts: LabelledTexts) -> int:
    """Gives the seed of a run, or 0 where nothing is drawn by it.

    It draws the texts that are sampled, random groups of texts, halves of four units or more, and the directions that
    the words of a trained model's vectors are held against.
    """
    sampled = config.mode.name is Mode.generation and config.generation.temperature is not None
    grouped = any(map(is_group, texts.units))
    halved = n_independent(texts) >= MIN_UNITS
    worded = weights.trained and config.layer_selection.name is not Selection.all
    return config.seed if sampled or grouped or halved or worded else 0


def n_independent(texts: LabelledTexts) -> int:
    """Counts the units that are independent observations, as far as the texts are known."""
    return len(set(independent_units(texts) if texts.known else texts.units))


def in_effect(asked: GenerationConfig) -> GenerationConfig:
    """Gives the options without what has no effect: words are banned where a text may be written again."""
    return replace(asked, ban_emotion_words=asked.ban_emotion_words and asked.retries > 0)
