"""What states and texts are made with here and now, for the records of passes and of texts."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from emogeo.config.precision import Quantization
from emogeo.models.session import Session
from emogeo.record.origin import MadeWith
from emogeo.runs.heading import version_of

_LIBRARIES = ("emogeo", "torch", "transformers", "tokenizers")
_QUANTIZING = (Quantization.int8, Quantization.nf4)
"""What bitsandbytes quantises."""
_CPUS = Path("/proc/cpuinfo")


def made_now(session: Session) -> MadeWith:
    """Describes the libraries and the device that a session computes with, and the time."""
    quantizing = ["bitsandbytes"] if session.precision.quantization in _QUANTIZING else []
    return MadeWith(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        libraries={name: version_of(name) for name in (*_LIBRARIES, *quantizing)},
        device=session.placed_on,
        hardware=hardware_of(session.placed_on),
    )


@cache
def hardware_of(device: str) -> str | None:
    """Gives what a GPU or this machine's processor is called; None where the system does not say."""
    if device.startswith("cuda"):
        import torch

        return str(torch.cuda.get_device_name(device))
    return _processor(_CPUS.read_text()) if _CPUS.is_file() else None


def _processor(info: str) -> str | None:
    names = (line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name"))
    return next((name for name in names if name), None)
