"""The writer of a run's texts, and the precisions at which they were written and read."""

from __future__ import annotations

from dataclasses import dataclass

from emogeo.config.mode import Mode
from emogeo.config.precision import Quantization
from emogeo.record.run import Run


@dataclass(frozen=True)
class RunPrecision:
    """The precision at which a run was read."""

    label: str
    quantization: Quantization

    @property
    def quantized(self) -> bool:
        return self.quantization is not Quantization.none

    def __str__(self) -> str:
        return self.label


def precision_of(run: Run) -> RunPrecision:
    """Gives the precision of a run: its label, and how it is quantized."""
    return RunPrecision(run.record.precision, run.config.precision.quantization)


def planned_units(run: Run) -> int:
    """Counts the units that a run's texts were planned to have."""
    if run.record.generation is None:
        return run.record.n_units
    written = run.record.generation.written
    prompts = len(written.prompt_template.prompts)
    return len(written.topics or ()) or (prompts if prompts > 1 else written.generation.replicates)


def is_first(run: Run) -> bool:
    """Whether a run's texts are the first repetition, not written again for the null."""
    generation = run.record.generation
    return generation is None or not generation.written.generation.repetition


def is_own(run: Run) -> bool:
    """Whether a run reads passages, or texts that the same model wrote at the same precision."""
    generation = run.record.generation
    return generation is None or (is_by_itself(run) and generation.written.precision == run.record.precision)


def is_by_itself(run: Run) -> bool:
    """Whether a run reads passages or the model's own texts, and not those of another model."""
    generation = run.record.generation
    return generation is None or generation.written.model == run.model


def written_by(run: Run) -> str | None:
    """Names the model that wrote the texts; None for passages."""
    return None if run.record.generation is None else run.record.generation.written.model


def is_written_and_read(run: Run) -> bool:
    """Whether a run reads texts that the same model wrote at the same precision."""
    return has_written_texts(run) and is_own(run)


def has_written_texts(run: Run) -> bool:
    """Whether the texts were written by a model."""
    return run.record.generation is not None


def mode_of(run: Run) -> Mode:
    """Names the mode of a run: comprehension, generation or replay."""
    return run.record.mode


def same_texts(a: Run, b: Run) -> bool:
    """Whether two runs read the same written texts, by wording: a record may have been written again under its key."""
    one, two = a.record.generation, b.record.generation
    return one is not None and two is not None and one.key == two.key and a.text_digest == b.text_digest


def same_model(a: Run, b: Run) -> bool:
    """Whether two runs are of the same weights."""
    return a.weights == b.weights
