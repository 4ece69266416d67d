"""Tables and figures of a small store."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from emogeo.analysis.analyze import _library, analyze
from emogeo.analysis.charts.chart import COLUMN_ENDING, library
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.summary.summary import KEPT
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from emogeo.analysis.tables.runs import RUN_COLUMNS
from emogeo.config.analyze import AnalyzeConfig, NormsConfig
from emogeo.config.runtime import StoreConfig
from emogeo.errors import ConfigError, NonFiniteError, StimuliError, StoreError
from emogeo.extraction.run import run_extraction
from emogeo.geometry.rdm import standard_ranks, upper
from emogeo.record.files import ITEMS, SHIFTS, TEXTS, VECTORS
from emogeo.record.types import AnyRecord, GeometryRecord
from emogeo.stimuli.behaviour import RULES
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import load_corpus
from emogeo.store.store import RUNS, Store
from emogeo.store.tensors import pack, unpack
from tests.conftest import Composer, tiny_composer
from tests.planted_records import N_UNITS, D, Files, behaviour, geometry, model_card, named, steering, write


@pytest.fixture(autouse=True)
def quick(request: pytest.FixtureRequest) -> None:
    """Draws no figures but where files are compared: the store of the module is analysed with all of them."""
    if request.function is not test_the_same_store_gives_the_same_bytes:
        request.getfixturevalue("small_pictures")


@pytest.fixture(scope="module")
def four_runs(tiny_llama: Path, tiny_overflowing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models, one at two layer selections, one refused in fp16."""
    folder = tmp_path_factory.mktemp("four")
    run = tiny_composer(folder, tiny_llama)
    run_extraction(run())
    run_extraction(run("layer_selection=all"))
    run_extraction(run(weights=tiny_overflowing))
    with pytest.raises(NonFiniteError):
        run_extraction(run("precision=fp16", weights=tiny_overflowing))
    return folder / "store"


@pytest.fixture
def filled(four_runs: Path, tmp_path: Path) -> Path:
    """The four runs, where more may be added."""
    return Path(shutil.copytree(four_runs, tmp_path / "store"))


@dataclass(frozen=True)
class Analysis:
    """What an analysis has written and printed."""

    folder: Path
    printed: str


@pytest.fixture(scope="module")
def analysis(four_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """The analysis of the four runs."""
    with redirect_stdout(StringIO()) as printed:
        folder = run_analysis(four_runs, tmp_path_factory.mktemp("analysis") / "out")
    return Analysis(folder, printed.getvalue())


def run_analysis(store: Path, output: Path, permutations: int = 200) -> Path:
    return analyze(AnalyzeConfig(store=StoreConfig(str(store)), output=str(output), permutations=permutations))


def test_tables(analysis: Analysis) -> None:
    output = analysis.folder
    runs, pairs = (pd.read_parquet(output / f"{name}.parquet") for name in ("runs", "pairs"))
    assert list(runs.columns) == RUN_COLUMNS
    assert list(pairs.columns) == PAIR_COLUMNS
    assert list(pd.read_csv(output / "pairs.csv").columns) == PAIR_COLUMNS
    assert len(runs) == 4
    assert len(pairs) == 3
    assert runs["note"].str.startswith("refused: tiny-gemma at fp16").sum() == 1
    assert pairs[["rho", "p_same_text"]].notna().all().all()
    assert pairs[["rho_ci_low", "reliability_a", "rho_same_half", "rho_disjoint_half"]].notna().all().all()
    assert pairs["floor"].isna().all()
    assert pairs["note"].str.contains("floor: not measured for tiny-llama at fp32").any()
    unidentified = pairs["rho_star"].isna()
    assert pairs.loc[unidentified, "note"].str.contains("not identifiable").all()
    assert (pairs["p"].isna() == unidentified).all()
    assert runs.loc[runs["layer"].notna(), "reliability"].notna().all()
    for word in ("tiny-llama", "refused", "ρ*", "pairs.csv", "runs.csv", "figures"):
        assert word in analysis.printed


def test_rho_equals_scipy_on_the_stored_rdms(four_runs: Path, analysis: Analysis) -> None:
    pairs = pd.read_parquet(analysis.folder / "pairs.parquet")
    by_key = {run.key: run for run in read_catalogue(Store(four_runs)).finished}
    for pair in pairs.itertuples():
        wanted = spearmanr(upper(by_key[pair.key_a].rdm), upper(by_key[pair.key_b].rdm)).statistic
        assert pair.rho == pytest.approx(wanted, abs=1e-12)


def test_a_reread_gives_the_floor_and_is_no_run_of_its_own(
    tiny_run: Composer, filled: Path, tiny_overflowing: Path, tmp_path: Path
) -> None:
    for weights in (None, tiny_overflowing):
        run_extraction(tiny_run("reread=true", **({"weights": weights} if weights else {})))
    pairs = pd.read_parquet(run_analysis(filled, tmp_path / "out") / "pairs.parquet")
    assert len(pairs) == 3
    assert (pairs["floor"] < 1e-4).all()
    assert (pairs["floor"] >= -1e-12).all()


def other_passages(tmp_path: Path, topics: dict[str, str] | None = None) -> str:
    """The six topics told in other words, under the same names or others."""
    rows = [
        {"emotion": p.emotion, "topic": (topics or {}).get(p.topic, p.topic), "text": f"Once, {p.text}"}
        for p in load_corpus(topics=6).passages
    ]
    (tmp_path / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return f"stimuli.path='{tmp_path / 'mine.jsonl'}'"


def test_runs_on_other_topics_are_compared_on_disjoint_text(tiny_run: Composer, filled: Path, tmp_path: Path) -> None:
    elsewhere = {topic: f"{topic}, elsewhere" for topic in load_corpus(topics=6).topics}
    run_extraction(tiny_run(other_passages(tmp_path, elsewhere)))
    pairs = pd.read_parquet(run_analysis(filled, tmp_path / "out") / "pairs.parquet")
    other = pairs[pairs["note"].str.contains("no text in common")]
    assert len(other) == 3
    assert other["rho"].notna().all()
    assert other["reliability_a"].notna().all()
    assert other[["p_same_text", "rho_same_half", "stimulus_share"]].isna().all().all()
    beyond = pd.read_parquet(tmp_path / "out" / "beyond.parquet")
    assert (beyond["verdict"] == "cannot tell").all()


def test_topics_told_twice_are_paired_so_that_halves_share_no_topic(
    tiny_run: Composer, filled: Path, tmp_path: Path
) -> None:
    run_extraction(tiny_run(other_passages(tmp_path)))
    pairs = pd.read_parquet(run_analysis(filled, tmp_path / "out") / "pairs.parquet")
    told_twice = pairs[
        pairs["note"].str.contains(
            "p_same_text and stimulus_share: other texts; rho_same_half: on units of the same name"
        )
    ]
    assert len(told_twice) == 3
    assert told_twice[["rho_same_half", "rho_disjoint_half"]].notna().all().all()
    assert told_twice[["p_same_text", "stimulus_share"]].isna().all().all()
    assert "same_and_disjoint_half.png" in {file.name for file in (tmp_path / "out" / "figures").iterdir()}


def test_a_topic_may_have_a_colon_in_its_name(tiny_run: Composer, filled: Path, tmp_path: Path) -> None:
    named = {topic: f"work: {topic}" for topic in load_corpus(topics=6).topics}
    rows = [{"emotion": p.emotion, "topic": named[p.topic], "text": p.text} for p in load_corpus(topics=6).passages]
    (tmp_path / "colons.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run_extraction(tiny_run(f"stimuli.path='{tmp_path / 'colons.jsonl'}'"))
    run_extraction(tiny_run(other_passages(tmp_path, named)))
    pairs = pd.read_parquet(run_analysis(filled, tmp_path / "out") / "pairs.parquet")
    other = "p_same_text and stimulus_share: other texts; rho_same_half: on units of the same name"
    assert pairs["note"].str.contains(other).sum() == 1, "the topics with colons, told twice"
    assert pairs["note"].str.contains("no text in common").sum() == 3
    assert pairs["p_same_text"].notna().sum() == 3 + 3, "whatever the topics are called"


def test_groups_that_share_topics_are_flagged(tiny_run: Composer, tmp_path: Path) -> None:
    passages = load_corpus(topics=6).passages
    topics = [p.topic if p.emotion not in {"sad", "gloomy"} else "alone" for p in passages]
    rows = [{"emotion": p.emotion, "topic": t, "text": p.text} for p, t in zip(passages, topics, strict=True)]
    (tmp_path / "nearly.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run_extraction(tiny_run(f"stimuli.path='{tmp_path / 'nearly.jsonl'}'"))
    runs = pd.read_parquet(run_analysis(tmp_path / "store", tmp_path / "out") / "runs.parquet")
    assert runs["note"].str.contains("FLAG units: random groups, and 7 of 7 topics are in several of them").all()


def test_topic_means_tie_groups_together(tiny_run: Composer, tmp_path: Path) -> None:
    """Texts that share a topic's mean are no independent observations: nothing is left to compare halves of."""
    test_groups_that_share_topics_are_flagged(tiny_run, tmp_path)
    outcome = run_extraction(tiny_run(f"stimuli.path='{tmp_path / 'nearly.jsonl'}'", "centring=topic_mean"))
    assert outcome.record.n_units == 1
    assert "reliability" not in outcome.record.result.by_layer


def test_rho_star_has_a_diagonal_for_reliable_runs_only(analysis: Analysis) -> None:
    assert pd.read_csv(analysis.folder / "rho_star_matrix.csv", index_col="run").isna().all().all(), "six topics"


def test_all_blocks_with_unit_norm_are_the_geometry_that_is_compared(tiny_run: Composer, tmp_path: Path) -> None:
    run_extraction(tiny_run("layer_selection=all", "norm=unit"))
    (run,) = read_catalogue(Store(tmp_path / "store")).finished
    ranks = PreparedRun(run, "x", 0).halves.whole[0]
    np.testing.assert_allclose(standard_ranks(upper(run.rdm)), ranks, atol=1e-6)


def test_the_same_texts_in_other_units_have_a_rho_and_nothing_more(tiny_run: Composer, tmp_path: Path) -> None:
    rows = [{"emotion": p.emotion, "topic": "one", "text": p.text} for p in load_corpus(topics=6).passages]
    (tmp_path / "uncrossed.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for seed in (0, 1):
        run_extraction(tiny_run(f"stimuli.path='{tmp_path / 'uncrossed.jsonl'}'", f"seed={seed}"))
    pairs = pd.read_parquet(run_analysis(tmp_path / "store", tmp_path / "out") / "pairs.parquet")
    assert pairs["note"].str.contains("texts in common join units, 1 left").all()
    assert pairs["note"].str.contains(r"all but rho: not identifiable \(1 units").all()
    assert pairs["rho"].notna().all()


def test_some_common_topics_are_compared_and_named(tiny_run: Composer, filled: Path, tmp_path: Path) -> None:
    kept = load_corpus(topics=6).passages
    topics = sorted({p.topic for p in kept})[:5]
    rows = [{"emotion": p.emotion, "topic": p.topic, "text": p.text} for p in kept if p.topic in topics]
    (tmp_path / "five.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run_extraction(tiny_run(f"stimuli.path='{tmp_path / 'five.jsonl'}'"))
    pairs = pd.read_parquet(run_analysis(filled, tmp_path / "out") / "pairs.parquet")
    some = pairs[pairs["n_units"] == 5]
    assert len(some) == 3
    assert some["note"].str.contains("over the 5 units in common, without waiting-room").all()
    assert some["note"].str.contains(r"not identifiable \(5 units, 8 needed").all()
    assert some[["reliability_a", "rho_same_half", "rho_disjoint_half", "p_same_text"]].notna().all().all()


def test_the_same_store_gives_the_same_bytes(four_runs: Path, analysis: Analysis, tmp_path: Path) -> None:
    first, second = analysis.folder, run_analysis(four_runs, tmp_path / "again")
    files = sorted(p.relative_to(first) for p in first.rglob("*") if p.is_file())
    assert len(files) >= 5 + 4
    of_charts = [file for file in files if (first / file.with_suffix(".vl.json")).is_file()]
    charts = {file.with_suffix(ending) for file in of_charts for ending in (".pdf", ".svg")}
    columns = {file for file in files if file.name.endswith(COLUMN_ENDING)}
    for file in {*files} - charts - columns:  # whose library numbers what they hold in any order
        own, other = ((folder / file).read_bytes() for folder in (first, second))
        if file.name == KEPT:  # ends in where everything is
            own, other = (content.partition(b"\nreport ")[0] for content in (own, other))
        assert own == other, file


def test_runs_with_other_conditions_are_compared_on_the_common_ones(
    tiny_run: Composer, filled: Path, tmp_path: Path
) -> None:
    run_extraction(tiny_run("centring=neutral"))
    pairs = pd.read_parquet(run_analysis(filled, tmp_path / "out") / "pairs.parquet")
    assert sorted(pairs["n_conditions"]) == [20, 20, 20, 21, 21, 21]
    assert pairs["rho"].notna().all()


def test_corrupt_records_are_left_out_by_name(filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = read_catalogue(Store(filled)).finished[0].key
    file = filled / RUNS / key / "rdm.safetensors"
    content = bytearray(file.read_bytes())
    content[200] ^= 4
    file.write_bytes(content)
    run_analysis(filled, tmp_path / "out")
    printed = capsys.readouterr().out
    assert "left out" in printed
    assert "rdm.safetensorsisnotwhatwaswritten" in "".join(printed.split()), "lines may break anywhere"
    assert len(pd.read_csv(tmp_path / "out" / "runs.csv")) == 3


def units_alone(files: Files) -> Files:
    """Passages that say of which unit they are and nothing else, so that no condition has a vector."""
    alike = np.repeat(np.arange(1, N_UNITS + 1), len(CONDITIONS))[:, None] * np.ones(D)
    return {**files, VECTORS: pack({**unpack(files[VECTORS]), "passages": alike.astype(np.float32)})}


def fill_with_broken(store: Store) -> dict[str, str]:
    """Writes broken records of every kind; gives what is to be said of each by its key."""
    (steered, shifts), (asked, items) = steering(**named("steered")), behaviour(**named("asked", rules=RULES))
    written: list[tuple[AnyRecord, Files, str]] = [
        (geometry(**named("nested"))[0], {TEXTS: b"[" * 100_000}, f"/{TEXTS}: line 1: nested too deep"),
        (geometry(**named("typed"))[0], {VECTORS: b"{}"}, f"/{VECTORS}: Not a safetensors file"),
        (geometry(**named("renamed"), n_units=3)[0], {}, "/run.json: n_units: 3"),
        (geometry(**named("alike"))[0], units_alone(geometry()[1]), ": All vectors have length zero: no cosine."),
        (steered, {**shifts, SHIFTS: shifts[SHIFTS].splitlines()[0]}, f"/{SHIFTS}: kind: no row of kind random"),
        (asked, {**items, ITEMS: items[ITEMS].replace(b'"format"', b"[1]")}, f"/{ITEMS}: line 1: facet: Input should"),
    ]
    for record, files, _ in written:
        write(store, record, {**geometry()[1], **files} if isinstance(record, GeometryRecord) else files)
    return {record.key: f"{store.folder(RUNS, record.key)}{said}" for record, _, said in written}


def test_broken_content_stops_no_analysis(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(tmp_path / "store")
    good = [write(store, *geometry(**named(name), model=model_card(name, n_layers=2))) for name in ("one", "other")]
    probes = [write(store, *probe) for probe in (steering(), behaviour())]
    broken = fill_with_broken(store)
    output = run_analysis(store.path, tmp_path / "out", 20)
    printed = "".join(capsys.readouterr().out.split())
    assert printed.count("!leftout:") == len(broken), "lines may break anywhere"
    for said in broken.values():
        assert printed.count(f"leftout:{''.join(said.split())}") == 1, said
    assert sorted(pd.read_csv(output / "runs.csv")["key"]) == sorted(good)
    assert len(pd.read_csv(output / "pairs.csv")) == 1
    found = {pd.read_csv(output / f"{name}.csv")["key"].dropna().iloc[0] for name in ("steering", "behaviour")}
    assert found == set(probes)
    assert all(key in (output / "report.html").read_text() for key in broken)


def test_a_run_without_halves_is_left_out_before_tables(tmp_path: Path) -> None:
    record, files = geometry()
    write(Store(tmp_path), record, units_alone(files))
    with pytest.raises(StoreError, match=f"no whole run. Left out: .*{record.key}: All vectors have length zero"):
        run_analysis(tmp_path, tmp_path / "out")


def test_an_empty_store_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no whole run.*python train\.py"):
        run_analysis(tmp_path / "nothing", tmp_path / "out")


def test_a_store_of_corrupt_records_names_them(tiny_run: Composer, tmp_path: Path) -> None:
    key = run_extraction(tiny_run()).key
    (tmp_path / "store" / RUNS / key / "run.json").write_text("{}")
    with pytest.raises(StoreError, match=r"Left out: .*run\.json is not what was written"):
        run_analysis(tmp_path / "store", tmp_path / "out")


def test_one_run_has_no_pairs(tiny_run: Composer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_extraction(tiny_run())
    run_analysis(tmp_path / "store", tmp_path / "out")
    assert "two finished runs make a pair" in capsys.readouterr().out
    assert pd.read_csv(tmp_path / "out" / "pairs.csv").empty


def test_the_matrix_is_symmetric_with_ones(analysis: Analysis) -> None:
    matrix = pd.read_csv(analysis.folder / "rho_matrix.csv", index_col="run")
    np.testing.assert_array_equal(matrix.to_numpy(), matrix.to_numpy().T)
    assert (np.diag(matrix) == 1).all()
    assert json.dumps(list(matrix.columns)) == json.dumps(list(matrix.index))


def test_norms_of_ones_own_are_read_first_and_are_rows_of_every_run(tmp_path: Path) -> None:
    store, path = Store(tmp_path / "store"), tmp_path / "rated.csv"
    pd.DataFrame(
        np.random.default_rng(0).normal(size=(20, 2)), index=list(CONDITIONS[:20]), columns=["warm", "able"]
    ).to_csv(path)
    config = AnalyzeConfig(store=StoreConfig(str(store.path)), output=str(tmp_path / "out"), permutations=100)
    config.norms = NormsConfig(str(path), columns=["cold"])
    with pytest.raises(StimuliError, match="no column 'cold'"):
        analyze(config)  # though there is no store
    keys = [write(store, *geometry(**named(name), model=model_card(name, n_layers=2))) for name in ("one", "other")]
    config.norms = NormsConfig(str(path))
    baselines = pd.read_csv(analyze(config) / "baselines.csv")
    own = baselines[baselines["baseline"].str.startswith("norms rated")]
    assert set(zip(own["key"], own["baseline"], strict=True)) == {
        (key, name) for key in keys for name in ("norms rated", "norms rated: warm", "norms rated: able")
    }
    assert (own["n_conditions"] == 20).all()
    assert own["rho"].notna().all()
    assert "norms rated: warm" in (tmp_path / "out" / "report.html").read_text()
    assert "norms rated: able" in (tmp_path / "out" / "summary.txt").read_text(encoding="utf-8")


def test_an_output_of_other_files_is_refused_before_the_store_is_read(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "report.html").write_text("mine")
    with pytest.raises(ConfigError, match="no result of an analysis"):
        run_analysis(tmp_path / "no store", tmp_path / "docs")
    assert [file.name for file in tmp_path.rglob("*")] == ["docs", "report.html"]


@pytest.mark.skipif(sys.platform != "linux", reason="a copy of a process is safe to go on from on Linux alone")
def test_the_library_of_charts_is_made_while_the_store_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = tmp_path / "begun"

    def made() -> str:
        begun.touch()
        return f"// für {os.getpid()}\n" * 20_000

    monkeypatch.setattr("emogeo.analysis.meanwhile.cores", lambda: 2)
    monkeypatch.setattr("emogeo.analysis.analyze.library", made)
    with _library() as wait:
        for _ in range(3_000):
            if begun.exists():
                break
            time.sleep(0.01)
        found = wait()
        assert wait() == found and found.count("\n") == 20_000
        assert str(os.getpid()) not in found


def test_the_library_of_charts_is_made_again_where_no_file_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: IO[str]) -> None:
        file.write("// half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("emogeo.analysis.analyze._write_library", full)
    with _library() as wait:
        assert wait() == library()
