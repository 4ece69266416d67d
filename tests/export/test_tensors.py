"""safetensors with labels and blocks in the metadata."""

from __future__ import annotations

import json
from pathlib import Path

from safetensors import safe_open

from emogeo.export.tensors import tensors_of
from emogeo.export.vectors import vectors_of
from emogeo.record.run import Run


def test_one_array_with_labels_and_blocks(run: Run, tmp_path: Path) -> None:
    (content,) = tensors_of(vectors_of(run, "1,3"), "stem").files.values()
    (tmp_path / "v.safetensors").write_bytes(content)
    with safe_open(tmp_path / "v.safetensors", "np") as file:
        said, values = file.metadata(), file.get_tensor("vectors")
        assert list(file.keys()) == ["vectors"]
    assert json.loads(said["labels"]) == run.conditions
    assert json.loads(said["layers"]) == [1, 3]
    assert values.tobytes() == run.vectors[:, [1, 3]].tobytes()
    assert (said["centring"], said["norm"], said["units"]) == ("grand_mean", "none", "residual stream")
