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
    assert main([str(tmp_path / "none.yaml")]) == 1


def test_every_sweep_that_is_delivered_is_a_grid() -> None:
    for file in (ROOT / "sweeps").glob("*.yaml"):
        assert next(commands_of(yaml.safe_load(file.read_text())))
