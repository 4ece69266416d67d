"""Errors reach the command line in one line, and signals end it cleanly."""

from __future__ import annotations

import errno
import logging
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hydra._internal.utils import get_args_parser
from hydra.errors import CompactHydraException
from hydra.types import RunMode

from emogeo import entry, signals
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError, EmogeoError, StoreError
from emogeo.signals import Ended
from emogeo.terminal import LogFile
from tests.conftest import CONF


@pytest.fixture(autouse=True)
def without_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signals of the tests' own process stay as they are, and so does its collector of cycles."""
    monkeypatch.setattr(entry, "end_cleanly", lambda: None)
    monkeypatch.setattr(entry, "look_for_cycles_seldom", lambda: None)


def in_mode(mode: RunMode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry.HydraConfig, "get", lambda: SimpleNamespace(mode=mode))


def raising(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize("mode", list(RunMode))
def test_an_error_is_its_kind_and_its_words_and_a_sweep_logs_it_at_once(
    mode: RunMode,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    in_mode(mode, monkeypatch)
    swept = mode is RunMode.MULTIRUN
    with pytest.raises(CompactHydraException if swept else SystemExit, match="nothing here" if swept else "1"):
        entry.shown(lambda: raising(StoreError("nothing here")))
    assert capsys.readouterr().err == ("" if swept else "StoreError: nothing here\n")
    logged = [record.getMessage() for record in caplog.records]
    assert logged == (["StoreError: nothing here"] if mode is RunMode.MULTIRUN else [])


def test_who_asks_for_a_trace_gets_the_error_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    in_mode(RunMode.RUN, monkeypatch)
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    with pytest.raises(CompactHydraException, match="nothing here"):
        entry.shown(lambda: raising(StoreError("nothing here")))


def test_what_is_not_the_users_to_mend_keeps_its_trace() -> None:
    with pytest.raises(KeyError):
        entry.shown(lambda: raising(KeyError("a")))
    assert entry.shown(lambda: 7) == 7


def test_a_signal_ends_the_process_but_not_a_worker(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """joblib hands an exit of a worker to nobody, so there it is an error."""
    with pytest.raises(Ended):
        entry.shown(lambda: raising(Ended(15)))
    assert "Ended by SIGTERM" in caplog.text
    monkeypatch.setattr(entry, "in_joblib_worker", lambda: True)
    with pytest.raises(CompactHydraException, match="^Ended by SIGTERM"):
        entry.shown(lambda: raising(Ended(15)))


def test_a_run_after_a_signal_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "end_cleanly", signals.end_cleanly)
    monkeypatch.setattr(signals, "_received", [2])
    with pytest.raises(Ended):
        entry.shown(lambda: pytest.fail("begun"))


def test_a_wrong_word_ends_before_hydra_with_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["train.py", "modle=x"])
    with pytest.raises(SystemExit, match=r"^emogeo: .*no field modle.*Did you mean mode") as ended:
        entry.prepare(TrainConfig, CONF)
    assert isinstance(ended.value.code, str), "which Python prints, and exits with 1"
    monkeypatch.setattr(sys, "argv", ["train.py", "model=gemma-3-270m"])
    entry.prepare(TrainConfig, CONF)


@pytest.mark.parametrize(
    ("words", "swept"),
    [
        (["-m", "+study=finetune", "model.weights=[./a,./b]", "seed=1"], "model.weights=./a,./b"),
        (["+study=finetune", "model.weights=[./a,./b]", "--multirun"], "model.weights=./a,./b"),
        (["model.revisions=[a,b]", "-m", "model=more/smollm3-3b"], "model.weights=HuggingFaceTB/SmolLM3-3B@a,"),
        (["-m", "imported.path=[a.npz,b.npz]"], "imported.path=a.npz,b.npz"),
    ],
)
def test_hydra_takes_a_sweep_that_a_list_has_become(
    words: list[str], swept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["train.py", *words])
    entry.prepare(TrainConfig, CONF)
    typed = get_args_parser().parse_args(sys.argv[1:])
    assert typed.multirun
    assert sum(word.startswith(swept) for word in typed.overrides) == 1


def test_every_error_of_emogeo_is_caught(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    in_mode(RunMode.RUN, monkeypatch)
    for kind in (EmogeoError, *EmogeoError.__subclasses__(), *StoreError.__subclasses__()):
        with pytest.raises(SystemExit):
            entry.shown(lambda kind=kind: raising(kind("so")))
        assert capsys.readouterr().err == f"{kind.__name__}: so\n"


def test_what_the_machine_refuses_is_a_sentence_also_in_the_run_s_own_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_mode(RunMode.RUN, monkeypatch)
    handler = LogFile(str(tmp_path / "train.log"))
    logging.getLogger().addHandler(handler)
    try:
        with pytest.raises(SystemExit) as ended:
            entry.shown(lambda: raising(OSError(errno.ENOSPC, "full", "/data/ρ\ud800")))
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("MachineError: /data/ρ")
    assert "the same command goes on" in " ".join(said.split())
    logged = (tmp_path / "train.log").read_text(encoding="utf-8")
    assert logged.startswith("MachineError: /data/ρ\\ud800: No space left on device.")


def test_what_it_refuses_to_hydra_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HYDRA_FULL_ERROR", raising=False)
    for error in (OSError(errno.EROFS, "so", "outputs"), OSError(errno.ENOSPC, "so")):
        with pytest.raises(SystemExit) as ended:
            entry._reported(lambda error=error: raising(error))
        assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "MachineError: outputs: Read-only file system." in said
    assert "MachineError: The folder of logs (hydra.run.dir, hydra.sweep.dir): No space left on device." in said
    assert "Traceback" not in said


def test_an_error_of_a_sweep_that_is_checked_is_said_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HYDRA_FULL_ERROR", raising=False)
    with pytest.raises(SystemExit):
        entry._reported(lambda: raising(ConfigError("seed=1: so")))
    assert capsys.readouterr().err == "ConfigError: seed=1: so\n"
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    with pytest.raises(ConfigError):
        entry._reported(lambda: raising(ConfigError("seed=1: so")))


def test_cycles_are_looked_for_seldom_and_not_at_the_end() -> None:
    code = (
        "import atexit, gc, sys; sys.argv = ['train.py']; "
        "atexit.register(lambda: print(gc.get_threshold()[0] > 10_000, gc.get_freeze_count() > 1_000)); "
        "from emogeo import entry; from emogeo.config.train import TrainConfig; from emogeo.installation import CONF; "
        "entry.prepare(TrainConfig, CONF)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "True True\n"
