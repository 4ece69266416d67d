"""Every command that a page gives is one that the program and Hydra take."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hydra._internal.utils import get_args_parser

from emogeo import entry
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.train import TrainConfig
from tests.conftest import CONF, ROOT

PLACES = ("README.md", "CONTRIBUTING.md", "docs/*.md", "sweeps/*.yaml", "conf/**/*.yaml")
STANDS_FOR = {
    **dict.fromkeys(["model=A,B", "model=BASE,TUNED"], "model=smollm2-135m-instruct,gemma-3-270m"),
    **dict.fromkeys(["model=A", "model=more/NAME"], "model=smollm2-135m-instruct"),
}
SCHEMAS = {"train": TrainConfig, "analyze": AnalyzeConfig}


def commands() -> Iterator[tuple[str, list[str]]]:
    """Gives the program and the words of each command, a line that goes on as one."""
    made = subprocess.run(["make", "-n", "demo", "study"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = sorted(file for place in PLACES for file in ROOT.glob(place))
    printed = re.sub(r"(?m)^echo .*$", "", made.stdout)
    for page in [printed, *(file.read_text(encoding="utf-8") for file in files)]:
        text = re.sub(r"\\\n\s*#?\s*", " ", page)
        for program, words in re.findall(r"(?:python |emogeo )(train|analyze)(?:\.py)? ([^`\n]*)", text):
            typed = [STANDS_FOR.get(word, word) for word in shlex.split(words, comments=True)]
            if all("=" in word or word.startswith("-") for word in typed) and not re.search(r"…|\$", " ".join(typed)):
                yield program, typed


COMMANDS = [(program, list(words)) for program, words in dict.fromkeys((own[0], tuple(own[1])) for own in commands())]


def test_there_are_many() -> None:
    assert len(COMMANDS) > 80
    assert ("train", ["-m", "model=glob(*)", "precision=fp16,int8"]) in COMMANDS


@pytest.mark.parametrize(("program", "words"), COMMANDS, ids=lambda own: own if isinstance(own, str) else " ".join(own))
def test_hydra_takes_it(program: str, words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "vectors").mkdir()
    (tmp_path / "vectors" / "a.npz").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(entry, "end_cleanly", lambda: None)
    monkeypatch.setattr(sys, "argv", [f"{program}.py", *words])
    if "cluster=ray" in words:
        with pytest.raises(SystemExit, match=r"pip install -e '.\[ray\]'"):  # in an environment of its own
            entry.prepare(SCHEMAS[program], CONF)
        return
    entry.prepare(SCHEMAS[program], CONF)
    typed = get_args_parser().parse_args(sys.argv[1:])
    assert typed.multirun == any(word in ("-m", "--multirun") for word in words)
