"""Runs that the first version has finished are finished: a rerun reads no text and loads no model."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.test_commands import command
from tests.unchanged.computed import DATA

COMMON = (
    *("tracking=disabled", "runtime.device=cpu", "runtime.progress=false", "stimuli.topics=8", "max_depth=0.2"),
    "pooling.position=mean",
)
WRITTEN = ("recipe=crossed", "generation.max_new_tokens=24", "generation.min_new_tokens=8")


@pytest.mark.weights
@pytest.mark.parametrize(
    "words",
    [
        ("-m", "model=smollm2-135m-instruct,gemma-3-270m", "precision=bf16", "reread=false,true"),
        ("precision=bf16", "mode=steering", "steering.strengths=[0.02]", "steering.controls=2"),
        ("precision=bf16", "mode=behaviour", "behaviour.turns=1"),
        ("precision=bf16", "recipe=crossed", "generation.max_new_tokens=24", "generation.min_new_tokens=8"),
        (
            "precision=fp32",
            "recipe=crossed",
            "generation.max_new_tokens=24",
            "generation.min_new_tokens=8",
            "mode=replay",
            "precision@mode.writer=bf16",
        ),
    ],
)
def test_a_finished_run_of_the_first_version_is_skipped(tmp_path: Path, words: tuple[str, ...]) -> None:
    shutil.copytree(DATA / "store", tmp_path / "store")
    done = command("train.py", *words, *COMMON, cwd=tmp_path, PYTHONPATH=os.environ.get("PYTHONPATH", ""))
    assert done.returncode == 0, done.stdout + done.stderr
    runs = 4 if words[0] == "-m" else 1
    assert done.stdout.count("finished before, skipped") == runs, done.stdout
    assert not (tmp_path / "store" / "activations").exists()
