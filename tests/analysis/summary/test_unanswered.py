"""What runs answer about biases, and which commands add what they lack."""

from __future__ import annotations

import dataclasses

import pytest

from emogeo.analysis.comparing.factor import Contrast, EffectKind, Factor
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.recipes import Writing
from emogeo.analysis.summary.unanswered import missing, opposite_signs
from emogeo.analysis.tables.effects import Effect, effects_of
from tests.analysis.planted_effects import effect
from tests.planted_catalogue import Design, draw
from tests.planted_records import altered, usual_config

DESIGN = Design(a_c=0.495, b_c=0.8, c_d=1.0)


@pytest.fixture(scope="module")
def planted() -> list[PreparedRun]:
    return draw(DESIGN, 0)


@pytest.fixture(scope="module")
def effects(planted: list[PreparedRun]) -> list[Effect]:
    return effects_of(planted, 100, 0)


def test_signs_are_opposite_only_beyond_their_intervals() -> None:
    def cross(model: str, bias: float, low: float, high: float) -> Effect:
        factor = Factor(EffectKind.cross_experiment, Contrast.methods, writing=Writing.loose)
        return effect(factor, model, bias=bias, bias_ci_low=low, bias_ci_high=high)

    one, two, three = cross("x", 0.2, 0.1, 0.3), cross("y", -0.2, -0.3, -0.1), cross("z", -0.2, -0.5, 0.1)
    said = opposite_signs([one, two, three])
    assert [line.rpartition("], ")[2] for line in said] == [
        "opposite signs beyond their intervals",
        "signs not identifiable (an interval holds 0)",
        "signs not identifiable (an interval holds 0)",
    ]
    assert said[0].startswith("cross-experiment bias (comparable, loose), x and y: +0.20 [+0.10, +0.30] and -0.20")


def test_signs_of_biases_that_were_read_in_other_ways_are_not_compared() -> None:
    factor = Factor(EffectKind.cross_experiment, Contrast.methods, writing=Writing.loose)
    one, two = (effect(factor, name, bias=0.2, bias_ci_low=0.1, bias_ci_high=0.3) for name in "xy")
    read = altered(two.pair.a, config=usual_config("pooling.position=mean"))
    elsewhere = dataclasses.replace(two, pair=dataclasses.replace(two.pair, a=read))
    assert len(opposite_signs([one, two])) == 1
    assert opposite_signs([one, elsewhere]) == []


def test_what_cannot_be_answered_is_listed_with_its_command(planted: list[PreparedRun], effects: list[Effect]) -> None:
    runs = [ready.run for ready in planted]
    python = ["python", "train.py", "-m"]
    singles = "template, chat, samples, decoding, length, position, layer, centring"
    assert missing(runs, effects, "store") == [(singles, [*python, "+study=sub_parameters", "model=planted"])]
    config = runs[0].config
    config = dataclasses.replace(config, model=dataclasses.replace(config.model, weights="/my models/x"))
    everything = "method, sub_parameter, precision, cross_experiment"
    words = ["+study=decomposition", "model.weights='/my models/x'", "prompt_template.chat=false"]
    assert missing([altered(runs[0], model_variant="base", config=config)], [], "other store") == [
        (everything, [*python, *words, "store.path='other store'"])
    ]
    assert missing(runs[:1], effects_of(planted[:1], 100, 0), "store") == [
        (everything, [*python, "+study=decomposition", "model=planted"])
    ]


def test_commands_that_add_runs_read_the_users_own_texts(planted: list[PreparedRun]) -> None:
    config = usual_config("stimuli.path='my texts.csv'", "stimuli.rename={Glück: joy}", "stimuli.topics=3")
    ((_, words),) = missing([altered(planted[0].run, config=config)], [], "store")
    assert words[words.index("+study=decomposition") + 1 :] == [
        "model=planted",
        "stimuli.path='my texts.csv'",
        'stimuli.rename={"Glück": joy}',
    ]
