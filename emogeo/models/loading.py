"""Loading a transformer at a precision, without its LM head unless it is to write."""

from __future__ import annotations

import logging
from importlib.util import find_spec
from typing import Any

import psutil
import torch
from transformers import (
    AutoConfig,
    AutoTokenizer,
    BitsAndBytesConfig,
    GenerationConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging as transformers_logging

from emogeo.config.early import QUANTIZED
from emogeo.config.model import Source
from emogeo.config.precision import Dtype, Quantization
from emogeo.errors import PrecisionError, WeightsError
from emogeo.models.attention import attention_for
from emogeo.models.blocks import body_of
from emogeo.models.encoded import load_encoded
from emogeo.models.faults import named_faults
from emogeo.models.kinds import WITH_REPORT, Read, body_by, loader_of, refuse_encoder
from emogeo.models.loaded import LoadedModel as LoadedModel
from emogeo.models.precision import Precision, bytes_per_parameter
from emogeo.models.said import passed_on
from emogeo.models.shares import Shares
from emogeo.models.tokenizer import LOCAL
from emogeo.models.untrained import load_untrained, parameters_of
from emogeo.models.weight_only import quantised
from emogeo.models.weights.headers import tensors_of, weight_files
from emogeo.models.weights.index import verify
from emogeo.models.weights.resolve import Weights
from emogeo.models.weights.stored import count_parameters
from emogeo.models.weights.whole import refuse_misfits

log = logging.getLogger(__name__)

TORCH_DTYPES = {Dtype.fp32: torch.float32, Dtype.bf16: torch.bfloat16, Dtype.fp16: torch.float16}
_BITSANDBYTES = {Quantization.int8, Quantization.nf4}


def load_model(
    weights: Weights, precision: Precision, device: str, device_map: str | None, head: bool = False
) -> LoadedModel:
    """Loads the transformer body and the tokenizer from a local folder, or makes the body of an untrained twin.

    Args:
        device_map: accelerate's placement for models that do not fit on `device`; None puts all on `device`.
        head: whether the LM head is loaded, to write texts; an untrained twin has none.

    Raises:
        ValueError: an untrained twin was asked for with its head.
        WeightsError: the cached files are not what was written, or transformers cannot read them.
        PrecisionError: CUDA was asked for and this torch has none; nothing was quantised that was to be.
    """
    if head and not weights.trained:
        raise ValueError(f"{weights.title} has no LM head: a model that has learned nothing reads, and never writes")
    _refuse_absent_gpu(device)
    _refuse_absent_library(precision)
    if weights.source is Source.index or weights.converted:
        verify(weights.folder)
    refuse_encoder(weights.own_config, weights.folder, weights.title)
    _refuse_pad(weights)
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # says at every layer that int8 inputs become fp16
    log.info("loading %s at %s on %s", weights.title, precision.label, device_map or device)
    try:
        options = {**_options(precision, device, device_map), **_attention(weights)}
        with passed_on():
            with named_faults(weights.folder, weights.name):
                tokenizer = AutoTokenizer.from_pretrained(weights.folder, **LOCAL)
            own = _load(weights, options, head, precision)
    except torch.OutOfMemoryError as error:
        raise PrecisionError(
            f"{weights.title} at {precision.label} does not fit on {device}: runtime.device_map=auto or precision=nf4."
        ) from error
    refuse_misfits(weights.folder, weights.name, own.report)
    shares = quantised(own.model, precision, own.shares, weights.title)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    own.model.eval()
    loaded = _loaded(own, tokenizer, head, shares, precision.depends_on_batch_mates)
    _say_ending(loaded, weights.title)
    return loaded


def _loaded(
    own: Read, tokenizer: PreTrainedTokenizerBase, head: bool, shares: Shares | None, mates: bool
) -> LoadedModel:
    """Puts a model and its tokenizer together, with its head where it is to write."""
    if not head:
        return LoadedModel(own.model, tokenizer, drawn=own.drawn, quantized=shares, batch_mates_matter=mates)
    stops = _take_stops(own.model, tokenizer)
    return LoadedModel(body_of(own.model), tokenizer, own.model, stops, None, shares, mates)


def _refuse_pad(weights: Weights) -> None:
    """Refuses a padding token for which the model has no embedding."""
    pad, rows = weights.config.get("pad_token_id"), weights.config.get("vocab_size")
    if isinstance(pad, int) and isinstance(rows, int) and pad >= rows:
        raise WeightsError(
            f"{weights.folder / 'config.json'}: pad_token_id is {pad}, and there are {rows} embeddings. Remove it, or "
            "write the id of a token that the tokenizer has."
        )


def _load(weights: Weights, options: dict[str, Any], head: bool, precision: Precision) -> Read:
    if not weights.trained:
        return load_untrained(weights, options)

    def load(loader: Any) -> Read:
        if precision.quantization is Quantization.as_stored:
            assert weights.stored is not None
            return load_encoded(weights, weights.stored, options, loader)
        own = {**WITH_REPORT, "use_safetensors": True, **LOCAL, **options}
        with named_faults(weights.folder, weights.name):
            return Read(*loader.from_pretrained(weights.folder, **own))

    return load(loader_of(weights.architecture)) if head else body_by(weights.architecture, load)


def _say_ending(model: LoadedModel, title: str) -> None:
    if model.ending:
        ended = " ".join(model.tokenizer.convert_ids_to_tokens(model.ending))
        log.warning("%s: the tokenizer puts %s after a text, and emogeo leaves it out", title, ended)


_ENDS_OF_TEXT = {"<|endoftext|>", "<|end_of_text|>"}
"""Chat models may name the end of their turn alone; after these tokens no text goes on either."""


def _take_stops(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> tuple[int, ...]:
    """Takes the tokens that end a text, and drops the model's other decoding defaults (penalties), which act unseen."""
    stops = model.generation_config.eos_token_id
    ids = set(stops if isinstance(stops, list) else [stops]) | {tokenizer.eos_token_id}
    special = tokenizer.added_tokens_decoder.items()
    ids |= {token for token, added in special if added.content in _ENDS_OF_TEXT}
    model.generation_config = GenerationConfig()
    return tuple(sorted(int(token) for token in ids if token is not None))


def _refuse_absent_gpu(device: str) -> None:
    kind, _, index = device.partition(":")
    if kind != "cuda":
        return
    if not torch.cuda.is_available():
        raise PrecisionError(
            "This torch finds no GPU that it can use: install a CUDA build, or type runtime.device=cpu."
        )
    if index and int(index) >= torch.cuda.device_count():
        raise PrecisionError(f"runtime.device={device}: there are {torch.cuda.device_count()} GPUs, counted from 0.")


def _refuse_absent_library(precision: Precision) -> None:
    if precision.quantization in _BITSANDBYTES and find_spec("bitsandbytes") is None:
        raise PrecisionError(f"precision {precision.label} needs bitsandbytes. Type: {QUANTIZED}")


def show_progress(progress: bool) -> None:
    """Turns the progress bars of transformers on or off."""
    (transformers_logging.enable_progress_bar if progress else transformers_logging.disable_progress_bar)()


def _attention(weights: Weights) -> dict[str, Any]:
    with named_faults(weights.folder, weights.name):
        config = AutoConfig.from_pretrained(weights.folder, **LOCAL)
    return {"attn_implementation": attention_for(config)}


def _options(precision: Precision, device: str, device_map: str | None) -> dict[str, Any]:
    options: dict[str, Any] = {
        "dtype": TORCH_DTYPES[precision.dtype],
        "device_map": device_map or {"": device},
    }
    if precision.quantization is Quantization.int8:
        options["quantization_config"] = BitsAndBytesConfig(
            load_in_8bit=True, llm_int8_threshold=precision.threshold or 0.0
        )
    elif precision.quantization is Quantization.nf4:
        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=TORCH_DTYPES[precision.dtype]
        )
    return options


def memory_needed(weights: Weights, precision: Precision, device: str) -> float:
    """Bytes that must be free on a device before a model is loaded: half as much again as it will take.

    On the CPU an untrained twin takes its float32 weights as well, from which it is made there.
    """
    width = bytes_per_parameter(precision)
    if not weights.trained:
        made = 0.0 if device.startswith("cuda") else 4.0
        return parameters_of(weights) * (1.5 * width + made)
    if precision.stored is not None and weights.stored is not None:
        return 1.5 * count_parameters(weights.stored, tensors_of(weights.folder)) * width
    stored = sum((weights.folder / name).stat().st_size for name in weight_files(weights.folder))
    written = 4.0 if weights.config.get("dtype", weights.config.get("torch_dtype")) == "float32" else 2.0
    return 1.5 * stored / written * width


def free_bytes(device: str) -> float:
    """Memory that is free now, of the GPU or of the machine."""
    if device.startswith("cuda"):
        return float(torch.cuda.mem_get_info(device)[0])
    return float(psutil.virtual_memory().available)
