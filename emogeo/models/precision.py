"""The device and the number format that a run computes in, decided without importing torch."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from emogeo.config.precision import Dtype, PrecisionConfig, Quantization
from emogeo.errors import PrecisionError
from emogeo.models.weights.resolve import Weights


@dataclass(frozen=True)
class Precision:
    """A precision as resolved: `dtype` is never `auto`."""

    dtype: Dtype
    quantization: Quantization
    threshold: float | None
    stored: str | None = None
    """The format that the checkpoint stores its weights in, where it has quantised them itself: fp8, mxfp4, gptq4."""

    @property
    def label(self) -> str:
        """Short name, the weights' format and the data type of the computation: fp16, int8(6.0)+bf16, nf4+fp16."""
        if self.quantization is Quantization.none:
            return self.dtype.value
        if self.stored is not None:
            return f"{self.stored}+{self.dtype.value}"
        outliers = "" if self.threshold is None else f"({self.threshold:g})"
        return f"{self.quantization.value}{outliers}+{self.dtype.value}"

    @property
    def depends_on_batch_mates(self) -> bool:
        """Whether batch mates change states: LLM.int8 picks its outlier columns from the whole batch (by 2.5e-2)."""
        return bool(self.threshold)


_BYTES = {Dtype.fp32: 4.0, Dtype.bf16: 2.0, Dtype.fp16: 2.0}
_QUANTIZED_BYTES = {Quantization.int8: 1.0, Quantization.nf4: 0.6}


def bytes_per_parameter(precision: Precision) -> float:
    """The bytes that a parameter takes in memory, with its share of the scales."""
    return _QUANTIZED_BYTES.get(precision.quantization, _BYTES[precision.dtype])


def resolve_device(device: str) -> str:
    """`auto` becomes cuda where torch is a CUDA build and a GPU is visible, else cpu.

    Raises:
        PrecisionError: a device name that torch would not know.
    """
    if device == "auto":
        return "cuda" if _cuda_visible() else "cpu"
    kind, _, index = device.partition(":")
    if device != "cpu" and not (kind == "cuda" and (not index or index.isdigit())):
        raise PrecisionError(f"runtime.device={device}: allowed are auto, cpu, cuda, cuda:N.")
    if kind == "cuda" and not _cuda_visible():
        raise PrecisionError(
            f"runtime.device={device}: no GPU is visible to a CUDA build of torch here; type cpu or auto."
        )
    return device


def resolve_precision(config: PrecisionConfig, device: str) -> Precision:
    """Settles `dtype=auto`: fp16 on CUDA as published, bf16 on a CPU with bf16 arithmetic, else fp32."""
    dtype = config.dtype
    if dtype is Dtype.auto:
        on_cpu = Dtype.bf16 if _cpu_has_bf16() else Dtype.fp32
        dtype = Dtype.fp16 if device.startswith("cuda") else on_cpu
    return Precision(dtype, config.quantization, config.threshold)


def precision_of(config: PrecisionConfig, device: str, weights: Weights) -> Precision:
    """Settles the precision of weights, which their checkpoint may have quantised itself.

    Such weights are taken as they are stored, and `dtype` is what they are decoded to and computed in.

    Raises:
        PrecisionError: weights that are quantised already, to be quantised again.
        WeightsError: see `Weights.stored`.
    """
    resolved, stored = resolve_precision(config, device), weights.stored
    if stored is None:
        given = config.quantization is Quantization.as_stored
        return Precision(_stored_dtype(config, weights), Quantization.none, None) if given else resolved
    if config.quantization not in (Quantization.none, Quantization.as_stored):
        raise PrecisionError(
            f"{weights.title}: its weights are stored in {stored.label}, and precision={config.name} would quantise "
            "them a second time. Type precision=as_stored (auto is the same), or fp32, bf16 or fp16, which "
            "they are then computed in."
        )
    return Precision(resolved.dtype, Quantization.as_stored, None, stored.label)


def settled(config: PrecisionConfig, precision: Precision) -> PrecisionConfig:
    """Gives the configuration the quantisation that a checkpoint's own weights have, for the record."""
    return config if precision.stored is None else replace(config, quantization=precision.quantization)


def _stored_dtype(config: PrecisionConfig, weights: Weights) -> Dtype:
    """Gives the data type that weights without quantisation are stored in, or that the configuration names."""
    if config.dtype is not Dtype.auto:
        return config.dtype
    named = weights.config.get("dtype", weights.config.get("torch_dtype"))
    known = {"float32": Dtype.fp32, "bfloat16": Dtype.bf16, "float16": Dtype.fp16}
    if named not in known:
        raise PrecisionError(
            f"{weights.title}: config.json does not say in which data type its weights are stored (dtype: {named}). "
            "Type precision=fp32, bf16 or fp16."
        )
    return known[named]


def _cuda_visible() -> bool:
    if "+cpu" in version("torch") or platform.system() == "Darwin":
        return False
    if os.environ.get("CUDA_VISIBLE_DEVICES", "unset").strip() in {"", "-1"}:
        return False
    return any(Path("/dev").glob("nvidia[0-9]*")) or Path("/dev/kfd").exists() or Path("/dev/dxg").exists()


def _cpu_has_bf16() -> bool:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return False
    flags = next((line for line in info.read_text().splitlines() if line.startswith(("flags", "Features"))), "")
    return bool({"avx512_bf16", "amx_bf16", "bf16"} & set(flags.split()))


def resolve_token_budget(token_budget: int | None, device: str) -> int:
    """Settles the padded tokens per batch: null is the fastest measured for a CPU's caches, and plenty for a GPU."""
    if token_budget is not None:
        return token_budget
    return 16_384 if device.startswith("cuda") else 1_024
