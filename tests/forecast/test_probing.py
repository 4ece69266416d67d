"""What steering and behaviour would read and write."""

from __future__ import annotations

from emogeo.forecast.planning import planned
from emogeo.stimuli.behaviour import format_items, stance_items
from tests.conftest import Composer


def test_steering_reads_contexts_along_every_direction(tiny_run: Composer) -> None:
    config = tiny_run("mode=steering")
    found, own = planned(config), config.steering
    directions = 2 * (1 + 5 * (own.controls + 20))
    assert found.reads[-1].texts == directions * len(own.contexts)
    (writes,) = found.writes
    assert writes.texts == 2 * (1 + 2 * 5)
    assert writes.new_tokens == writes.texts * own.max_new_tokens


def test_behaviour_scores_each_turn_of_both_arms_and_writes_answers(tiny_run: Composer) -> None:
    config = tiny_run("mode=behaviour", "behaviour.turns=2")
    found, items, tasks = planned(config), stance_items(), format_items()
    facts, opinions = len(items.facts), len(items.opinions)
    assert found.reads[0].texts == 2 * (2 * (facts + opinions) + 2 * 2 * opinions * 2)
    assert found.writes[0].texts == len(tasks.tasks) + len(tasks.requests)


def test_a_base_model_is_passed_over(tiny_run: Composer) -> None:
    config = tiny_run("mode=behaviour")
    config.model.weights, config.model.variant = None, "base"
    assert planned(config).passed_over
