"""What may explain a run: ratings, its texts and norms of the user's own, over the conditions that all of them have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from emogeo.analysis.comparing.prepared import Features, PreparedRun
from emogeo.errors import EqualDissimilaritiesError, GeometryError
from emogeo.geometry.about import PERMUTATIONS, About, about
from emogeo.geometry.halves import MIN_JACKKNIFE, Halves
from emogeo.geometry.independent import independent_units
from emogeo.geometry.inference import too_few
from emogeo.geometry.predictors import Predictor, log_lengths, of_distances, of_halves, of_values
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.geometry.sharing import over
from emogeo.stimuli.norms import Norm, Ratings, package_norms

RATINGS, TEXTS, OWN = "ratings together", "texts together", "own norms together"
"""Groups of predictors, as tables call what they explain together."""
WORDS, EMBEDDINGS, LENGTH = "word counts", "input embeddings", "text length"
LEAST_SHARED = 0.5
"""The least share of a run's conditions that a norm must have to be among its predictors."""


def group_of(predictor: str) -> str:
    """Gives the group that a single predictor belongs to."""
    if predictor in (WORDS, EMBEDDINGS, LENGTH):
        return TEXTS
    return RATINGS if predictor in package_norms().dimensions else OWN


@dataclass(frozen=True)
class Explanation:
    """What a run is about, and what could not be held against it."""

    conditions: tuple[str, ...]
    about: About
    absent: dict[str, str]
    """The predictors that are left out, each with the reason."""


def explain(prepared: PreparedRun, norms: Sequence[Norm], seed: int, permutations: int = PERMUTATIONS) -> Explanation:
    """Says how much of a run's geometry ratings, its texts and norms of the user's own explain.

    Raises:
        GeometryError: too few units for intervals, too few conditions that all norms have, or no predictor.
    """
    if prepared.halves.n_units < MIN_JACKKNIFE:
        raise GeometryError(too_few(prepared.halves.n_units, MIN_JACKKNIFE))
    known = prepared.halves.products.conditions
    given = list(_norms(norms))
    absent = {name: why for name, _, norm in given if (why := _shares_too_few(norm, known))}
    taken = [(name, group, norm, norm.match(known).words) for name, group, norm in given if name not in absent]
    conditions = tuple(own for own in known if all(own in words for *_, words in taken))
    if len(conditions) < MIN_CONDITIONS:
        raise GeometryError(f"{len(conditions)} conditions that all norms have, {MIN_CONDITIONS} are needed")
    run = over(prepared.halves, prepared.halves.products.units, conditions)
    makers = {name: _of_norm(name, group, norm, words, run) for name, group, norm, words in taken}
    found = list[Predictor]()
    for name, make in (makers | _of_texts(prepared, run)).items():
        try:
            found.append(make())
        except EqualDissimilaritiesError:
            absent[name] = "left out: all conditions are equally far apart in it"
        except GeometryError as error:
            absent[name] = f"left out: {error}"
    if not found:
        raise GeometryError("; ".join(f"{name}: {why}" for name, why in absent.items()))
    return Explanation(conditions, about(run, found, permutations, seed), absent)


def _norms(own: Sequence[Norm]) -> Iterator[tuple[str, str, Norm]]:
    """Gives name, group and norm of each dimension of ratings: the package's, then the user's own."""
    package = package_norms()
    for dimension in package.dimensions:
        yield dimension, RATINGS, package.only(dimension)
    several = {norm.name for norm in own if isinstance(norm, Ratings) and _alone(norm, own)}
    for norm in own:
        if norm.name not in several:
            yield norm.name, OWN, norm


def _alone(norm: Ratings, own: Sequence[Norm]) -> bool:
    """Whether each dimension of a list is among the norms, too."""
    return len(norm.dimensions) > 1 and any(other.name.startswith(f"{norm.name}: ") for other in own)


def _shares_too_few(norm: Norm, known: Sequence[str]) -> str | None:
    n = len(norm.match(known).words)
    if n >= max(MIN_CONDITIONS, LEAST_SHARED * len(known)):
        return None
    return f"left out: it has {n} of {len(known)} labels, and more would be lost than it can explain"


def _of_norm(name: str, group: str, norm: Norm, words: Mapping[str, str], run: Halves) -> Callable[[], Predictor]:
    own = [words[condition] for condition in run.products.conditions]
    return lambda: of_distances(name, group, norm.distances(own), run)


def _of_texts(prepared: PreparedRun, run: Halves) -> dict[str, Callable[[], Predictor]]:
    """Makes predictors of the very texts: their words, their mean input embeddings, their length."""

    def features(name: str, own: Features) -> Predictor:
        halves = prepared.features_over(own, independent_units(prepared.labels))
        return of_halves(name, TEXTS, over(halves, run.products.units, run.products.conditions))

    def length() -> Predictor:
        labels = prepared.labels
        if not labels.known:
            raise GeometryError("the texts are not known, so neither is their length")
        values = log_lengths(labels.texts, independent_units(labels), labels.emotions, run)
        return of_values(LENGTH, TEXTS, values, run)

    return {
        WORDS: lambda: features(WORDS, Features.bag_of_words),
        EMBEDDINGS: lambda: features(EMBEDDINGS, Features.input_embeddings),
        LENGTH: length,
    }
