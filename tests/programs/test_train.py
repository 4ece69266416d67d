"""`train.py` of a clone and `emogeo train` are one program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from emogeo.programs import train
from emogeo.runs.task import Rest
from tests.conftest import ROOT, Composer


@pytest.mark.parametrize(
    ("words", "ran"),
    [((), "run"), (("mode=imported", "imported.path=a.npz"), "import"), (("mode=behaviour",), "probe")],
)
def test_a_mode_has_its_own_run(
    words: tuple[str, ...], ran: str, tiny_run: Composer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        "emogeo.extraction.run.begin_extraction", lambda *_: Rest(lambda: asked.append("extraction"), "mine")
    )
    monkeypatch.setattr("emogeo.extraction.imported_run.run_import", lambda *_: asked.append("import"))
    monkeypatch.setattr("emogeo.probes.run.run_probe", lambda *_: asked.append("probe"))
    monkeypatch.setattr(train, "parse_train", lambda config: config)
    monkeypatch.setattr(train, "recipe_differences", lambda *_: {})
    train._run(tiny_run(*words))  # type: ignore[arg-type]
    assert asked == ["extraction" if ran == "run" else ran]


def test_it_starts_after_the_command_line_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    monkeypatch.setattr(train, "prepare", lambda schema, conf: steps.append(f"{schema.__name__} {conf.name}"))
    monkeypatch.setattr(train, "main", lambda: steps.append("main"))
    train.start()
    assert steps == ["TrainConfig conf", "main"]


_UNWANTED = ("scipy.stats", "torch", "transformers", "wandb", "pandas", "matplotlib")
_STARTED = """
import json, sys
from emogeo.programs.train import start
start()
print(json.dumps(sorted(sys.modules)))
"""


def test_a_finished_run_imports_nothing_slow(tiny_llama: Path, tmp_path: Path) -> None:
    words = [f"model.weights={tiny_llama}", "stimuli=passages6", "layer_selection=middle", "precision=fp32"]
    words += [f"store.path={tmp_path / 'store'}", "tracking=disabled", "runtime.device=cpu", "runtime.threads=1"]
    words += [f"hydra.run.dir={tmp_path / 'job'}", "runtime.progress=false"]
    for finished in (False, True):
        started = [sys.executable, "-c", _STARTED, *words]
        done = subprocess.run(started, cwd=ROOT, capture_output=True, text=True, check=True)
        imported = set(json.loads(done.stdout.splitlines()[-1]))
        assert ("torch" in imported) is not finished
    assert "finished before, skipped" in done.stdout + done.stderr
    assert not imported & set(_UNWANTED)


def test_what_help_does_without_is_not_imported() -> None:
    started = [sys.executable, "-c", "import json, sys, emogeo.programs.train; print(json.dumps([*sys.modules]))"]
    done = subprocess.run(started, cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {*_UNWANTED, "numpy", "psutil", "emogeo.runs.task"} & {*json.loads(done.stdout)}


_LEFT = """
import gc
gc.disable()
from emogeo.programs.train import start
start()
gc.set_debug(gc.DEBUG_SAVEALL)
gc.collect()
print([type(own).__name__ for own in gc.garbage].count("Activations"))
"""


def test_states_go_without_the_collector_of_cycles(tiny_llama: Path, tmp_path: Path) -> None:
    words = [f"model.weights={tiny_llama}", "stimuli=passages6", "layer_selection=middle", "precision=fp32"]
    words += [f"store.path={tmp_path / 'store'}", "tracking=disabled", "runtime.device=cpu", "runtime.threads=1"]
    words += [f"hydra.run.dir={tmp_path / 'job'}", "runtime.progress=false"]
    started = [sys.executable, "-c", _LEFT, *words]
    done = subprocess.run(started, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0"


@pytest.mark.parametrize(
    ("words", "done"),
    [
        (["dry=true"], "ahead"),
        (["-m", "seed=1,2", "dry=true"], "ahead"),
        (["-m", "seed=1,2", "--cfg", "job"], "show"),
        (["+study=controls", "--cfg", "job"], "show"),
        (["--cfg", "job"], "main"),
        (["seed=1", "dry=false"], "main"),
    ],
)
def test_what_is_only_said_starts_no_run(words: list[str], done: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    monkeypatch.setattr("sys.argv", ["train.py", *words])
    monkeypatch.setattr(train, "prepare", lambda *_: None)
    monkeypatch.setattr(train, "_ahead", lambda _: steps.append("ahead"))
    monkeypatch.setattr(train, "_show", lambda _: steps.append("show"))
    monkeypatch.setattr(train, "main", lambda: steps.append("main"))
    train.start()
    assert steps == [done]


def test_a_run_that_cannot_be_ends_with_1(
    tiny_run: Composer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tiny_run("layer_selection=index", "layer_selection.index=99", "dry=true")
    monkeypatch.setattr(train, "parse_train", lambda config: config)
    monkeypatch.setattr(train, "recipe_differences", lambda *_: {})
    with pytest.raises(SystemExit) as end:
        train._run(wrong)  # type: ignore[arg-type]
    assert end.value.code == 1
    assert "ConfigError: " in capsys.readouterr().err
