"""The number format in which a checkpoint stores its weights, where it has quantised them itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from emogeo.errors import WeightsError
from emogeo.models.weights.headers import Tensor

Settings: TypeAlias = Mapping[str, Any]
MODELOPT_FILE = "hf_quant_config.json"
"""Where ModelOpt says how it has quantised; config.json need not say it again."""
SUPPORTED = "bitsandbytes (int8, nf4, fp4), fp8, fbgemm_fp8, modelopt FP8, compressed-tensors, mxfp4, gptq, awq"
_SIGNS = (".weight_scale", "_scale_inv", ".weight_packed", "_proj_blocks", ".SCB", ".absmax", ".qweight")
"""How the names of tensors end that stand only beside quantised ones, or are quantised."""
_FP8 = {"F8_E4M3", "F8_E5M2"}
_SCALES = ("_scale", "_scale_inv", ".scale")
_WHOLE = {"I8", "U8", "I16", "I32", "I64"}


@dataclass(frozen=True)
class Stored:
    """How a checkpoint's quantised weights are stored."""

    label: str
    """Short name of the format: int8, nf4, fp4, fp8, mxfp4, gptq4, awq4, ct-int4."""
    method: str
    """Names the rule by which they are decoded: see `emogeo.models.dequantize`."""
    settings: Settings
    """The checkpoint's own settings."""


def stored_format(folder: Path, config: Settings, tensors: Mapping[str, Tensor]) -> Stored | None:
    """Reads how a checkpoint has quantised its weights; None where it has not.

    Args:
        config: the content of config.json.

    Raises:
        WeightsError: a method that emogeo cannot decode, by its name; settings and tensors that contradict each other.
    """
    settings = _settings(folder, config)
    if settings is None:
        return _unexplained(folder, tensors)
    method = str(settings.get("quant_method") or settings.get("quant_algo") or "unnamed").lower()
    found = _DECODABLE[method](settings) if method in _DECODABLE else None
    if found is None:
        raise WeightsError(
            f"{folder}: its weights are quantised by {_described(method, settings)}, which emogeo cannot decode; it "
            f"can {SUPPORTED}. Type model.weights= with the model as it was before, or with another quantised form."
        )
    if not _quantised(tensors):
        raise WeightsError(
            f"{folder}: config.json says that its weights are quantised by {method}, and no tensor is. If they were "
            "dequantised since, remove quantization_config from config.json."
        )
    if found.method == "scaled" and not any(name.endswith(_SCALES) for name in tensors):
        raise WeightsError(
            f"{folder}: config.json says that its weights are quantised by {method}, and their scales are absent, so "
            "that their values are not known. Fetch the model again, or another form of it."
        )
    return found


def count_parameters(stored: Stored, tensors: Mapping[str, Tensor]) -> int:
    """Counts roughly the parameters that quantised tensors encode: some have two in a byte, or several in an int32."""
    packed = {"I32": 32 // int(stored.settings.get("bits") or 4), "U8": 2}
    return sum(own.size * packed.get(own.dtype, 1) for own in tensors.values())


def _settings(folder: Path, config: Settings) -> Settings | None:
    """Finds the settings, in config.json (of the whole model or its text part) or in ModelOpt's own file."""
    own = config.get("quantization_config") or (config.get("text_config") or {}).get("quantization_config")
    own = own or config.get("compression_config")
    if isinstance(own, dict):
        return own
    if own:
        raise WeightsError(
            f"{folder / 'config.json'}: quantization_config is no object with settings: {str(own)[:40]!r}."
        )
    file = folder / MODELOPT_FILE
    if not file.is_file():
        return None
    try:
        return {"quant_method": "modelopt", **json.loads(file.read_text())["quantization"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{file} does not say how the weights are quantised ({error}).") from error


def _bitsandbytes(settings: Settings) -> Stored | None:
    if settings.get("load_in_8bit") or settings.get("_load_in_8bit"):
        return Stored("int8", "bnb_int8", settings)
    kind = settings.get("bnb_4bit_quant_type", "fp4")
    return Stored(kind, "bnb_4bit", settings) if kind in {"nf4", "fp4"} else None


def _fp8(settings: Settings) -> Stored | None:
    return Stored("fp8", "scaled", settings)


def _modelopt(settings: Settings) -> Stored | None:
    """Takes per-tensor and per-channel FP8; ModelOpt's other formats (NVFP4, W4A8) are not decoded."""
    return _fp8(settings) if str(settings.get("quant_algo", "")).upper().startswith("FP8") else None


def _compressed(settings: Settings) -> Stored | None:
    """Takes one format for all weights: scaled FP8, scaled int8, or whole numbers packed into int32."""
    groups = [own.get("weights") or {} for own in (settings.get("config_groups") or {}).values()]
    found = {(str(settings.get("format")), str(own.get("type")), int(own.get("num_bits") or 0)) for own in groups}
    sparse = (settings.get("sparsity_config") or {}).get("format") not in (None, "dense")
    plain = all(own.get("symmetric", True) for own in groups) and not sparse and not settings.get("transform_config")
    known = _COMPRESSED.get(found.pop()) if plain and len(found) == 1 else None
    return None if known is None else Stored(*known, settings)


_COMPRESSED = {
    ("float-quantized", "float", 8): ("fp8", "scaled"),
    ("naive-quantized", "float", 8): ("fp8", "scaled"),
    ("int-quantized", "int", 8): ("ct-int8", "scaled"),
    ("naive-quantized", "int", 8): ("ct-int8", "scaled"),
    ("pack-quantized", "int", 8): ("ct-int8", "packed"),
    ("pack-quantized", "int", 4): ("ct-int4", "packed"),
}
"""compressed-tensors' layout, type and bits, with the format's label and how it is decoded."""


def _mxfp4(settings: Settings) -> Stored | None:
    return Stored("mxfp4", "mxfp4", settings)


def _gptq(settings: Settings) -> Stored | None:
    bits = settings.get("bits")
    return Stored(f"gptq{bits}", "gptq", settings) if bits in (2, 4, 8) else None


def _awq(settings: Settings) -> Stored | None:
    bits, layout = settings.get("bits", settings.get("w_bit", 4)), str(settings.get("version", "gemm")).lower()
    return Stored(f"awq{bits}", "awq", settings) if bits == 4 and layout == "gemm" else None


_DECODABLE = {
    "bitsandbytes": _bitsandbytes,
    "fp8": _fp8,
    "fbgemm_fp8": _fp8,
    "modelopt": _modelopt,
    "compressed-tensors": _compressed,
    "mxfp4": _mxfp4,
    "gptq": _gptq,
    "awq": _awq,
}


def _described(method: str, settings: Settings) -> str:
    """Names a method with the format within it, where it has several."""
    further = [settings.get(name) for name in ("quant_algo", "format", "version", "bits")]
    named = ", ".join(str(one) for one in further if one is not None and str(one).lower() != method)
    return f"{method} ({named})" if named else method


def _unexplained(folder: Path, tensors: Mapping[str, Tensor]) -> Stored | None:
    """Judges tensors without settings: FP8 numbers are what they say, and scales would be lost."""
    signs = sorted(name for name in tensors if name.endswith(_SIGNS))
    if signs:
        raise WeightsError(
            f"{folder}: {signs[0]} belongs to quantised weights, and neither config.json (quantization_config) nor "
            f"{MODELOPT_FILE} says how they are quantised."
        )
    whole = sorted(name for name, own in tensors.items() if name.endswith(".weight") and _whole_numbers(own))
    if whole:
        raise WeightsError(
            f"{folder}: {whole[0]} is of whole numbers ({tensors[whole[0]].dtype}), as quantised weights are, and "
            f"neither config.json (quantization_config) nor {MODELOPT_FILE} says what they stand for."
        )
    return Stored("fp8", "scaled", {}) if _quantised(tensors) else None


def _whole_numbers(tensor: Tensor) -> bool:
    return tensor.dtype in _WHOLE and len(tensor.shape) > 1


def _quantised(tensors: Mapping[str, Tensor]) -> bool:
    return any(name.endswith(_SIGNS) or own.dtype in _FP8 for name, own in tensors.items())
