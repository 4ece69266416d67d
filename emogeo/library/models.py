"""The models of `conf/model`, and any other weights, loaded for a caller who has none in memory yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from omegaconf import OmegaConf
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from emogeo.config.model import Init, ModelConfig
from emogeo.config.options import options_in
from emogeo.config.precision import Dtype, PrecisionConfig
from emogeo.config.typed import option_file
from emogeo.errors import ConfigError
from emogeo.geometry.options import check_whole
from emogeo.installation import CONF
from emogeo.models.loading import load_model as load
from emogeo.models.loading import show_progress
from emogeo.models.precision import precision_of, resolve_device
from emogeo.models.weights.resolve import resolve_weights

T = TypeVar("T")
_CACHE = Path("~/.cache/emogeo")


def load_model(
    model: str | Path,
    *,
    precision: str = "auto",
    device: str = "auto",
    cache: str | Path = _CACHE,
    progress: bool = True,
    init: str = "trained",
    init_seed: int = 0,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Fetches weights where they are not there yet, checks their sums, and loads the transformer without its head.

    Args:
        model: an option of `conf/model`, a hub id (`Org/Name` or `Org/Name@revision`), or a local folder.
        precision: `auto`, `fp32`, `bf16`, `fp16`, or another option of `conf/precision`: `int8`, `nf4` and so on.
            Weights that their checkpoint has quantised are decoded as they are stored, and computed in this.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        cache: the folder of converted weights.
        init: `trained`, or the weights of an untrained twin: `random` ones, drawn as the model's class draws them, or
            the trained ones `shuffled` within each tensor.
        init_seed: seeds a twin's weights.

    Example:
        >>> model, tokenizer = emogeo.load_model(folder, precision="fp32", device="cpu", progress=False)
        >>> twin, tokenizer = emogeo.load_model(
        ...     folder, precision="fp32", device="cpu", progress=False, init="random", init_seed=1
        ... )

    Raises:
        ConfigError: no such option; lists what there is. A seed without an untrained twin.
        WeightsError: weights that are not to be had, with what to do instead.
        PrecisionError: a device or a precision that this machine does not have.
    """
    for name, given in (("model", model), ("precision", precision), ("device", device)):
        if not isinstance(given, str | Path) or not str(given).strip():
            raise ConfigError(f"{name}={given!r} is no name.")
    if not isinstance(cache, str | Path) or Path(cache).expanduser().is_file():
        raise ConfigError(f"cache={cache!r} is no folder.")
    show_progress(progress)
    check_whole("init_seed", init_seed, 0)
    option = replace(_model_option(str(model)), init=_init(init), init_seed=init_seed)
    option.check()
    where = resolve_device(str(device))
    weights = resolve_weights(option, Path(cache).expanduser(), progress)
    number_format = precision_of(_precision_option(precision), where, weights)
    loaded = load(weights, number_format, where, None)
    loaded.body.config._name_or_path = weights.title
    return loaded.body, loaded.tokenizer


def _model_option(model: str) -> ModelConfig:
    if option_file("model", model).is_file():
        return _option("model", model, ModelConfig)
    if "/" in model or Path(model).expanduser().exists():
        return ModelConfig(name=model, weights=model)
    allowed = ", ".join(options_in(CONF / "model"))
    raise ConfigError(f"model={model!r} is not an option. Allowed: {allowed}, a hub id, or a folder.")


def _init(given: str) -> Init:
    allowed = [init.value for init in Init]
    if given not in allowed:
        raise ConfigError(f"init={given!r} is not an option. Allowed: {', '.join(allowed)}.")
    return Init(given)


def _precision_option(precision: str) -> PrecisionConfig:
    if precision in {dtype.value for dtype in Dtype}:
        return PrecisionConfig(precision, Dtype(precision))
    allowed = options_in(CONF / "precision")
    if precision not in allowed:
        raise ConfigError(f"precision={precision!r} is not an option. Allowed: {', '.join(allowed)}.")
    return _option("precision", precision, PrecisionConfig)


def _option(group: str, name: str, kind: type[T]) -> T:
    option = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(kind), OmegaConf.load(option_file(group, name))))
    assert isinstance(option, kind)
    return option
