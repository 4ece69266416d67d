"""Runs whose states were made with other libraries, or on another device."""

from __future__ import annotations

from dataclasses import replace

from emogeo.analysis.comparing.made import flags_of_origins, made_in_parts, made_otherwise
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.record.origin import Generation, MadeWith
from emogeo.record.run import Run
from tests.planted_records import one_pass, run_of_model
from tests.record.test_json import WRITTEN


def made(torch: str = "2.13.0", device: str = "cpu", hardware: str | None = None) -> MadeWith:
    libraries: dict[str, str | None] = {"torch": torch, "transformers": "5.23.0", "emogeo": "0.2.0"}
    return MadeWith(created="2026-11-26T10:00:00+00:00", libraries=libraries, device=device, hardware=hardware)


def run_made(name: str, states: MadeWith | None, texts: MadeWith | None = None, **others: MadeWith) -> Run:
    """A run whose passages, texts and other passes have these origins."""
    run = run_of_model(name)
    own = {"passages": states, **others}
    passes = {pass_: replace(one_pass(1), made_with=origin) for pass_, origin in own.items()}
    provenance = replace(run.record.provenance, readings=passes)
    generation = Generation(key="k", counts=None, written=WRITTEN, made_with=texts) if texts else None
    return replace(run, record=replace(run.record, provenance=provenance, generation=generation))


def made_by(ready: PreparedRun, torch: str) -> PreparedRun:
    """The same run, whose states were made with another torch."""
    provenance = ready.run.record.provenance
    passes = {"passages": replace(provenance.readings["passages"], made_with=made(torch))}
    record = replace(ready.run.record, provenance=replace(provenance, readings=passes))
    return replace(ready, run=replace(ready.run, record=record))


def test_two_runs_that_were_made_alike_have_nothing_to_say() -> None:
    a, b = run_made("a", made("2.13.0+cpu")), run_made("b", made("2.13.0+cu126"))
    assert made_otherwise(a, b) == []
    assert made_otherwise(a, run_made("old", None)) == [], "what is not recorded is no difference"


def test_a_pair_says_in_what_states_and_texts_differ() -> None:
    a = run_made("a", made(), made("2.12.0"))
    b = run_made("b", made("2.14.0", "cuda:0"), made("2.11.0"))
    assert made_otherwise(a, b) == [
        "states: made with torch 2.13.0 and 2.14.0, device cpu and cuda",
        "texts: made with torch 2.12.0 and 2.11.0",
    ]
    assert made_otherwise(a, run_made("c", made())) == [], "passages are no texts that a model wrote"


def test_one_run_says_in_what_its_parts_differ() -> None:
    assert made_in_parts(run_made("a", made(), made(), facts=made())) == []
    own = run_made("a", made("2.13.0"), made("2.12.0", "cuda"), facts=made("2.11.0"), neutral=made())
    assert made_in_parts(own) == [
        "texts, then states: made with torch 2.12.0 and 2.13.0, device cuda and cpu",
        "factual sentences, then states: made with torch 2.11.0 and 2.13.0",
    ]


def test_a_flag_says_once_which_runs_were_made_with_what() -> None:
    runs = [run_made(name, made(version)) for name, version in zip("abcdef", ["2.13.0"] * 5 + ["2.12.1"], strict=True)]
    assert flags_of_origins(runs[:5], lambda run: run.model) == []
    assert flags_of_origins(runs, lambda run: run.model.upper()) == [
        "States were made differently: torch 2.13.0 (A, B, C and 2 more), 2.12.1 (F). Differences between such runs "
        "may come from that."
    ]


def test_hardware_is_flagged_where_devices_are_of_one_kind() -> None:
    epyc, xeon = run_made("a", made(hardware="EPYC")), run_made("b", made(hardware="Xeon"))
    gpu, old = run_made("c", made(device="cuda:1", hardware="H100")), run_made("d", None)
    (said,) = flags_of_origins([epyc, xeon, old], lambda run: run.model)
    assert said.startswith("States were made differently: hardware EPYC (a), Xeon (b).")
    (said,) = flags_of_origins([epyc, gpu, old], lambda run: run.model)
    assert said.startswith("States were made differently: device cpu (a, d), cuda (c).")
