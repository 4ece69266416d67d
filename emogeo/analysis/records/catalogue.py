"""The cells of a store."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.config.schema import PROBES, Mode
from emogeo.errors import StoreError
from emogeo.geometry.rdm import upper
from emogeo.stimuli.behaviour import RULES
from emogeo.store.keys import SCHEMA, key_of
from emogeo.store.store import RUNS, Store
from emogeo.store.tensors import unpack

_TELLING = (
    "precision",
    "mode",
    "prompt_template",
    "stimuli",
    "selection",
    "pooling",
    "centring",
    "denoising",
    "norm",
    "seed",
)
_USUAL = {"centring grand_mean", "denoising none", "norm none"}
"""What goes without saying in a name."""


@dataclass(frozen=True)
class Run:
    """One cell as recorded."""

    record: dict[str, Any]
    """run.json"""
    files: dict[str, bytes]

    @property
    def key(self) -> str:
        return str(self.record["key"])

    @property
    def model(self) -> str:
        return str(self.record["model"]["name"])

    @property
    def finished(self) -> bool:
        return bool(self.record["status"] == "finished")

    @property
    def conditions(self) -> list[str]:
        return list(self.record["conditions"])

    @cached_property
    def rdm(self) -> Array:
        """[condition, condition]"""
        return unpack(self.files["rdm.safetensors"])["rdm"]

    def rdm_at(self, layer: int | None) -> Array | None:
        """[pair] at a block, or of every block for None; None where the run has no such block."""
        if layer is None:
            return upper(self.rdm)
        layers = self.record["layer"]["layers"]
        if layer not in layers:
            return None
        by_layer: Array = unpack(self.files["rdm.safetensors"])["rdm_by_layer"]
        return np.asarray(by_layer[layers.index(layer)])

    @cached_property
    def layer_vectors(self) -> Array | None:
        """[condition, d_model] at the selected layer; None where every block is used."""
        layer = self.record["layer"]
        if layer["index"] is None:
            return None
        vectors = unpack(self.files["vectors.safetensors"])["vectors"]
        return np.asarray(vectors[:, layer["layers"].index(layer["index"])], dtype=np.float64)

    @cached_property
    def passages(self) -> NDArray[np.float32]:
        """[text, feature] at the selected layer"""
        return unpack(self.files["vectors.safetensors"])["passages"]

    @cached_property
    def embeddings(self) -> NDArray[np.float32]:
        """[text, d_model], mean input embeddings"""
        return unpack(self.files["vectors.safetensors"])["embeddings"]

    @cached_property
    def told(self) -> list[dict[str, str]]:
        """What was read, without the prompt template: emotion, topic, text."""
        return self.rows("texts.jsonl")

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Of a file of JSON lines; none of a refused run."""
        return [json.loads(line) for line in self.files.get(name, b"").splitlines()]

    @property
    def texts(self) -> list[str]:
        return [told["text"] for told in self.told]

    @cached_property
    def text_digest(self) -> str:
        """Equal for runs over the same texts, whatever their units."""
        return key_of({"texts": sorted(self.texts)})

    @property
    def twin(self) -> str | None:
        """Of a cell that was read in other batches, to measure the numerical floor: the same cell read as usual."""
        return None if self.record["twin"] is None else str(self.record["twin"])

    @property
    def reading(self) -> str:
        """How it was read, at whatever precision: the same words for every model."""
        telling = {name: word for name, word in self.telling.items() if name != "precision"}
        return ", ".join(word for word in telling.values() if word not in {*_USUAL, "seed 0", ""})

    @property
    def reader(self) -> tuple[str, ...]:
        """The model at a precision."""
        model = self.record["model"]
        return (str(model["id"]), str(model["revision"]), str(self.record["precision"]))

    @cached_property
    def telling(self) -> dict[str, str]:
        """What may tell two runs of one model apart."""
        config = self.record["config"]
        selection = config["layer_selection"]
        values = {name: str(self.record[name]) for name in ("precision", "mode", "prompt_template", "stimuli")}
        generation = self.record["generation"]
        if generation is not None:  # the template says what the texts are
            written, again = generation["written"]["precision"], generation["written"]["generation"]["repetition"]
            elsewhere = [f"written at {written}"] if written != values["precision"] else []
            values["stimuli"] = " ".join([*elsewhere, *([f"again {again}"] if again else [])])
        values["selection"] = " ".join(str(v) for v in selection.values() if v is not None)
        position, skip = config["pooling"]["position"], config["pooling"]["skip"]
        values["pooling"] = (
            f"{position} skip {skip}" if skip else f"{position} token" if position == "last" else position
        )
        values["centring"] = f"centring {config['centring']}"
        values["denoising"] = f"denoising {config['denoising']['method']}"
        values["norm"] = f"norm {config['norm']}"
        values["seed"] = f"seed {config['seed']}"
        return values


@dataclass
class Catalogue:
    """Whole records, and what was left out and why."""

    runs: list[Run] = field(default_factory=list)
    """Geometries."""
    probes: list[Run] = field(default_factory=list)
    """Steering and behaviour."""
    left_out: list[str] = field(default_factory=list)

    @property
    def finished(self) -> list[Run]:
        return [run for run in self.runs if run.finished]


def read_catalogue(store: Store, only: Collection[str] | None = None) -> Catalogue:
    """Every run of a store, in a fixed order (model, then what else tells runs apart, then key).

    Args:
        only: keys of the runs that are meant; None for all.

    Raises:
        StoreError: a store without a single run.
    """
    catalogue = Catalogue()
    for key in store.keys(RUNS):
        if only is not None and key not in only:
            continue
        try:
            files = store.read(RUNS, key)
            run = Run(json.loads(files["run.json"]), files)
        except StoreError as error:
            catalogue.left_out.append(str(error))
            continue
        if _current(run.record):
            (catalogue.probes if Mode(run.record["mode"]) in PROBES else catalogue.runs).append(run)
        else:
            catalogue.left_out.append(f"{store.folder(RUNS, key)} is of an earlier version; run its cell again")
    if not catalogue.runs and not catalogue.probes:
        broken = "".join(f" Left out: {reason}" for reason in catalogue.left_out)
        raise StoreError(
            f"{store.path} holds no whole run.{broken} Run `python train.py` first, or give store.path=FOLDER."
        )
    catalogue.probes.sort(key=lambda run: (run.record["mode"], run.model, run.record["precision"], run.key))
    catalogue.runs.sort(key=lambda run: (run.model, *run.telling.values(), run.twin is not None, run.key))
    return catalogue


def _current(record: Mapping[str, Any]) -> bool:
    """Of this schema and, where answers were judged, by these rules."""
    judged = record.get("mode") == Mode.behaviour.value
    return record.get("schema") == SCHEMA and (not judged or record["meaning"].get("rules") == RULES)


def short_names(runs: Sequence[Run]) -> list[str]:
    """The model's name and, where they differ between runs, what else tells runs apart."""
    telling = list(runs[0].telling) if runs else []
    differing = [name for name in telling if len({run.telling[name] for run in runs}) > 1]
    names = [" ".join([run.model, *_words(run, differing), *(["reread"] if run.twin else [])]) for run in runs]
    repeated = {name for name in names if names.count(name) > 1}
    return [f"{name} {run.key[:6]}" if name in repeated else name for name, run in zip(names, runs, strict=True)]


def _words(run: Run, differing: Sequence[str]) -> list[str]:
    return [run.telling[name] for name in differing if run.telling[name] not in {"", *_USUAL}]
