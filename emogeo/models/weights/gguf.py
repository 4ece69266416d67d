"""GGUF to safetensors, once: transformers reads GGUF slowly and marks the model as quantized."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from emogeo.errors import WeightsError
from emogeo.models.weights.scaling import FREQUENCIES, llama3_scaling

if TYPE_CHECKING:
    from gguf import GGUFReader
    from transformers import PreTrainedModel

log = logging.getLogger(__name__)


_POSITIONS = {FREQUENCIES, "rope_factors_long.weight", "rope_factors_short.weight"}
"""Tensors that scale positions: whether they do is judged before."""


def convert(gguf: Path, target: Path) -> None:
    """Writes config, tokenizer (with its chat template) and dequantized float32 weights to `target`.

    The float32 values are exactly those the GGUF encodes; precisions are applied on loading.

    Raises:
        WeightsError: tensors of the architecture that the file does not hold, or tensors that the architecture lacks.
    """
    import torch
    from gguf import GGUFReader
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint

    source = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    log.info("reading the tokenizer of %s", gguf.name)
    AutoTokenizer.from_pretrained(**source, trust_remote_code=False).save_pretrained(target)
    config = AutoConfig.from_pretrained(**source, trust_remote_code=False)
    reader = GGUFReader(gguf)
    if scaled := llama3_scaling(reader):
        config.rope_parameters = scaled
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    log.info("dequantizing %s", gguf.name)
    tensors = load_gguf_checkpoint(str(gguf), return_tensors=True, model_to_load=model)["tensors"]
    _refuse_unread(gguf, reader, model, sum(own.numel() for own in tensors.values()))
    left = model.load_state_dict(tensors, strict=False, assign=True)
    if config.tie_word_embeddings:
        model.tie_weights()
    absent = sorted(name for name, tensor in model.named_parameters() if tensor.is_meta)
    if absent or left.unexpected_keys:
        raise WeightsError(f"{gguf.name}: no values for {absent[:3]}, no place for {left.unexpected_keys[:3]}.")
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.config.dtype = torch.float32
    model.save_pretrained(target)


def _refuse_unread(gguf: Path, reader: GGUFReader, model: PreTrainedModel, n_read: int) -> None:
    """Refuses a file with numbers that were not read: transformers skips a tensor whose name it cannot place.

    Args:
        n_read: the count of numbers that were read; experts may be joined, so that tensors are fewer than in the file.
    """
    from transformers.modeling_gguf_pytorch_utils import TENSOR_PROCESSORS, TensorProcessor, get_gguf_hf_weights_map

    held = [own for own in reader.tensors if own.name not in _POSITIONS]
    n_left = sum(int(own.n_elements) for own in held) - n_read
    if not n_left:
        return
    kind = reader.fields["general.architecture"].contents()
    placed = get_gguf_hf_weights_map(model, TENSOR_PROCESSORS.get(kind, TensorProcessor)(config={}))
    without = [own.name for own in held if own.name not in placed and own.name.removesuffix(".weight") not in placed]
    raise WeightsError(
        f"{gguf.name} holds {len(without) or 'some'} tensors that transformers has no place for ({n_left} numbers), "
        f"the first: {next(iter(without), '?')}. Take the model's own safetensors, or a newer transformers."
    )
