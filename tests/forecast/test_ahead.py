"""`dry=true` from the command line to the table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emogeo.forecast import ahead
from emogeo.forecast.account import Account
from emogeo.forecast.ahead import say_ahead
from emogeo.forecast.machine import Disk, Room
from emogeo.forecast.planning import planned
from emogeo.store.store import Store
from tests.conftest import ROOT, Composer
from tests.forecast.planted import files_of


def test_each_store_has_a_table_and_nothing_is_written(
    tiny_run: Composer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tiny_run(f"store.path='{tmp_path / 'other'}'")
    assert say_ahead([tiny_run(), tiny_run("pooling.position=mean"), other]) == []
    one, two = capsys.readouterr().out.split("model ")[1:]
    assert one.split("\n")[1].split()[:5] == ["tiny-llama", "2", "0", "1", "2"]
    assert two.split("\n")[1].split()[:5] == ["tiny-llama", "1", "0", "1", "2"]
    assert not [own for own in files_of(tmp_path) if "store" in own.parts or "other" in own.parts]


def test_stores_and_weights_on_one_disk_share_its_room(
    tiny_run: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account = Account(Store(tmp_path / "nowhere"), [], 1)
    account.add(planned(tiny_run()))
    room = Room(1e12, *3 * [Disk(1, 1.5 * account.sums["tiny-llama"].disk)])
    monkeypatch.setattr(ahead, "room", lambda *_: room)
    runs = [tiny_run(), tiny_run(f"store.path='{tmp_path / 'other'}'")]
    assert say_ahead(runs[:1]) == []
    assert "All of it fits." in capsys.readouterr().out
    assert say_ahead(runs) == []
    one, two = capsys.readouterr().out.split("model ")[1:]
    assert "All of it fits." in one and "Does not fit: the records need" in two


def test_what_is_wrong_is_given_once_and_the_rest_is_counted(
    tiny_run: Composer, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tiny_run("layer_selection=index", "layer_selection.index=99")
    (said,) = say_ahead([wrong, tiny_run(), wrong])
    assert said.startswith("ConfigError: ")
    assert "To be done: 1 of 1 run" in capsys.readouterr().out


def test_a_study_is_counted_without_torch_and_leaves_no_folder(tiny_llama: Path, tmp_path: Path) -> None:
    words = ["-m", "+study=universality", "model=llama-3.1-8b,smollm2-135m-instruct", "dry=true"]
    words += [f"model.weights='{tiny_llama}'", "runtime.device=cpu", "hydra.sweeper.only=[published,mean]"]
    code = (
        f"import sys, runpy; sys.path.insert(0, {str(ROOT)!r}); sys.argv = ['train.py', *{words!r}]\n"
        f"runpy.run_path({str(ROOT / 'train.py')!r}, run_name='__main__')\n"
        "assert not {'torch', 'wandb'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("model ") == 1
    assert done.stdout.split("\n")[1].split()[:5] == ["tiny-llama", "4", "0", "1", "2"]
    assert "The same as another of these: 2 runs." in done.stdout
    assert not (tmp_path / "multirun").exists()
    assert not (tmp_path / "store").exists()
