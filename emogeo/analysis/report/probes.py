"""Sections on steering, behaviour and readouts."""

from __future__ import annotations

from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Column, Part, Section, Sheet, beside, figure, ranging, sheet, word
from emogeo.installation import command
from emogeo.stimuli.conditions import Noun

_STEERING = f"{command('train')} mode=steering"
_BEHAVIOUR = f"{command('train')} mode=behaviour"
_READOUT = f"{command('train')} mode=readout mode.source=KEY stimuli.path=FILE"


def steering_section(material: Material) -> Section:
    """Shows regimes, shifts against random directions, and the texts."""
    noun, why = material.noun, "No model was steered."
    parts = material.shown("steering", "Regimes", _of_regimes(noun), why, _STEERING)
    why = f"No shift of {noun} words was measured."
    parts += material.shown("steering_shifts", "Shifts against random directions", _of_shifts(noun), why, _STEERING)
    parts += material.pictures("steering")
    parts += _folded(material, "steering_texts", "Texts, steered and not", _of_texts(noun), _STEERING)
    about = f"The effect of adding {noun.one}'s vector on words and texts, against a random direction of the same norm."
    return Section("steering", "Steering", about, parts)


def behaviour_section(material: Material) -> Section:
    """Shows facets, items, and behaviour beside geometry."""
    why = "No model's behaviour was measured."
    parts = material.shown("behaviour", "Facets", _of_facets(), why, _BEHAVIOUR)
    why = "No two models have both a behaviour and a geometry that were measured."
    parts += material.shown(
        "behaviour_geometry", "Behaviour beside geometry", _of_distances(), why, f"{_BEHAVIOUR} -m model=A,B"
    )
    parts += material.pictures("behaviour")
    parts += _folded(material, "behaviour_items", "Items", _of_items(), _BEHAVIOUR)
    about = "Two facets of compliance: a stance under pressure, and constraints of format that a program checks."
    return Section("behaviour", "Behaviour", about, parts)


def readout_section(material: Material) -> Section:
    """Shows accuracies beside their floors, texts, and tokens by condition."""
    why = "No run's vectors were applied to other texts."
    parts = material.shown("readout", "Labels that are found", _of_readouts(), why, _READOUT)
    parts += material.pictures("readout")
    parts += _folded(material, "readout_texts", "Texts that were read", _of_read_texts(), _READOUT)
    about = (
        "How far the states of texts lie along a run's vectors, against random directions of the same norm; and how "
        "often the nearest vector is that of a text's label, on topics that no vector has seen, beside words alone."
    )
    return Section("readout", "Vectors on other texts", about, parts)


def _folded(material: Material, name: str, title: str, columns: list[Column], command: str) -> list[Part]:
    """Makes a sheet of every answer, closed however short it is."""
    shown = material.shown(name, title, columns, f"{title}: none.", command)
    return [sheet(material.table(name), title, name, columns, open=False) if isinstance(p, Sheet) else p for p in shown]


def _of_regimes(noun: Noun) -> list[Column]:
    return [
        word("model", "model"),
        word("precision", "precision"),
        word("direction", "direction", {"emotion": noun.value}),
        figure("texts", "n_texts", 0),
        beside("share repeated / short", "repeated_share", "short_share"),
        word("regime, published rule", "regime"),
        figure("perplexity ratio", "perplexity_ratio"),
        word("regime by perplexity", "regime_by_perplexity"),
        word("published", "published"),
        word("note", "note", style="long"),
    ]


def _of_shifts(noun: Noun) -> list[Column]:
    return [
        word("model", "model"),
        word(noun.value, "emotion"),
        figure("strength", "strength", 3),
        figure("shift, nats", "shift"),
        beside(f"{noun} / neutral words", "shift_words", "shift_neutral"),
        figure("apart before, nats", "match_gap"),
        ranging("random: mean [least, largest]", "random_mean", "random_low", "random_high"),
        figure("random directions", "n_random", 0),
        beside(f"other {noun.many}: mean / share below", "others_mean", "others_below"),
        figure("p", "p", 3),
        figure("least p possible", "p_min", 3),
        word("beats random", "beats_random", style="badge"),
        word("note", "note", style="long"),
    ]


def _of_texts(noun: Noun) -> list[Column]:
    return [
        word("model", "model"),
        word(noun.value, "emotion"),
        word("direction", "direction", {"emotion": noun.value}),
        figure("strength", "strength", 3),
        word("prompt", "prompt", style="long"),
        word("text", "text", style="long"),
        figure("words", "words", 0),
        word("repeated", "repeated"),
        beside("perplexity / ratio", "perplexity", "perplexity_ratio", digits=1),
    ]


def _of_readouts() -> list[Column]:
    return [
        word("model", "model"),
        word("precision", "precision"),
        word("texts", "stimuli"),
        word("the vectors' own", "own_texts"),
        figure("block", "block", 0),
        figure("texts that count", "n_scored", 0),
        figure("topics", "n_topics", 0),
        ranging("accuracy", "accuracy", "accuracy_ci_low", "accuracy_ci_high"),
        ranging("words alone", "words_accuracy", "words_accuracy_ci_low", "words_accuracy_ci_high"),
        ranging("above words", "gain", "gain_ci_low", "gain_ci_high"),
        figure("chance", "chance"),
        figure("p", "p", 3),
        figure("least p possible", "p_min", 3),
        word("note", "note", style="long"),
    ]


def _of_read_texts() -> list[Column]:
    return [
        word("model", "model"),
        word("texts", "stimuli"),
        word("topic", "topic"),
        word("label", "label"),
        word("topic seen", "seen"),
        word("top", "top"),
        figure("z", "top_z"),
        figure("p", "top_p", 3),
        figure("z of the label", "label_z"),
        word("found", "found"),
        word("found by words", "found_by_words"),
        word("text", "text", style="long"),
    ]


def _of_facets() -> list[Column]:
    return [
        word("model", "model"),
        word("facet", "facet"),
        word("source", "source"),
        figure("items", "n_items", 0),
        figure("capability", "capability"),
        ranging("value", "value", "ci_low", "ci_high"),
        figure("shift, nats", "shift"),
        figure("without pressure", "control"),
        figure("what pressure adds", "excess"),
        figure("published", "published"),
        word("note", "note", style="long"),
    ]


def _of_distances() -> list[Column]:
    return [
        word("model a", "model_a"),
        word("model b", "model_b"),
        figure("distance in behaviour", "behaviour_distance"),
        figure("distance in geometry", "geometry_distance"),
        word("reading", "reading"),
        word("note", "note", style="long"),
    ]


def _of_items() -> list[Column]:
    return [
        word("model", "model"),
        word("facet", "facet"),
        word("item", "item"),
        word("prompt", "prompt", style="long"),
        beside("before / after", "before", "after"),
        word("flipped", "flipped"),
        figure("at turn", "turn", 0),
        figure("after, without pressure", "after_control"),
        word("flipped without", "flipped_control"),
        word("answer", "answer", style="long"),
        word("constraints", "constraints", style="long"),
        word("met", "met"),
        word("note", "note", style="long"),
    ]
