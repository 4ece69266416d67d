"""Planted runs whose conditions are called otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from emogeo.analysis.comparing.prepared import PreparedRun
from tests.planted_records import altered


def relabelled(prepared: PreparedRun, names: Mapping[str, str]) -> PreparedRun:
    """The run under other labels; conditions that `names` does not hold get foreign ones."""
    run = prepared.run
    own = {condition: names.get(condition, f"{condition}-isch") for condition in run.conditions}
    emotions = tuple(own[emotion] for emotion in run.record.emotions)
    labels = tuple(own[condition] for condition in run.conditions)
    changed = altered(run, emotions=emotions, result_conditions=labels)
    return replace(prepared, run=changed, view=replace(prepared.view, conditions=labels))
