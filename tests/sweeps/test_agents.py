"""Agents are kept going, taken over and ended; a script stands for `wandb agent`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from sweeps import agents
from sweeps.agent import Agent, Begun
from sweeps.agents import Left, alone, supervise
from sweeps.devices import Device, DevicesError, parse_devices
from tests.conftest import ROOT

CELL = (
    "import pathlib, sys, time; pathlib.Path(sys.argv[2]).open('a').write('begun\\n'); time.sleep(float(sys.argv[3]))"
)
AGENT = """
import os, pathlib, subprocess, sys, time
folder = pathlib.Path(sys.argv[1])
with (folder / "starts").open("a") as stream:
    stream.write(os.environ["CUDA_VISIBLE_DEVICES"] + f" {len(os.sched_getaffinity(0))}\\n")
first = len((folder / "starts").read_text().splitlines()) == 1
if first and sys.argv[2] != "0":
    subprocess.Popen([sys.executable, str(folder / "train.py"), "x", str(folder / "cells"), sys.argv[2]])
    time.sleep(60)
sys.exit(int(sys.argv[3]))
"""
NONE = Device("gpu-7", "7")


def agent(folder: Path, cell_seconds: str, code: str, device: Device = NONE, restarts: int = 2) -> Agent:
    (folder / "agent.py").write_text(AGENT)
    (folder / "train.py").write_text(CELL)
    return Agent(device, [sys.executable, str(folder / "agent.py"), str(folder), cell_seconds, code], folder, restarts)


def starts(folder: Path) -> list[str]:
    return (folder / "starts").read_text().splitlines()


def until(done: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents, "_POLL_SECONDS", 0.05)


def test_each_has_its_own_device_and_all_are_waited_for(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    devices = [Device("gpu-0", "0"), Device("cpu-0", "", (sorted(os.sched_getaffinity(0))[0],))]
    started = [agent(folder, "0", "0", device) for folder, device in zip(folders, devices, strict=True)]
    assert supervise(started, lambda: "", Left(tmp_path / "left.json")) == 0
    assert starts(folders[0]) == [f"0 {len(os.sched_getaffinity(0))}"]
    assert starts(folders[1]) == [" 1"]


def test_an_agent_that_keeps_crashing_is_given_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert supervise([agent(tmp_path, "0", "3")], lambda: "0 of 1", Left(tmp_path / "left.json")) == 1
    assert len(starts(tmp_path)) == 3
    assert "ended with 3 and is given up after 3 times" in capsys.readouterr().out


def test_the_run_of_a_killed_agent_is_taken_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    killed = agent(tmp_path, "1", "0")
    until(lambda: killed.look() is None and killed._run is not None and (tmp_path / "cells").exists())
    os.kill(killed._process.pid, signal.SIGKILL)
    assert supervise([killed], lambda: "", Left(tmp_path / "left.json")) == 0
    assert (tmp_path / "cells").read_text() == "begun\n" * 2
    assert len(starts(tmp_path)) == 2
    said = capsys.readouterr().out
    assert said.index("its run is taken over") < said.index("the agent goes on")


def test_a_run_that_was_stopped_comes_first_next_time(tmp_path: Path) -> None:
    stopped = agent(tmp_path, "60", "0")
    until(lambda: stopped.look() is None and stopped._run is not None and (tmp_path / "cells").exists())
    stopped.tell_to_end()
    stopped.wait()
    (run,) = stopped.unfinished
    assert [Path(word).name for word in run.command[1:]] == ["train.py", "x", "cells", "60"]
    quick = replace(run, command=[*run.command[:-1], "0"])
    again = Agent(NONE, stopped._command, tmp_path, 0, [quick])
    assert supervise([again], lambda: "", Left(tmp_path / "left.json")) == 0
    assert (tmp_path / "cells").read_text() == "begun\n" * 2
    assert (len(starts(tmp_path)), again.unfinished) == (2, [])


def test_a_left_run_that_is_killed_again_is_not_lost_and_one_that_fails_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def left_to(code: str) -> Agent:
        words = [sys.executable, "-c", f"import os, sys; open('tries', 'a').write('x'); {code}"]
        return Agent(NONE, [sys.executable, "-c", ""], tmp_path, 1, [Begun(words, {}, str(tmp_path))])

    assert supervise([left_to("os.kill(os.getpid(), 9)")], lambda: "", Left(tmp_path / "left.json")) == 1
    assert (tmp_path / "tries").read_text() == "xx"
    assert len(Left(tmp_path / "left.json").runs()) == 1
    assert supervise([left_to("sys.exit(1)")], lambda: "", Left(tmp_path / "left.json")) == 0
    assert "the run that was left ended with 1" in capsys.readouterr().out
    assert Left(tmp_path / "left.json").runs() == []


def test_keys_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "secret")
    monkeypatch.setenv("WANDB_RUN_ID", "abc")
    stopped = agent(tmp_path, "60", "0")
    stopped.look()
    monkeypatch.delenv("WANDB_API_KEY")
    monkeypatch.delenv("WANDB_RUN_ID")
    until(lambda: stopped.look() is None and stopped._run is not None)
    stopped.tell_to_end()
    stopped.wait()
    assert [("WANDB_RUN_ID" in run.variables, "secret" in str(run)) for run in stopped.unfinished] == [(True, False)]


def test_a_signal_ends_agents_and_their_runs(tmp_path: Path) -> None:
    """In a process of its own, as the command is."""
    script = (
        "import sys; from pathlib import Path; from sweeps.agents import Left, supervise\n"
        "from emogeo.signals import end_cleanly\n"
        "from tests.sweeps.test_agents import agent\n"
        "folder = Path(sys.argv[1])\n"
        "end_cleanly(); supervise([agent(folder, '60', '0')], lambda: '', Left(folder / 'left.json'))"
    )
    running = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT)
    until((tmp_path / "cells").exists)
    below = psutil.Process(running.pid).children(recursive=True)
    assert len(below) == 2
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=20) == 130
    assert psutil.wait_procs(below, timeout=5)[1] == []
    (run,) = Left(tmp_path / "left.json").runs()
    assert run.command[-1] == "60"


def test_two_commands_do_not_look_after_one_sweep_while_an_agent_lives(tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from sweeps.agents import alone; alone(Path(sys.argv[1]))"
    words = [sys.executable, "-c", script, str(tmp_path)]
    lock = alone(tmp_path)
    living = Agent(NONE, [sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, 0, [], lock)
    living.look()
    os.close(lock)
    refused = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "agents of this sweep are at work on this machine" in refused.stderr
    living.tell_to_end()
    living.wait()
    assert subprocess.run(words, cwd=ROOT, check=False).returncode == 0


def test_a_run_whose_folder_has_gone_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = [{"command": ["python", "train.py"], "variables": {}, "folder": str(tmp_path / "gone")}]
    (tmp_path / "left.json").write_text(json.dumps(runs))
    assert Left(tmp_path / "left.json").runs() == []
    assert "gone is gone: python train.py" in capsys.readouterr().out


def test_gpus_are_numbers_and_cpus_a_number_of_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(Path, "glob", lambda _self, _pattern: iter(["nvidia0", "nvidia1"]))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1, 2, 3, 4})
    assert [(d.name, d.visible) for d in parse_devices("0,1")] == [("gpu-0", "0"), ("gpu-1", "1")]
    shares = parse_devices("cpu:2")
    assert [(d.visible, d.cores) for d in shares] == [("", (0, 2, 4)), ("", (1, 3))]
    for typed, said in {
        "0,0": "named twice",
        "0,x": "give numbers of GPUs",
        "": "give numbers of GPUs",
        "cpu:0": "give numbers of GPUs",
        "cpu:9": "there are 5 cores",
        "0,2": "2 GPUs are visible",
    }.items():
        with pytest.raises(DevicesError, match=said):
            parse_devices(typed)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2, GPU-abc")
    assert [(d.name, d.visible) for d in parse_devices("0,1")] == [("gpu-0", "2"), ("gpu-1", "GPU-abc")]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["a/b", "--gpus", "cpu:1"], "type ENTITY/PROJECT/ID"),
        (["a/b/c", "--gpus", "gpu"], "give numbers of GPUs"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_starts(
    typed: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert agents.main(typed) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("restarts", ["-1", "some", "1.5"])
def test_restarts_are_counted_from_zero(restarts: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        agents.main(["a/b/c", "--gpus", "cpu:1", f"--restarts={restarts}"])
    assert ended.value.code == 2
    assert f"{restarts} is no number of restarts: type 0, 1, 2 or more" in capsys.readouterr().err


def test_one_agent_is_no_command_and_says_which_is() -> None:
    words = [sys.executable, "-m", "sweeps.agent", "--help"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "sweeps.agent is a part of sweeps.agents: type python -m sweeps.agents --help\n"
