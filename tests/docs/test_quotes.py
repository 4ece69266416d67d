"""What pages quote, from planted results."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from docs.write import quotes
from docs.write.quotes import QuoteError, filled, quoted, take

PAIRS = pd.DataFrame(
    {
        "model_a": ["m", "m", "n"],
        "model_b": ["n", "o", "o"],
        "rho_star": [0.926, 0.5, None],
        "rho_star_ci_low": [0.8598, 0.4, None],
        "rho_star_ci_high": [0.9961, 0.6, None],
        "p": [0.0001, 0.03, 0.2],
        "n_units": [24, 24, 8],
    }
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "demo").mkdir()
    PAIRS.to_csv(tmp_path / "demo" / "pairs.csv", index=False)
    (tmp_path / "demo" / "summary.txt").write_text("\nWhat?\n  Yes.\n\nPairs (all)\n  A–B\n", encoding="utf-8")
    return tmp_path


def mark(what: str, said: str = "old") -> str:
    return f"before <!-- = {what} -->{said}<!-- / --> after"


@pytest.mark.parametrize(
    ("column", "said"),
    [("rho_star", "0.93 [0.86, 0.996]"), ("p", "0.0001"), ("n_units", "24"), ("model_b", "n")],
)
def test_a_value_is_written_as_the_program_writes_it(data: Path, column: str, said: str) -> None:
    what = f"demo/pairs.csv; model_a=m, model_b=n; {column}"
    assert filled(mark(what), data) == mark(what, said)


def test_what_is_missing_is_a_dash(data: Path) -> None:
    what = "demo/pairs.csv; model_a=n; rho_star"
    assert filled(mark(what), data) == mark(what, "–")


def test_a_block_of_what_was_printed(data: Path) -> None:
    what = "demo/summary.txt; Pairs"
    assert filled(mark(what), data) == mark(what, "\n\n```\nPairs (all)\n  A–B\n```\n\n")
    assert "What?\n  Yes.\n\nPairs (all)" in filled(mark("demo/summary.txt"), data)


def test_a_table(data: Path) -> None:
    said = filled(mark("demo/pairs.csv; model_a=m; model_b, rho_star"), data)
    assert "| model_b | rho_star |\n|---|---|\n| n | 0.93 [0.86, 0.996] |\n| o | 0.50 [0.40, 0.60] |" in said


def test_a_value_may_have_commas(data: Path) -> None:
    factors = PAIRS.assign(factor=["comparable, matched", "comparable", "comparable, loose"])
    factors.to_csv(data / "demo" / "effects.csv", index=False)
    said = filled(mark("demo/effects.csv; factor=comparable, matched, model_a=m; model_b"), data)
    assert ">n<" in said


def test_headings_and_settings_of_runs(data: Path) -> None:
    pairs = PAIRS.assign(key_a=["1", "1", "2"], key_b=["2", "3", "3"])
    pairs.to_csv(data / "demo" / "pairs.csv", index=False)
    runs = pd.DataFrame({"key": [1, 2, 3], "pooling": ["mean", "mean", None]})
    runs.to_csv(data / "demo" / "runs.csv", index=False)
    both = filled(mark("demo/pairs.csv; a.pooling=mean, b.pooling=mean; model_a as first, rho_star as agreement"), data)
    assert "| first | agreement |\n|---|---|\n| m | 0.93 [0.86, 0.996] |\n\n" in both
    assert filled(mark("demo/pairs.csv; a.pooling=mean, b.pooling=, model_a=m; model_b"), data).count(">o<") == 1


def test_writing_twice_changes_nothing(data: Path) -> None:
    page = mark("demo/pairs.csv; model_a=m; model_b, rho_star") + mark("demo/summary.txt")
    once = filled(page, data)
    assert filled(once, data) == once != page
    assert quoted(once) == quoted(page)


def test_a_changed_number_of_a_result_changes_the_page(data: Path) -> None:
    page = filled(mark("demo/pairs.csv; model_a=m, model_b=n; rho_star"), data)
    PAIRS.assign(rho_star=PAIRS["rho_star"] - 0.01).to_csv(data / "demo" / "pairs.csv", index=False)
    assert filled(page, data) != page


@pytest.mark.parametrize(
    "what",
    [
        "demo/absent.csv; ; rho_star",
        "demo/pairs.csv; model_a=x; rho_star",
        "demo/pairs.csv; model_a=m; rho_star",
        "demo/pairs.csv; model_c=m; rho_star",
        "demo/pairs.csv; model_a=n; rho",
        "demo/summary.txt; Runs",
    ],
)
def test_what_no_result_has_is_an_error_that_names_it(data: Path, what: str) -> None:
    with pytest.raises(QuoteError, match="demo/"):
        filled(mark(what), data)


def test_files_that_pages_name_are_taken_from_results_that_are_there(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    said = [mark("demo/pairs.csv; model_a=m; p"), mark("study/runs.csv; ; key")]
    said += ["![Maps](figures/demo/maps.png) ![another's](figures/front.png)"]
    page.write_text("\n".join(said), encoding="utf-8")
    (data / "demo" / "figures").mkdir()
    (data / "demo" / "figures" / "maps.png").write_bytes(b"a picture")
    monkeypatch.setattr(quotes, "pages", lambda: [page])
    monkeypatch.setattr(quotes, "RESULTS", {"demo": data / "demo", "study": tmp_path / "absent"})
    assert take(tmp_path / "kept") == ["study"]
    assert [file.name for file in (tmp_path / "kept" / "demo").iterdir()] == ["pairs.csv"]
    kept = pd.read_csv(tmp_path / "kept" / "demo" / "pairs.csv")
    assert kept.equals(PAIRS[PAIRS["model_a"] == "m"].reset_index(drop=True)), "the rows that are quoted"
    assert (tmp_path / "figures" / "demo" / "maps.png").read_bytes() == b"a picture"
    assert not (tmp_path / "figures" / "front.png").exists()
