"""A run as it is recorded: its record, its arrays and its texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.config.model import Init
from emogeo.config.train import TrainConfig
from emogeo.errors import RecordError
from emogeo.geometry.geometry import Geometry
from emogeo.geometry.inference import Estimate
from emogeo.geometry.layers import LayerChoice
from emogeo.geometry.options import GeometryOptions
from emogeo.geometry.rdm import upper
from emogeo.geometry.recent import Recent
from emogeo.geometry.states import LabelledTexts
from emogeo.record.files import RDM, TEXTS, VECTORS
from emogeo.record.types import (
    AnyRecord,
    BareRecord,
    BareResult,
    BehaviourRecord,
    BehaviourResult,
    GeometryRecord,
    GeometryResult,
    ReadoutRecord,
    ReadoutResult,
    SteeringRecord,
    SteeringResult,
)
from emogeo.record.units import unit_name
from emogeo.store.keys import Json, key_of
from emogeo.store.tensors import unpack

R = TypeVar("R", bound=AnyRecord)


@dataclass(frozen=True, repr=False)
class Recorded(Generic[R]):
    """A record with its files."""

    record: R
    files: Mapping[str, bytes]

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def model(self) -> str:
        """The model's name; for an untrained twin, with how and by which seed its weights were made."""
        return self.record.model.title

    @property
    def untrained(self) -> bool:
        """Whether the run is of an untrained twin: a null, not a subject."""
        return self.record.model.init is not Init.trained

    @property
    def n_layers(self) -> int | None:
        """The number of blocks of the model; None for an import of which nobody says it."""
        origin = self.record.imported if isinstance(self.record, GeometryRecord | BareRecord) else None
        return self.record.model.n_layers if origin is None else origin.n_layers

    @property
    def config(self) -> TrainConfig:
        return self.record.config

    @property
    def finished(self) -> bool:
        return self.record.result is not None

    def __repr__(self) -> str:
        return f"Run {self.key[:12]}: {self.record.title} ({self.record.status})"

    def to_dict(self) -> dict[str, str | None]:
        """What tells the run from others, for a row of a DataFrame."""
        record = self.record
        named = {"key": self.key, "model": self.model, "precision": record.precision, "mode": record.mode.value}
        return {**named, "recipe": record.recipe, "status": record.status, "title": record.title}

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>"

    def rows(self, name: str) -> list[Json]:
        """Reads the rows of a file of JSON lines; a refused run has none."""
        return [json.loads(line) for line in self.files.get(name, b"").splitlines()]


@dataclass(frozen=True, repr=False)
class SteeringRun(Recorded[SteeringRecord]):
    """A run that adds emotion vectors while the model writes."""

    @property
    def result(self) -> SteeringResult:
        return _of_finished(self.record.result, self.key)


@dataclass(frozen=True, repr=False)
class BehaviourRun(Recorded[BehaviourRecord]):
    """A run that asks the model."""

    @property
    def result(self) -> BehaviourResult:
        return _of_finished(self.record.result, self.key)


@dataclass(frozen=True, repr=False)
class ReadoutRun(Recorded[ReadoutRecord]):
    """A run that applies another run's vectors to texts."""

    @property
    def result(self) -> ReadoutResult:
        return _of_finished(self.record.result, self.key)


@dataclass(frozen=True, repr=False)
class BareRun(Recorded[BareRecord]):
    """An imported geometry whose texts are not known: vectors of conditions, or their dissimilarities alone."""

    @property
    def result(self) -> BareResult:
        return _of_finished(self.record.result, self.key)

    @property
    def layer(self) -> int | None:
        """The selected block; None where every block is used, or none is known."""
        return self.result.layer.index

    @property
    def conditions(self) -> list[str]:
        return list(self.result.conditions)

    @cached_property
    def rdm(self) -> Array:
        """[condition, condition]"""
        return unpack(self.files[RDM])["rdm"]

    @property
    def rdm_by_layer(self) -> Array:
        """[layer, pair]; one row where the block is not known"""
        return unpack(self.files[RDM])["rdm_by_layer"]

    @property
    def vectors(self) -> NDArray[np.float32] | None:
        """[condition, layer, d_model]; None where only dissimilarities are known."""
        return unpack(self.files[VECTORS])["vectors"] if VECTORS in self.files else None


@dataclass(frozen=True, repr=False)
class Run(Recorded[GeometryRecord]):
    """A run that measures a geometry."""

    @property
    def result(self) -> GeometryResult:
        """The result of a finished run."""
        return _of_finished(self.record.result, self.key)

    @property
    def layer(self) -> int | None:
        """The selected block; None where every block is used."""
        return self.result.layer.index

    @property
    def row(self) -> int | None:
        """The place of the selected block among those that curves and vectors are given for."""
        return None if self.layer is None else self.result.layer.layers.index(self.layer)

    @property
    def conditions(self) -> list[str]:
        return list(self.result.conditions)

    @property
    def reread_of(self) -> str | None:
        """The key of the run that this one repeats in other batches, to measure the numerical floor."""
        return self.record.reread_of

    @property
    def quantized(self) -> dict[str, float] | None:
        """The share of the weights that are quantised; None where none should be, or no model has read here."""
        own = self.record.provenance.readings.get("passages")
        return None if own is None else own.quantized

    @property
    def weights(self) -> tuple[str, ...]:
        """The model's id and its revision; for an untrained twin, with how and by which seed its weights were made."""
        model = self.record.model
        made = (model.init.value, str(model.init_seed)) if self.untrained else ()
        return (model.id, model.revision, *made)

    @property
    def weights_at_precision(self) -> tuple[str, ...]:
        """The weights, and the precision."""
        return (*self.weights, self.record.precision)

    @cached_property
    def rdm(self) -> Array:
        """[condition, condition]"""
        return unpack(self.files[RDM])["rdm"]

    @property
    def rdm_by_layer(self) -> Array:
        """[layer, pair]"""
        return unpack(self.files[RDM])["rdm_by_layer"]

    def rdm_at(self, layer: int | None) -> Array | None:
        """Gives the RDM [pair] at a block (None: of all blocks side by side); None for a block that is absent."""
        if layer is None:
            return upper(self.rdm)
        layers = self.result.layer.layers
        return np.asarray(self.rdm_by_layer[layers.index(layer)]) if layer in layers else None

    @property
    def vectors(self) -> NDArray[np.float32]:
        """[condition, layer, d_model]"""
        return self._arrays["vectors"]

    @property
    def _arrays(self) -> dict[str, NDArray[Any]]:
        return _LAST.of(self, "arrays", lambda: unpack(self.files[VECTORS]), _numbers)

    @cached_property
    def layer_vectors(self) -> Array | None:
        """[condition, d_model] at the selected block; None where every block is used."""
        return None if self.row is None else np.asarray(self.vectors[:, self.row], dtype=np.float64)

    @property
    def passages(self) -> NDArray[np.float32]:
        """[text, feature] at the selected block"""
        return self._arrays["passages"]

    @property
    def embeddings(self) -> NDArray[np.float32] | None:
        """[text, d_model], mean input embeddings; None where they were not imported."""
        return self._arrays.get("embeddings")

    @cached_property
    def labelled(self) -> LabelledTexts:
        """The labelled texts that were read, without the template; one object for runs that have read the same."""
        return _labelled(self.files.get(TEXTS, b""), self.record.emotions, self.record.units, self.texts_known)

    @property
    def texts_known(self) -> bool:
        """Whether the texts are known; those of imported states may be names that stand for them."""
        imported = self.record.imported
        return imported is None or imported.texts_known

    @property
    def texts(self) -> tuple[str, ...]:
        return self.labelled.texts

    @property
    def topics(self) -> tuple[str, ...]:
        """[text]"""
        return self.labelled.topics

    @property
    def options(self) -> GeometryOptions:
        """The options that the geometry depends on, beside its states."""
        config = self.config
        return GeometryOptions(
            config.layer_selection.rule, config.centring, config.norm, config.seed, config.stimuli.origin
        )

    @cached_property
    def geometry(self) -> Geometry:
        """The geometry that a finished run has measured."""
        layer = self.result.layer
        held_out = None if layer.held_out is None else Estimate(*(_number(bound) for bound in layer.held_out))
        return Geometry(
            name=self.model,
            labels=self.labelled,
            features=self.passages,
            layers=list(layer.layers),
            conditions=self.result.conditions,
            vectors=np.asarray(self.vectors, dtype=np.float64),
            choice=LayerChoice(layer.index, layer.criterion, held_out, layer.n_choosing),
            rdm=self.rdm,
            rdm_by_layer=self.rdm_by_layer,
            curves={name: np.array(curve) for name, curve in self.result.by_layer.items()},
            options=self.options,
        )

    @cached_property
    def text_digest(self) -> str:
        """A digest of the texts; equal for runs over the same texts, whatever their units."""
        return _digest(self.texts)


_LAST = Recent(24_000_000)
"""The arrays of the runs that were asked for last, up to 96 MB (the last, whatever its size)."""


def _numbers(arrays: Mapping[str, NDArray[Any]]) -> int:
    return sum(own.size for own in arrays.values())


@lru_cache(maxsize=64)
def _labelled(rows: bytes, emotions: tuple[str, ...], units: tuple[str, ...], known: bool) -> LabelledTexts:
    texts = [json.loads(line) for line in rows.splitlines()]
    topics, words = (tuple(row[field] for row in texts) for field in ("topic", "text"))
    return LabelledTexts(emotions, topics, tuple(unit_name(unit) for unit in units), words, known=known)


@lru_cache(maxsize=64)
def _digest(texts: tuple[str, ...]) -> str:
    return key_of({"texts": sorted(texts)})


AnyRun: TypeAlias = Run | BareRun | SteeringRun | BehaviourRun | ReadoutRun
T = TypeVar("T")


def run_of(record: AnyRecord, files: Mapping[str, bytes]) -> AnyRun:
    """Gives a record and its files as a run of its kind."""
    if isinstance(record, GeometryRecord):
        return Run(record, files)
    if isinstance(record, BareRecord):
        return BareRun(record, files)
    if isinstance(record, ReadoutRecord):
        return ReadoutRun(record, files)
    return SteeringRun(record, files) if isinstance(record, SteeringRecord) else BehaviourRun(record, files)


def _number(bound: float | None) -> float:
    return np.nan if bound is None else bound


def _of_finished(result: T | None, key: str) -> T:
    if result is None:
        raise RecordError(f"{key[:12]} was refused: it has no result.")
    return result
