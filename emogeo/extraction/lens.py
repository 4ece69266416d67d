"""The words that a run's vectors promote: by what is kept of the model that has read its texts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import EmogeoError
from emogeo.geometry.doors import names_of_conditions
from emogeo.geometry.geometry import Geometry
from emogeo.geometry.options import Directions as Kind
from emogeo.geometry.options import LayerRule, Selection
from emogeo.geometry.readout import Labelled, random_directions, unit_length
from emogeo.models.session import Session
from emogeo.models.weights.resolve import Weights
from emogeo.record.types import LensRecord, LensRow, TokenLogit

if TYPE_CHECKING:  # imports torch, which finished runs do without
    from transformers import PreTrainedTokenizerBase

    from emogeo.models.lens import Extremes
    from emogeo.models.unembedding import Unembedding

log = logging.getLogger(__name__)
SHOWN = 10
"""The number of tokens that a vector promotes most, and least."""
RELABELLED, SPREAD, ISOTROPIC = 500, 250, 100
"""The numbers of random directions: vectors of permuted labels that give p, others that give the spread of each token's
logits, and directions of which all are as likely."""
_LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Head:
    """What makes tokens of states, and their texts: all of a model that is needed once it has read."""

    unembedding: Unembedding
    tokenizer: PreTrainedTokenizerBase


def head_of(rule: LayerRule, session: Session, weights: Weights) -> Head | str:
    """Finds the final norm and the unembedding of a model that is loaded; where there is nothing to apply, says why."""
    if rule.selection is Selection.all:
        return "every block is used, side by side, so there is no one vector to apply it to"
    if not weights.trained:
        return "an untrained twin's unembedding has learned no words"
    if (model := session.loaded) is None:
        return "its states were in the store, so the model was not loaded; force=true reads the texts again"
    from emogeo.models.unembedding import unembedding_of

    try:
        return Head(unembedding_of(model, weights), model.tokenizer)
    except EmogeoError as error:
        log.warning("%s: no words of vectors: %s", weights.title, error)
        return str(error)


@dataclass(frozen=True, eq=False)
class Directions:
    """What is read out, of unit length: [direction, d_model]."""

    conditions: Sequence[str]
    own: Array
    """The vectors of the conditions."""
    relabelled: Array
    """Vectors of permuted labels."""
    isotropic: Array
    """Directions of which all are as likely."""


def directions_of(geometry: Geometry) -> Directions:
    """Gives the vectors at the selected block, and draws random ones.

    Raises:
        GeometryError: a vector without a direction.
    """
    assert geometry.choice.index is not None
    row = geometry.layers.index(geometry.choice.index)
    own = unit_length(geometry.vectors[:, row].astype(np.float64), geometry.conditions)
    return Directions(geometry.conditions, own, *_random(geometry))


def lens_of(directions: Directions, head: Head) -> LensRecord:
    """Applies the final norm and the unembedding to directions."""
    from emogeo.models.lens import extremes

    unembedding = head.unembedding
    n = len(directions.own)
    chance = slice(n, n + RELABELLED)
    every = np.concatenate([directions.own, directions.relabelled, directions.isotropic])
    spread, isotropic = slice(chance.stop, chance.stop + SPREAD), slice(chance.stop + SPREAD, None)
    found = extremes(unembedding, every, spread, SHOWN)
    high, low = found.up_logits[:, 0].astype(float), found.down_logits[:, 0].astype(float)
    p_up, p_down, p_telling = (_p(each, n, chance) for each in (high, -low, found.telling_z[:, 0].astype(float)))
    texts = _texts(head.tokenizer, found, n)
    return LensRecord(
        tied=unembedding.tied,
        normed=unembedding.norm is not None,
        n_relabelled=RELABELLED,
        n_isotropic=ISOTROPIC,
        up_relabelled=float(np.quantile(high[chance], _LEVEL)),
        down_relabelled=float(np.quantile(low[chance], 1 - _LEVEL)),
        up_isotropic=float(np.quantile(high[isotropic], _LEVEL)),
        down_isotropic=float(np.quantile(low[isotropic], 1 - _LEVEL)),
        rows=tuple(
            LensRow(
                condition=condition,
                up=_tokens(texts, found.up[row], found.up_logits[row]),
                down=_tokens(texts, found.down[row], found.down_logits[row]),
                telling=_tokens(texts, found.telling[row], found.telling_z[row]),
                p_up=p_up[row],
                p_down=p_down[row],
                p_telling=p_telling[row],
            )
            for row, condition in enumerate(directions.conditions)
        ),
    )


def _p(largest: Array, n: int, chance: slice) -> list[float]:
    """Gives (1 + #) / (1 + N) of each of the first n directions, # of the N random ones reaching its value."""
    drawn = largest[chance]
    return [float((1 + (drawn >= own).sum()) / (1 + len(drawn))) for own in largest[:n]]


def _texts(tokenizer: PreTrainedTokenizerBase, found: Extremes, n: int) -> dict[int, str]:
    """Gives the texts of all tokens of the first n directions."""
    from emogeo.models.lens import token_text

    ids = {int(token) for own in (found.up, found.down, found.telling) for token in own[:n].ravel()}
    return {token: token_text(tokenizer, token) for token in sorted(ids)}


def _tokens(texts: Mapping[int, str], ids: Sequence[int], values: Sequence[float]) -> tuple[TokenLogit, ...]:
    return tuple((texts[int(token)], round(float(own), 4)) for token, own in zip(ids, values, strict=True))


def _random(geometry: Geometry) -> tuple[Array, Array]:
    """Draws vectors of permuted labels, and isotropic ones."""
    labels, options = geometry.labels, geometry.options
    source = Labelled(
        geometry.features.astype(np.float64),
        labels.emotions,
        labels.units,
        tuple(names_of_conditions(labels.emotions)),
        options.centring,
        options.neutral,
    )
    kinds = ((Kind.relabelled, RELABELLED + SPREAD), (Kind.isotropic, ISOTROPIC))
    first, second = (random_directions(source, kind, draws, options.seed) for kind, draws in kinds)
    return first, second
