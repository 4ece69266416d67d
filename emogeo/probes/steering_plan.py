"""A steering run's plan: everything it will do, and its key, settled before torch is imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from emogeo.config.mode import Mode, ModeConfig
from emogeo.config.probes import SteeringConfig
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError, StoreError
from emogeo.extraction.passes import stripping, wording
from emogeo.extraction.plan import RunPlan, plan_run
from emogeo.models.chat import chat_of, has_chat_template
from emogeo.record.reading import read_record
from emogeo.record.types import GeometryRecord
from emogeo.stimuli.emotion_words import steering_words
from emogeo.stimuli.messages import hint, listed
from emogeo.stimuli.templates import SLOT, Text, render
from emogeo.store.keys import Json, key_of
from emogeo.store.store import RUNS, Store


@dataclass(frozen=True)
class SteeringPlan:
    """A steering run with everything resolved."""

    config: TrainConfig
    extraction: RunPlan
    """The run that reads passages with the same model: its vectors are added, unless another run's are."""
    vectors: str
    """The key of the run whose vectors are added."""
    blocks: tuple[int, ...] | None
    prompts: Mapping[str, Text]
    """The prompts by scenario, as the model reads them."""
    meaning: Json
    key: str

    @property
    def steering(self) -> SteeringConfig:
        return self.config.steering

    @property
    def title(self) -> str:
        own = self.extraction
        return f"{own.weights.name} {own.precision.label} steering {self.steering.name}"


def plan_steering(config: TrainConfig) -> SteeringPlan:
    """Resolves the model, the run whose vectors are added, the prompts and the key.

    Raises:
        EmogeoError: anything that would make the run fail later.
    """
    config = replace(config, steering=in_one_order(config.steering))
    steering = config.steering
    own = plan_run(replace(config, mode=ModeConfig(name=Mode.comprehension)))
    blocks = _blocks(steering.blocks, own.n_blocks)
    vectors = _named_run(Store(config.store.path), config.mode.source, own) if config.mode.source else own.key
    _refuse_targets(steering, _conditions(config, own, vectors))
    asks_in_chat = steering.chat if steering.chat is not None else has_chat_template(own.weights.folder)
    thinking = config.prompt_template.thinking
    chat = chat_of(own.weights.folder, own.weights.name, thinking) if asks_in_chat else None
    prompts = {name: render([scenario.prompt], SLOT, chat)[0] for name, scenario in steering.scenarios.items()}
    protocol = {name: value for name, value in asdict(steering).items() if name not in ("name", "chat", "words")}
    protocol["blocks"] = None if blocks == tuple(range(own.n_blocks)) else blocks
    meaning = {
        "mode": Mode.steering.value,
        "vectors": vectors,
        "reader": own.model.meaning,
        "protocol": protocol,
        "prompts": [wording(text) for text in prompts.values()],
        **stripping(list(prompts.values())),
        "words": words_of(steering),
        "seed": config.seed,
    }
    config = replace(config, model=own.config.model)
    return SteeringPlan(config, own, vectors, blocks, prompts, meaning, key_of(meaning))


def in_one_order(steering: SteeringConfig) -> SteeringConfig:
    """Gives the protocol with what has no order of its own in one, and without words of conditions not steered to."""
    targets = {scenario.emotion for scenario in steering.scenarios.values()}
    return replace(
        steering,
        scenarios=dict(sorted(steering.scenarios.items())),
        strengths=sorted(steering.strengths),
        words={target: _in_order(target, steering.words[target]) for target in sorted(targets & set(steering.words))},
    )


def _in_order(condition: str, words: Sequence[str]) -> list[str]:
    """Gives each word once; in the package's order where they are the package's own."""
    usual = steering_words().get(condition, [])
    return list(usual) if set(words) == set(usual) else sorted(set(words))


def words_of(steering: SteeringConfig) -> dict[str, list[str]]:
    """The words of every condition that has any: the package's, unless others are given."""
    return {**steering_words(), **steering.words}


def _conditions(config: TrainConfig, own: RunPlan, vectors: str) -> list[str]:
    """The conditions that have vectors, without the one that stands for no emotion."""
    labels = own.labelled.emotions
    if config.mode.source:
        record = read_record(Store(config.store.path), vectors)
        labels = record.emotions if isinstance(record, GeometryRecord) else ()
    return sorted(set(labels) - {config.stimuli.neutral})


def _refuse_targets(steering: SteeringConfig, allowed: Sequence[str]) -> None:
    """Refuses to steer towards a condition that has no vector, or no words to tell the effect by."""
    words = words_of(steering)
    for name, scenario in steering.scenarios.items():
        field, target = f"steering.scenarios.{name}.emotion", scenario.emotion
        if target not in allowed:
            raise ConfigError(
                f"{field}={target}: there is no vector of it.{hint(target, allowed)} There are {listed(allowed)}. "
                f"Type {field}={allowed[0] if allowed else 'CONDITION'}, say, or give scenarios of your own in a "
                "file of conf/steering."
            )
        if target not in words:
            raise ConfigError(
                f"{field}={target}: no words are known that name it. Type steering.words={{{target}: [a, b, c]}} with "
                "three words or more that are one token each."
            )


def _blocks(chosen: Sequence[int] | None, n_blocks: int) -> tuple[int, ...] | None:
    wrong = [block for block in chosen or () if not 0 <= block < n_blocks]
    if wrong or chosen == []:
        raise ConfigError(f"steering.blocks={list(chosen or ())}: blocks are 0 to {n_blocks - 1}, or null for all.")
    return None if chosen is None else tuple(sorted(set(chosen)))


def _named_run(store: Store, source: str, own: RunPlan) -> str:
    """Finds the run of the same weights whose key begins with these digits."""
    found = [key for key in store.keys(RUNS) if key.startswith(source)]
    if len(found) != 1:
        raise StoreError(f"mode.source={source}: {len(found)} runs of {store.path} begin so; give one run's key.")
    model = read_record(store, found[0]).model
    if model.revision != own.weights.revision or model.init is not own.weights.init:
        raise StoreError(f"mode.source={source}: vectors of {model.title}, but the model is {own.weights.title}.")
    return found[0]
