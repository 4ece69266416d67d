"""Torch files of tensors alone, as the package steering-vectors takes them."""

from __future__ import annotations

import json
import pickletools
import zipfile
from io import BytesIO

import torch

from emogeo.export.steering_vectors import steering_vectors_of
from emogeo.export.vectors import vectors_of
from emogeo.record.run import Run


def test_torch_reads_tensors_by_label_and_block_without_running_anything(run: Run) -> None:
    files = steering_vectors_of(vectors_of(run, "0,2"), "stem").files
    read = torch.load(BytesIO(files["stem_steering.pt"]), weights_only=True)
    assert list(read) == run.conditions
    for row, label in enumerate(run.conditions):
        assert list(read[label]) == [0, 2]
        for block, tensor in read[label].items():
            assert tensor.dtype == torch.float32
            assert tensor.numpy().tobytes() == run.vectors[row, block].tobytes()
    assert json.loads(files["stem_steering.json"])["layers"] == [0, 2]


def test_the_pickle_names_nothing_but_what_rebuilds_tensors(run: Run) -> None:
    content = steering_vectors_of(vectors_of(run, "all"), "stem").files["stem_steering.pt"]
    archive = zipfile.ZipFile(BytesIO(content))
    (pickled,) = [name for name in archive.namelist() if name.endswith(".pkl")]
    found = {argument for code, argument, _ in pickletools.genops(archive.read(pickled)) if code.name == "GLOBAL"}
    assert found <= {"torch._utils _rebuild_tensor_v2", "torch FloatStorage", "collections OrderedDict"}
