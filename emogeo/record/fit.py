"""Whether the fields of a record fit each other: what no run can have recorded is refused by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from emogeo.config.mode import Mode
from emogeo.errors import RecordError
from emogeo.geometry.doors import names_of_conditions
from emogeo.geometry.options import Centring, Selection
from emogeo.geometry.units import distinct_units
from emogeo.record.files import RUN_FILE
from emogeo.record.run import Run
from emogeo.record.types import AnyRecord, GeometryRecord
from emogeo.record.units import unit_name
from emogeo.stimuli.messages import short
from emogeo.store.keys import key_of

_CURVES = ("mean_cosine", "participation_ratio", "rdm_std")
"""What every finished geometry has by block."""
_OF_SENTENCES = ("anisotropy", "anisotropy_ci_low", "anisotropy_ci_high", "anisotropy_without_largest")
"""What a geometry has as well, by block, whose model has read neutral sentences."""
_KEY = re.compile(r"[0-9a-f]{64}")


def require(holds: bool, otherwise: str) -> None:
    """Refuses a record for what does not hold.

    Raises:
        RecordError: with these words.
    """
    if not holds:
        raise RecordError(otherwise)


def require_labels(labels: Sequence[str], where: str) -> None:
    """Refuses labels that are no names of conditions: empty ones, with blanks at an end, or control characters.

    Raises:
        RecordError: names the first.
    """
    odd = next((label for label in labels if not _is_name(label)), None)
    require(odd is None, f"{where}: no name of a condition: {short(odd or '')!r}")


def _is_name(label: str) -> bool:
    return label.strip() == label != "" and not any(unicodedata.category(letter) == "Cc" for letter in label)


def check_record(record: AnyRecord, folder: str) -> None:
    """Checks what holds for finished and refused runs alike: key, mode, model, and where the texts are from.

    Raises:
        RecordError: names the file and the field.
    """
    file, own = f"{folder}/{RUN_FILE}", record.config.mode.name
    require(_key_of(record, file) == record.key, f"{file}: meaning: not what the key is the sha256 of")
    require(record.mode is own, f"{file}: mode: {record.mode.value}, and config.mode.name is {own.value}")
    require(record.model.n_layers >= 1, f"{file}: model.n_layers: at least 1 is needed (found {record.model.n_layers})")
    billions = record.model.params_b
    require(billions is None or billions > 0, f"{file}: model.params_b: a number above 0 is needed (found {billions})")
    if isinstance(record, GeometryRecord):
        _check_origin(record, file)


def check_result(run: Run, folder: str) -> None:
    """Checks the labels of a finished geometry, its conditions, its blocks, and what there is for each of them.

    Raises:
        RecordError: names the file and the field.
    """
    file = f"{folder}/{RUN_FILE}"
    _check_conditions(run, file)
    _check_layer(run, file)
    _check_curves(run, file)


def check_labels(record: GeometryRecord, folder: str) -> None:
    """Checks that every text of a finished geometry has a condition and a unit, and that units are counted.

    Raises:
        RecordError: names the file and the field.
    """
    file, names = f"{folder}/{RUN_FILE}", {unit_name(unit) for unit in record.units}
    for name, labels in (("emotions", record.emotions), ("units", record.units)):
        require(len(labels) == record.n_texts, f"{file}: {name}: {len(labels)} labels for {record.n_texts} texts")
    for found, called in ((len(names), "names"), (len(set(record.units)), "units")):
        require(found == record.n_units, f"{file}: n_units: {record.n_units}, and units has {found} different {called}")


def check_crossed(run: Run, folder: str) -> None:
    """Checks that every unit has a text of every condition; units with a text in common are one.

    Raises:
        RecordError: names the unit and the condition.
    """
    labels, file = run.labelled, f"{folder}/{RUN_FILE}"
    distinct = len(set(labels.texts) - {""})
    counted = run.record.n_distinct_texts
    require(counted == distinct, f"{file}: n_distinct_texts: {counted}, and there are {distinct}")
    units = distinct_units(labels.texts, labels.units)
    found = set(zip(units, labels.emotions, strict=True))
    for unit in dict.fromkeys(units):
        for condition in names_of_conditions(labels.emotions):
            require((unit, condition) in found, f"{file}: units: {unit} has no text of {condition}")


def _key_of(record: AnyRecord, file: str) -> str:
    try:
        return key_of(record.meaning)
    except ValueError as error:
        raise RecordError(f"{file}: meaning: {error}") from error


def _check_origin(record: GeometryRecord, file: str) -> None:
    """Refuses impossible blocks, texts without an origin, rereads of no run, and negative counts."""
    blocks, layers, reread_of = record.provenance.n_blocks, record.model.n_layers, record.reread_of
    require(1 <= blocks <= layers, f"{file}: provenance.n_blocks: {blocks} of the model's {layers} blocks")
    writes, mode = record.mode not in (Mode.comprehension, Mode.imported), record.mode.value
    imports = record.mode is Mode.imported
    require(imports == (record.imported is not None), f"{file}: imported: {'needed' if imports else 'not to be had'}")
    have = "needed" if writes else "not to be had"
    require(writes == (record.generation is not None), f"{file}: generation: {have} in mode {mode}")
    if reread_of is not None:
        require(bool(_KEY.fullmatch(reread_of)), f"{file}: twin: not the key of a run (found {reread_of[:70]!r})")
        require(reread_of != record.key, f"{file}: twin: the run itself")
    for name, counts in record.nonfinite.items():
        require(min(counts, default=0) >= 0, f"{file}: nonfinite.{name}: a count below 0 (found {min(counts or [0])})")
    counted = "passages" in record.nonfinite or not record.nonfinite
    require(counted, f"{file}: nonfinite.passages: Field required")


def _check_conditions(run: Run, file: str) -> None:
    """Refuses conditions that are not those of the texts, in alphabetical order."""
    found = run.result.conditions
    require_labels(found, f"{file}: conditions")
    require(len(set(found)) == len(found), f"{file}: conditions: one of them stands twice")
    require(list(found) == sorted(found), f"{file}: conditions: not in alphabetical order")
    origin = {run.config.stimuli.origin} if run.config.centring is Centring.neutral else set()
    odd = sorted(set(found) ^ (set(run.record.emotions) - origin))
    require(not odd, f"{file}: conditions: not those of the texts ({', '.join(odd)})")


def _check_layer(run: Run, file: str) -> None:
    """Refuses blocks that were not run, and a selection that is not the configuration's."""
    layers, index = run.result.layer.layers, run.result.layer.index
    blocks = range(run.record.provenance.n_blocks)
    require(
        bool(layers) and sorted(layer for layer in set(layers) if layer in blocks) == list(layers),
        f"{file}: layer.layers: blocks from 0 to {len(blocks) - 1} are needed, in their order (found {list(layers)})",
    )
    require(index is None or index in layers, f"{file}: layer.index: {index} is not one of layer.layers")
    rule = run.config.layer_selection.name
    fits = (index is None) == (rule is Selection.all)
    require(fits, f"{file}: layer.index: {index} for layer_selection={rule.value}")


def _check_curves(run: Run, file: str) -> None:
    """Refuses curves and counts that have not one value for each block."""
    result, layers = run.result, run.result.layer.layers
    for name in (*_CURVES, *(_OF_SENTENCES if run.record.imported is None else ())):
        require(name in result.by_layer, f"{file}: by_layer.{name}: Field required")
    by_layer = {f"by_layer.{name}": curve for name, curve in result.by_layer.items()}
    largest = {} if run.record.imported else {"largest_dimensions": result.largest_dimensions}
    for name, curve in {**by_layer, **largest}.items():
        require(len(curve) == len(layers), f"{file}: {name}: {len(curve)} values for {len(layers)} blocks")
    for at, own in enumerate(largest.get("largest_dimensions", ())):
        fits = len(own.indices) == len(own.contributions)
        n, said = len(own.contributions), f"{file}: largest_dimensions.{at}: "
        require(fits, f"{said}{n} contributions for {len(own.indices)} indices")
    nonfinite = run.record.nonfinite.get("passages")
    require(nonfinite is not None, f"{file}: nonfinite.passages: Field required")
    whole = len(nonfinite or ()) == run.record.provenance.n_blocks
    require(whole, f"{file}: nonfinite.passages: not one value for each block")
    count = result.metrics.nonfinite
    require(count >= 0, f"{file}: metrics.nonfinite: a count below 0 (found {count})")
