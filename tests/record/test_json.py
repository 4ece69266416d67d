"""Records become JSON and JSON records in one place, which checks every field."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emogeo.config.texts import GenerationConfig
from emogeo.errors import RecordError, StoreError
from emogeo.record.json import key_in, parse_record, plain, record_json
from emogeo.record.origin import Generation, MadeWith, PromptSet, TextCounts, Written
from emogeo.record.types import AnyRecord, GeometryRecord
from emogeo.store.keys import SCHEMA
from tests.planted_records import behaviour, geometry, model_card, readout, refused, steering

WHERE = "store/runs/0"
WRITTEN = Written(
    model="planted",
    precision="fp16",
    recipe=None,
    prompt_template=PromptSet("loose", False, ("Write of {emotion}.",)),
    topics=None,
    generation=GenerationConfig(temperature=0.7),
    seed=0,
)
COUNTS = TextCounts(
    texts=4, distinct=4, empty=0, refusals=1, stopped=2, retried=0, naming_their_emotion=1, new_tokens=9
)


def generated(counts: TextCounts | None) -> AnyRecord:
    return geometry(generation=Generation(key="1" * 64, counts=counts, written=WRITTEN))[0]


RECORDS: dict[str, AnyRecord] = {
    "geometry": geometry()[0],
    "geometry of written texts": generated(COUNTS),
    "reread": geometry(reread_of="2" * 64)[0],
    "steering": steering()[0],
    "behaviour": behaviour()[0],
    "readout": readout()[0],
    "refused geometry": refused(geometry()[0]),
    "refused while it wrote": refused(generated(None)),
    "refused steering": refused(steering()[0]),
    "refused behaviour": refused(behaviour()[0]),
    "refused readout": refused(readout()[0]),
}


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_a_record_reads_as_it_was_written(record: AnyRecord) -> None:
    content = record_json(record)
    read = parse_record(content, WHERE)
    assert read == record
    assert record_json(read) == content


def test_the_json_is_flat_and_names_its_version() -> None:
    found = json.loads(record_json(generated(COUNTS)))
    assert (found["schema"], found["status"], found["twin"]) == (SCHEMA, "finished", None)
    assert found["layer"]["index"] == 0
    assert found["generation"]["refusals"] == 1
    assert not {"result", "reason", "reread_of"} & set(found)
    assert "counts" not in found["generation"]


def test_a_refused_record_has_a_reason_and_no_result() -> None:
    found = json.loads(record_json(refused(geometry()[0])))
    assert (found["status"], found["reason"]) == ("refused", "it overflowed")
    assert not {"layer", "metrics", "conditions", "recipe_departures"} & set(found)


def changed(record: AnyRecord, change: Callable[[dict[str, Any]], object]) -> bytes:
    found = json.loads(record_json(record))
    change(found)
    return json.dumps(found).encode()


WRONG: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another type": (
        lambda r: r["layer"].update(index="x"),
        'layer.index: Input should be a valid integer (found "x")',
    ),
    "a truth value for a number": (lambda r: r.update(n_units=True), "n_units: Input should be a valid integer"),
    "a field missing": (lambda r: r.pop("layer"), "layer: Field required"),
    "a field of a field missing": (lambda r: r["metrics"].pop("rdm_std"), "metrics.rdm_std: Field required"),
    "a field that JSON calls otherwise": (lambda r: r.pop("twin"), "twin: Field required"),
    "a group of the configuration": (lambda r: r["config"].pop("model"), "config.model: Field required"),
    "an option that there is not": (
        lambda r: r["config"]["pooling"].update(position="first"),
        "config.pooling.position: Input should be 'last', 'middle' or 'mean' (found \"first\")",
    ),
    "NaN": (lambda r: r["metrics"].update(rdm_std=float("nan")), "not JSON: NaN is no number of JSON"),
    "infinity": (
        lambda r: r["by_layer"].update(rdm_std=[0.1, float("inf")]),
        "not JSON: Infinity is no number of JSON",
    ),
    "another status": (lambda r: r.update(status="begun"), "status: Input should be 'finished' or 'refused'"),
    "another mode": (lambda r: r.update(mode="sleep"), "mode: 'sleep' is not a valid Mode"),
    "a refusal without a reason": (lambda r: r.update(status="refused"), "reason: Input should be a valid string"),
    "several at once": (lambda r: r.update(n_units="1", n_texts="2"), "; 1 more"),
}


@pytest.mark.parametrize(("change", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_file_and_field(change: Callable[[dict[str, Any]], object], said: str) -> None:
    with pytest.raises(RecordError) as error:
        parse_record(changed(geometry()[0], change), WHERE)
    assert str(error.value).startswith(f"{WHERE}/run.json: ")
    assert said in str(error.value)
    assert isinstance(error.value, StoreError)


def test_a_wrong_facet_is_named() -> None:
    content = changed(behaviour()[0], lambda r: r["metrics"]["format"].update(compliance="all"))
    with pytest.raises(RecordError, match="metrics.format.compliance"):
        parse_record(content, WHERE)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff"])
def test_what_is_no_json_object_is_no_record(content: bytes) -> None:
    with pytest.raises(RecordError, match=f"{WHERE}/run.json"):
        parse_record(content, WHERE)


def test_an_earlier_version_is_recognised_whatever_it_holds() -> None:
    with pytest.raises(RecordError, match=f"{WHERE} is of an earlier version"):
        parse_record(json.dumps({"schema": SCHEMA - 1}).encode(), WHERE)
    with pytest.raises(RecordError, match="earlier version"):
        parse_record(record_json(behaviour(rules=0)[0]), WHERE)


def test_nan_is_not_written() -> None:
    record = geometry()[0]
    assert record.result is not None
    metrics = replace(record.result.metrics, rdm_std=float("nan"))
    with pytest.raises(ValueError, match="JSON"):
        record_json(replace(record, result=replace(record.result, metrics=metrics)))


def test_the_key_is_read_from_any_json() -> None:
    assert key_in(b'{"key": "1"}') == "1"
    assert [key_in(content) for content in (b"", b"[]", b"{}", b'{"key": 1}')] == [None] * 4


def test_a_part_of_a_record_as_json() -> None:
    assert plain(model_card())["source"] == "folder"


def test_what_states_and_texts_were_made_with_is_kept() -> None:
    made = MadeWith(created="2026-11-26", libraries={"torch": "2.13.0", "emogeo": None}, device="cpu", hardware=None)
    record = RECORDS["geometry"]
    assert isinstance(record, GeometryRecord)
    passes = {"passages": replace(record.provenance.readings["passages"], made_with=made)}
    own = replace(
        record,
        provenance=replace(record.provenance, readings=passes),
        generation=Generation(key="1" * 64, counts=COUNTS, written=WRITTEN, made_with=made),
    )
    assert parse_record(record_json(own), WHERE) == own
    content = json.loads(record_json(own))
    content["generation"]["made_with"]["libraries"]["torch"] = 2.13
    with pytest.raises(RecordError, match=r"generation.made_with.libraries.torch: Input should be a valid string"):
        parse_record(json.dumps(content).encode(), WHERE)
