"""Which two runs are compared."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

from emogeo.analysis.comparing import paired
from emogeo.analysis.comparing.paired import families, leaves_out, trained_pairs
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.config.analyze import Pairs
from emogeo.config.model import Init
from emogeo.record.run import Run
from tests.planted_catalogue import Design, draw
from tests.planted_records import altered, usual_config

MODELS, POSITIONS, CENTRINGS = "abcde", ("last", "mean"), ("grand_mean", "none", "neutral")


def planted(**changes: Any) -> list[PreparedRun]:
    """Five models, each read at two positions and centred in three ways."""
    first = next(ready for ready in draw(Design(0.5, 0.1, 0.5), 0) if ready.name == "A")
    found = []
    for model, position, centring in product(MODELS, POSITIONS, CENTRINGS):
        name = f"{model} {position} {centring}"
        config = usual_config(f"pooling.position={position}", f"centring={centring}")
        own = altered(first.run, key=name, config=config, model_name=model, model_id=model, **changes)
        found.append(replace(first, name=name, run=own))
    return found


def names(run: Run) -> tuple[str, str, str]:
    model, position, centring = run.key.split()
    return model, position, centring


def test_of_many_runs_those_are_compared_that_answer_a_question() -> None:
    runs = planted()
    found = [(names(a.run), names(b.run)) for a, b in trained_pairs(runs)]
    assert len(found) == len(set(found))
    wanted = {
        (names(a.run), names(b.run))
        for at, a in enumerate(runs)
        for b in runs[at + 1 :]
        if sum(x != y for x, y in zip(names(a.run), names(b.run), strict=True)) == 1
    }
    assert set(found) == wanted and len(wanted) == 6 * 10 + 5 * (3 + 2 * 3)


def test_all_pairs_are_compared_where_they_are_few_or_that_is_asked_for() -> None:
    runs = planted()
    assert leaves_out(runs, Pairs.auto) and not leaves_out(runs, Pairs.all)
    assert len(trained_pairs(runs, Pairs.all)) == 30 * 29 // 2
    few = runs[: paired.ALL_OF]
    assert not leaves_out(few, Pairs.auto) and len(trained_pairs(few)) == 24 * 23 // 2


def test_untrained_twins_do_not_count_among_the_many() -> None:
    runs = planted()
    twins = [replace(each, run=altered(each.run, key=f"{each.run.key}1", model_init=Init.random)) for each in runs]
    few = [*runs[: paired.ALL_OF], *twins]
    trained, nulls = families(few)
    assert len(trained) == 24 * 23 // 2
    assert len(nulls) == 6 * 10, "two models, comparable runs"
