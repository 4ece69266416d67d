"""Minimal pairs of runs: two runs of one model that differ in one factor, according to their configurations."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from emogeo.analysis.comparing.factor import Alias, Contrast, EffectKind, Factor
from emogeo.analysis.comparing.levels import (
    AGAIN,
    EXTRACTION,
    READING,
    SUB_PARAMETERS,
    WRITING,
    Levels,
    Parameter,
    Writer,
    levels,
)
from emogeo.analysis.comparing.recipes import published_set, writing_of
from emogeo.analysis.comparing.writers import (
    RunPrecision,
    has_written_texts,
    is_by_itself,
    is_first,
    is_written_and_read,
    mode_of,
    planned_units,
    precision_of,
    same_model,
    same_texts,
    written_by,
)
from emogeo.config.mode import Mode
from emogeo.config.texts import Context
from emogeo.geometry.halves import MIN_STAR
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.record.run import Run

_METHODS = (Alias.text, Parameter.template)
"""The differences that passages and own texts always have."""
_TOLD = (Parameter.passages, Parameter.language)
"""The parameters of passages that are whose texts they are."""
_PROMPTS: dict[Context | None, tuple[Alias, ...]] = {
    Context.prompt: (Alias.prompt,),
    Context.none: (),
    Context.neutral: (Alias.neutral_prompt,),
}
"""The prompts that own texts are read after, and passages are not."""


@dataclass(frozen=True)
class MinimalPair:
    """Two runs that differ in one factor."""

    factor: Factor
    aliased: tuple[Parameter | Alias, ...]
    """The other differences, to which the effect may be due as well."""
    a: Run
    b: Run

    @property
    def model(self) -> str:
        return self.a.model

    @property
    def published_sets(self) -> str | None:
        """Names two sets of the published design, such as A-C, where the two runs are read and written as those."""
        sets = [published_set(run) for run in (self.a, self.b)]
        return "-".join(sorted(name for name in sets if name)) if all(sets) else None

    @property
    def compared(self) -> tuple[Factor, Levels, Levels]:
        """Gives the factor and, but for seeds, both runs' levels: equal where the same is compared in two models."""
        one, two = (replace(levels(run), seed=None, repetition=None) for run in (self.a, self.b))
        return self.factor, one, two

    @property
    def is_rewritten(self) -> bool:
        """Whether texts were written again, so that the effect holds what writing again does by itself."""
        return Alias.text in self.aliased and self.factor.kind in {EffectKind.precision, EffectKind.sub_parameter}


Found = Iterator[tuple[Factor, tuple[Parameter | Alias, ...]]]
"""Factors, each with the other differences."""


def without_echoes(runs: Sequence[Run]) -> list[Run]:
    """Leaves out rereads, untrained twins, and replays that only repeat the run whose texts they read."""
    usual = [run for run in runs if run.reread_of is None and not run.untrained]
    known = {run.key: (run.text_digest, levels(run)) for run in usual}
    read = {known[run.key] for run in usual if mode_of(run) is Mode.generation}
    return [run for run in usual if mode_of(run) is not Mode.replay or known[run.key] not in read]


def minimal_pairs(runs: Sequence[Run]) -> list[MinimalPair]:
    """Finds every two runs of one model that differ in one factor, or in factors that the published design couples.

    Two that share fewer than four conditions, as corpora of other conditions do, are none.
    """
    return [pair for pair in _pairs(runs) if _n_shared(pair) >= MIN_CONDITIONS]


def n_without_conditions(runs: Sequence[Run]) -> int:
    """Counts the pairs that would be minimal and share fewer than four conditions."""
    return sum(_n_shared(pair) < MIN_CONDITIONS for pair in _pairs(runs))


def _n_shared(pair: MinimalPair) -> int:
    return len(set(pair.a.record.emotions) & set(pair.b.record.emotions))


def _pairs(runs: Sequence[Run]) -> list[MinimalPair]:
    usual = [run for run in runs if run.reread_of is None and not run.untrained]
    kept, known = {run.key for run in without_echoes(usual)}, {run.key: levels(run) for run in usual}
    found = []
    for a, b in combinations(usual, 2):
        if not same_model(a, b):
            continue
        one, two = (b, a) if _order(b) < _order(a) else (a, b)
        for factor, aliased in _factors(one, two, known):
            if factor.contrast is Contrast.own_precision or {a.key, b.key} <= kept:
                factor = replace(factor, contexts=_contexts(known[a.key], known[b.key]))
                found.append(MinimalPair(factor, aliased, one, two))
    kinds = list(EffectKind)
    return sorted(found, key=lambda p: (p.model, kinds.index(p.factor.kind), p.factor.label, len(p.aliased)))


def partner(runs: Sequence[Run], a: Run, d: Run) -> Run | None:
    """Finds C of the published design, which is d's configuration at a's precision; of several, the first."""
    precision = precision_of(a)
    wanted = replace(levels(d), precision=precision, writer=Writer(precision.label))
    like = (run for run in without_echoes(runs) if is_written_and_read(run) and same_model(run, d))
    return next((run for run in like if levels(run) == wanted), None)


def _factors(a: Run, b: Run, known: Mapping[str, Levels]) -> Found:
    """Finds the factors of a pair; `a` is the run of comprehension, the unquantized one, or a replay's generation."""
    one, two = known[a.key], known[b.key]
    differ = one.differing(two)
    if not (is_by_itself(a) and is_by_itself(b)):
        yield from _between_writers(a, b, differ)
    elif one.method is not two.method:
        yield from _between_methods(a, b, differ)
    elif one.method is Mode.comprehension:
        if differ == [Parameter.precision] and not one.precision.quantized:
            yield _precision(Contrast.comprehension, a, b), ()
        elif Parameter.precision not in differ:
            yield from _between_passages(a, b, differ)
    elif {Parameter.precision, Parameter.writer} & set(differ) or (same_texts(a, b) and not differ):
        yield from _between_precisions(a, b, differ)
    elif differ and set(differ) <= AGAIN and not same_texts(a, b):
        yield Factor(EffectKind.precision, Contrast.null), ()
    elif not set(differ) & AGAIN and (same_texts(a, b) or (is_written_and_read(a) and is_written_and_read(b))):
        yield from _between_writings(a, b, differ)


def _between_methods(a: Run, b: Run, differ: Sequence[Parameter]) -> Found:
    """Finds the factor of passages against own texts, read comparably or each as its published recipe reads."""
    reading = tuple(name for name in differ if name in {*READING, Parameter.denoising})
    language = tuple(name for name in differ if name is Parameter.language)
    sets = {published_set(a), published_set(b)}
    published = len(sets) == 2 and None not in sets
    if not (is_written_and_read(b) and is_first(b) and _alike_in_units(a, b)) or (reading and not published):
        return
    own, other = precision_of(a), precision_of(b)
    precisions: tuple[RunPrecision, ...]
    aliased: tuple[Parameter | Alias, ...] = (*_METHODS, *_PROMPTS[levels(b).context], *language, *reading)
    if Parameter.precision not in differ:
        kind, precisions = EffectKind.method, (own,) if own.quantized else ()
    elif other.quantized and not own.quantized:
        kind, precisions = EffectKind.cross_experiment, (own, other)
        aliased = (*aliased, Parameter.precision)
    else:
        return
    writing = writing_of(levels(b))
    factor = Factor(kind, Contrast.methods, writing=writing, precisions=precisions, as_published=published)
    yield factor, aliased


def _between_precisions(a: Run, b: Run, differ: Sequence[Parameter]) -> Found:
    same, quantized = same_texts(a, b), precision_of(a).quantized and precision_of(b).quantized
    if same and not differ:
        if mode_of(a) is Mode.generation and is_written_and_read(b):
            yield Factor(EffectKind.precision, Contrast.own_precision), ()
    elif quantized and list(differ) != [Parameter.writer]:
        return
    elif same and list(differ) == [Parameter.precision]:
        yield _precision(Contrast.replay, a, b), ()
    elif list(differ) == [Parameter.precision, Parameter.writer] and is_written_and_read(a) and is_written_and_read(b):
        published = {published_set(a), published_set(b)} == {"C", "D"}
        yield replace(_precision(Contrast.regenerated, a, b), as_published=published), (Alias.text,)
    elif list(differ) == [Parameter.writer]:
        yield Factor(EffectKind.precision, Contrast.writer, precisions=(precision_of(a),)), (Alias.text,)


def _between_passages(a: Run, b: Run, differ: Sequence[Parameter]) -> Found:
    """Finds a single sub-parameter of comprehension."""
    own = [name for name in differ if name in EXTRACTION]
    if Parameter.language in own and set(a.topics) == set(b.topics) and _of_one_voice(a, b):
        own = [name for name in own if name is not Parameter.passages]  # translations have other texts
    if own == [Parameter.passages] and set(a.texts) & set(b.texts):
        return  # some of the same passages, not others
    if len(own) != 1 or not _alike_in_units(a, b):
        return
    both = [run.config.stimuli.language if own == [Parameter.language] else run.record.stimuli for run in (a, b)]
    kind = EffectKind.text if own[0] in _TOLD else EffectKind.sub_parameter
    between = tuple(sorted(both)) if own[0] in _TOLD and len(set(both)) > 1 else ()
    yield Factor(kind, Contrast.one, parameter=own[0], of_comprehension=True, between=between), ()


def _of_one_voice(a: Run, b: Run) -> bool:
    """Whether two corpora are in one voice, and masked alike."""
    own, other = a.config.stimuli, b.config.stimuli
    return own.voice is other.voice and own.mask == other.mask


def _between_writers(a: Run, b: Run, differ: Sequence[Parameter]) -> Found:
    """Finds texts of two models, asked for with the same prompts, that one of these, or a third one, has read."""
    if list(differ) == [Parameter.writer] and is_first(a) and is_first(b) and not same_texts(a, b):
        writers = tuple(sorted(writer for run in (a, b) if (writer := written_by(run)) is not None))
        if len(set(writers)) > 1:
            yield Factor(EffectKind.text, Contrast.one, parameter=Parameter.writer, between=writers), ()


def _between_writings(a: Run, b: Run, differ: Sequence[Parameter]) -> Found:
    """Finds a single sub-parameter; or all of those of writing, of reading, or both."""
    own = [name for name in differ if name in EXTRACTION]
    text = () if same_texts(a, b) else (Alias.text,)
    if {Parameter.template, Parameter.topics} <= set(own):  # prompts with topics have other units than prompts without
        own.remove(Parameter.topics)
        text = (*text, Alias.units)
    contrast = _contrast(own)
    if contrast is None or not (is_first(a) and is_first(b) and _alike_in_units(a, b)):
        return
    if contrast is Contrast.one:
        yield Factor(EffectKind.sub_parameter, contrast, parameter=own[0]), text
        return
    published = contrast is Contrast.all_at_once and {published_set(a), published_set(b)} == {"B", "C"}
    aliased = tuple(own) if contrast is Contrast.all_reading else (*own, *text)
    yield Factor(EffectKind.sub_parameter, contrast, as_published=published), aliased


def _contrast(own: Collection[Parameter]) -> Contrast | None:
    """Names the contrast that the differing parameters make up; None where they are some of several."""
    if len(own) == 1:
        return Contrast.one
    if Parameter.context in own:
        return None
    if set(own) >= set(SUB_PARAMETERS) - {Parameter.samples}:
        return Contrast.all_at_once
    if set(own) >= set(WRITING) - {Parameter.samples} and not set(own) & set(READING):
        return Contrast.all_writing
    return Contrast.all_reading if set(own) == set(READING) else None


def _contexts(one: Levels, two: Levels) -> tuple[Context, ...]:
    """Gives the contexts in which written texts were read, unless it is only the prompt that asked for them."""
    found = tuple(context for context in Context if context in {one.context, two.context})
    return () if found == (Context.prompt,) else found


def _precision(contrast: Contrast, a: Run, b: Run) -> Factor:
    return Factor(EffectKind.precision, contrast, precisions=(precision_of(a), precision_of(b)))


def _alike_in_units(a: Run, b: Run) -> bool:
    """Whether both runs were planned with enough units for a rho*, or neither (as in the published design)."""
    return (planned_units(a) >= MIN_STAR) == (planned_units(b) >= MIN_STAR)


def _order(run: Run) -> tuple[bool, bool, bool, bool, str]:
    precision = precision_of(run)
    lower, replayed = precision.label != "fp32", mode_of(run) is Mode.replay
    return (has_written_texts(run), precision.quantized, lower, replayed, run.key)
