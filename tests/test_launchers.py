"""The same twelve runs through every launcher, killed and started again, or ended by a signal."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from tests.conftest import ROOT
from tests.sweep import N_CELLS, start, vectors, words

KILLS = int(os.environ.get("EMOGEO_KILLS", "3"))
JOBLIB = ("cluster=gpus", "cluster.slots=2")
WRITING = ("recipe=crossed", "generation.max_new_tokens=200", "generation.min_new_tokens=190", "norm=none,unit")
BEGUN, FINISHED = " INFO tiny-llama fp32 comprehension", " INFO finished tiny-llama"
RAY = os.environ.get("EMOGEO_RAY_PYTHON")


@pytest.fixture(scope="module")
def undisturbed(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, bytes]]:
    """Vectors and RDMs of the sweep as the basic launcher leaves them."""
    folder = tmp_path_factory.mktemp("basic")
    sweep = start(words(tiny_llama, folder), folder / "log")
    assert sweep.wait(timeout=120) == 0, (folder / "log").read_text()
    found = vectors(folder)
    assert len(found) == N_CELLS
    return found


@pytest.mark.parametrize(
    "launcher",
    [JOBLIB, ("hydra/launcher=submitit_local",)],
    ids=["joblib", "submitit"],
)
def test_every_launcher_leaves_the_same_store(
    launcher: tuple[str, ...], undisturbed: dict[str, tuple[bytes, bytes]], tiny_llama: Path, tmp_path: Path
) -> None:
    sweep = start(words(tiny_llama, tmp_path, *launcher), tmp_path / "log")
    assert sweep.wait(timeout=240) == 0, (tmp_path / "log").read_text()
    assert vectors(tmp_path) == undisturbed


@pytest.mark.skipif(RAY is None, reason="ray has an environment of its own: EMOGEO_RAY_PYTHON=its python")
def test_ray_leaves_the_same_store(
    undisturbed: dict[str, tuple[bytes, bytes]], tiny_llama: Path, tmp_path: Path
) -> None:
    """In a network of its own, because Ray listens on every interface."""
    assert RAY is not None
    launcher = ("cluster=ray", "cluster.gpus=0", "+hydra.launcher.ray.init.num_cpus=2")
    command = ["unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$@"', "-", RAY]
    done = subprocess.run(
        [*command, *words(tiny_llama, tmp_path, *launcher)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "RAY_USAGE_STATS_ENABLED": "0", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert vectors(tmp_path) == undisturbed


def test_a_sweep_that_is_killed_again_and_again_computes_no_run_twice(
    undisturbed: dict[str, tuple[bytes, bytes]], tiny_llama: Path, tmp_path: Path
) -> None:
    """SIGKILL at a random moment from the beginning of a round's first run to its end; EMOGEO_KILLS says how often."""
    chance, log = random.Random(KILLS), tmp_path / "log"
    log.touch()
    for _ in range(KILLS):
        begun, finished = (log.read_text().count(line) for line in (BEGUN, FINISHED))
        sweep = start(words(tiny_llama, tmp_path), log)
        wait_for(log, BEGUN, sweep, begun)
        deadline = time.monotonic() + chance.uniform(0, 4)
        while time.monotonic() < deadline and log.read_text().count(FINISHED) == finished:
            time.sleep(0.01)
        assert sweep.poll() is None, "it ended before it was killed"
        sweep.kill()
        sweep.wait()
    there = set(vectors(tmp_path))
    assert start(words(tiny_llama, tmp_path), log).wait(timeout=120) == 0
    times = Counter(line.rpartition("/")[2] for line in log.read_text().splitlines() if FINISHED in line)
    assert set(times.values()) == {1}
    assert len(times) >= N_CELLS - len(there)
    assert vectors(tmp_path) == undisturbed


@pytest.mark.parametrize(
    ("launcher", "number", "code"),
    [((), signal.SIGTERM, 143), ((), signal.SIGINT, 130), ((), signal.SIGHUP, 129), (JOBLIB, signal.SIGTERM, 1)],
)
def test_a_signal_ends_the_sweep_and_nothing_is_half_written(
    launcher: tuple[str, ...], number: int, code: int, tiny_llama: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    sweep = start(words(tiny_llama, tmp_path, *launcher, cells=WRITING), log)
    wait_for(log, "the model writes", sweep)
    workers = psutil.Process(sweep.pid).children(recursive=True)
    sweep.send_signal(number)
    assert sweep.wait(timeout=60) == code
    assert f"Ended by {signal.Signals(number).name}" in log.read_text()
    assert psutil.wait_procs(workers, timeout=10)[1] == []
    assert not list((tmp_path / "store" / ".tmp").iterdir())
    assert vectors(tmp_path) == {}


def test_what_a_lost_worker_takes_along_is_said_and_mended(
    undisturbed: dict[str, tuple[bytes, bytes]], tiny_llama: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    sweep = start(words(tiny_llama, tmp_path, *JOBLIB), log)
    wait_for(log, BEGUN, sweep)
    worker = next(p for p in psutil.Process(sweep.pid).children() if "popen_loky" in " ".join(p.cmdline()))
    worker.kill()
    assert sweep.wait(timeout=60) == 1
    said = log.read_text()
    assert "A worker was killed" in said and "the same command again computes the rest" in said
    assert "Traceback" not in said
    assert start(words(tiny_llama, tmp_path), log).wait(timeout=120) == 0
    assert vectors(tmp_path) == undisturbed


def wait_for(log: Path, said: str, process: subprocess.Popen[bytes], times: int = 0) -> None:
    """Until it is said once more than so many times."""
    deadline = time.monotonic() + 60
    while log.read_text().count(said) <= times:
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["cluster=gpus", "cluster.slots=2"], "cluster=gpus launches the runs of a sweep: type -m."),
        (["-m", "cluster=gpus"], "Type cluster.slots=4"),
        (["-m", "cluster=gpus", "cluster.slots=0"], "Type cluster.slots=4"),
        (["-m", "cluster=local,gpus"], "One cluster at a time"),
        (["-m", "cluster=gpu"], "Did you mean gpus?"),
        (["cluster.slots=2"], "type cluster=gpus"),
        (["cluster.gpus=-1"], "cluster.gpus=-1: at least 0"),
    ],
)
def test_a_cluster_that_cannot_be_meant(typed: list[str], said: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "train.py"), *typed],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(find_spec("hydra_plugins.hydra_ray_launcher") is not None, reason="ray is installed here")
def test_a_launcher_that_is_not_installed_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "train.py"), "-m", "cluster=ray"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "pip install -e '.[ray]'" in done.stderr) == (1, True)


def test_runs_of_a_study_may_start_in_any_order(tiny_llama: Path, tmp_path: Path) -> None:
    """Two at once: whichever comes first writes the texts, the other waits and reads them."""
    study = [
        *("+study=decomposition", "hydra.sweeper.only=[C_mean,C_mean_replay]", *JOBLIB),
        *("generation.max_new_tokens=8", "generation.min_new_tokens=4"),
    ]
    log = tmp_path / "log"
    typed = [word for word in words(tiny_llama, tmp_path, cells=study) if not word.startswith("precision=")]
    assert start(typed, log).wait(timeout=120) == 0, log.read_text()
    assert log.read_text().count("the model writes") == 1
    assert len(list((tmp_path / "store" / "generations").iterdir())) == 1
    assert len(vectors(tmp_path)) == 2
