"""Runs that are killed, at each batch, go on from there: nothing is computed twice, and all is equal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import AutoTokenizer

from emogeo.config.train import TrainConfig
from emogeo.extraction.run import run_extraction
from emogeo.models import activations, generation, scoring, steering
from emogeo.models.session import Session
from emogeo.probes.run import run_probe
from emogeo.record.files import PASS_FILE, RUN_FILE
from emogeo.runs import kept as module
from emogeo.runs.kept import kept_batches, made_alike
from emogeo.runs.task import Outcome
from emogeo.stimuli.emotion_words import steering_words
from emogeo.store.store import ACTIVATIONS, RUNS, Store
from tests.conftest import Composer
from tests.tiny import CHAT, write_model

SESSION = Session(None, None, "cpu", None, 1, False)  # type: ignore[arg-type]
ARRAYS = {"a": np.ones(3)}
ROOT = Path(__file__).parents[2]
WHERE = (
    (activations, "_read_batch"),
    (generation, "_write_batch"),
    (scoring, "_logprobs"),
    (steering, "_last_logprobs"),
)
"""Functions that each run the model over one batch."""
NEUTRAL = ["wooden", "recent", "local", "square", "northern", "plastic", "narrow", "typical"]
STEER = (
    "mode=steering",
    "steering.max_new_tokens=4",
    "steering.controls=3",
    "steering.strengths=[0.02,0.1]",
    f"steering.neutral_words={json.dumps(NEUTRAL)}",
)
READOUT = ("mode=readout", "readout.draws=99", "readout.tokens=70", "runtime.token_budget=1500")
BEHAVE = ("mode=behaviour", "behaviour.turns=1", "behaviour.max_new_tokens=4", "behaviour.batch_size=5")
READ = ("runtime.token_budget=800",)


@pytest.fixture(scope="module")
def wordy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny instruct model to whose tokenizer the words of steering are one token."""
    folder = write_model(tmp_path_factory.mktemp("tiny") / "tiny-wordy", "smollm2", CHAT)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    words = {word for emotion in ("calm", "hostile") for word in steering_words()[emotion]}
    tokenizer.add_tokens([f" {word}" for word in sorted({*words, *NEUTRAL})])
    tokenizer.save_pretrained(folder)
    return folder


class Model:
    """Counts batches as the model runs over them; ends the process, as Ctrl-C does, before one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.batches, self.ends_at = 0, -1
        for where, name in WHERE:
            monkeypatch.setattr(where, name, self._counted(getattr(where, name)))

    def _counted(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            if self.batches == self.ends_at:
                raise KeyboardInterrupt
            self.batches += 1
            return original(*arguments)

        return call

    def start(self, ends_at: int = -1) -> None:
        self.batches, self.ends_at = 0, ends_at


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    return Model(monkeypatch)


def run(config: TrainConfig) -> Outcome:
    outcome = run_extraction(config) if config.mode.name.value == "comprehension" else run_probe(config)
    assert outcome is not None
    return outcome


def content(config: TrainConfig) -> dict[str, bytes]:
    """All numbers of a store; of `run.json` and `reading.json`, which have times, nothing."""
    store = Store(config.store.path)
    found: dict[str, bytes] = {}
    for kind in (RUNS, ACTIVATIONS):
        for key in store.keys(kind):
            found |= {f"{kind}/{key}/{name}": own for name, own in store.read(kind, key).items()}
    return {name: own for name, own in found.items() if not name.endswith((RUN_FILE, PASS_FILE))}


@pytest.mark.parametrize(
    ("overrides", "checks"),
    [(READ, 0), (BEHAVE, 0), (READOUT, 0), (STEER, 1)],
    ids=["reading", "behaviour", "readout", "steering"],
)
def test_killed_at_each_batch_it_goes_on_and_all_is_equal(
    tiny_run: Composer, tmp_path: Path, wordy: Path, model: Model, overrides: tuple[str, ...], checks: int
) -> None:
    undisturbed = tiny_run(*overrides, f"store.path='{tmp_path / 'other'}'", weights=wordy)
    run(undisturbed)
    wanted, n = content(undisturbed), model.batches
    assert n > 4
    config = tiny_run(*overrides, weights=wordy)
    total = 0  # with the batches that check the model in each process (`checks`)
    for _ in range(n):
        model.start(ends_at=1 + checks)
        try:
            run(config)
        except KeyboardInterrupt:
            total += model.batches
            continue
        total += model.batches
        break
    assert n <= total <= n + checks * n, "no batch is computed twice"
    assert content(config) == wanted
    assert not list((Path(config.store.path) / "partial").iterdir())


def test_batches_that_were_halved_for_want_of_memory_are_taken_up(
    tiny_run: Composer, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    counted, sizes = activations._read_batch, []

    def small_memory(own: Any, tokens: list[Any], *rest: Any) -> None:
        if len(tokens) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        counted(own, tokens, *rest)
        sizes.append(len(tokens))

    monkeypatch.setattr(activations, "_read_batch", small_memory)
    config = tiny_run()
    model.start(ends_at=20)
    with pytest.raises(KeyboardInterrupt):
        run(config)
    model.start()
    run(config)
    (key,) = Store(config.store.path).keys(RUNS)
    readings = json.loads(Store(config.store.path).read(RUNS, key)[RUN_FILE])["provenance"]["readings"]
    assert len(sizes) == sum(len(own["batches"]) for own in readings.values())


def test_a_killed_process_leaves_what_it_has_finished(
    tiny_run: Composer, tmp_path: Path, tiny_llama: Path, model: Model
) -> None:
    undisturbed = tiny_run(*READ, f"store.path='{tmp_path / 'other'}'")
    run(undisturbed)
    wanted, n = content(undisturbed), model.batches
    config = tiny_run(*READ)
    program = f"""
import os, signal
from emogeo.models import activations
from emogeo.store import kept
from emogeo.extraction.run import run_extraction
from tests.conftest import tiny_composer
from pathlib import Path

kept._EVERY_SECONDS, kept._SHARE, original, done = 0, 1.0, activations._read_batch, []

def killed(*arguments):
    if len(done) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(original(*arguments))

activations._read_batch = killed
run_extraction(tiny_composer(Path({str(tmp_path)!r}), Path({str(tiny_llama)!r}))(*{READ!r}))
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=os.environ, check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    model.start()
    run(config)
    assert model.batches == n - 5
    assert content(config) == wanted


def test_a_damaged_batch_is_computed_again_and_the_others_stay(
    tiny_run: Composer, tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from emogeo.store import kept

    monkeypatch.setattr(kept, "_EVERY_SECONDS", 0)
    monkeypatch.setattr(kept, "_SHARE", 1.0)
    undisturbed = tiny_run(*READ, f"store.path='{tmp_path / 'other'}'")
    run(undisturbed)
    wanted, n = content(undisturbed), model.batches
    config = tiny_run(*READ)
    model.start(ends_at=5)
    with pytest.raises(KeyboardInterrupt):
        run(config)
    files = sorted(Path(config.store.path).glob("partial/*/*"))
    assert len(files) == 5
    damaged = bytearray(files[2].read_bytes())
    damaged[-7] ^= 4
    files[2].write_bytes(damaged)
    model.start()
    run(config)
    assert model.batches == n - 4
    assert f"{files[2]} is damaged" in caplog.text
    assert content(config) == wanted


@pytest.mark.parametrize("again", [(*READ, "force=true"), ("runtime.token_budget=700",)], ids=["force", "budget"])
def test_force_begins_anew_and_so_do_other_batches(
    tiny_run: Composer, tmp_path: Path, model: Model, again: tuple[str, ...]
) -> None:
    undisturbed = tiny_run(*again, f"store.path='{tmp_path / 'other'}'")
    run(undisturbed)
    wanted, n = content(undisturbed), model.batches
    model.start(ends_at=5)
    with pytest.raises(KeyboardInterrupt):
        run(tiny_run(*READ))
    model.start()
    run(tiny_run(*again))
    assert model.batches == n
    assert content(tiny_run()) == wanted


def test_an_error_keeps_and_an_end_leaves_it_to_the_record(tmp_path: Path) -> None:
    store, key = Store(tmp_path), "a" * 64
    with pytest.raises(SystemExit), kept_batches(store, key, SESSION, force=False) as kept:
        kept.keep("1" * 64, ARRAYS)
        raise SystemExit
    with kept_batches(store, key, SESSION, force=False) as kept:
        assert "1" * 64 in kept
    with kept_batches(store, key, SESSION, force=True) as kept:
        assert "1" * 64 not in kept


def test_batches_of_other_devices_libraries_and_threads_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    names = {made_alike(SESSION), made_alike(Session(None, None, "cpu", None, 2, False))}  # type: ignore[arg-type]
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "A100" if device == "cuda:0" else "H100")
    gpus = [made_alike(Session(None, None, device, None, n, False)) for device in ("cuda:0", "cuda:1") for n in (1, 2)]  # type: ignore[arg-type]
    names |= {*gpus}
    assert gpus[0] == gpus[1], "threads matter on a CPU alone"
    monkeypatch.setattr(module, "libraries", lambda: {"torch": "0"})
    names.add(made_alike(SESSION))
    assert len(names) == 5
