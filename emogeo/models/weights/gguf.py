"""GGUF to safetensors, once: transformers reads GGUF slowly and marks the model as quantized."""

from __future__ import annotations

import logging
from pathlib import Path

from emogeo.errors import WeightsError

log = logging.getLogger(__name__)


def convert(gguf: Path, target: Path) -> None:
    """Writes config, tokenizer (with its chat template) and dequantized float32 weights to `target`.

    The float32 values are exactly those the GGUF encodes; precisions are applied on loading.

    Raises:
        WeightsError: tensors of the architecture that the file does not hold.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint

    source = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    log.info("reading the tokenizer of %s", gguf.name)
    AutoTokenizer.from_pretrained(**source, trust_remote_code=False).save_pretrained(target)
    config = AutoConfig.from_pretrained(**source, trust_remote_code=False)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    log.info("dequantizing %s", gguf.name)
    tensors = load_gguf_checkpoint(str(gguf), return_tensors=True, model_to_load=model)["tensors"]
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
