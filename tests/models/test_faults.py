"""What transformers raises gets a name; what is out of memory does not."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError

from emogeo.errors import WeightsError
from emogeo.models.faults import named_faults


@pytest.mark.parametrize("error", [OSError("one\ntwo"), KeyError("one"), AssertionError("one"), SafetensorError("one")])
def test_its_first_line_is_kept(error: Exception) -> None:
    with (
        pytest.raises(WeightsError, match="^mine: here cannot be loaded: .?one.?$"),
        named_faults(Path("here"), "mine"),
    ):
        raise error


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("full"), TypeError("ours"), WeightsError("named")])
def test_others_pass(error: Exception) -> None:
    with pytest.raises(type(error)) as found, named_faults(Path("here"), "mine"):
        raise error
    assert found.value is error
