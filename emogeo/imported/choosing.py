"""Which arrays of a file are meant, and what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emogeo.config.imported import ImportedConfig
from emogeo.errors import ImportedError
from emogeo.imported.stored import Contents, Key, Stored
from emogeo.imported.types import Kind
from emogeo.stimuli.files import shown

_NAMES = {
    Kind.states: {"states", "hidden_states", "activations", "activation", "acts"},
    Kind.vectors: {"vectors", "emotion_vectors", "steering_vectors", "control_vectors", "directions"},
    Kind.rdm: {"rdm", "rdms", "dissimilarities", "dissimilarity", "distances", "distance_matrix"},
}
_EMBEDDINGS = {"embeddings", "input_embeddings", "mean_embeddings"}
_OF_ALL = {"grand_mean", "global_mean", "overall_mean", "norms"}
"""Names of what belongs to no condition and no text."""


@dataclass(frozen=True)
class Chosen:
    """The arrays that are read."""

    arrays: Mapping[Key, Stored]
    kind: Kind | None
    """What they are, where a name or the user says it."""
    asked: bool
    """Whether the user says it."""
    pattern: str | None
    """How their names are made, where the user says it."""
    embeddings: Stored | None


def choose(config: ImportedConfig, contents: Contents) -> Chosen:
    """Gives the arrays that the user names, else those that are called as states, vectors or RDMs usually are, or all.

    Raises:
        ImportedError: no array, none of the name, or several of different kinds.
    """
    arrays = dict(contents.arrays)
    if not arrays:
        whole = ", ".join(map(shown, [*contents.numbers, *contents.words][:4]))
        raise ImportedError(
            "The file has no array of floating-point numbers."
            + (f" It has {whole}, which are words or whole numbers; save vectors as float32." if whole else "")
        )
    _refuse_weights(arrays)
    given = config.fields.get("embeddings")
    apart = [key for key in arrays if (key[-1] == given if given else key[-1].lower() in _EMBEDDINGS)]
    if given and not apart:
        raise _absent("embeddings", given, arrays)
    embeddings = arrays[apart[0]] if len(apart) == 1 and len(arrays) > 1 else None
    rest = {key: own for key, own in arrays.items() if embeddings is None or key != apart[0]}
    asked = next((kind for kind in Kind if config.fields.get(kind.value)), None)
    if asked is None:
        return Chosen(*_by_names(rest), asked=False, pattern=None, embeddings=embeddings)
    name = config.fields[asked.value]
    if "{" in name:
        return Chosen(rest, asked, True, name, embeddings)
    return Chosen(_called(name, asked, rest), asked, True, None, embeddings)


def _refuse_weights(arrays: Mapping[Key, Stored]) -> None:
    weights = [key for key in arrays if key[-1].rpartition(".")[2] in ("weight", "bias")]
    if 2 * len(weights) > len(arrays):
        raise ImportedError(
            f"The file has weights of a model, as {shown('/'.join(weights[0]))}, and no vectors: a model is read with "
            "model.weights=FOLDER mode=comprehension."
        )


def _called(name: str, kind: Kind, arrays: Mapping[Key, Stored]) -> dict[Key, Stored]:
    own = {key: one for key, one in arrays.items() if name in ("/".join(key), key[-1], key[0])}
    if not own:
        raise _absent(kind.value, name, arrays)
    return own


def _absent(field: str, name: str, arrays: Mapping[Key, Stored]) -> ImportedError:
    there = ", ".join(shown("/".join(key)) for key in list(arrays)[:8])
    more = f" and {len(arrays) - 8} more" if len(arrays) > 8 else ""
    return ImportedError(f"imported.fields.{field}={name}: no array is called so. There are {there}{more}.")


def _by_names(arrays: Mapping[Key, Stored]) -> tuple[dict[Key, Stored], Kind | None]:
    found: dict[Kind, dict[Key, Stored]] = {}
    for kind, names in _NAMES.items():
        own = {key: one for key, one in arrays.items() if key[-1].lower() in names and len(one.shape) > 1}
        if own:
            found[kind] = own
    several = sorted({key[-1] for own in found.values() for key in own})
    if len(several) > 1:
        typed = " or ".join(f"imported.fields.{kind.value}={next(iter(own))[-1]}" for kind, own in found.items())
        raise ImportedError(f"The file has {' and '.join(map(shown, several))}. Say which is meant: type {typed}.")
    if several:
        kind, own = next(iter(found.items()))
        return own, kind
    return {key: one for key, one in arrays.items() if key[-1].lower() not in _OF_ALL} or dict(arrays), None
