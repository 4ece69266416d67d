"""The origin of a run, as types: its weights, the machine, its passes, and the texts that a model wrote for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from emogeo.config.model import Init, Source, title_of
from emogeo.config.texts import GenerationConfig, Thinking


@dataclass(frozen=True)
class ModelCard:
    """The weights that a run used, with their labels."""

    name: str
    family: str
    variant: str
    """base or instruct."""
    params_b: float | None
    """Parameters, in billions."""
    source: Source
    id: str
    revision: str
    """Hub commit, or `sha256:` of the content."""
    n_layers: int
    init: Init = Init.trained
    """Whether the weights are the trained ones, or an untrained twin's."""
    init_seed: int = 0
    adapter_of: str | None = None
    """What an adapter names as the model that it was trained on, where that is not called as these weights are."""

    @property
    def title(self) -> str:
        """The model's name and, for an untrained twin, how and by which seed it was made."""
        return title_of(self.name, self.init, self.init_seed)


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """When, where and with what a run was computed."""

    created: str
    """ISO 8601, UTC."""
    python: str
    platform: str
    libraries: dict[str, str | None]
    """Versions by name; null for one that is not installed."""
    device: str


@dataclass(frozen=True, kw_only=True)
class MadeWith:
    """What states, or texts, were made with, and when."""

    created: str
    """ISO 8601, UTC."""
    libraries: dict[str, str | None]
    """The versions of the libraries that decide the numbers; null for one that is not installed."""
    device: str
    """cpu, cuda or cuda:N."""
    hardware: str | None
    """What the processor or the GPU is called; None where the system does not say."""


@dataclass(frozen=True, kw_only=True)
class PassRecord:
    """How one forward pass over texts was computed."""

    batches: tuple[tuple[int, ...], ...]
    """Rows of the texts, batch by batch."""
    token_budget: int
    tokens: int
    seconds: float
    tokens_per_s: float
    threads: int
    device: str
    device_map: str | None
    drawn: str | None = None
    """The sha256 of an untrained twin's weights as drawn, in float32: equal on two machines that drew the same."""
    quantized: dict[str, float] | None = None
    """The share of the blocks' weights that are quantised, of `all` and by kind of module; None where none should."""
    attention: str | None = None
    """The implementation of attention, as transformers calls it; None in records of before it was recorded."""
    read_alone: bool = False
    """Whether texts were read one at a time, because the check at load time found that batch mates change them."""
    passed_by: tuple[int, ...] = ()
    """Blocks that texts pass by: the states after them are those before."""
    stream: str | None = None
    """Which stream is the residual one, where a block carries several."""
    left_out: tuple[str, ...] = ()
    """Special tokens that the tokenizer puts after a text, and that were not read."""
    beyond_training: int = 0
    """The number of texts that are longer than what the model was trained on at once."""
    made_with: MadeWith | None = None
    """What the states were made with, whatever has read them since; None in records of before it was recorded."""


@dataclass(frozen=True, kw_only=True)
class GeometryProvenance(Provenance):
    """How a geometry was computed."""

    token_budget: int
    n_blocks: int
    """The number of blocks that were run."""
    readings: dict[str, PassRecord]
    """Its passes: `passages`, `facts` and, where they are removed from the states, `neutral`."""


@dataclass(frozen=True, kw_only=True)
class ImportedFiles:
    """What was imported: files by the sha256 of their content, and what they say of themselves."""

    name: str
    """The name of the file, the folder or the artifact."""
    files: dict[str, str]
    """The sha256 of each file, by its name."""
    said: dict[str, str]
    texts_known: bool = False
    """Whether the texts are known, and not their labels alone."""
    averaged: int | None = None
    """The number of texts, where those of a unit and a condition were averaged; None where each has a state."""
    n_layers: int | None = None
    """The number of blocks of the model; None where nobody says."""


@dataclass(frozen=True, kw_only=True)
class BehaviourProvenance(Provenance):
    """How behaviour was computed."""

    batch_size: int


@dataclass(frozen=True)
class PromptSet:
    """The prompts that texts were written for."""

    name: str
    chat: bool
    prompts: tuple[str, ...]
    thinking: Thinking | None = None
    """What became of thoughts; None for a model that is not known to think."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """How texts were written."""

    model: str
    precision: str
    recipe: str | None
    prompt_template: PromptSet
    topics: tuple[str, ...] | None
    """The topics that every prompt was asked with; null for prompts without a topic."""
    generation: GenerationConfig
    seed: int
    words: dict[str, str] = field(default_factory=dict)
    """The words of prompts for conditions that are not called by their label."""


@dataclass(frozen=True, kw_only=True)
class TextCounts:
    """Counts of written texts, to know before their geometry is trusted."""

    texts: int
    distinct: int
    empty: int
    refusals: int
    stopped: int
    """Texts that the model ended by itself."""
    retried: int
    naming_their_emotion: int
    new_tokens: int
    thoughts: int = 0
    """Texts from which a thought was stripped, or which are nothing else."""
    thought_tokens: int = 0
    endless_thoughts: int = 0
    """Texts that are empty because their thought did not end."""


@dataclass(frozen=True, kw_only=True)
class Generation:
    """The texts that a run has read, where a model wrote them."""

    key: str
    """The key of the record of the texts."""
    counts: TextCounts | None
    """Counts of the texts; None where the model overflowed while it wrote."""
    written: Written
    made_with: MadeWith | None = None
    """What the texts were made with; None where that was not recorded, or the model overflowed while it wrote."""
