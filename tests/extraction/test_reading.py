"""A pass is read once, kept at every pooling, and taken from the store after that."""

from __future__ import annotations

import errno
import logging
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from emogeo.config.model import Source
from emogeo.config.precision import Dtype, Quantization
from emogeo.config.states import PoolingConfig, Position
from emogeo.extraction import reading
from emogeo.extraction.passes import Pass, PassModel, contents, plan_main_pass
from emogeo.extraction.reading import activations_of
from emogeo.models import activations, habits
from emogeo.models.habits import Habits
from emogeo.models.precision import Precision
from emogeo.models.weights.resolve import Weights
from emogeo.record.origin import MadeWith
from emogeo.stimuli.templates import Text
from emogeo.store.store import ACTIVATIONS, Store

TEXTS = [Text("a", True), Text("b", True)]
TOKENIZER = SimpleNamespace(convert_ids_to_tokens=lambda ids: [f"<{token}>" for token in ids])
MODEL = SimpleNamespace(drawn="c0ffee", quantized={"all": 0.25}, attention="eager", ending=[7], tokenizer=TOKENIZER)
MADE = MadeWith(created="2026-11-26T00:00:00+00:00", libraries={"torch": "2.13.0"}, device="cuda:1", hardware="H100")
SESSION: Any = SimpleNamespace(model=lambda: MODEL, threads=3, placed_on="cuda:1", device_map="auto", progress=False)


def planned() -> Pass:
    weights = Weights("mine", "x", "base", None, Source.hub, "Org/Mine", "c0ffee", Path())
    model = PassModel(weights, Precision(Dtype.fp16, Quantization.int8, 6.0), 3, 99, reread=True)
    return plan_main_pass(model, TEXTS, PoolingConfig(Position.last), contents(TEXTS))


def states_of(pooling: PoolingConfig) -> np.ndarray[Any, Any]:
    return np.full((2, 3, 4), [*Position].index(pooling.position), dtype=np.float32)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The plans of passes as they are read; each pooling gives its own number."""
    plans: list[Any] = []

    def read(model: str, texts: Any, plan: Any) -> SimpleNamespace:
        plans.append((model, list(texts), plan))
        return SimpleNamespace(
            states=states_of(plan.pooling),
            also=[states_of(own) for own in plan.also],
            embeddings=np.ones((2, 4), np.float32),
            nonfinite=np.array([[0, 0, 2], [0, 0, 0]]),
            batches=[[1], [0]],
            beyond_training=1,
            tokens=10,
            seconds=0.12345,
            tokens_per_s=81.04,
        )

    monkeypatch.setattr(activations, "read", read)
    monkeypatch.setattr(reading, "made_now", lambda _session: MADE)
    monkeypatch.setattr("torch.cuda.get_device_name", lambda device: f"the GPU {device}")
    monkeypatch.setattr(habits, "habits_of", lambda _model: Habits(True, (2,), "the mean of 4 streams"))
    return plans


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_a_pass_is_read_as_it_was_planned(reads: list[Any], store: Store) -> None:
    wanted = planned()
    found = activations_of(wanted, SESSION, store)
    ((model, texts, plan),) = reads
    assert (model, texts) == (MODEL, TEXTS)
    assert (plan.n_blocks, plan.token_budget, plan.reread) == (3, 99, True)
    np.testing.assert_array_equal(found.states, states_of(wanted.pooling))
    assert found.finite_layers == [0, 1]
    recorded = found.provenance
    assert (recorded.drawn, recorded.quantized) == ("c0ffee", {"all": 0.25})
    assert (recorded.attention, recorded.left_out, recorded.beyond_training) == ("eager", ("<7>",), 1)
    assert (recorded.passed_by, recorded.stream) == ((2,), "the mean of 4 streams")
    assert not recorded.read_alone, "under LLM.int8 the batches are in the key"
    assert (recorded.batches, recorded.threads, recorded.device, recorded.device_map) == (
        ((1,), (0,)),
        3,
        "cuda:1",
        "auto",
    )
    assert (recorded.seconds, recorded.tokens_per_s, recorded.token_budget) == (0.123, 81.0, 99)
    assert recorded.made_with == MADE


def test_states_of_the_store_keep_what_they_were_made_with(
    reads: list[Any], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = planned()
    activations_of(wanted, SESSION, store)
    monkeypatch.setattr(reading, "made_now", lambda _session: replace(MADE, libraries={"torch": "9.0.0"}))
    assert activations_of(wanted, SESSION, store).provenance.made_with == MADE
    spare = replace(wanted, key=wanted.also[0][1], also=())
    assert activations_of(spare, SESSION, store).provenance.made_with == MADE, "of the same pass"
    assert len(reads) == 1


def test_what_is_in_the_store_costs_no_pass(reads: list[Any], store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    wanted = planned()
    first, again = (activations_of(wanted, SESSION, store) for _ in range(2))
    assert len(reads) == 1
    assert "passages: in the store, no forward pass" in caplog.text
    for name in ("states", "embeddings", "nonfinite"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert first.provenance == again.provenance
    activations_of(wanted, SESSION, store, force=True)
    assert len(reads) == 2


def test_other_poolings_are_records_of_their_own_and_are_not_written_twice(reads: list[Any], store: Store) -> None:
    wanted = planned()
    activations_of(wanted, SESSION, store)
    assert sorted(store.keys(ACTIVATIONS)) == sorted([wanted.key, *(key for _, key in wanted.also)])
    written = {key: store.folder(ACTIVATIONS, key).stat().st_ino for _, key in wanted.also}
    for pooling, key in wanted.also:
        own = Pass("passages", wanted.model, wanted.texts, pooling, key)
        np.testing.assert_array_equal(activations_of(own, SESSION, store).states, states_of(pooling))
    assert len(reads) == 1
    activations_of(wanted, SESSION, store, force=True)
    assert {key: store.folder(ACTIVATIONS, key).stat().st_ino for key in written} == written


def test_a_broken_record_is_read_again(reads: list[Any], store: Store) -> None:
    wanted = planned()
    activations_of(wanted, SESSION, store)
    (store.folder(ACTIVATIONS, wanted.key) / "reading.json").write_text("{}")
    activations_of(wanted, SESSION, store)
    assert len(reads) == 2


def test_the_run_s_own_states_come_first_and_others_wait_until_it_is_recorded(reads: list[Any], store: Store) -> None:
    wanted = planned()
    with ExitStack() as later:
        activations_of(wanted, SESSION, store, later=later)
        assert list(store.keys(ACTIVATIONS)) == [wanted.key]
    assert len(list(store.keys(ACTIVATIONS))) == 1 + len(wanted.also)


def test_what_was_kept_goes_when_the_record_is_there(reads: list[Any], store: Store) -> None:
    wanted = planned()
    activations_of(wanted, SESSION, store)
    ((_, _, plan),) = reads
    plan.kept.keep("a" * 64, {"states": np.ones(3)})
    plan.kept.save()  # as if it had been killed before it was dropped
    activations_of(wanted, SESSION, store)
    assert not list((store.path / "partial").iterdir())


def test_other_states_that_find_no_room_cost_nothing(
    reads: list[Any], store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wanted, write = planned(), Store.write

    def full(own: Store, kind: str, key: str, files: dict[str, bytes]) -> Path:
        if key != wanted.key:
            raise OSError(errno.ENOSPC, "No space left on device", f"/{key}")
        return write(own, kind, key, files)

    monkeypatch.setattr(Store, "write", full)
    activations_of(wanted, SESSION, store)
    assert list(store.keys(ACTIVATIONS)) == [wanted.key]
    assert caplog.text.count("are not kept") == len(wanted.also)
