"""The plan of an import: what a file holds, which model it is of, and its key, before anything is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from emogeo.config.model import Source
from emogeo.config.states import LayerSelectionConfig
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError, ImportedError
from emogeo.extraction.averaging import averaged, too_many
from emogeo.geometry.bare import check_rule, named_among
from emogeo.geometry.doors import labels_of
from emogeo.geometry.grouping import is_group
from emogeo.geometry.independent import independent_units
from emogeo.geometry.layers import check_units
from emogeo.geometry.options import Centring, Selection
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.units import distinct_units
from emogeo.imported.reading import read_measured
from emogeo.imported.types import Kind, Measured
from emogeo.models.weights.digests import file_digest
from emogeo.record.origin import ImportedFiles, ModelCard
from emogeo.stimuli.corpus import NO_TOPIC, Corpus, Passage
from emogeo.store.keys import Json, key_of
from emogeo.tracking.pull import fetched_artifact

ARTIFACT = "wandb:"
UNKNOWN = "not said"
"""What stands for a family, a variant or a precision that nobody says."""


@dataclass(frozen=True)
class ImportPlan:
    """An import with everything resolved."""

    config: TrainConfig
    measured: Measured
    """What was read; of states that are very many, the means of each unit and condition."""
    origin: ImportedFiles
    card: ModelCard
    precision: str
    labelled: LabelledTexts | None
    """The labels of states; None for a bare geometry."""
    named: int | None
    """The block that the layer selection names."""
    meaning: Json
    key: str

    @property
    def title(self) -> str:
        """A name that people can read."""
        selection = self.config.layer_selection
        where = [selection.name.value] if self.measured.blocks else []
        where += [] if selection.index is None else [str(selection.index)]
        return " ".join([self.card.title, "imported", self.measured.kind.value, self.origin.name, *where])


def plan_import(config: TrainConfig) -> ImportPlan:
    """Reads what is imported as far as needed, and settles model, units, block and key.

    Raises:
        ImportedError: what cannot be read.
        ConfigError: a layer selection or a centring that does not go with what was read.
        StoreError: an artifact that cannot be fetched.
    """
    path, cache = _local(config), Path(config.runtime.weights_cache).expanduser()
    found = read_measured(config.imported, path)
    config = _of_model(config, found, path)
    digests = {_named(file, path): file_digest(file, cache / "digests") for file in found.files}
    name = key_of({"files": digests, "seed": config.seed})[:8]
    labelled = _labelled(config, found, name) if found.kind is Kind.states else None
    n_layers = _n_layers(config, found)
    origin = ImportedFiles(
        name=Path(config.imported.path or "").name or str(path),
        files=digests,
        said=dict(found.said),
        texts_known=found.texts is not None,
        n_layers=n_layers,
    )
    if labelled is not None and too_many(labelled):
        averages = averaged(found, labelled, config.seed, name)
        origin = replace(origin, averaged=len(labelled.texts), texts_known=False)
        found, labelled = averages.measured, averages.labelled
    if not found.blocks:  # there is nothing to select
        config = replace(config, layer_selection=LayerSelectionConfig(Selection.all))
    rule = config.layer_selection.rule
    named = named_among(rule, found.blocks, n_layers)
    if labelled is None:
        check_rule(rule, found.blocks, found.kind.value)
    elif named is None:
        _check_units(config, labelled)
    meaning = _meaning(config, found, digests, n_layers)
    card = _card(config, found, n_layers)
    return ImportPlan(config, found, origin, card, _precision(config, found), labelled, named, meaning, key_of(meaning))


def _check_units(config: TrainConfig, labelled: LabelledTexts) -> None:
    """Refuses a criterion that needs more units than there are, with what has made them so few.

    Raises:
        ConfigError: that.
    """
    units, topics = len(set(independent_units(labelled))), len(set(labelled.units))
    try:
        check_units(config.layer_selection.rule, units)
    except ConfigError as error:
        joined = f" ({topics} topics, of which those with nearly the same texts are one unit)" if units < topics else ""
        raise ConfigError(f"imported.path={config.imported.path}: {error}{joined}") from error


def _local(config: TrainConfig) -> Path:
    """Gives the file or folder; an artifact is fetched first."""
    given = str(config.imported.path)
    if given.startswith(ARTIFACT):
        return fetched_artifact(given.removeprefix(ARTIFACT), Path(config.runtime.weights_cache).expanduser())
    path = Path(given).expanduser()
    if not path.exists():
        raise ImportedError(f"imported.path={given}: there is no such file or folder.")
    return path


def _named(file: Path, path: Path) -> str:
    """Names a file as it stands in the folder that was given, or beside the file."""
    folder = path if path.is_dir() else path.parent
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else file.name


def _of_model(config: TrainConfig, found: Measured, path: Path) -> TrainConfig:
    """Fills in the model that the file says, and else names it after the file."""
    model, said = config.model, found.said.get("model", "")
    if model.source is not Source.elsewhere:
        return config
    own = replace(
        model,
        name=model.name or said.rpartition("/")[2] or path.stem,
        family=model.family or found.said.get("family", UNKNOWN),
        variant=model.variant or found.said.get("variant", UNKNOWN),
        id=model.id or found.said.get("weights") or said or model.name or path.stem,
    )
    return replace(config, model=own)


def _n_layers(config: TrainConfig, found: Measured) -> int | None:
    """The blocks of the model, as they were typed or as the file says; None where neither says."""
    said = found.said.get("n_layers", "")
    n_layers = config.imported.n_layers or (int(said) if said.isdecimal() and int(said) else None)
    if n_layers is not None and found.blocks and max(found.blocks) >= n_layers:
        raise ConfigError(f"There is block {max(found.blocks)} of a model of {n_layers} blocks (imported.n_layers).")
    return n_layers


def _labelled(config: TrainConfig, found: Measured, name: str) -> LabelledTexts:
    """Gives texts their units as a corpus does: the topic, or a random group.

    Where the texts are not known, names stand for them, and those of random groups, that no other file has.

    Raises:
        StimuliError: `centring=topic_mean` without topics that have several conditions.
    """
    topics = found.topics or tuple(NO_TOPIC for _ in found.labels)
    texts = found.texts or found.labels
    rows = zip(found.labels, topics, texts, strict=True)
    corpus = Corpus("imported", tuple(Passage(label, topic, text) for label, topic, text in rows))
    known = found.texts is not None
    base = labels_of([], len(topics), found.labels, topics, found.texts, config.seed, None)
    units: Sequence[str] = found.units or (corpus.units(config.seed) if known else base.units)
    if config.centring is Centring.topic_mean:
        corpus.check_topic_means()
        units = distinct_units(topics, units)
    if known:
        return replace(base, units=tuple(units))
    own = tuple(f"{unit} {name}" if is_group(unit) and not found.units else unit for unit in units)
    return replace(base, units=own, texts=tuple(f"{text}\t{name}" for text in base.texts))


def _card(config: TrainConfig, found: Measured, n_layers: int | None) -> ModelCard:
    model = config.model
    return ModelCard(
        name=model.name,
        family=model.family,
        variant=model.variant,
        params_b=model.params_b,
        source=model.source,
        id=model.id,
        revision=found.said.get("revision") or model.revision or UNKNOWN,
        n_layers=n_layers or max(found.blocks, default=0) + 1,
        init=model.init,
        init_seed=model.init_seed,
    )


def _precision(config: TrainConfig, found: Measured) -> str:
    """The number format of the model, as it was typed or as the file says."""
    typed = config.precision.name
    return typed if typed != "auto" else found.said.get("precision", UNKNOWN)


def _meaning(config: TrainConfig, found: Measured, digests: dict[str, str], n_layers: int | None) -> Json:
    """Everything that the record follows from; RDMs are taken as they are, whatever the centring."""
    selection = config.layer_selection
    rdm = found.kind is Kind.rdm
    return {
        "mode": config.mode.name.value,
        "kind": found.kind.value,
        "files": digests,
        "fields": dict(config.imported.fields),
        "labels": list(found.labels),
        "blocks": list(found.blocks),
        "n_layers": n_layers,
        "model": [config.model.name, config.model.family, config.model.variant],
        "weights": [config.model.init.value, config.model.init_seed],
        "precision": _precision(config, found),
        "centring": None if rdm else config.centring.value,
        "neutral": config.stimuli.neutral if config.centring is Centring.neutral and not rdm else None,
        "norm": None if rdm else config.norm.value,
        "layer_selection": {**asdict(selection), "name": selection.name.value},
        "seed": config.seed if found.kind is Kind.states else None,
    }
