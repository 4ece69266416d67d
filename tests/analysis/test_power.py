"""`python -m emogeo.analysis power`: a table for a design, or the reason why there is none."""

from __future__ import annotations

import pytest

from emogeo.analysis.__main__ import main
from emogeo.analysis.power import measured, power_table, signal_measured
from emogeo.errors import ConfigError, StoreError
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
    assert "21 conditions, emotion over text variance 0.300" in out
    assert [line.split()[:1] for line in out.splitlines()[2:]] == [["units"], ["12"], ["16"]]
    assert main(["power", *QUICK, "--reliability", "0.3", "--at", "12"]) == 0


def test_a_run_of_a_store_says_how_noisy_its_texts_are(capsys: pytest.CaptureFixture[str]) -> None:
    key = key_of(True, "gemma-3-270m")
    found = measured(STORE, key[:12])
    assert (found.n_units, found.n_conditions) == (8, 21)
    assert 0.001 < signal_measured(found, 0) < 1
    assert main(["power", *QUICK, "--run", key, "--store", str(DATA / "store")]) == 0
    assert capsys.readouterr().out.startswith("gemma-3-270m: reliability 0.")


def test_what_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power", "--run", "nothing", "--store", str(DATA / "store")]) == 1
    assert "has 0 runs whose key begins with nothing" in capsys.readouterr().err
    with pytest.raises(StoreError, match="name one"):
        measured(STORE, "")
    with pytest.raises(ConfigError, match="draws=0: at least 1"):
        power_table([12], 0.1, 21, 0.9, 0, 0)
    assert main(["power", "--units", "2"]) == 1
    assert "at least 4 units" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["power", "--units", "many"])
    assert "whole numbers with commas between" in capsys.readouterr().err
