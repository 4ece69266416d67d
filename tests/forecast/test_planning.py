"""A configuration becomes what its run would do; what a real run then did is the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emogeo.config.runtime import TrackingMode
from emogeo.errors import ConfigError, NotWrittenError
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.forecast.account import Account
from emogeo.forecast.planning import planned
from emogeo.record.types import GeometryRecord
from emogeo.store.store import Store
from tests.conftest import Composer
from tests.forecast.planted import files_of

WRITES = ("mode=generation", "prompt_template=loose", "generation.max_new_tokens=5", "layer_selection=two_thirds")


def test_a_run_has_the_key_the_passes_and_the_bytes_that_it_then_has(
    tiny_run: Composer, forward_passes: list[int], tmp_path: Path
) -> None:
    config = tiny_run()
    store = Store(config.store.path)
    account = Account(store, [], 1)
    account.add(planned(config))
    own = account.sums["tiny-llama"]
    assert not store.path.exists()
    record = run_extraction(config).record
    assert isinstance(record, GeometryRecord)
    read = record.provenance.readings.values()
    assert own.passes == len(forward_passes) == len(read)
    assert own.tokens_read == sum(one.tokens for one in read)
    on_disk = sum(one.stat().st_size for one in files_of(store.path))
    assert own.disk == pytest.approx(on_disk, rel=0.2)
    mirrored = replace(config, tracking=replace(config.tracking, mode=TrackingMode.offline))
    assert planned(mirrored).bytes > 2 * planned(config).bytes
    again = Account(store, [], 1)
    again.add(planned(config))
    assert again.sums["tiny-llama"].finished == 1


def test_texts_to_be_written_are_read_at_their_longest(tiny_run: Composer) -> None:
    found = planned(tiny_run(*WRITES))
    (writes,) = found.writes
    assert writes.new_tokens == 5 * writes.texts
    assert found.reads[0].tokens == writes.before + writes.new_tokens
    assert found.key == plan_run(tiny_run(*WRITES)).key


def test_an_interrupted_run_has_fewer_texts_left(tiny_run: Composer) -> None:
    config = tiny_run(*WRITES)
    (writes,) = planned(config).writes
    partial = Path(config.store.path) / "partial" / f"{writes.key}-made.jsonl"
    partial.parent.mkdir(parents=True)
    partial.write_text("line\n" * (writes.texts // 3))
    assert planned(config).writes[0].share == pytest.approx(2 / 3)


def test_a_replay_counts_on_texts_that_runs_before_it_write(tiny_run: Composer) -> None:
    writer, reader = tiny_run(*WRITES), tiny_run("mode=replay", *WRITES[1:], "mode.writer=${precision}")
    (writes,) = planned(writer).writes
    with pytest.raises(NotWrittenError):
        planned(reader)
    found = planned(reader, {str(writes.key)})
    assert found.key is None
    assert found.writes == (writes,)
    assert found.reads[0].key == planned(writer).reads[0].key


def test_a_readout_reads_with_the_run_whose_vectors_it_needs(tiny_run: Composer) -> None:
    found = planned(tiny_run("mode=readout"))
    assert [own.key is None for own in found.reads] == [False, False, True]


def test_a_wrong_configuration_is_refused_as_the_run_would(tiny_run: Composer) -> None:
    with pytest.raises(ConfigError):
        planned(tiny_run("layer_selection=index", "layer_selection.index=99"))
