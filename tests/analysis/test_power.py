"""`python -m emogeo.analysis power`: a table for a design, or the reason why there is none."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from emogeo.analysis.__main__ import main
from emogeo.analysis.power import measured, power_rows, signal_measured
from emogeo.errors import GeometryError, StoreError
from emogeo.geometry.design import Design
from emogeo.geometry.inference import Estimate
from emogeo.record.reading import read_run
from emogeo.record.run import Run
from emogeo.store.store import RUNS, Store
from tests.unchanged.computed import DATA

STORE = Store(DATA / "store")
QUICK = ("--draws", "1", "--units", "12,16")


def key_of(finished: bool, model: str) -> str:
    for key in STORE.keys(RUNS):
        run = read_run(STORE, key)
        if isinstance(run, Run) and run.finished == finished and run.model == model:
            return key
    raise AssertionError(model)


def test_a_table_has_a_row_for_each_number_of_units(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power", *QUICK, "--signal", "0.3"]) == 0
    out = capsys.readouterr().out
    assert "21 conditions, condition over text variance 0.300" in out
    assert [line.split()[:1] for line in out.splitlines()[2:]] == [["units"], ["12"], ["16"]]
    assert main(["power", *QUICK, "--reliability", "0.3", "--at", "12"]) == 0


def test_a_run_of_a_store_says_how_noisy_its_texts_are(capsys: pytest.CaptureFixture[str]) -> None:
    key = key_of(True, "gemma-3-270m")
    found = measured(STORE, key[:12])
    assert (found.n_units, found.n_conditions) == (8, 21)
    assert 0.001 < signal_measured(found, 0) < 1
    assert main(["power", *QUICK, "--run", key, "--store", str(DATA / "store")]) == 0
    out = capsys.readouterr().out
    assert out.startswith("gemma-3-270m: reliability 0.")
    assert "21 conditions, emotion over text variance" in out


def test_what_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    store = str(DATA / "store")
    assert main(["power", "--run", "nothing", "--store", store]) == 1
    assert f"--run nothing: {store} has 0 runs whose key begins so; name one, as in" in capsys.readouterr().err
    with pytest.raises(StoreError, match="name one"):
        measured(STORE, "")
    assert main(["power", "--reliability", "0.9999999"]) == 1
    said = capsys.readouterr().err
    given = "emogeo: --reliability 0.9999999 --at 24: A reliability of 0.9999999 over 24 units says nothing"
    assert said.startswith(given)
    assert said.endswith("as in --reliability 0.15 --at 24, or a ratio, as in --signal 0.05.\n")


def test_a_run_without_a_signal_is_no_reason_to_type_a_reliability(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = measured(STORE, key_of(True, "gemma-3-270m"))
    whole = replace(found, reliability=Estimate(0.9999999, 0.99, 1.0))
    monkeypatch.setattr("emogeo.analysis.__main__.measured", lambda _store, _key: whole)
    assert main(["power", "--run", "3fa9", "--store", str(DATA / "store")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("emogeo: --run 3fa9: A reliability of 0.9999999 over 8 units says nothing")
    assert said.endswith("of other numbers. Type a ratio instead, as in --signal 0.05.\n")


@pytest.mark.parametrize(
    ("option", "word", "said"),
    [
        ("--units", "12,3", "whole numbers from 4 on with commas between, as in --units 12,24,48."),
        ("--units", "many", "whole numbers from 4 on with commas between, as in --units 12,24,48."),
        ("--reliability", "1", "a number above 0 and below 1, as in --reliability 0.15."),
        ("--reliability", "nan", "a number above 0 and below 1, as in --reliability 0.15."),
        ("--signal", "inf", "a number above 0, as in --signal 0.05."),
        ("--at", "3", "a whole number from 4 on, as in --at 24."),
        ("--conditions", "3", "a whole number from 4 on, as in --conditions 21."),
        ("--star", "1.5", "a share from 0 to 1, as in --star 0.9."),
        ("--draws", "0", "a whole number from 1 on, as in --draws 10."),
        ("--seed", "-1", "a whole number from 0 on, as in --seed 1."),
    ],
)
def test_an_option_out_of_its_range_is_refused_before_anything_is_computed(
    option: str, word: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["power", f"{option}={word}"])
    shown = capsys.readouterr()
    assert shown.err.endswith(f"error: argument {option}: {word!r} is not {said}\n")
    assert shown.out == ""


def test_a_row_is_given_before_the_next_is_computed() -> None:
    lines = power_rows([Design(8, 6, 0.3), Design(2, 6, 0.3)], 1, 0)
    assert next(lines).split("  ") == ["units", "reliability", "passes", "rho_star ±", "like these ±"]
    assert next(lines).split()[0] == "8"
    with pytest.raises(GeometryError, match="at least 4 units"):
        next(lines)


def test_the_module_is_a_command() -> None:
    command = [sys.executable, "-m", "emogeo.analysis", "power", *QUICK, "--units", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "argument --units: '3' is not whole numbers from 4 on" in done.stderr
