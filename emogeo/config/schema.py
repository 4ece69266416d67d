"""The typed schema under `conf/`: a misspelt key or a wrong type fails when the configuration is composed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from omegaconf import MISSING

from emogeo.geometry.options import Centring, LayerRule, Norm, Selection


class Source(Enum):
    """Where weights come from."""

    hub = "hub"
    index = "index"
    folder = "folder"


class Dtype(Enum):
    """Floating-point type of activations and of weights that are not quantized."""

    auto = "auto"
    fp32 = "fp32"
    bf16 = "bf16"
    fp16 = "fp16"


class Quantization(Enum):
    """How linear layers are quantized (bitsandbytes)."""

    none = "none"
    int8 = "int8"
    nf4 = "nf4"


class Mode(Enum):
    """What the model does: reads a text, writes one, reads what was written before; is steered, or is asked."""

    comprehension = "comprehension"
    generation = "generation"
    replay = "replay"
    steering = "steering"
    behaviour = "behaviour"


PROBES = (Mode.steering, Mode.behaviour)
"""Modes of what a model does; the others measure a geometry."""


class Position(Enum):
    """Which token positions are pooled."""

    last = "last"
    middle = "middle"
    mean = "mean"


class DenoisingMethod(Enum):
    """What is projected out of the states before vectors are formed."""

    none = "none"
    neutral_pcs = "neutral_pcs"


class NeutralTexts(Enum):
    """Which texts the components are of."""

    facts = "facts"
    condition = "condition"


class NonFinite(Enum):
    """What to do when activations overflow."""

    refuse = "refuse"
    finite_layers = "finite_layers"


class TrackingMode(Enum):
    """How a cell reaches W&B."""

    online = "online"
    offline = "offline"
    disabled = "disabled"


@dataclass
class WheelsConfig:
    """Wheels on the package index that carry one weight file, possibly in parts."""

    package: str = MISSING
    """Distribution name; `{part}` stands for 1..parts."""
    version: str = MISSING
    parts: int = 0
    """Number of part wheels; 0 for a single wheel."""
    member: str = MISSING
    """Glob of the one file inside each wheel."""


@dataclass
class ModelConfig:
    """One language model."""

    name: str = MISSING
    family: str = MISSING
    variant: str = MISSING
    """base or instruct."""
    params_b: float | None = MISSING
    """Parameters, in billions."""
    source: Source = MISSING
    id: str = MISSING
    """Hub id; for models from the package index, of the model that was packed."""
    revision: str | None = None
    """Hub commit, tag or branch."""
    sha256: str | None = None
    """Checksum of the assembled weight file (package index)."""
    chat_template: bool = MISSING
    """Whether the tokenizer ships a chat template."""
    license: str | None = None
    wheels: WheelsConfig | None = None
    weights: str | None = None
    """Other weights than this option's: a hub id (`Org/Name` or `Org/Name@revision`) or a local folder.
    Name, family and variant then come from those weights."""


@dataclass
class PrecisionConfig:
    """Number format of weights and activations."""

    name: str = MISSING
    dtype: Dtype = MISSING
    """auto: fp16 on CUDA (as published), bf16 on a CPU that has it, else fp32."""
    quantization: Quantization = Quantization.none
    threshold: float | None = None
    """LLM.int8 outlier threshold; 0 turns outlier columns off."""


@dataclass
class ModeConfig:
    """What the model does."""

    name: Mode = MISSING
    source: str | None = None
    """Replay: key (or its first digits) of a generation run or of its texts, or wandb:ENTITY/PROJECT/ARTIFACT:VERSION;
    null for what this very configuration has written at the precision of `writer`.
    Steering: key of the run whose vectors are added; null for this configuration in mode=comprehension."""
    writer: PrecisionConfig | None = None
    """Replay: the precision at which this configuration's texts were written."""


@dataclass
class PromptTemplateConfig:
    """How a passage becomes a text."""

    name: str = MISSING
    mode: Mode = MISSING
    """The mode this template is for."""
    text: str = "{passage}"
    """Comprehension: contains `{passage}`."""
    prompts: list[str] = field(default_factory=list)
    """Generation: each contains `{emotion}` and, to be asked for every topic of the corpus, `{topic}`."""
    neutral: list[str] = field(default_factory=list)
    """Generation: the same for the neutral condition, one for each prompt."""
    chat: bool = False
    """Wrap the text as a user turn in the model's own chat template."""


@dataclass
class GenerationConfig:
    """How texts are written."""

    samples: int = 1
    """Texts per condition, prompt (and topic), and replicate."""
    replicates: int = 1
    """Independent repetitions; the unit of a template with one prompt and no topics."""
    temperature: float | None = None
    """null: greedy."""
    top_p: float = 1.0
    max_new_tokens: int = 256
    min_new_tokens: int = 0
    ban_emotion_words: bool = False
    """Write again, up to `retries` times, what uses the emotion's own word or one of its family."""
    retries: int = 3
    repetition: int = 0
    """Everything again, with other seeds and other batches: the regeneration null."""
    batch_size: int | None = None
    """Texts written at once; null: 20 on a CPU, 64 on a GPU."""


@dataclass
class ScenarioConfig:
    """A prompt, and the emotion towards which its answer is steered."""

    prompt: str = MISSING
    emotion: str = MISSING


@dataclass
class SteeringConfig:
    """mode=steering: emotion vectors added to the residual stream while the model writes."""

    name: str = MISSING
    scenarios: dict[str, ScenarioConfig] = MISSING
    strengths: list[float] = MISSING
    """Lengths of what is added, as shares of the block's mean residual norm."""
    max_new_tokens: int = MISSING
    blocks: list[int] | None = None
    """0-based; null for every block."""
    chat: bool | None = None
    """Ask through the chat template; null where the model has one."""
    controls: int = MISSING
    """Random directions of the same length."""
    contexts: list[str] = MISSING
    """Openings after which the probability of emotion words is measured."""
    neutral_words: list[str] = MISSING
    """Words about which emotions say nothing; each emotion word is matched with one."""


@dataclass
class BehaviourConfig:
    """mode=behaviour: what the model says under pressure, and whether it keeps to a format."""

    turns: int = 5
    """Of pressure, and as many without."""
    max_new_tokens: int = 96
    """Of each answer to a format task."""
    capability: float = 0.8
    """Share of the capability items that a model must get right to be asked a facet's items."""
    batch_size: int | None = None
    """Texts at once; null: 20 on a CPU, 64 on a GPU."""


@dataclass
class LayerSelectionConfig:
    """Which block the RDM is read from; blocks are 0-based, depth is (index + 1) / n_layers."""

    name: Selection = MISSING
    index: int | None = None
    depth: float | None = None

    @property
    def rule(self) -> LayerRule:
        return LayerRule(self.name, self.index, self.depth)


@dataclass
class PoolingConfig:
    """How token states become one state per text."""

    position: Position = Position.last
    skip: int = 0
    """Leading tokens left out of a mean."""


@dataclass
class DenoisingConfig:
    """Projection of neutral-text principal components out of the states."""

    method: DenoisingMethod = DenoisingMethod.none
    share: float = 0.5
    """Share of neutral variance whose components are removed."""
    texts: NeutralTexts = NeutralTexts.facts
    """The neutral factual sentences, in the run's template and pooling, or the run's own neutral texts."""


@dataclass
class StimuliConfig:
    """The passages."""

    name: str = MISSING
    path: str | None = None
    """CSV or JSONL with emotion, topic, text, read whole; null for the package's own passages."""
    topics: int | None = None
    """How many topics of the package's passages to read, in the file's order; null for all."""


@dataclass
class RuntimeConfig:
    """How a cell is computed; none of it is meaning, except the token budget under LLM.int8 with outliers."""

    device: str = "auto"
    """auto, cpu, cuda or cuda:N."""
    device_map: str | None = None
    """accelerate's device map (auto, balanced, sequential) for models that do not fit on one device."""
    threads: int | None = None
    """CPU threads; null for every core that the process may use (a share of them with cluster.slots)."""
    token_budget: int | None = None
    """Padded tokens per batch; null for 1,024 on a CPU and 16,384 on a GPU."""
    weights_cache: str = MISSING
    """Folder for converted package-index weights."""
    progress: bool = True


@dataclass
class TrackingConfig:
    """Weights & Biases."""

    mode: TrackingMode = MISSING
    project: str = "emogeo"
    entity: str | None = None
    group: str | None = None
    tags: list[str] = field(default_factory=list)


@dataclass
class ClusterConfig:
    """Where the cells of a sweep run, and on what."""

    name: str = "local"
    slots: int | None = None
    """cluster=gpus: jobs at once on this machine, one a GPU; on a CPU they share the cores."""
    gpus: int | None = None
    """cluster=slurm, ray: GPUs of each job; null or 0 for none."""


@dataclass
class StoreConfig:
    """The local record."""

    path: str = "store"


@dataclass
class SizeConfig:
    """Numbers that the cells of a study share."""

    name: str = MISSING
    max_new_tokens: int = MISSING
    short_new_tokens: int = MISSING
    """Of the loose recipe."""
    samples: int = MISSING
    """Texts per prompt of the matched recipe."""


@dataclass
class TrainConfig:
    """One cell."""

    study: str | None = None
    """Name of the study that the cell was run for."""
    size: SizeConfig | None = None
    """How large that study is."""
    recipe: str | None = None
    """Name of the published (or own) way of extraction that set the fields below, before they were overridden."""
    model: ModelConfig = MISSING
    precision: PrecisionConfig = MISSING
    mode: ModeConfig = MISSING
    prompt_template: PromptTemplateConfig = MISSING
    layer_selection: LayerSelectionConfig = MISSING
    stimuli: StimuliConfig = MISSING
    tracking: TrackingConfig = MISSING
    generation: GenerationConfig = field(default_factory=GenerationConfig)
    steering: SteeringConfig = MISSING
    behaviour: BehaviourConfig = field(default_factory=BehaviourConfig)
    pooling: PoolingConfig = field(default_factory=PoolingConfig)
    centring: Centring = Centring.grand_mean
    denoising: DenoisingConfig = field(default_factory=DenoisingConfig)
    norm: Norm = Norm.none
    max_depth: float | None = None
    """Share of blocks that are computed at all; null for every block."""
    nonfinite: NonFinite = NonFinite.refuse
    reread: bool = False
    """Read in other batches, with other companions and padding: a cell that measures the numerical floor."""
    seed: int = 0
    """Seeds the grouping of an uncrossed corpus into units, the halves of units on which layers are chosen,
    and what is sampled in mode=generation."""
    force: bool = False
    """Recompute a finished cell."""
    store: StoreConfig = field(default_factory=StoreConfig)
    runtime: RuntimeConfig = field(default_factory=RuntimeConfig)
    cluster: ClusterConfig = field(default_factory=ClusterConfig)


class RecordSource(Enum):
    """Where the analysis finds its cells."""

    store = "store"
    wandb = "wandb"


@dataclass
class RunsConfig:
    """source=wandb: which runs of the project."""

    group: str | None = None
    tags: list[str] = field(default_factory=list)
    """All of them."""
    filters: dict[str, Any] = field(default_factory=dict)
    """As `wandb.Api().runs` takes them (MongoDB's)."""


class Conditions(Enum):
    """Which conditions effects are of."""

    emotions = "emotions"
    all = "all"


@dataclass
class EffectsConfig:
    """Which geometries the effects and variance tables compare."""

    conditions: Conditions = Conditions.emotions
    """emotions: the twenty without neutral, as published."""
    recentre: bool = True
    """Each run once more on the mean of those conditions, as published."""


@dataclass
class AnalyzeConfig:
    """One analysis of many cells."""

    source: RecordSource = RecordSource.store
    tracking: TrackingConfig = MISSING
    """source=wandb: the project, and of the analysis's own run mode (online or disabled), group and tags."""
    runs: RunsConfig = field(default_factory=RunsConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    output: str = MISSING
    """Folder for tables and figures."""
    permutations: int = 10_000
    """Label permutations of each Mantel test."""
    effects: EffectsConfig = field(default_factory=EffectsConfig)
    seed: int = 0
