"""Lists of rated words and labelled RDMs of the user's own, in the layouts that occur."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist, squareform
from scipy.stats import zscore

from emogeo.config.analyze import NormsConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.norm_files import MOST_ALONE, read_norms, read_ratings, read_rdm

MADE_UP = [("calm", 0.8, 0.1, 0.5), ("grim", 0.1, 0.4, 0.3), ("glad", 0.9, 0.6, 0.7), ("at ease", 0.7, 0.2, 0.6)]
VALUES = {word: row for word, *row in [(word, *numbers) for word, *numbers in MADE_UP]}


def written(folder: Path, content: str, name: str = "own.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def table(delimiter: str = "\t") -> str:
    return "\n".join(delimiter.join(map(str, row)) for row in MADE_UP)


@pytest.mark.parametrize(
    "header",
    ["", "Word\tValence\tArousal\tDominance\n", "term\tvalence\tarousal\tdominance\n"],
    ids=["none", "1", "2.1"],
)
def test_nrc_vad_is_known_with_and_without_its_header(tmp_path: Path, header: str) -> None:
    ratings = read_ratings(written(tmp_path, header + table(), "nrc.txt"))
    assert ratings.name == "norms nrc"
    assert ratings.dimensions == ("valence", "arousal", "dominance")
    assert {word: list(own) for word, own in ratings.entries.items()} == VALUES


def test_warriner_is_known_among_its_many_columns(tmp_path: Path) -> None:
    frame = pd.DataFrame(MADE_UP, columns=["Word", "V.Mean.Sum", "A.Mean.Sum", "D.Mean.Sum"])
    frame.insert(2, "V.SD.Sum", [1.1, 1.2, 1.3, 1.4])
    frame["V.Rat.Sum"] = 20
    frame["D.Mean.O"] = [5.0, 4.0, 3.0, 2.0]
    frame.index += 1
    path = tmp_path / "ratings.csv"
    frame.to_csv(path)  # with an index that has no name
    ratings = read_ratings(path)
    assert ratings.dimensions == ("valence", "arousal", "dominance")
    assert {word: list(own) for word, own in ratings.entries.items()} == VALUES


def test_other_lists_are_their_first_text_and_their_numbers(tmp_path: Path) -> None:
    content = "id;form;kind;v;p;\n1;calm;adj;3,5;1;9\n2;grim;adj;1,5;;9\n3;glad;adj;2;0;8\n"
    ratings = read_ratings(written(tmp_path, content))
    assert (ratings.dimensions, ratings.words) == (("v", "p"), ("calm", "grim", "glad"))
    np.testing.assert_array_equal(ratings.values, [[3.5, 1], [1.5, np.nan], [2, 0]])
    named = read_ratings(written(tmp_path, content), "kind", ["id"])
    assert (named.dimensions, named.words, named.ambiguous) == (("id",), ("adj",) * 3, {"adj"})


def test_words_may_stand_in_a_column_without_a_name(tmp_path: Path) -> None:
    pd.DataFrame({"v": [1.0, 3.0]}, index=["calm", "glad"]).to_csv(tmp_path / "own.csv")
    assert read_ratings(tmp_path / "own.csv").entries == {"calm": (1.0,), "glad": (3.0,)}


def test_every_dimension_is_a_norm_of_its_own_where_they_are_few(tmp_path: Path) -> None:
    path = written(tmp_path, "word,warm,able\n" + "\n".join(f"w{n},{n * n},{-n}" for n in range(5)))
    assert [norm.name for norm in read_norms(NormsConfig(str(path)))] == [
        "norms own",
        "norms own: warm",
        "norms own: able",
    ]
    one = read_norms(NormsConfig(str(path), columns=["able"]))
    assert [norm.name for norm in one] == ["norms own"]
    many = np.random.default_rng(0).normal(size=(5, MOST_ALONE + 1))
    pd.DataFrame(many, index=[f"w{n}" for n in range(5)]).to_csv(path)
    assert len(read_norms(NormsConfig(str(path)))) == 1
    assert read_norms(NormsConfig()) == []


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("word,v\nsad,1\nglad,2", {"word": "Word"}, "has no column 'Word'. Its columns are word, v"),
        ("word,v\nsad,1\nglad,2", {"columns": ["a"]}, "has no column 'a'. Its columns are word, v"),
        ("word,v\nsad,1\nglad,2", {"columns": ["word"]}, "column 'word' holds 'sad', no number"),
        ("word,kind\nsad,adj\nglad,adj", {}, "has no column of numbers. Its columns are word, kind"),
        ("a,v\n3,1\n7,2", {}, "has no column of words. Its columns are a, v: type norms.word=COLUMN"),
        ("word,v\nsad,1\nglad,2\ngrim,3.x", {}, "column 'v' holds numbers, and '3.x'. Mend it, or name the columns"),
        ("word,v,w\nsad,1,2\nglad,2,2", {}, "column 'w' has one value for all words. Name the others"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(
    tmp_path: Path, content: str, options: dict[str, object], said: str
) -> None:
    path = written(tmp_path, content)
    with pytest.raises(StimuliError) as error:
        read_ratings(path, **options)  # type: ignore[arg-type]
    assert str(error.value).startswith(f"norms.path={path}")
    assert said in str(error.value)


def rdm_file(folder: Path, values: np.ndarray, rows: list[str], columns: list[str] | None = None) -> Path:
    path = folder / "judged.csv"
    pd.DataFrame(values, index=rows, columns=columns or rows).to_csv(path)
    return path


LABELS = ["calm", "grim", "glad", "at ease"]
DISTANCES = squareform(pdist(np.array([VALUES[label] for label in LABELS])))


def test_an_rdm_is_read_whatever_the_order_of_its_columns(tmp_path: Path) -> None:
    order = [2, 0, 3, 1]
    path = rdm_file(tmp_path, DISTANCES[:, order], LABELS, [LABELS[n] for n in order])
    rdm = read_rdm(path)
    assert (rdm.name, rdm.labels) == ("rdm judged", tuple(LABELS))
    np.testing.assert_array_equal(rdm.values, DISTANCES)
    assert [norm.name for norm in read_norms(NormsConfig(rdm=str(path)))] == ["rdm judged"]


def changed(row: int, column: int, value: float) -> np.ndarray:
    values = DISTANCES.copy()
    values[row, column] = value
    return values


@pytest.mark.parametrize(
    ("values", "rows", "columns", "said"),
    [
        (changed(1, 3, 9), LABELS, None, "is not symmetric. Of 'grim' and 'at ease' it holds two values"),
        (changed(1, 3, np.nan), LABELS, None, "'' in column 'at ease' is no finite number; give both triangles"),
        (changed(0, 2, np.inf), LABELS, None, "'inf' in column 'glad' is no finite number"),
        (1 - DISTANCES, LABELS, None, "holds similarities: its diagonal is 1. Give dissimilarities"),
        (changed(2, 2, 0.5), LABELS, None, "has a diagonal that is not zero"),
        (DISTANCES, ["calm", "grim", "glad", "Calm "], None, "the header has 'calm' more than once"),
        (DISTANCES, ["calm", "grim", "glad", "calm"], LABELS, "the first column has 'calm' more than once"),
        (DISTANCES, ["calm", "grim", "glad", "sad"], LABELS, "not the same labels; only one has 'at ease', 'sad'"),
        (DISTANCES[:3], LABELS[:3], LABELS, "not the same labels; only one has 'at ease'"),
    ],
)
def test_a_file_that_is_no_rdm_is_refused(
    tmp_path: Path, values: np.ndarray, rows: list[str], columns: list[str] | None, said: str
) -> None:
    path = rdm_file(tmp_path, values, rows, columns)
    with pytest.raises(StimuliError) as error:
        read_rdm(path)
    assert str(error.value).startswith(f"norms.rdm={path}")
    assert said in str(error.value)


def test_distances_are_those_of_scipy(tmp_path: Path) -> None:
    ratings = read_ratings(written(tmp_path, table()))
    scaled = zscore(np.array([row[1:] for row in MADE_UP], dtype=float))
    np.testing.assert_allclose(ratings.distances(["glad", "calm", "grim"]), pdist(scaled[[2, 0, 1]]))
