"""Arrays within objects of JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from emogeo.errors import ImportedError
from tests.imported.made_up import BLOCKS, LABELS, VECTORS, holds_vectors, read


def test_vectors_of_json(tmp_path: Path) -> None:
    nested = {
        label: {block: VECTORS[i, j].tolist() for j, block in enumerate(BLOCKS)} for i, label in enumerate(LABELS)
    }
    (tmp_path / "x.json").write_text(json.dumps(nested))
    assert holds_vectors(read(tmp_path / "x.json"), np.float64)
    (tmp_path / "y.json").write_text(json.dumps({"vectors": VECTORS.tolist(), "labels": LABELS, "layers": BLOCKS}))
    assert holds_vectors(read(tmp_path / "y.json"), np.float64)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[1, 2]", "holds no object"),
        ("{", "not JSON in UTF-8"),
        ('{"a": ' * 9 + "[1.5]" + "}" * 9, "within more than 6 others"),
        ('{"joy": [1, 2], "fear": [3, 4]}', "no array of floating-point numbers"),
        ('{"joy": [[1.5], [2.5, 3]]}', "no array of floating-point numbers"),
    ],
)
def test_other_json_is_refused(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(ImportedError, match=said):
        read(tmp_path / "x.json")
