"""The number format of weights and activations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from omegaconf import MISSING

from emogeo.errors import ConfigError


class Dtype(Enum):
    """Floating-point type of activations and of weights that are not quantized."""

    auto = "auto"
    fp32 = "fp32"
    bf16 = "bf16"
    fp16 = "fp16"


class Quantization(Enum):
    """How the weights of linear layers are quantized."""

    none = "none"
    int8 = "int8"
    """LLM.int8 (bitsandbytes): weights and activations, but for outlier columns."""
    nf4 = "nf4"
    """Four bits (bitsandbytes); weights alone."""
    int8_weight_only = "int8_weight_only"
    """Whole numbers with a scale for each output's row; weights alone."""
    fp8 = "fp8"
    """FP8 (e4m3) with a scale for each output's row; weights alone."""
    as_stored = "as_stored"
    """As the checkpoint stores them."""


@dataclass
class PrecisionConfig:
    """Number format of weights and activations."""

    name: str = MISSING
    """The option's name."""
    dtype: Dtype = MISSING
    """auto: fp16 on CUDA (as published), bf16 on a CPU that has it, else fp32."""
    quantization: Quantization = Quantization.none
    """How the weights of linear layers are quantized; none for floating point."""
    threshold: float | None = None
    """LLM.int8 outlier threshold; 0 turns outlier columns off."""

    def check(self) -> None:
        """Refuses a threshold without int8, and int8 without one.

        Raises:
            ConfigError: that, or a threshold below 0.
        """
        if (self.quantization is Quantization.int8) != (self.threshold is not None):
            raise ConfigError("precision.threshold belongs to quantization=int8, and int8 needs one (0 turns it off).")
        if self.threshold is not None and self.threshold < 0:
            raise ConfigError(f"precision.threshold={self.threshold}: 0 or more.")
