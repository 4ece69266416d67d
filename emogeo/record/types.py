"""The record of a run, as types; `emogeo.record.json` reads and writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from emogeo.config.mode import Mode
from emogeo.config.train import TrainConfig
from emogeo.imported.types import Kind
from emogeo.record.origin import (
    BehaviourProvenance,
    Generation,
    GeometryProvenance,
    ImportedFiles,
    ModelCard,
    Provenance,
)
from emogeo.stimuli.masking import Masking
from emogeo.store.keys import Json

Interval: TypeAlias = tuple[float | None, float | None, float | None]
"""A value with the lower and the upper end of its interval."""
Status: TypeAlias = Literal["finished", "refused"]


@dataclass(frozen=True, kw_only=True)
class LayerRecord:
    """The selected block, and the blocks that vectors are given for."""

    index: int | None
    """The selected block, counted from 0; None where every block is used, side by side."""
    criterion: str
    layers: tuple[int, ...]
    held_out: Interval | None
    """The criterion on the units that did not choose the block."""
    n_choosing: int | None
    """The number of units that chose the layer."""


@dataclass(frozen=True)
class LargestRecord:
    """The dimensions of one block that add most to the mean cosine of neutral sentences."""

    indices: tuple[int, ...]
    contributions: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Numbers of a geometry at the selected block; None where there is no single block, or too few units."""

    anisotropy: float | None
    anisotropy_without_largest: float | None
    participation_ratio: float | None
    rdm_std: float
    separation: float | None
    reliability: float | None
    mean_cosine: float | None
    nonfinite: int
    finite_layers: int
    tokens_per_s: float | None


TokenLogit: TypeAlias = tuple[str, float]
"""The text of a token, and its logit or z."""


@dataclass(frozen=True, kw_only=True)
class LensRow:
    """The tokens that the vector of one condition promotes through the unembedding."""

    condition: str
    up: tuple[TokenLogit, ...]
    """The tokens with the largest logits, the largest first."""
    down: tuple[TokenLogit, ...]
    """Those with the smallest, the smallest first."""
    telling: tuple[TokenLogit, ...]
    """Those whose logits exceed most, in standard deviations, what vectors of permuted labels give them."""
    p_up: float
    """The share of vectors of permuted labels whose largest logit is as large: (1 + #) / (1 + n)."""
    p_down: float
    p_telling: float
    """The same of the most telling token."""


@dataclass(frozen=True, kw_only=True)
class LensRecord:
    """Vectors of unit length at the selected block, through the final norm and the unembedding."""

    reason: str | None = None
    """Why there are no rows; None where there are."""
    tied: bool | None = None
    """Whether the unembedding is the table of input embeddings."""
    normed: bool | None = None
    """Whether the model has a norm before it."""
    n_relabelled: int = 0
    """The number of vectors made of the same states with permuted labels."""
    n_isotropic: int = 0
    """The number of directions drawn from a Gaussian."""
    up_relabelled: float | None = None
    """The 95% quantile of their largest logits."""
    down_relabelled: float | None = None
    """The 5% quantile of their smallest."""
    up_isotropic: float | None = None
    down_isotropic: float | None = None
    rows: tuple[LensRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GeometryResult:
    """The result of a finished extraction, beside its arrays."""

    conditions: tuple[str, ...]
    layer: LayerRecord
    by_layer: dict[str, tuple[float, ...]]
    """Curves over the blocks of `layer.layers`."""
    largest_dimensions: tuple[LargestRecord, ...]
    """[layer]"""
    metrics: Metrics
    recipe_departures: dict[str, tuple[Any, ...]]
    """Fields that are set otherwise than by the recipe: the recipe's value, then the run's."""
    lens: LensRecord | None = None
    """The tokens that vectors promote; None in records that are older, or imported."""


@dataclass(frozen=True, kw_only=True)
class SteeringMetrics:
    """Numbers of the texts that were steered along one kind of direction."""

    n_texts: int
    repeated_share: float
    short_share: float
    regime: str
    perplexity_ratio: float | None
    regime_by_perplexity: str


@dataclass(frozen=True)
class SteeringDirections:
    """Texts steered towards the emotion, and along a random direction."""

    emotion: SteeringMetrics
    random: SteeringMetrics


@dataclass(frozen=True, kw_only=True)
class SteeringResult:
    """The result of a finished steering run, beside its texts and shifts."""

    blocks: tuple[int, ...]
    mean_norms: tuple[float, ...]
    """[block], mean length of the residual stream."""
    words: dict[str, tuple[tuple[str, str], ...]]
    """The words of each emotion, each with its neutral match."""
    metrics: SteeringDirections


@dataclass(frozen=True)
class Passed:
    """How many of the capability items a model has passed."""

    passed: int
    of: int


@dataclass(frozen=True, kw_only=True)
class FacetRecord:
    """One facet of behaviour."""

    capability: Passed
    given: bool
    n_items: int | None
    reason: str | None
    """Why there are no numbers; None where there are."""
    numbers: dict[str, int | float]
    """The facet's numbers by name, as `emogeo.probes.facets` gives them."""


@dataclass(frozen=True)
class Facets:
    """Opinions under pressure, and tasks whose constraints a program checks."""

    stance: FacetRecord
    format: FacetRecord


@dataclass(frozen=True)
class BehaviourResult:
    """The result of a finished behaviour run, beside its items."""

    metrics: Facets


@dataclass(frozen=True, kw_only=True)
class ReadoutMetrics:
    """How often the label of a text is found, over texts whose topic no vector has seen."""

    n_texts: int
    n_scored: int
    """The number of texts that count: labelled, with a vector of their label, of a topic that is not seen."""
    n_topics: int
    """The number of their topics; texts without one count as one each, and those that repeat each other as one."""
    accuracy: float | None
    accuracy_ci_low: float | None
    accuracy_ci_high: float | None
    p: float | None
    """That labels permuted within topics are found as often; None where they cannot be permuted."""
    chance: float | None
    """The share of the commonest label."""
    words_accuracy: float | None
    """The same by words alone, learned on the texts that the vectors are made of."""
    words_accuracy_ci_low: float | None
    words_accuracy_ci_high: float | None
    gain: float | None
    """The accuracy minus that of words."""
    gain_ci_low: float | None
    gain_ci_high: float | None


@dataclass(frozen=True, kw_only=True)
class ReadoutResult:
    """The result of a finished readout, beside its texts and tokens."""

    conditions: tuple[str, ...]
    block: int
    pooling: str
    template: str
    own: bool
    """Whether the texts are those that the vectors are made of, so that each topic is left out of them in turn."""
    notes: tuple[str, ...]
    """What was noticed: texts that do not count, and why; numbers that cannot be had."""
    metrics: ReadoutMetrics


@dataclass(frozen=True, kw_only=True)
class Heading:
    """The fields that the record of every kind of run has."""

    key: str
    title: str
    model: ModelCard
    precision: str
    """The resolved precision in short: fp16, int8(6.0)+bf16."""
    recipe: str | None
    mode: Mode
    config: TrainConfig
    meaning: Json
    """Everything that the key is the sha256 of."""
    reason: str | None = None
    """Why the run was refused; None for a finished one."""

    @property
    def status(self) -> Status:
        return "finished" if self.reason is None else "refused"


@dataclass(frozen=True, kw_only=True)
class GeometryRecord(Heading):
    """The record of an extraction."""

    prompt_template: str
    stimuli: str
    emotions: tuple[str, ...]
    """[text], the condition of each text."""
    units: tuple[str, ...]
    """[text], the unit of each text with a digest of the unit's texts."""
    reread_of: str | None
    """The key of the run that a reread repeats."""
    n_units: int
    n_texts: int
    n_distinct_texts: int
    generation: Generation | None
    nonfinite: dict[str, tuple[int, ...]]
    """The number of values that are NaN or infinite, for each pass [block]."""
    provenance: GeometryProvenance
    masked: Masking | None = None
    """How much of the passages was masked; None where nothing was."""
    imported: ImportedFiles | None = None
    """Where the states are from; None where a model has read the texts here."""
    result: GeometryResult | None = None
    """The result; None for a refused run."""


@dataclass(frozen=True, kw_only=True)
class BareResult:
    """What follows from vectors or dissimilarities whose texts are not known, beside the arrays."""

    conditions: tuple[str, ...]
    layer: LayerRecord
    by_layer: dict[str, tuple[float, ...]]
    """Curves over the blocks of `layer.layers`."""
    metrics: BareMetrics


@dataclass(frozen=True, kw_only=True)
class BareMetrics:
    """Numbers of a bare geometry; None where only dissimilarities are known, or every block is used."""

    rdm_std: float
    participation_ratio: float | None
    mean_cosine: float | None


@dataclass(frozen=True, kw_only=True)
class BareRecord(Heading):
    """The record of a bare geometry: vectors or an RDM that were imported without the texts behind them."""

    kind: Literal[Kind.vectors, Kind.rdm]
    imported: ImportedFiles
    provenance: Provenance
    result: BareResult | None = None
    """The result; a bare geometry is never refused."""


@dataclass(frozen=True, kw_only=True)
class SteeringRecord(Heading):
    """The record of a steering run."""

    vectors: str
    """The key of the run whose vectors are added."""
    provenance: Provenance
    result: SteeringResult | None = None
    """The result; None for a refused run."""


@dataclass(frozen=True, kw_only=True)
class BehaviourRecord(Heading):
    """The record of a behaviour run."""

    provenance: BehaviourProvenance
    result: BehaviourResult | None = None
    """The result; None for a refused run."""


@dataclass(frozen=True, kw_only=True)
class ReadoutRecord(Heading):
    """The record of a readout."""

    vectors: str
    """The key of the run whose vectors are applied."""
    stimuli: str
    """What the texts are called."""
    provenance: Provenance
    result: ReadoutResult | None = None
    """The result; None for a refused run."""


AnyRecord: TypeAlias = GeometryRecord | BareRecord | SteeringRecord | BehaviourRecord | ReadoutRecord
