"""What a run can be written as."""

from __future__ import annotations

from enum import StrEnum

from emogeo.errors import ConfigError


class Format(StrEnum):
    """The files that a run is written as."""

    npz = "npz"
    safetensors = "safetensors"
    gguf = "gguf"
    steering_vectors = "steering-vectors"
    csv = "csv"
    states = "states"
    rdms = "rdms"

    @property
    def of_vectors(self) -> bool:
        return self not in (Format.states, Format.rdms)

    @property
    def usual_blocks(self) -> str:
        """The blocks that are written where none are asked for."""
        return SELECTED if self.of_vectors else ALL


ALL, SELECTED = "all", "selected"
ABOUT = {
    Format.npz: "vectors, a key a block and label (layer_16__calm)",
    Format.safetensors: "vectors, one array [label, block, d_model]",
    Format.gguf: "vectors, a control vector of llama.cpp and repeng a label",
    Format.steering_vectors: "vectors, tensors by label and block for the package steering-vectors",
    Format.csv: "vectors, a row a label and block",
    Format.states: "states of texts [text, block, d_model], with a table of their labels",
    Format.rdms: "RDMs of every block for rsatoolbox, and the selected block's as a table",
}


def format_of(word: str) -> Format:
    """Gives the format of this name.

    Raises:
        ConfigError: no such format; lists them.
    """
    try:
        return Format(word)
    except ValueError as error:
        raise ConfigError(f"{word!r} is no format of an export. Allowed: {', '.join(Format)}.") from error
