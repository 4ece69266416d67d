"""What a W&B sweep would cost."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sweeps.dry import commands_of, main
from tests.conftest import ROOT

GRID = {
    "method": "grid",
    "command": ["${env}", "${interpreter}", "${program}", "-m", "+study=controls", "hydra.sweep.dir=x", "${args}"],
    "parameters": {"model": {"value": "gemma-3-270m"}, "seed": {"values": [1, 2]}},
}


def test_each_run_of_a_grid_has_its_command() -> None:
    fixed = ["-m", "+study=controls", "model=gemma-3-270m"]
    assert list(commands_of(GRID)) == [[*fixed, "seed=1"], [*fixed, "seed=2"]]


def test_an_account_of_a_file_is_printed(tmp_path: Path, tiny_llama: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["${program}", f"model.weights='{tiny_llama}'", f"store.path='{tmp_path / 'store'}'", "${args_no_hyphens}"]
    file = tmp_path / "sweep.yaml"
    file.write_text(yaml.safe_dump({**GRID, "command": words, "parameters": {"seed": {"values": [1, 2]}}}))
    assert main([str(file)]) == 0
    assert capsys.readouterr().out.split("\n")[1].split()[:5] == ["tiny-llama", "2", "0", "1", "2"]


def test_a_random_sweep_is_not_known_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sweep.yaml"
    file.write_text(yaml.safe_dump({**GRID, "method": "random"}))
    assert main([str(file)]) == 1
    assert "method: grid" in capsys.readouterr().err


def test_every_sweep_that_is_delivered_is_a_grid() -> None:
    for file in (ROOT / "sweeps").glob("*.yaml"):
        assert next(commands_of(yaml.safe_load(file.read_text())))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2\n", "is no sweep: it lacks method: or parameters:"),
        ('a,b\n"1",2\nc: [', "is no YAML"),
        ("\x00", "is no YAML"),
        ("", "is no sweep"),
        ("method: grid\n", "is no sweep"),
        ("method: grid\nparameters: [model]\n", "is no sweep"),
        ("method: grid\nparameters: {model: gemma}\n", "model: 'gemma' is no parameter of a sweep"),
        ("method: grid\nparameters: {seed: {values: 3}}\n", "is no parameter of a sweep"),
        ("method: grid\nparameters: {seed: {values: []}}\n", "is no parameter of a sweep"),
        ("method: grid\nprogram: analyze.py\nparameters: {seed: {value: 3}}\n", "it is a sweep of analyze.py"),
        ("method: grid\nparameters: {seed: {values: [1, abc]}}\n", "seed=abc: it takes a whole number"),
        ("method: grid\nparameters: {sede: {value: 1}}\n", "There is no field sede. Did you mean seed?"),
        ("method: grid\nparameters: {store.path: {value: a ü}}\n", "store.path=a ü cannot be read as FIELD=VALUE"),
        ("method: grid\nparameters: {model: {value: 'gemma-3-270m,llama-3.2-3b'}}\n", "is several runs: type -m"),
        ("method: grid\nparameters: {pooling.skip: {values: [-1, 0, -2]}}\n", "2 of 3 runs have a wrong configuration"),
        ("method: grid\nparameters: {pooling.skip: {values: [-1, 0, -2]}}\n", "Runs: pooling.skip=-2"),
        ("method: grid\ncommand: [python]\nparameters: {}\n", "is no list of words with ${program} among them"),
        ("method: grid\ncommand: train.py\nparameters: {}\n", "is no list of words"),
    ],
)
def test_what_is_no_sweep_is_said(content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(content)
    assert main([str(file)]) == 1
    printed = " ".join(capsys.readouterr().err.split())
    assert printed.startswith(f"emogeo: {file}")
    assert said in printed


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"])
def test_a_file_that_cannot_be_read_is_said_without_what_is_for_runs(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "none.yaml"
    if content is not None:
        file.write_bytes(content)
    assert main([str(file)]) == 1
    printed = " ".join(capsys.readouterr().err.split())
    assert "cannot be read: No such file" in printed if content is None else "is no YAML" in printed
    assert printed.endswith("as sweeps/universality.yaml is one.")
