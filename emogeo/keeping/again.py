"""What to type to have a run again."""

from __future__ import annotations

from dataclasses import fields

from emogeo.config.mode import Mode
from emogeo.config.model import Init
from emogeo.config.train import TrainConfig
from emogeo.config.typed import in_store, option_file, option_of, override, typed
from emogeo.installation import command

_ELSEWHERE = {"cluster", "tracking", "store", "runtime", "force", "recipe", "study", "size", "model"}
"""Fields that say how a run is computed and recorded, or that others spell out; and the model, which has its own."""


def words_again(config: TrainConfig, store: str) -> list[str]:
    """Gives the words of the command that computes a run of a configuration, with every field that is not the usual.

    A recipe is spelled out in its fields, because later overrides may have departed from it.

    Args:
        store: the folder of the store.

    """
    imports = config.mode.name is Mode.imported  # an option that sets the model as well
    left_out = {*_ELSEWHERE, "mode"} if imports else _ELSEWHERE
    parts = [own.name for own in fields(TrainConfig) if own.name not in left_out]
    mode = [override("mode", config.mode.name)] if imports else []
    budget = config.runtime.token_budget  # which is meaning where batch mates change states
    batches = [] if budget is None else [override("runtime.token_budget", budget)]
    words = [word for word in typed(config, parts) if not (_usual_writer(config) and word.startswith("mode.writer."))]
    return [*command("train").split(), *mode, *_model(config), *words, *batches, *in_store(store)]


def _usual_writer(config: TrainConfig) -> bool:
    """Whether the texts of a replay were written at the precision that `mode=replay` says by itself."""
    return config.mode.writer is not None and config.mode.writer.name == "auto"


def _model(config: TrainConfig) -> list[str]:
    model = config.model
    if model.weights is None:
        own = [word for word in typed(config, ["model"]) if not word.startswith("model=")]
        named = option_file("model", model.name).is_file() or config.mode.name is not Mode.imported
        return [*([override("model", option_of("model", model.name))] if named else []), *own]
    given = {"weights": model.weights, "adapter": model.adapter}
    twin = {} if model.init is Init.trained else {"init": model.init, "init_seed": model.init_seed}
    return [override(f"model.{name}", value) for name, value in {**given, **twin}.items() if value is not None]
