"""From a composed Hydra configuration to checked dataclasses."""

from __future__ import annotations

import re
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from emogeo.config.schema import (
    AnalyzeConfig,
    DenoisingMethod,
    GenerationConfig,
    Mode,
    ModelConfig,
    NeutralTexts,
    Position,
    PromptTemplateConfig,
    Quantization,
    RecordSource,
    Source,
    TrackingMode,
    TrainConfig,
)
from emogeo.errors import ConfigError

_DEVICE_MAPS = ("auto", "balanced", "balanced_low_0", "sequential")


def register() -> None:
    """Makes the schemas available to Hydra's defaults lists."""
    store = ConfigStore.instance()
    store.store(name="train_schema", node=TrainConfig)
    store.store(name="analyze_schema", node=AnalyzeConfig)


def parse_train(config: DictConfig) -> TrainConfig:
    """Turns a composed configuration into dataclasses.

    Raises:
        ConfigError: values that are each well typed but together cannot be meant.
    """
    cell: TrainConfig = OmegaConf.to_object(config)  # type: ignore[assignment]
    _check(cell)
    return cell


def parse_analyze(config: DictConfig) -> AnalyzeConfig:
    """Turns a composed analysis configuration into dataclasses.

    Raises:
        ConfigError: fewer than 100 permutations.
    """
    analysis: AnalyzeConfig = OmegaConf.to_object(config)  # type: ignore[assignment]
    if analysis.permutations < 100:
        raise ConfigError(f"permutations={analysis.permutations}: give at least 100, or p cannot be small.")
    if analysis.source is RecordSource.wandb and analysis.tracking.mode is TrackingMode.offline:
        raise ConfigError(
            "source=wandb needs the server: type tracking.mode=online, or disabled for no run of its own."
        )
    return analysis


def as_dict(config: TrainConfig) -> dict[str, Any]:
    """Plain containers, for JSON and W&B."""
    container = OmegaConf.to_container(OmegaConf.structured(config), resolve=True, enum_to_str=True)
    assert isinstance(container, dict)
    return {str(name): value for name, value in container.items()}


def _check(cell: TrainConfig) -> None:
    _check_template(cell)
    _check_selection(cell)
    _check_ranges(cell)
    _check_model(cell.model)
    _check_cluster(cell)


def _check_template(cell: TrainConfig) -> None:
    template, mode = cell.prompt_template, cell.mode.name
    if mode not in _SOURCED and cell.mode.source:
        raise ConfigError("mode.source=KEY names texts to be read again: type mode=replay mode.source=KEY.")
    if mode is Mode.behaviour:
        return  # asks in its own words
    if mode is Mode.steering:
        _check_steering(cell)
        mode = Mode.comprehension
    if mode is Mode.replay:
        if cell.mode.source:
            _check_source(cell.mode.source)
            return  # the prompts are those of its source
        if template.mode is not Mode.generation or cell.mode.writer is None:
            raise ConfigError(
                "mode=replay reads again what was written: give the run's key (mode.source=KEY), or the recipe or "
                "prompt_template with which this model has written before."
            )
        mode = Mode.generation
    if template.mode is not mode:
        raise ConfigError(
            f"prompt_template={template.name} is for mode={template.mode.value}, but mode={mode.value}. "
            f"Type mode={template.mode.value}, or a template of {mode.value} such as prompt_template={_EXAMPLE[mode]}."
        )
    if mode is Mode.comprehension and "{passage}" not in template.text:
        raise ConfigError(f"prompt_template.text={template.text!r} has no {{passage}} in it.")
    if mode is Mode.generation:
        _check_prompts(template)
        _check_decoding(cell.generation)
        _check_lengths(cell)
    if template.chat and not cell.model.chat_template and cell.model.weights is None:
        raise ConfigError(
            f"prompt_template={template.name} needs a chat template, and model={cell.model.name} "
            f"({cell.model.variant}) has none. Type {_PLAIN[mode]}, or an instruct model."
        )


def _check_steering(cell: TrainConfig) -> None:
    steering = cell.steering
    if cell.mode.source and not re.fullmatch("[0-9a-f]{1,64}", cell.mode.source):
        raise ConfigError(f"mode.source={cell.mode.source}: the key of a run, in hexadecimal digits.")
    if not steering.scenarios or not steering.strengths or not steering.contexts:
        raise ConfigError("steering needs at least one of each: steering.scenarios, .strengths, .contexts.")
    finite = all(0 < strength < float("inf") for strength in steering.strengths)
    if not finite or len(set(steering.strengths)) < len(steering.strengths):
        raise ConfigError(
            f"steering.strengths={steering.strengths}: different numbers above 0 (the unsteered text is always there)."
        )
    if steering.controls < 1 or steering.max_new_tokens < 1:
        raise ConfigError("steering.controls and steering.max_new_tokens: at least 1.")


def _check_source(source: str) -> None:
    if not re.fullmatch("[0-9a-f]{1,64}|wandb:.+", source):
        raise ConfigError(
            f"mode.source={source} is neither a key (hexadecimal digits; quote one that could be a number, as in "
            "\"mode.source='12e4'\") nor wandb:ENTITY/PROJECT/ARTIFACT:VERSION."
        )


_SOURCED = (Mode.replay, Mode.steering)
_EXAMPLE = {Mode.comprehension: "raw", Mode.generation: "stories"}
_PLAIN = {
    Mode.comprehension: "prompt_template=raw|feeling|question",
    Mode.generation: "prompt_template=loose, prompt_template.chat=false",
}


def _check_prompts(template: PromptTemplateConfig) -> None:
    if not template.prompts or len(template.prompts) != len(template.neutral):
        raise ConfigError(
            f"prompt_template={template.name} has {len(template.prompts)} prompts and {len(template.neutral)} for "
            "neutral; give at least one, and one of neutral for each."
        )
    for prompt in template.prompts:
        if "{emotion}" not in prompt:
            raise ConfigError(f"prompt_template.prompts: {prompt!r} has no {{emotion}} in it.")
    crossed = {"{topic}" in prompt for prompt in [*template.prompts, *template.neutral]}
    if len(crossed) > 1:
        raise ConfigError("prompt_template: either every prompt, neutral ones too, has {topic} in it, or none.")


def _check_lengths(cell: TrainConfig) -> None:
    skip, least = cell.pooling.skip, cell.generation.min_new_tokens
    if skip and skip >= least:
        raise ConfigError(
            f"pooling.skip={skip} may leave nothing of a text of generation.min_new_tokens={least}: "
            f"type generation.min_new_tokens={skip + 1} or more."
        )


def _check_decoding(asked: GenerationConfig) -> None:
    for name, least in (("samples", 1), ("replicates", 1), ("max_new_tokens", 1), ("retries", 0), ("repetition", 0)):
        if getattr(asked, name) < least:
            raise ConfigError(f"generation.{name}={getattr(asked, name)}: at least {least}.")
    if asked.batch_size is not None and asked.batch_size < 1:
        raise ConfigError(f"generation.batch_size={asked.batch_size}: at least 1, or null.")
    if not 0 <= asked.min_new_tokens <= asked.max_new_tokens:
        raise ConfigError(
            f"generation.min_new_tokens={asked.min_new_tokens}: between 0 and max_new_tokens={asked.max_new_tokens}."
        )
    if asked.temperature is not None and asked.temperature <= 0:
        raise ConfigError(f"generation.temperature={asked.temperature}: above 0, or null for greedy.")
    if not 0 < asked.top_p <= 1:
        raise ConfigError(f"generation.top_p={asked.top_p}: above 0 and up to 1.")
    if asked.temperature is None and asked.replicates > 1:
        raise ConfigError(
            f"generation.replicates={asked.replicates}: greedy decoding writes the same each time; "
            "type generation.temperature=0.7, say."
        )
    if asked.temperature is None and (asked.top_p < 1 or asked.ban_emotion_words):
        what = "top_p" if asked.top_p < 1 else "ban_emotion_words (a second try writes the same)"
        raise ConfigError(f"generation.{what} has no meaning in greedy decoding; type generation.temperature=0.7, say.")


def _check_selection(cell: TrainConfig) -> None:
    selection = cell.layer_selection
    for name, value in (("index", selection.index), ("depth", selection.depth)):
        wanted = selection.name.value == name
        if wanted and value is None:
            raise ConfigError(f"layer_selection={name} needs a value: type layer_selection.{name}=...")
        if value is not None and not wanted:
            raise ConfigError(
                f"layer_selection.{name}={value} does not go with layer_selection={selection.name.value}; "
                f"type layer_selection={name} layer_selection.{name}={value}."
            )
    if selection.depth is not None and not 0 < selection.depth <= 1:
        raise ConfigError(f"layer_selection.depth={selection.depth}: a share of depth above 0 and up to 1.")


def _check_ranges(cell: TrainConfig) -> None:
    if cell.max_depth is not None and not 0 < cell.max_depth <= 1:
        raise ConfigError(f"max_depth={cell.max_depth}: a share of depth above 0 and up to 1, or null.")
    behaviour = cell.behaviour
    if behaviour.turns < 1 or behaviour.max_new_tokens < 1 or not 0 <= behaviour.capability <= 1:
        raise ConfigError("behaviour.turns and .max_new_tokens: at least 1; behaviour.capability: a share, 0 to 1.")
    if behaviour.batch_size is not None and behaviour.batch_size < 1:
        raise ConfigError(f"behaviour.batch_size={behaviour.batch_size}: at least 1, or null.")
    if cell.pooling.skip < 0 or (cell.pooling.skip and cell.pooling.position is not Position.mean):
        raise ConfigError(
            f"pooling.skip={cell.pooling.skip} with pooling.position={cell.pooling.position.value}: "
            "skip is 0 or more, and more than 0 only for pooling.position=mean."
        )
    if cell.runtime.device_map not in {None, *_DEVICE_MAPS}:
        raise ConfigError(f"runtime.device_map={cell.runtime.device_map}: allowed are null, {', '.join(_DEVICE_MAPS)}.")
    denoising = cell.denoising
    if (
        denoising.method is DenoisingMethod.neutral_pcs
        and denoising.texts is NeutralTexts.facts
        and cell.mode.name in (Mode.generation, Mode.replay)
    ):
        raise ConfigError(f"mode={cell.mode.name.value} has neutral texts of its own: type denoising.texts=condition.")
    if not 0 < cell.denoising.share < 1:
        raise ConfigError(f"denoising.share={cell.denoising.share}: a share of variance between 0 and 1.")
    for name, value in (("token_budget", cell.runtime.token_budget), ("threads", cell.runtime.threads)):
        if value is not None and value < 1:
            raise ConfigError(f"runtime.{name}={value}: at least 1, or null.")
    precision = cell.precision
    if (precision.quantization is Quantization.int8) != (precision.threshold is not None):
        raise ConfigError("precision.threshold belongs to quantization=int8, and int8 needs one (0 turns it off).")
    if precision.threshold is not None and precision.threshold < 0:
        raise ConfigError(f"precision.threshold={precision.threshold}: 0 or more.")


def _check_cluster(cell: TrainConfig) -> None:
    cluster, runtime = cell.cluster, cell.runtime
    for name, value, least in (("slots", cluster.slots, 1), ("gpus", cluster.gpus, 0)):
        if value is not None and value < least:
            raise ConfigError(f"cluster.{name}={value}: at least {least}, or null.")
    if cluster.slots is None:
        return
    if cluster.name != "gpus":
        raise ConfigError(f"cluster.slots={cluster.slots} does not go with cluster={cluster.name}: type cluster=gpus.")
    if runtime.device.startswith("cuda:") or runtime.device_map is not None:
        raise ConfigError("cluster=gpus gives every job one GPU: leave out runtime.device=cuda:N and device_map.")


def _check_model(model: ModelConfig) -> None:
    if model.weights is not None:
        return
    if model.source is Source.index and (model.wheels is None or model.sha256 is None):
        raise ConfigError(f"model={model.name}: source=index needs wheels and sha256.")
    if model.source is Source.hub and not model.revision:
        raise ConfigError(f"model={model.name}: source=hub needs a revision (a commit, or main).")
    if model.source is Source.folder:
        raise ConfigError("For a local folder type model.weights=FOLDER.")
