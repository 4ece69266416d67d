"""Vectors as control vectors of llama.cpp and repeng: a GGUF file a label.

`direction.N` is added to the output of block N, counted from 0 (llama.cpp: `build_cvec` after a block's last sum;
repeng: the module of that block is wrapped). llama.cpp refuses a file that has `direction.0`.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from emogeo.errors import ConfigError
from emogeo.export.made import Made
from emogeo.export.names import file_names
from emogeo.export.vectors import Vectors

_KIND = "controlvector"


def control_vectors_of(vectors: Vectors, stem: str) -> Made:
    """Writes a folder with a file a label: tensors `direction.N` in float32, the label and all metadata beside them.

    Raises:
        ConfigError: block 0 alone, which llama.cpp cannot apply.
    """
    columns = [(column, block) for column, block in enumerate(vectors.blocks) if block > 0]
    if not columns:
        raise ConfigError("llama.cpp adds nothing to block 0, and refuses a file that does: type --blocks 1 or higher.")
    names = file_names(vectors.labels)
    files = {f"{stem}_gguf/{names[label]}.gguf": _file(vectors, label, columns) for label in vectors.labels}
    left_out = len(columns) < len(vectors.blocks)
    return Made(files, ("Block 0 is left out: llama.cpp adds nothing to it.",) if left_out else ())


def _file(vectors: Vectors, label: str, columns: list[tuple[int, int]]) -> bytes:
    from gguf import GGUFWriter

    logging.getLogger("gguf.gguf_writer").setLevel(logging.WARNING)  # says how bytes are ordered, file by file
    said = {**vectors.metadata, "layers": f"[{', '.join(str(block) for _, block in columns)}]", "label": label}
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "vector.gguf"
        writer = GGUFWriter(path, _KIND)
        writer.add_name(f"{label}, {said['model']}")
        writer.add_string(f"{_KIND}.model_hint", said["family"])
        writer.add_uint32(f"{_KIND}.layer_count", len(columns))
        for name, value in said.items():
            writer.add_string(f"emogeo.{'version' if name == 'emogeo' else name}", value)
        for column, block in columns:
            writer.add_tensor(f"direction.{block}", vectors.values[vectors.labels.index(label), column])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path.read_bytes()
