"""One language model, and where its weights come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from omegaconf import MISSING

from emogeo.errors import ConfigError


class Source(Enum):
    """The places that weights come from."""

    hub = "hub"
    index = "index"
    folder = "folder"


@dataclass
class WheelsConfig:
    """Wheels on the package index that carry one weight file, possibly in parts."""

    package: str = MISSING
    """Distribution name; `{part}` stands for 1..parts."""
    version: str = MISSING
    parts: int = 0
    """Number of part wheels; 0 for a single wheel."""
    member: str = MISSING
    """A glob for the one file inside each wheel."""


@dataclass
class ModelConfig:
    """One language model."""

    name: str = MISSING
    family: str = MISSING
    variant: str = MISSING
    """base or instruct."""
    params_b: float | None = MISSING
    """Parameters, in billions."""
    source: Source = MISSING
    id: str = MISSING
    """The hub id; for models from the package index, that of the model that was packed."""
    revision: str | None = None
    """Hub commit, tag or branch."""
    sha256: str | None = None
    """Checksum of the assembled weight file (package index)."""
    chat_template: bool = MISSING
    """Whether the tokenizer ships a chat template."""
    license: str | None = None
    wheels: WheelsConfig | None = None
    weights: str | None = None
    """Other weights than this option's: a hub id (`Org/Name` or `Org/Name@revision`) or a local folder.
    Name, family and variant then come from those weights."""

    def check(self) -> None:
        """Refuses a model whose weights cannot be found.

        Raises:
            ConfigError: a field that its source needs.
        """
        if self.weights is not None:
            return
        if self.source is Source.index and (self.wheels is None or self.sha256 is None):
            raise ConfigError(f"model={self.name}: source=index needs wheels and sha256.")
        if self.source is Source.hub and not self.revision:
            raise ConfigError(f"model={self.name}: source=hub needs a revision (a commit, or main).")
        if self.source is Source.folder:
            raise ConfigError("For a local folder type model.weights=FOLDER.")
