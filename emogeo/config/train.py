"""The configuration of one run."""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from emogeo.config.imported import ImportedConfig
from emogeo.config.mode import Mode, ModeConfig
from emogeo.config.model import Init, ModelConfig, Source
from emogeo.config.precision import PrecisionConfig
from emogeo.config.probes import BehaviourConfig, ReadoutConfig, SteeringConfig
from emogeo.config.runtime import ClusterConfig, RuntimeConfig, SizeConfig, StoreConfig, TrackingConfig, check_seed
from emogeo.config.states import (
    DenoisingConfig,
    DenoisingMethod,
    LayerSelectionConfig,
    NeutralTexts,
    NonFinite,
    PoolingConfig,
)
from emogeo.config.texts import GenerationConfig, PromptTemplateConfig, StimuliConfig
from emogeo.errors import ConfigError
from emogeo.geometry.options import Centring, Norm
from emogeo.installation import command


@dataclass
class TrainConfig:
    """The configuration of one run."""

    study: str | None = None
    """The name of the study that the run belongs to."""
    size: SizeConfig | None = None
    """The numbers that set the size of that study."""
    recipe: str | None = None
    """The name of the (published) recipe that set the fields below, before they were overridden."""
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
    readout: ReadoutConfig = field(default_factory=ReadoutConfig)
    imported: ImportedConfig = field(default_factory=ImportedConfig)
    pooling: PoolingConfig = field(default_factory=PoolingConfig)
    centring: Centring = Centring.grand_mean
    """What is subtracted from every condition's vector."""
    denoising: DenoisingConfig = field(default_factory=DenoisingConfig)
    norm: Norm = Norm.none
    """Whether vectors are scaled to unit length after centring."""
    max_depth: float | None = None
    """The share of the blocks that are run; null for every block."""
    nonfinite: NonFinite = NonFinite.refuse
    """What happens where states overflow: refuse the run, or go on with the blocks that are finite."""
    reread: bool = False
    """Whether to read in other batches, with other batch mates and padding: a run that measures the numerical floor."""
    seed: int = 0
    """Seeds the grouping of an uncrossed corpus into units, the halves of units on which layers are chosen,
    and what is sampled in mode=generation."""
    force: bool = False
    """Whether to recompute a finished run."""
    dry: bool = False
    """Whether to say what the runs would cost, and to do none of them."""
    store: StoreConfig = field(default_factory=StoreConfig)
    runtime: RuntimeConfig = field(default_factory=RuntimeConfig)
    cluster: ClusterConfig = field(default_factory=ClusterConfig)

    def check(self) -> None:
        """Refuses values that are out of range, or that contradict one another.

        Raises:
            ConfigError: says what was given, what is allowed and what to type.
        """
        check_seed(self.seed)
        self.generation.check()
        check_texts(self)
        self.generation.check_context(self.mode.name)
        self.stimuli.check(self.mode.name)
        self.prompt_template.check_thinking(self.mode.name)
        self.layer_selection.check()
        if self.max_depth is not None and not 0 < self.max_depth <= 1:
            raise ConfigError(f"max_depth={self.max_depth}: a share of depth above 0 and up to 1, or null.")
        self.behaviour.check()
        self.readout.check()
        self.pooling.check()
        _check_neutral_texts(self)
        self.denoising.check()
        self.runtime.check()
        self.store.check()
        self.precision.check()
        self.model.check()
        self.cluster.check(self.runtime)


_SOURCED = (Mode.replay, Mode.steering, Mode.readout)
"""Modes that take texts or vectors of another run."""
_EXAMPLE = {Mode.comprehension: "raw", Mode.generation: "stories"}
_PLAIN = {
    Mode.comprehension: "prompt_template=raw|feeling|question",
    Mode.generation: "prompt_template=loose, prompt_template.chat=false",
}


def check_texts(config: TrainConfig) -> None:
    """Refuses a mode, a template, a model and sources of texts that do not go together."""
    mode = config.mode.name
    if mode is not Mode.imported and config.imported.path is not None:
        raise ConfigError(f"imported.path={config.imported.path}: type mode=imported as well.")
    if mode is Mode.imported:
        _check_imported(config)
        return
    _check_twin(config)
    if config.model.source is Source.elsewhere and config.model.weights is None:
        if mode is Mode.readout:
            raise ConfigError("mode=readout needs a model that reads: type model=NAME, or model.weights=ID|FOLDER.")
        raise ConfigError(f"model={config.model.name or 'more/elsewhere'} is not loaded here; it is for mode=imported.")
    if mode not in _SOURCED and config.mode.source:
        raise ConfigError("mode.source=KEY names texts to be read again: type mode=replay mode.source=KEY.")
    if mode is Mode.behaviour:
        return  # asks in its own words
    if mode in (Mode.steering, Mode.readout):
        config.mode.check_run()
        mode = Mode.comprehension
    if config.mode.name is Mode.steering:
        config.steering.check()
    if config.mode.name is Mode.readout and config.mode.source:
        return  # texts are read as its source has read its own
    if mode is Mode.replay:
        config.mode.check_source()
        if config.mode.source:
            return  # the prompts are those of its source
        _check_own_texts(config)
        mode = Mode.generation
    _check_template(config, mode)


def _check_imported(config: TrainConfig) -> None:
    """Refuses to import nothing, and what only a pass over texts can do."""
    config.imported.check()
    stimuli = config.stimuli
    passes = {
        f"stimuli.path={stimuli.path}": stimuli.path is not None,
        "stimuli.conditions=…": stimuli.conditions is not None,
        f"stimuli.mask={stimuli.mask}": bool(stimuli.mask),
        f"prompt_template={config.prompt_template.name}": config.prompt_template.name != _EXAMPLE[Mode.comprehension],
        f"pooling.position={config.pooling.position.value}": config.pooling != PoolingConfig(),
        "reread=true": config.reread,
        f"denoising={config.denoising.method.value}": config.denoising.method is not DenoisingMethod.none,
        f"max_depth={config.max_depth}": config.max_depth is not None,
    }
    given = next((option for option, asked in passes.items() if asked), None)
    if given is not None:
        raise ConfigError(f"{given} needs a model that reads texts; mode=imported takes numbers as they were measured.")
    if stimuli.rename:
        raise ConfigError(
            "stimuli.rename is for texts. Imported conditions keep their names; an analysis gives them others: "
            f"{command('analyze')} 'conditions.rename={{OLD: NEW}}'."
        )


def _check_twin(config: TrainConfig) -> None:
    """Refuses to have an untrained twin write or answer: it reads what others have written."""
    mode, init = config.mode, config.model.init
    reads = mode.name in (Mode.comprehension, Mode.readout) or (mode.name is Mode.replay and mode.source)
    if init is Init.trained or reads:
        return
    raise ConfigError(
        f"model.init={init.value} with mode={mode.name.value}: a model that has learned nothing writes noise. It can "
        "read what the trained model has written: type mode=replay mode.source=KEY, the key of that model's run."
    )


def _check_own_texts(config: TrainConfig) -> None:
    if config.prompt_template.mode is not Mode.generation or config.mode.writer is None:
        raise ConfigError(
            "mode=replay reads again what was written: give the run's key (mode.source=KEY), or the recipe or "
            "prompt_template with which this model has written before."
        )


def _check_template(config: TrainConfig, mode: Mode) -> None:
    template = config.prompt_template
    if template.mode is not mode:
        raise ConfigError(
            f"prompt_template={template.name} is for mode={template.mode.value}, but mode={mode.value}. "
            f"Type mode={template.mode.value}, or a template of {mode.value} such as prompt_template={_EXAMPLE[mode]}."
        )
    if mode is Mode.comprehension:
        template.check_text()
    else:
        template.check_prompts()
        config.generation.check_greedy()
        _check_written(config)
    if template.chat and not config.model.chat_template and config.model.weights is None:
        raise ConfigError(
            f"prompt_template={template.name} needs a chat template, and model={config.model.name} "
            f"({config.model.variant}) has none. Type {_PLAIN[mode]}, or an instruct model."
        )


def _check_written(config: TrainConfig) -> None:
    """Refuses to read from written texts what they may turn out not to have."""
    skip, least = config.pooling.skip, config.generation.min_new_tokens
    if skip and skip >= least:
        raise ConfigError(
            f"pooling.skip={skip} may leave nothing of a text of generation.min_new_tokens={least}: "
            f"type generation.min_new_tokens={skip + 1} or more."
        )


def _check_neutral_texts(config: TrainConfig) -> None:
    denoising = config.denoising
    by_facts = denoising.method is DenoisingMethod.neutral_pcs and denoising.texts is NeutralTexts.facts
    if by_facts and config.mode.name in (Mode.generation, Mode.replay):
        raise ConfigError(
            f"mode={config.mode.name.value} has neutral texts of its own: type denoising.texts=condition."
        )
