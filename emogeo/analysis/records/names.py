"""Readable names: what tells a model's runs apart, and which runs are comparable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from emogeo.config.states import LayerSelectionConfig, PoolingConfig
from emogeo.config.texts import Context
from emogeo.record.run import BareRun, Run

_USUAL = {"centring grand_mean", "denoising none", "norm none"}
"""Usual settings, which a name leaves out."""


_LONGEST_STEM = 100
"""The most letters of a name in a file's name, which a file system bounds."""


def file_stem(name: str) -> str:
    """Gives a name as a part of a file's name: letters and digits that every file system takes."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", name)[:_LONGEST_STEM]


def settings_of(run: Run | BareRun) -> dict[str, str]:
    """Gives, in words, the settings that may tell two runs of one model apart."""
    record, config = run.record, run.config
    imported = record.imported is not None
    return {
        "precision": record.precision,
        "mode": record.mode.value,
        "prompt_template": run.record.prompt_template if isinstance(run, Run) and not imported else "",
        "stimuli": _stimuli(run) if isinstance(run, Run) and not imported else _file(run),
        "context": _context(run) if isinstance(run, Run) else "",
        "selection": "" if _one_block(run) else _selection(config.layer_selection),
        "pooling": "" if imported else _pooling(config.pooling),
        "centring": f"centring {config.centring.value}",
        "denoising": f"denoising {config.denoising.method.value}",
        "norm": f"norm {config.norm.value}",
        "seed": f"seed {config.seed}",
    }


def how_read(run: Run) -> str:
    """Describes how a run's texts were read, at whatever precision: equal for comparable runs of all models."""
    words = {name: word for name, word in settings_of(run).items() if name != "precision"}
    return ", ".join(word for word in words.values() if word not in {*_USUAL, "seed 0", ""})


def short_names(runs: Sequence[Run | BareRun]) -> list[str]:
    """Gives each run the model's name and, where they differ between runs, the settings that tell runs apart."""
    own = [settings_of(run) for run in runs]
    differing = [name for name in (own[0] if own else {}) if len({words[name] for words in own}) > 1]
    names = [
        " ".join([run.model, *_words(words, differing), *_reread(run)]) for run, words in zip(runs, own, strict=True)
    ]
    repeated = {name for name in names if names.count(name) > 1}
    return [f"{name} {run.key[:6]}" if name in repeated else name for name, run in zip(names, runs, strict=True)]


def _reread(run: Run | BareRun) -> list[str]:
    return ["reread"] if isinstance(run, Run) and run.reread_of else []


def _words(own: dict[str, str], differing: Sequence[str]) -> list[str]:
    return [own[name] for name in differing if own[name] not in {"", *_USUAL}]


def _stimuli(run: Run) -> str:
    """Names the texts; for written ones, the writer if it is another (the template says what they are)."""
    generation = run.record.generation
    if generation is None:
        return run.record.stimuli
    written, again = generation.written.precision, generation.written.generation.repetition
    elsewhere = [f"written at {written}"] if written != run.record.precision else []
    return " ".join([*elsewhere, *([f"again {again}"] if again else [])])


def _file(run: Run | BareRun) -> str:
    """Names the file of an import, unless the model is called after it."""
    origin = run.record.imported
    return "" if origin is None or Path(origin.name).stem == run.record.model.name else origin.name


def _one_block(run: Run | BareRun) -> bool:
    """Whether an import has one block, or none that is known, so that nothing was selected."""
    return isinstance(run, BareRun) and len(run.result.layer.layers) < 2


def _context(run: Run) -> str:
    """Says what written texts were read after, unless it is the prompt that asked for them."""
    context = run.config.generation.context
    return "" if run.record.generation is None or context is Context.prompt else context.words


def _selection(selection: LayerSelectionConfig) -> str:
    """Describes the layer rule, in the order of the options' names in JSON."""
    values = (selection.depth, selection.index, selection.name.value)
    return " ".join(str(value) for value in values if value is not None)


def _pooling(pooling: PoolingConfig) -> str:
    position = pooling.position.value
    if pooling.skip:
        return f"{position} skip {pooling.skip}"
    return f"{position} token" if position == "last" else position
