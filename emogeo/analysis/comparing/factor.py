"""The factor in which two runs of one model differ, and its label in tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from emogeo.analysis.comparing.levels import Parameter
from emogeo.analysis.comparing.recipes import Writing
from emogeo.analysis.comparing.writers import RunPrecision
from emogeo.config.texts import Context


class EffectKind(StrEnum):
    """The kinds of effect, in the order of the tables: the study's four, and whose texts they are."""

    method = "method"
    sub_parameter = "sub_parameter"
    precision = "precision"
    cross_experiment = "cross_experiment"
    text = "text"


class Alias(StrEnum):
    """A difference of two runs besides parameters, to which an effect may be due as well."""

    text = "text"
    """The texts, which change with whatever changes what is written."""
    units = "units"
    prompt = "prompt"
    """The prompt that names the emotion: own texts are read after it, passages are not."""
    neutral_prompt = "neutral prompt"
    """The neutral condition's prompt, likewise."""


class Contrast(Enum):
    """A kind of comparison; its words begin a factor's label."""

    methods = "methods"
    """Passages and own texts."""
    one = "one"
    """Two levels of one parameter."""
    all_writing = "all of the writing"
    all_reading = "all of the reading"
    all_at_once = "all at once"
    comprehension = "in comprehension"
    """The same passages at two precisions."""
    replay = "in replay"
    """The same written texts at two precisions."""
    regenerated = "regenerated"
    """Texts that were written and read at two precisions."""
    writer = "of the writer alone"
    """Texts written at two precisions and read at one."""
    null = "regeneration (null)"
    """Texts that were written twice, all else equal."""
    own_precision = "replay at its own precision"
    """Texts that were read once more at the precision that wrote them."""


@dataclass(frozen=True)
class Factor:
    """The factor in which a minimal pair of runs differs; fields without meaning for a contrast are empty."""

    kind: EffectKind
    contrast: Contrast
    parameter: Parameter | None = None
    """The one parameter that differs."""
    writing: Writing | None = None
    """How the texts that are compared with passages were written."""
    precisions: tuple[RunPrecision, ...] = ()
    """Both precisions, where they differ; one, where it tells the factor apart."""
    as_published: bool = False
    """Whether both runs are sets of the published design."""
    of_comprehension: bool = False
    between: tuple[str, ...] = ()
    """Both corpora, languages or writers, where those differ."""
    contexts: tuple[Context, ...] = ()
    """Both contexts, where they differ; one, where it is not the prompt that asked for the texts."""

    @property
    def quantized(self) -> bool:
        """Whether a precision that tells the factor apart is quantized."""
        return any(precision.quantized for precision in self.precisions)

    @property
    def label(self) -> str:
        """Gives the factor's label for the tables."""
        if self.parameter is Parameter.context:
            usual = set(self.contexts) == {Context.prompt, Context.none}
            return "context" if usual else f"context ({'–'.join(context.value for context in self.contexts)})"
        return ", ".join([self._what, *(context.words for context in self.contexts)])

    @property
    def _what(self) -> str:
        if self.parameter is not None:
            if self.kind is EffectKind.text:
                what = "corpus" if self.parameter is Parameter.passages else self.parameter.value
                return " ".join([what, *(["–".join(self.between)] if self.between else [])])
            return f"{self.parameter}{' (comprehension)' if self.of_comprehension else ''}"
        if self.writing is not None:
            how = f"{'as published' if self.as_published else 'comparable'}, {self.writing.value}"
            return f"{how} ({self.precisions[0]})" if len(self.precisions) == 1 else ", ".join([how, *self._both])
        read_at = [f"read at {self.precisions[0]}"] if self.contrast is Contrast.writer else self._both
        return ", ".join([self.contrast.value, *(["as published"] if self.as_published else []), *read_at])

    @property
    def _both(self) -> list[str]:
        return ["–".join(map(str, self.precisions))] if self.precisions else []
