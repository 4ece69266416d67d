"""Recognizes the sets of the published design among runs."""

from __future__ import annotations

from enum import Enum

from emogeo.analysis.comparing.levels import (
    Banned,
    Centred,
    Decoding,
    Denoising,
    Levels,
    PassageTemplate,
    Pooling,
    levels,
)
from emogeo.analysis.comparing.writers import is_own
from emogeo.config.mode import Mode
from emogeo.config.precision import Quantization
from emogeo.config.texts import Context
from emogeo.record.run import Run


class Writing(Enum):
    """The recipe by which texts were written, regardless of length, samples and topics; or another way."""

    loose = "loose"
    matched = "matched"
    other = "other writing"


def writing_of(own: Levels) -> Writing:
    """Names the published recipe by which texts were written, regardless of length, samples and topics."""
    if own.banned_words != Banned(None):
        return Writing.other
    if (own.chat, own.decoding) == (False, Decoding(0.7, 0.9)):
        return Writing.loose
    return Writing.matched if (own.chat, own.decoding) == (True, Decoding(None, 1.0)) else Writing.other


def published_set(run: Run) -> str | None:
    """Names the set A, B, C or D of the published design that a run is, regardless of length, samples and topics."""
    own = levels(run)
    int8, plain = own.precision.quantization is Quantization.int8, not own.precision.quantized
    alone = own.context not in {None, Context.prompt}
    if alone or own.denoising != Denoising("none") or not (int8 or plain) or not is_own(run):
        return None
    if own.method is Mode.comprehension:
        reading = (own.position, own.layer.name, own.centring)
        alike = reading == (Pooling("last", 0), "min_mean_cosine", Centred("grand_mean", "none"))
        return "A" if alike and plain and own.passage_template == PassageTemplate("{passage}", False) else None
    if own.position == Pooling("middle", 0) and own.layer.name == "middle" and own.centring == ("neutral", "unit"):
        return ("C" if plain else "D") if writing_of(own) is Writing.matched else None
    loosely = own.position == Pooling("last", 0) and own.centring == Centred("grand_mean", "none")
    loosely = loosely and own.layer.name in {"min_mean_cosine", "index"}
    return "B" if loosely and writing_of(own) is Writing.loose and plain else None
