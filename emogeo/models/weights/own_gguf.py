"""GGUF files of the user's own: dequantized as stored, and called what they are."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from emogeo.errors import WeightsError, first_line
from emogeo.models.weights.digests import file_digest
from emogeo.models.weights.gguf import convert
from emogeo.models.weights.index import made_in_cache, weights_folder
from emogeo.models.weights.scaling import llama3_scaling

if TYPE_CHECKING:
    from gguf import GGMLQuantizationType, GGUFReader

_TYPES = "gguf.json"
"""The file of a converted folder that says how its weights were stored."""
_PART = re.compile(r"-\d{5}-of-\d{5}$")


def gguf_in(path: Path) -> Path | None:
    """Gives the GGUF file that a path means: itself, or the only one in a folder that has no other weights.

    Raises:
        WeightsError: several GGUF files, one part of a file, or a file of another kind.
    """
    found = [path] if path.is_file() else _alone(path)
    if len(found) > 1:
        names = ", ".join(file.name for file in found)
        raise WeightsError(f"model.weights={path} holds several GGUF files: {names}. Type one: {path / found[0].name}")
    if not found:
        return None
    if found[0].suffix != ".gguf":
        raise WeightsError(f"model.weights={path} is a file: give the folder that it lies in, or a .gguf file.")
    if _PART.search(found[0].stem):
        raise WeightsError(f"{found[0]} is one part of several: join them by llama.cpp's `llama-gguf-split --merge`.")
    return found[0]


def _alone(folder: Path) -> list[Path]:
    other = [*folder.glob("*.safetensors"), *folder.glob("pytorch_model*.bin")]
    return [] if other else sorted(folder.glob("*.gguf"))


def gguf_weights(file: Path, cache: Path) -> tuple[str, str, Path]:
    """Gives the name, the content and the folder of a GGUF file's weights, dequantized once to float32.

    Args:
        cache: the folder of converted weights.

    Raises:
        WeightsError: a file that cannot be read, and numbers or an architecture that are not known here.
    """
    digest = file_digest(file, cache / "digests")
    folder = made_in_cache(weights_folder(cache, f"{file.stem}.gguf", digest), digest, lambda to: _make(file, to))
    stored = next(iter(json.loads((folder / _TYPES).read_text())))
    return f"{file.stem} (gguf {stored})", f"gguf sha256:{digest}", folder


def _make(file: Path, target: Path) -> None:
    types = stored_types(file)
    try:
        convert(file, target)
    except (ValueError, KeyError, NotImplementedError, RuntimeError, OSError, ImportError) as error:
        raise WeightsError(f"{file} cannot be converted: {first_line(error)}") from error
    (target / _TYPES).write_text(json.dumps(types))


def stored_types(file: Path) -> dict[str, float]:
    """Gives the number formats in which a file's weights are stored, by their share of the weights, largest first.

    Raises:
        WeightsError: a file that is no GGUF, or formats that cannot be dequantized; names them.
    """
    from gguf import GGUFReader

    try:
        reader = GGUFReader(file)
    except (ValueError, OSError, IndexError, KeyError, OverflowError) as error:
        raise WeightsError(f"{file} cannot be read as GGUF ({error}): incomplete, or of a newer kind.") from error
    _refuse_half(file, reader)
    _refuse_scaled(file, reader)
    return _shares(file, reader)


def _refuse_half(file: Path, reader: GGUFReader) -> None:
    """Refuses a file whose header says another number of blocks than it holds."""
    said = next((own.contents() for name, own in reader.fields.items() if name.endswith(".block_count")), None)
    held = {int(own.name.split(".")[1]) for own in reader.tensors if own.name.startswith("blk.")}
    if said is not None and held and max(held) + 1 != int(said):
        raise WeightsError(
            f"{file}: its header says {said} blocks, and it holds {max(held) + 1}. Fetch it again, or convert it again."
        )


def _refuse_scaled(file: Path, reader: GGUFReader) -> None:
    """Refuses positions that are scaled for long texts, but for those of Llama 3 and gpt-oss: transformers does not."""
    fields = {name: own.contents() for name, own in reader.fields.items() if ".rope.scaling." in name}
    kind = next((str(own) for name, own in fields.items() if name.endswith(".rope.scaling.type")), "none")
    by = next((f" by {own}" for name, own in fields.items() if name.endswith(".rope.scaling.factor") and own != 1), "")
    scaled = (kind not in ("none", "") or by) and not any(name.startswith("gpt-oss.") for name in fields)
    tensors = [own.name for own in reader.tensors if own.name.startswith("rope_") and (own.data != 1).any()]
    tensors = [] if llama3_scaling(reader) else tensors
    if scaled or tensors:
        what = tensors[0] if tensors else f"rope.scaling: {kind}{by}"
        raise WeightsError(
            f"{file} scales its positions ({what}), which transformers does not read from GGUF: every state would be "
            "another. Take the model's own safetensors."
        )


def _shares(file: Path, reader: GGUFReader) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for tensor in reader.tensors:
        counts[tensor.tensor_type.name] += int(tensor.n_elements)
    unknown = sorted({own.tensor_type.name for own in reader.tensors if not _dequantized(own.tensor_type)})
    if unknown:
        raise WeightsError(
            f"{file} is stored as {', '.join(unknown)}, which the gguf library cannot dequantize. Take a file in "
            "another format (Q8_0 or BF16, say), or the model's own safetensors."
        )
    total = counts.total()
    if not total:
        raise WeightsError(f"{file} holds no weights.")
    return {name: count / total for name, count in counts.most_common()}


def _dequantized(kind: GGMLQuantizationType) -> bool:
    """Whether the gguf library can dequantize a format: it is asked for one block of zeros."""
    import numpy as np
    from gguf import GGML_QUANT_SIZES
    from gguf.quants import dequantize

    try:
        dequantize(np.zeros((1, GGML_QUANT_SIZES[kind][1]), dtype=np.uint8), kind)
    except (NotImplementedError, KeyError):
        return False
    return True
