"""Tables of steering, of planted records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from emogeo.analysis.tables.notes import NoteKind
from emogeo.analysis.tables.steering import (
    REGIME_COLUMNS,
    SHIFT_COLUMNS,
    TEXT_COLUMNS,
    steering_runs,
    steering_shifts_table,
    steering_table,
    steering_texts_table,
)
from emogeo.record.files import SHIFTS, TEXTS
from emogeo.record.run import BehaviourRun, SteeringRun
from emogeo.store.keys import json_lines
from tests.planted_records import behaviour, model_card, refused, steering


def run(name: str = "planted", files: dict[str, bytes] | None = None, **changes: Any) -> SteeringRun:
    record, own = steering(**{"model": model_card(name), **changes})
    return SteeringRun(record, {**own, **(files or {})})


def shifts(along: float, random: list[float], others: list[float], target: str = "calm", strength: float = 0.5) -> Any:
    """Rows of one emotion at one strength."""
    fixed = {"target": target, "strength": strength, "match_gap": 0.25}
    own = [("emotion", along), *(("random", value) for value in random), *(("other", value) for value in others)]
    return [{**fixed, "kind": kind, "shift": v, "shift_words": v + 1, "shift_neutral": 1.0} for kind, v in own]


def shifted(*rows: Any) -> pd.DataFrame:
    return steering_shifts_table([run(files={SHIFTS: json_lines([row for own in rows for row in own])})]).frame


def test_only_what_steers_is_steering() -> None:
    own = run()
    assert steering_runs([BehaviourRun(*behaviour()), own]) == [own]


def test_a_row_for_the_emotion_and_one_for_a_random_direction() -> None:
    table = steering_table([run("gemma-3-1b-pt")]).frame
    assert list(table.columns) == REGIME_COLUMNS
    emotion, random = table.to_dict("records")
    assert (emotion["direction"], random["direction"]) == ("emotion", "random")
    assert (emotion["n_texts"], emotion["short_share"], emotion["regime"]) == (2, 0.5, "surgical")
    assert pd.isna(emotion["perplexity_ratio"]) and random["perplexity_ratio"] == 1.5
    assert (emotion["published"], random["published"]) == ("explosive", "")
    assert emotion["note"] == "2 texts, 10 as published"


@pytest.mark.parametrize(
    ("name", "published"),
    [("qwen2.5-1.5b", "not measured"), ("qwen2.5-1.5b-instruct", "surgical"), ("planted", "")],
)
def test_what_was_not_published_is_told_from_what_was(name: str, published: str) -> None:
    assert steering_table([run(name)]).frame["published"].tolist() == [published, ""]


def test_another_protocol_is_noted_and_the_published_one_is_not() -> None:
    result = run().result
    ten = replace(result.metrics.emotion, n_texts=10)
    published = replace(result, metrics=replace(result.metrics, emotion=ten))
    assert set(steering_table([run(result=published)]).frame["note"]) == {""}
    some = steering_table([run(result=published, model=model_card("m", n_layers=4))]).frame
    assert set(some["note"]) == {"1 of 4 blocks"}


def test_a_refused_run_is_a_row_with_its_reason() -> None:
    broken = SteeringRun(refused(run().record), {})  # type: ignore[arg-type]
    table = steering_table([broken])
    (row,) = table.frame.to_dict("records")
    assert (row["note"], row["model"]) == ("refused: it overflowed", "planted")
    assert table.notes_of(table.frame)[0][0].kind is NoteKind.refused
    assert steering_texts_table([broken]).frame.empty
    assert steering_shifts_table([broken]).frame.empty


def test_every_text_is_a_row() -> None:
    table = steering_texts_table([run("m"), run("n")]).frame
    assert list(table.columns) == TEXT_COLUMNS
    assert table["model"].tolist() == ["m", "n"]
    row = table.iloc[0]
    assert (row["text"], row["repeated"], row["words"], row["perplexity"]) == ("!", "no", 1, 3.0)
    (text,) = run().rows(TEXTS)
    again = run(files={TEXTS: json_lines([{**text, "repeated": True}])})
    assert steering_texts_table([again]).frame["repeated"].tolist() == ["yes"]


def test_a_shift_stands_against_random_and_other_directions() -> None:
    table = shifted(shifts(2.0, [-1.0, 0.0, 2.0, 3.0], [1.0, 2.0]))
    assert list(table.columns) == SHIFT_COLUMNS
    (row,) = table.to_dict("records")
    assert (row["emotion"], row["strength"], row["shift"]) == ("calm", 0.5, 2.0)
    assert (row["shift_words"], row["shift_neutral"], row["match_gap"]) == (3.0, 1.0, 0.25)
    assert (row["random_mean"], row["random_low"], row["random_high"], row["n_random"]) == (1.0, -1.0, 3.0, 4)
    assert (row["p"], row["p_min"]) == (3 / 5, 1 / 5), "a random direction that shifts as far counts"
    assert (row["others_mean"], row["n_others"], row["others_below"]) == (1.5, 2, 0.5)


@pytest.mark.parametrize(
    ("n", "reached", "beats"),
    [(19, 0, "yes"), (19, 1, "no"), (39, 1, "yes"), (39, 2, "no"), (18, 0, "not identifiable")],
)
def test_beyond_random_is_what_at_most_one_in_twenty_reach(n: int, reached: int, beats: str) -> None:
    (row,) = shifted(shifts(1.0, [2.0] * reached + [0.0] * (n - reached), [])).to_dict("records")
    assert row["beats_random"] == beats
    assert row["p"] == (1 + reached) / (1 + n)
    wanted = "18 random directions give no p below 0.05: type steering.controls=20" if n == 18 else ""
    assert row["note"] == wanted
    assert pd.isna(row["others_mean"]) and pd.isna(row["others_below"]) and row["n_others"] == 0


def test_emotions_and_strengths_are_rows_of_their_own() -> None:
    table = shifted(shifts(1.0, [0.0], []), shifts(2.0, [0.0], [], strength=0.25), shifts(3.0, [0.0], [], "angry"))
    assert table[["emotion", "strength", "shift"]].to_numpy().tolist() == [
        ["angry", 0.5, 3.0],
        ["calm", 0.25, 2.0],
        ["calm", 0.5, 1.0],
    ]
