"""Filters, in the words of `analyze.py`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emogeo.config.analyze import RunsConfig
from emogeo.config.mode import Mode
from emogeo.errors import ConfigError, StoreError
from emogeo.keeping.chosen import Asked, chosen, modes_of
from emogeo.keeping.contents import contents_of
from emogeo.record.files import RUN_FILE
from emogeo.store.store import RUNS, Store


def names(planted: tuple[Store, dict[str, str]], asked: Asked) -> set[str]:
    store, keys = planted
    name = {key: called for called, key in keys.items()}
    return {name[run.key] for run in chosen(contents_of(store), asked)}


def test_each_filter_narrows_the_choice(planted: tuple[Store, dict[str, str]]) -> None:
    assert len(names(planted, Asked())) == 6
    assert names(planted, Asked(filters=RunsConfig(model=["one*"]))) == {"one", "reread"}
    assert names(planted, Asked(filters=RunsConfig(model=["one*"], rereads=False))) == {"one"}
    assert names(planted, Asked(filters=RunsConfig(mode=[Mode.steering]))) == {"steered"}
    assert names(planted, Asked(status=("refused",))) == {"refused"}
    assert names(planted, Asked(filters=RunsConfig(model=["two*"]), status=("finished",))) == {"two"}
    assert names(planted, Asked((planted[1]["two"][:9],))) == {"two"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(filters=RunsConfig(model=["three*"])), r"fits --model three\*. It has runs of .*one-1b"),
        (Asked(filters=RunsConfig(until="2020-01-01")), "fits --until 2020-01-01"),
        (Asked(("zz",)), "zz: no run of .* has a key that begins so"),
        (Asked(("",)), "'': no run of"),
        (Asked(filters=RunsConfig(model=["one*", "three*"])), r"fits --model three\*. It has runs of one-1b"),
        (Asked((), RunsConfig(keys=["zz"])), "fits --keys zz. It has "),
        (Asked(filters=RunsConfig(mode=[Mode.steering, Mode.imported])), "fits --mode imported. It has runs of"),
        (Asked(status=("broken",)), "fits --status broken. The statuses of its runs are finished, refused: type --s"),
        (Asked(status=("refused", "broken")), "fits --status broken. The statuses"),
        (Asked(status=("refused",), filters=RunsConfig(model=["one*"])), "fits all that was typed; leave a filter"),
    ],
)
def test_nothing_that_is_meant_is_said_in_the_words_that_were_typed(
    planted: tuple[Store, dict[str, str]], asked: Asked, said: str
) -> None:
    with pytest.raises(StoreError, match=said):
        names(planted, asked)


def test_a_store_without_runs_says_so(tmp_path: Path) -> None:
    for asked in (Asked(status=("finished",)), Asked(filters=RunsConfig(model=["a"]))):
        with pytest.raises(StoreError, match="holds no run"):
            chosen(contents_of(Store(tmp_path)), asked)


def test_words_that_are_none_are_refused(planted: tuple[Store, dict[str, str]]) -> None:
    with pytest.raises(ConfigError, match="--since tomorrow is no date: type --since 2026-11-01, or --since 2026-11-0"):
        names(planted, Asked(filters=RunsConfig(since="tomorrow")))
    with pytest.raises(ConfigError, match="--status done: there are finished, refused, broken"):
        names(planted, Asked(status=("done",)))
    with pytest.raises(ConfigError, match="--mode read: there are comprehension"):
        modes_of(["read"])


def test_a_broken_run_is_meant_by_key_and_status_alone(planted: tuple[Store, dict[str, str]]) -> None:
    store, keys = planted
    (store.folder(RUNS, keys["one"]) / RUN_FILE).write_bytes(b"{")
    assert names(planted, Asked(status=("broken",))) == names(planted, Asked((keys["one"],))) == {"one"}
    assert names(planted, Asked(filters=RunsConfig(model=["*"]))) == {*keys} - {"one"}


def test_a_word_that_begins_several_keys_means_none_of_them(planted: tuple[Store, dict[str, str]]) -> None:
    contents = contents_of(planted[0])
    alike = [replace(run, key="3" + run.key[1:]) for run in contents.runs]
    with pytest.raises(StoreError, match="3: 6 runs have a key that begins so"):
        chosen(replace(contents, runs=alike), Asked(("3",)))
