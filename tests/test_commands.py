"""The commands as users type them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir

from emogeo.config.compose import parse_train, register
from emogeo.record.reading import read_record
from emogeo.store.store import RUNS, Store
from tests.conftest import CONF, ROOT
from tests.tiny import write_for


def command(program: str, *words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / program), *words],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("program", "shown"), [("train.py", "model=glob(*)"), ("analyze.py", "store.path=other")])
def test_help_is_quick_and_shows_how(tmp_path: Path, program: str, shown: str) -> None:
    """About a second; the bound allows for a busy machine, and torch alone would take longer."""
    started = time.perf_counter()
    done = command(program, "--help", cwd=tmp_path)
    assert time.perf_counter() - started < 3
    assert done.returncode == 0
    assert shown in done.stdout


def test_help_lists_groups_options_and_three_commands(tmp_path: Path) -> None:
    shown = command("train.py", "--help", cwd=tmp_path).stdout
    assert shown.count("python train.py") >= 3
    for group in CONF.iterdir():
        if group.is_dir():
            options = ", ".join(sorted(p.stem for p in group.glob("*.yaml")))
            assert f"{group.name}: {options}" in " ".join(shown.split())


def test_an_analysis_that_cannot_be_is_refused_before_pandas_is_imported() -> None:
    code = (
        "import sys, runpy; sys.argv = ['analyze.py', 'equivalence=2']\n"
        "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit: pass\n"
        "assert not {'torch', 'wandb', 'pandas'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "equivalence=2: a bound on 1 − ρ*, above 0 and below 1; type equivalence=0.1." in done.stderr


def test_help_does_not_import_torch(tmp_path: Path) -> None:
    code = (
        "import sys, runpy; sys.argv = ['train.py', '--help']\n"
        "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit: pass\n"
        "assert not {'torch', 'transformers', 'wandb', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["modle=x"], "no field modle"),
        (["model=smollm2-1.7b,gemma-3-270m"], "type -m before it"),
        (["--model", "gemma-3-270m"], "model=NAME, without dashes"),
        (["-m", "model=glob(nothing*)"], "qwen2.5-1.5b"),
        (["model=gemma-3"], "gemma-3-270m"),
        (["pooling.skip=abc"], "pooling.skip=abc: it takes a whole number"),
        (["prompt_template=chat", "model=gemma-3-270m"], "prompt_template=raw|feeling|question"),
        (["stimuli.path=nowhere.csv"], "no such file"),
        (["model.weights=./nowhere"], "Org/Name"),
        (["-m", "model.init=random,trained", "model.init_seed=1,2"], "2 of 4 runs have a wrong configuration"),
    ],
)
def test_bad_input_exits_1_and_says_what_is_allowed(tmp_path: Path, words: list[str], said: str) -> None:
    done = command("train.py", *words, cwd=tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "HYDRA_FULL_ERROR" not in done.stderr
    assert done.stdout == "" or "-m" not in words, "no run of a sweep was begun"


def test_without_network_one_error_says_what_to_do(tmp_path: Path) -> None:
    """A closed port stands for a hub that cannot be reached."""
    nowhere = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0", "HF_HUB_CACHE": str(tmp_path / "hub")}
    done = command("train.py", "-m", "model=qwen2.5-1.5b,smollm2-1.7b", cwd=tmp_path, **nowhere)
    assert done.returncode == 1
    assert done.stdout.count("ERROR WeightsError") == 2
    assert "hf download Qwen/Qwen2.5-1.5B --revision" in done.stdout
    assert "model=smollm2-135m-instruct" in done.stdout
    assert done.stderr.splitlines() == ["Error executing job with overrides: ['model=qwen2.5-1.5b']"], "no repetition"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "store.path=store: there is no such folder"),
        (["store.path=file"], "store.path=file is a file; type store.path=FOLDER"),
    ],
)
def test_analyzing_nothing_exits_1(tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "file").touch()
    done = command("analyze.py", *words, cwd=tmp_path)
    assert done.returncode == 1
    assert said in done.stderr


def test_two_commands_from_weights_to_a_report(tmp_path: Path, tiny_llama: Path) -> None:
    words = (
        *("precision=fp32", "stimuli=passages6", "layer_selection=middle", "tracking=disabled", "runtime.device=cpu"),
        "runtime.threads=1",
    )
    assert command("train.py", f"model.weights={tiny_llama}", *words, cwd=tmp_path).returncode == 0
    done = command("analyze.py", "output=out", "permutations=100", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "out/report.html" in done.stdout
    assert " INFO " not in done.stdout + done.stderr, "what other libraries log of the figures is nobody's business"
    kept = (tmp_path / "out" / "summary.txt").read_text(encoding="utf-8")
    assert kept.splitlines()[1] in done.stdout, "both begin with the same question"
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000


def test_every_model_at_two_precisions(tmp_path: Path) -> None:
    """The glob as written, on tiny stand-ins of all sixteen models in the hub's and the index's caches."""
    register()
    hub, index = tmp_path / "hub", tmp_path / "index"
    names = sorted(p.stem for p in (CONF / "model").glob("*.yaml"))
    for name in names:
        with initialize_config_dir(str(CONF), version_base="1.3"):
            write_for(parse_train(compose("config", overrides=[f"model={name}"])).model, hub, index)
    done = command(
        "train.py", "-m", "model=glob(*)", "precision=fp16,int8", "tracking=disabled", "runtime.progress=false",
        "runtime.device=cpu", "runtime.threads=1", "stimuli.topics=2", "layer_selection=depth",
        cwd=tmp_path, HF_HUB_CACHE=str(hub), EMOGEO_CACHE=str(index), HF_HUB_OFFLINE="1",
    )  # fmt: skip
    assert done.returncode == 1, "the Gemmas overflow in fp16"
    assert done.stdout.count("ERROR NonFiniteError: gemma-3") == 3, done.stdout + done.stderr
    store = Store(tmp_path / "store")
    records = [read_record(store, key) for key in store.keys(RUNS)]
    assert sorted(record.model.name for record in records) == sorted([*names, *names])
    refused = [record for record in records if record.status == "refused"]
    assert {record.model.name for record in refused} == {"gemma-3-1b-it", "gemma-3-1b-pt", "gemma-3-270m"}
    assert {record.precision for record in refused} == {"fp16"}


def in_terminal(program: str, *words: str, cwd: Path) -> list[str]:
    """What a command writes to a terminal of 80 columns, by line."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    env = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / program), *words],
        cwd=cwd,
        env=env,
        stdin=follower,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    written = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while chunk := os.read(leader, 65536):
            written += chunk
    process.wait()
    os.close(leader)
    return [part for line in written.decode().replace("\r\n", "\n").split("\n") for part in line.split("\r")]


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("train.py", ["--help"]),
        ("analyze.py", ["--help"]),
        ("train.py", ["modle=x"]),
        ("train.py", ["model=gemma"]),
        ("train.py", ["store=x"]),
        (
            "train.py",
            ["stimuli.path=nowhere.csv", "precision=fp32", "pooling.position=mean", "centring=none"],
        ),
        ("train.py", ["-m", "stimuli.path=nowhere.csv", "precision=fp32,bf16", "runtime.device=cpu"]),
        ("train.py", ["-m", "model=glob(nothing*)"]),
        ("analyze.py", []),
        ("analyze.py", ["runs.since=yesterday"]),
    ],
)
def test_nothing_wraps_in_a_terminal_of_80_columns(tmp_path: Path, program: str, words: list[str]) -> None:
    """But for one line of Hydra's own, which repeats what was typed after a sweep with an error."""
    lines = [line for line in in_terminal(program, *words, cwd=tmp_path) if not line.startswith("Error executing job")]
    widest = max(lines, key=len)
    assert len(widest) <= 80, widest


def test_a_run_and_its_analysis_fit_into_a_terminal_of_80_columns(tmp_path: Path, tiny_llama: Path) -> None:
    """Paths that are longer than a line are never broken."""
    words = (f"model.weights={tiny_llama}", "precision=fp32", "stimuli=passages6", "layer_selection=middle")
    here = ("tracking=disabled", "runtime.device=cpu", "runtime.threads=1")
    lines = in_terminal("train.py", *words, *here, cwd=tmp_path)
    lines += in_terminal("analyze.py", "output=out", "permutations=100", cwd=tmp_path)
    assert any("report   out/report.html" in line for line in lines)
    wide = [line for line in lines if len(line) > 80 and "/" not in line]
    assert not wide, wide
