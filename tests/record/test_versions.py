"""What two origins of states differ in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.record.origin import Generation, MadeWith
from emogeo.record.versions import STATES, TEXTS, differences, in_words, origin_of, origins, release, releases, said
from tests.planted_records import behaviour, geometry, one_pass
from tests.record.test_json import WRITTEN

HERE = MadeWith(
    created="2026-11-26T10:00:00+00:00",
    libraries={"emogeo": "0.2.0", "torch": "2.13.0+cpu", "transformers": "5.23.0", "tokenizers": "0.22.1"},
    device="cpu",
    hardware="AMD EPYC",
)


def other(device: str = "cpu", hardware: str | None = "AMD EPYC", **versions: str | None) -> MadeWith:
    return replace(HERE, libraries={**HERE.libraries, **versions}, device=device, hardware=hardware)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2.13.0+cu126", "2.13.0"),
        ("2.13.0", "2.13.0"),
        ("2.14.0.dev20261101+cpu", "2.14.0"),
        ("5.23", "5.23"),
        ("5.0.0rc1", "5.0.0"),
        ("main", "main"),
    ],
)
def test_a_release_has_no_local_tag(version: str, expected: str) -> None:
    assert release(version) == expected


def test_what_cannot_change_states_is_no_difference() -> None:
    for same in (
        HERE,
        other(torch="2.13.0+cu126"),
        other(emogeo="0.3.0", tokenizers="0.23.0"),
        replace(HERE, created="2027-01-01T00:00:00+00:00"),
        other(hardware=None),
        other(bitsandbytes="0.50.2"),  # which one precision needs and the other does not
        other(transformers=None),
    ):
        assert differences(HERE, same) == {}
        assert said(same, HERE) == ""
    assert differences(other("cuda:0", "H100"), other("cuda:3", "H100")) == {}


def test_libraries_devices_and_hardware_are_differences() -> None:
    newer = other(torch="2.14.1", transformers="5.24.0")
    assert differences(HERE, newer) == {"torch": ("2.13.0", "2.14.1"), "transformers": ("5.23.0", "5.24.0")}
    assert said(newer, HERE) == "torch 2.14.1 and 2.13.0, transformers 5.24.0 and 5.23.0"
    assert differences(other(bitsandbytes="0.49.0"), other(bitsandbytes="0.50.2")) == {
        "bitsandbytes": ("0.49.0", "0.50.2")
    }
    assert differences(HERE, other("cuda:0", "H100")) == {"device": ("cpu", "cuda")}, "of other hardware, of course"
    assert differences(HERE, other(hardware="Xeon")) == {"hardware": ("AMD EPYC", "Xeon")}


def test_of_an_older_record_the_device_alone_is_known() -> None:
    old = origin_of(replace(one_pass(3), device="cuda:1"))
    assert releases(old) == {"device": "cuda"}
    assert differences(old, HERE) == {"device": ("cuda", "cpu")}
    assert in_words(old) == in_words(None) == "not recorded"


def test_an_origin_in_words() -> None:
    assert in_words(other(bitsandbytes=None)) == (
        "emogeo 0.2.0, torch 2.13.0+cpu, transformers 5.23.0, tokenizers 0.22.1, cpu (AMD EPYC), 2026-11-26"
    )
    assert "cuda:1, 2026" in in_words(other("cuda:1", None))


def test_a_run_has_the_origins_of_its_states_and_texts() -> None:
    record, _ = geometry()
    assert origins(record) == {STATES: origin_of(one_pass(len(record.emotions)))}
    readings = {"passages": replace(record.provenance.readings["passages"], made_with=HERE)}
    own = replace(record, provenance=replace(record.provenance, readings=readings))
    assert origins(own) == {STATES: HERE}
    generation = Generation(key="k", counts=None, written=WRITTEN, made_with=other(torch="2.12.0"))
    assert origins(replace(own, generation=generation)) == {STATES: HERE, TEXTS: other(torch="2.12.0")}
    assert origins(replace(own, generation=replace(generation, made_with=None))) == {STATES: HERE}
    imported = replace(record, provenance=replace(record.provenance, readings={}))
    assert origins(imported) == origins(behaviour()[0]) == {}
