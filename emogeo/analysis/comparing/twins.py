"""Untrained twins: runs of the same architecture that have learned nothing, read as a run was read."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace

from emogeo.analysis.comparing.levels import Levels, levels
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.writers import RunPrecision
from emogeo.config.model import Init
from emogeo.config.precision import Dtype, PrecisionConfig, Quantization
from emogeo.config.runtime import StoreConfig
from emogeo.config.texts import GenerationConfig
from emogeo.config.train import TrainConfig
from emogeo.config.typed import in_store, option_of, override, typed
from emogeo.geometry.beyond import WANTED_TWINS
from emogeo.geometry.recent import Recent
from emogeo.installation import command
from emogeo.record.run import Run

_READING = ("layer_selection", "pooling", "centring", "denoising", "norm", "max_depth", "nonfinite", "seed")
"""The parts of a configuration that say how texts are read, whatever they are."""
_PASSAGES = ("prompt_template", "stimuli")


def twins_of(run: Run, runs: Sequence[Run]) -> list[Run]:
    """Finds a run's untrained twins: one of each kind and seed, drawn ones first.

    They are finished runs of the same architecture that have read the same texts at the same precision in the same
    way. A run is never its own twin: those of an untrained run were made by other seeds, or in another way. A reread
    is no twin.
    """
    own, firsts = _made(run), dict[tuple[bool, int], Run]()
    for other in runs:
        if other.untrained and other.finished and other.reread_of is None and _made(other) != own and alike(run, other):
            firsts.setdefault(_made(other), other)
    return [firsts[made] for made in sorted(firsts)]


def alike(a: Run, b: Run) -> bool:
    """Whether two runs are of the same architecture and have read the same texts in the same way."""
    first, second = a.record.model, b.record.model
    return (
        (first.id, first.revision) == (second.id, second.revision)
        and _reading_of_twin(a) == _reading_of_twin(b)
        and _same_texts(a, b)
    )


def read_alike(a: Run, b: Run) -> bool:
    """Whether the texts of two runs were read in the same way, whoever wrote them, at the same precision."""
    return _reading(a) == _reading(b)


def twin_command(run: Run, store: str = StoreConfig().path) -> str:
    """Gives the command that computes two untrained twins of a run, as it is to be typed into a shell.

    Args:
        store: where the twins are to go: the folder of the analysed runs.
    """
    return shlex.join(_words(run, store))


def _words(run: Run, store: str) -> list[str]:
    """Gives the words of the command."""
    return _LAST.of(run, store, lambda: [*command("train").split(), *_typed(run, store)], lambda _: 1)


_PAIR = ("gemma-3-270m", "smollm2-135m-instruct")
"""Models that need no hub, of which one makes a pair with any run."""
_LAST = Recent(4_000)
"""Commands for the twins of runs, of which every pair names its own."""


def _typed(run: Run, store: str) -> list[str]:
    if run.record.imported is not None:
        named = override("model.name", run.record.model.name)
        return ["mode=imported", "imported.path=FILE", named, "model.init=random", "model.init_seed=1"]
    seeds = [seed for seed in range(1, WANTED_TWINS + 2) if _made(run) != (False, seed)][:WANTED_TWINS]
    drawn = ["model.init=random", f"model.init_seed={','.join(map(str, seeds))}"]
    return ["-m", *_model(run), *drawn, *_overrides(run), *in_store(store)]


def pair_command(run: Run) -> str:
    """Gives the command that reads the same texts in the same way with another model, into the same store."""
    other = next(name for name in _PAIR if name != run.record.model.name)
    words = [f"model={other}", *_overrides(run), *in_store(run.config.store.path)]
    return " ".join([command("train"), *map(shlex.quote, words)])


def twin_commands(runs: Sequence[Run], store: str) -> list[str]:
    """Gives the commands that compute two twins of each of some runs; models whose runs are comparable share one."""
    together: dict[tuple[str, ...], list[str]] = {}
    for run in runs:
        words = _words(run, store)
        if run.record.imported is not None:
            together[tuple(words)] = []
            continue
        own = [word.removeprefix("model=") for word in words if word.startswith("model=")]
        rest = tuple(word for word in words if not word.startswith("model="))
        together.setdefault(rest, []).extend(name for name in own if name not in together.get(rest, []))
    return [shlex.join(_with_models(rest, names)) for rest, names in together.items()]


def _with_models(words: Sequence[str], names: Sequence[str]) -> list[str]:
    if not names:
        return list(words)
    at = words.index("-m") + 1
    return [*words[:at], f"model={','.join(names)}", *words[at:]]


def subjects(prepared: Sequence[PreparedRun]) -> list[PreparedRun]:
    """Leaves out untrained twins, which are nulls; where there is no other run, they are all that there is."""
    return [each for each in prepared if not each.run.untrained] or list(prepared)


def _made(run: Run) -> tuple[bool, int]:
    """Tells kinds and seeds apart: whether the weights were shuffled (or trained, with seed -1), and the seed."""
    model = run.record.model
    return (model.init is Init.shuffled, model.init_seed if run.untrained else -1)


def _reading(run: Run) -> Levels:
    """Gives the level of every parameter, without who has written the texts."""
    return replace(levels(run), writer=None)


def _reading_of_twin(run: Run) -> Levels:
    """Gives the levels that a run's twin has: a checkpoint's own quantisation is none, since twins are drawn."""
    own = _reading(run)
    if own.precision.quantization is not Quantization.as_stored:
        return own
    return replace(own, precision=RunPrecision(own.precision.label.rpartition("+")[2], Quantization.none))


def _same_texts(a: Run, b: Run) -> bool:
    if a.labelled is b.labelled:
        return True
    return a.text_digest == b.text_digest and _labelled(a) == _labelled(b)


def _labelled(run: Run) -> list[tuple[str, str, str]]:
    labels = run.labelled
    return sorted(zip(labels.emotions, labels.topics, labels.texts, strict=True))


def _model(run: Run) -> list[str]:
    """Names the model: by its option with what differs from it, or by its weights."""
    model = run.config.model
    if model.weights is not None:
        adapter = [] if model.adapter is None else [override("model.adapter", model.adapter)]
        return [override("model.weights", model.weights), *adapter]
    own = replace(run.config, model=replace(model, init=Init.trained, init_seed=0))
    return [
        f"model={option_of('model', model.name)}",
        *(word for word in typed(own, ["model"]) if not word.startswith("model=")),
    ]


def _overrides(run: Run) -> list[str]:
    config, generation = _at_its_precision(run), run.record.generation
    if generation is None:
        return typed(config, ["precision", *_PASSAGES, *_READING])
    context = replace(config, generation=GenerationConfig(context=config.generation.context))
    texts = ["mode=replay", override("mode.source", generation.key), *typed(context, ["generation"])]
    return [*typed(config, ["precision"]), *texts, *typed(config, _READING)]


def _at_its_precision(run: Run) -> TrainConfig:
    """Gives the configuration with the data type that the precision came to on the run's machine."""
    given = run.config.precision
    if given.dtype is not Dtype.auto:
        return run.config
    dtype = next((dtype for dtype in Dtype if dtype.value == run.record.precision.rpartition("+")[2]), given.dtype)
    plain = given.quantization in (Quantization.none, Quantization.as_stored)
    resolved = PrecisionConfig(dtype.value, dtype) if plain else replace(given, dtype=dtype)
    return replace(run.config, precision=resolved)
