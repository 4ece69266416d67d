"""Effects with planted figures, and planted runs as published recipes would have made them."""

from __future__ import annotations

import dataclasses

from emogeo.analysis.comparing.factor import Contrast, EffectKind, Factor
from emogeo.analysis.comparing.levels import Parameter
from emogeo.analysis.comparing.matching import MinimalPair
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.effects import Effect
from emogeo.record.origin import PromptSet
from tests.planted_records import altered, run_of_model, usual_config


def effect(factor: Factor, model: str, **figures: float | None) -> Effect:
    """An effect of which little more than its figures is known."""
    run = run_of_model(model)
    return Effect(MinimalPair(factor, (), run, run), dict(figures))


def single(parameter: Parameter) -> Factor:
    return Factor(EffectKind.sub_parameter, Contrast.one, parameter=parameter)


def as_recipe(ready: PreparedRun, model: str, *overrides: str) -> PreparedRun:
    """The same states, as another configuration and model would have given them."""
    config, generation = usual_config(*overrides), ready.run.record.generation
    if generation is not None:
        template = config.prompt_template
        prompts = PromptSet(template.name, template.chat, tuple(template.prompts))
        written = dataclasses.replace(
            generation.written, model=model, prompt_template=prompts, generation=config.generation
        )
        generation = dataclasses.replace(generation, written=written)
    own = {"model_name": model, "model_id": model, "key": f"{ready.name} as published"}
    return dataclasses.replace(ready, run=altered(ready.run, **own, config=config, generation=generation))
