"""What a store's records are taken for, and that one which does not fit stops nothing."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.errors import StoreError
from emogeo.record.files import RDM, RUN_FILE
from emogeo.record.json import record_json
from emogeo.stimuli.behaviour import RULES
from emogeo.store.keys import SCHEMA
from emogeo.store.store import RUNS, Store
from tests.planted_records import behaviour, geometry, named, refused, steering, write


def test_steering_and_behaviour_are_no_geometry(tmp_path: Path) -> None:
    store = Store(tmp_path)
    keys = {write(store, *probe) for probe in (steering(), behaviour())}
    catalogue = read_catalogue(store)
    assert {run.key for run in catalogue.probes} == keys
    assert catalogue.runs == catalogue.finished == []


def test_refused_geometries_are_runs_and_not_finished(tmp_path: Path) -> None:
    write(Store(tmp_path), refused(geometry()[0]))
    catalogue = read_catalogue(Store(tmp_path))
    assert len(catalogue.runs) == 1
    assert catalogue.finished == []


def test_an_earlier_version_is_left_out(tmp_path: Path) -> None:
    store, (record, files) = Store(tmp_path), geometry()
    earlier = record_json(record).replace(b'"schema":%d' % SCHEMA, b'"schema":%d' % (SCHEMA - 1))
    store.write(RUNS, record.key, {**files, RUN_FILE: earlier})
    with pytest.raises(StoreError, match="earlier version"):
        read_catalogue(store)


def test_answers_that_were_judged_by_earlier_rules_are_left_out(tmp_path: Path) -> None:
    write(Store(tmp_path), *behaviour(rules=RULES - 1))
    with pytest.raises(StoreError, match="earlier version"):
        read_catalogue(Store(tmp_path))


def test_what_does_not_fit_is_left_out_by_name_and_the_rest_is_read(tmp_path: Path) -> None:
    store, (record, files) = Store(tmp_path), geometry()
    write(store, record, files)
    wrong = write(store, geometry(**named("wrong"), n_texts=3)[0], files)
    lacking = write(store, geometry(**named("lacking"))[0], {name: files[name] for name in files if name != RDM})
    store.write(RUNS, "3" * 64, {RUN_FILE: b"{"})
    catalogue = read_catalogue(store)
    assert [run.key for run in catalogue.runs] == [record.key]
    said = dict(zip(sorted((wrong, lacking, "3" * 64)), catalogue.left_out, strict=True))
    assert f"{wrong}/{RUN_FILE}: emotions" in said[wrong]
    assert f"{lacking} has no {RDM}" in said[lacking]
    assert f"{RUN_FILE}: not JSON" in said["3" * 64]


def test_a_record_that_may_not_be_read_is_left_out_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, (record, files) = Store(tmp_path), geometry()
    write(store, record, files)
    other, read = write(store, geometry(**named("other"))[0], files), Path.read_bytes

    def refused(file: Path) -> bytes:
        if file.parent == store.folder(RUNS, other):
            raise OSError(errno.EIO, "Input/output error", str(file))
        return read(file)

    monkeypatch.setattr(Path, "read_bytes", refused)
    catalogue = read_catalogue(store)
    assert [run.key for run in catalogue.runs] == [record.key]
    (said,) = catalogue.left_out
    assert other in said
    assert "cannot be read: Input/output error" in said
