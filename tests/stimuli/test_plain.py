"""Plain text: whether each file is a text, or each of its lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.config.texts import FieldsConfig
from emogeo.stimuli.reading import Read, read_texts

LABELS = ("joy", "fear", "anger", "calm")


def got(folder: Path, names: list[str], **fields: str | None) -> Read:
    for name in names:
        (folder / f"{name}.txt").parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.txt").write_text(f"one of {name}\n\ntwo of {name}\n")
    return read_texts(str(folder), FieldsConfig(**fields))  # type: ignore[arg-type]


CASES = [
    ("{label}", {}, 1, "line"),
    ("{label}/{n}", {}, 3, "file"),
    ("{label}/texts", {}, 1, "line"),
    ("l{n}/{label}", {"emotion": "file"}, 3, "line"),
    ("l{n}/{label}", {"emotion": "file", "topic": "folder1"}, 3, "line"),
    ("{label}/t{n}", {"emotion": "folder1", "topic": "file"}, 3, "file"),
    ("{label}/t{n}/text", {"emotion": "folder1", "topic": "folder2"}, 3, "file"),
    ("0{n}_{label}", {"emotion": "file2"}, 3, "file"),
    ("{label}__t{n}", {"emotion": "file1", "topic": "file2"}, 3, "line"),
]


@pytest.mark.parametrize(("name", "fields", "each", "mode"), CASES)
def test_the_way_is_chosen_and_said_and_can_be_typed(
    name: str, fields: dict[str, str], each: int, mode: str, tmp_path: Path
) -> None:
    names = [name.format(label=label, n=n) for label in LABELS for n in range(each)]
    read, other = got(tmp_path, names, **fields), "file" if mode == "line" else "line"
    n_texts = {"file": len(names), "line": 2 * len(names)}
    assert len(read.rows) == n_texts[mode]
    assert sum(f"type stimuli.fields.text={other} to read each {other} as a text" in note for note in read.notes) == 1
    typed = got(tmp_path, names, text=other, **fields)
    assert len(typed.rows) == n_texts[other]
    assert not any("stimuli.fields.text" in note for note in typed.notes)
    assert {row.emotion for row in typed.rows} == {row.emotion for row in read.rows} == set(LABELS)


def test_files_beside_a_table_keep_the_name_of_its_field_and_one_line_is_not_spoken_of(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("".join(["emotion,file\n", *(f"{label},a text of {label}\n" for label in LABELS)]))
    (tmp_path / "neutral.txt").write_text("one\ntwo\n")
    read = read_texts(str(tmp_path), FieldsConfig(text="file"))
    assert len(read.rows) == 6
    assert "neutral.txt: each line is read as a text" in read.notes
    for label in LABELS:
        (tmp_path / "lines" / f"{label}.txt").parent.mkdir(exist_ok=True)
        (tmp_path / "lines" / f"{label}.txt").write_text(f"a text of {label}\n")
    assert not any("each" in note for note in read_texts(str(tmp_path / "lines"), FieldsConfig()).notes)
