"""Vectors, RDMs or states that were measured elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from emogeo.errors import ConfigError

FIELDS = ("states", "vectors", "rdm", "embeddings", "layers", "label", "topic", "text", "axes")
"""What `imported.fields` can name: arrays of the file, columns of the table of texts, and the order of axes."""


@dataclass
class ImportedConfig:
    """What is imported by mode=imported, and what its file does not say."""

    path: str | None = None
    """A file, a folder of files, or wandb:ENTITY/PROJECT/ARTIFACT:VERSION."""
    layers: list[int] | None = None
    """The blocks to take, counted from 0; where the file does not number its blocks, what they are."""
    labels: Any = None
    """The labels of conditions or of texts: a list or a table; null where the file has them."""
    fields: dict[str, str] = field(default_factory=dict)
    """Which array, column or axis is what; null where that is clear."""
    n_layers: int | None = None
    """The number of blocks of the model; null for those up to the last one that the file has."""
    where: str | None = None
    """Where a public set is to be had."""

    def check(self) -> None:
        """Refuses an import of nothing, and fields that are none.

        Raises:
            ConfigError: says what to type.
        """
        if not self.path:
            had = f" It is to be had from {self.where}." if self.where else ""
            raise ConfigError(f"mode=imported reads what was measured elsewhere: type imported.path=FILE|FOLDER.{had}")
        unknown = sorted(set(self.fields) - set(FIELDS))
        if unknown:
            raise ConfigError(f"imported.fields.{unknown[0]} is no field. Allowed: {', '.join(FIELDS)}.")
        if self.layers is not None and (
            not self.layers or min(self.layers) < 0 or len(set(self.layers)) < len(self.layers)
        ):
            raise ConfigError(
                f"imported.layers={self.layers}: blocks counted from 0, each once, as in imported.layers=[8,16]."
            )
        if self.n_layers is not None and self.n_layers < 1:
            raise ConfigError(f"imported.n_layers={self.n_layers}: the number of blocks of the model, 1 or more.")
