"""Text from a record is text wherever it is shown: on a terminal, in a spreadsheet, in a page, in a figure."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from emogeo.analysis.analyze import analyze
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import StoreConfig
from emogeo.record.files import TEXTS
from emogeo.record.types import GeometryRecord
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.store.keys import json_lines
from emogeo.store.store import Store
from tests.planted_records import Files, behaviour, geometry, model_card, named, readout, refused, steering, write
from tests.torture.fuzz_records import is_formula, odd_letters

STEERS = "\x1b[2J\x07\u202e"
MARKUP = "</script><img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://x","y")'
TEX = "$\\frac{1}{0}$"


def hostile(number: int, said: str) -> tuple[GeometryRecord, Files]:
    """A geometry whose conditions, texts and names all say this."""
    record, files = geometry(**named(f"hostile {number}"))
    assert record.result is not None
    new = {name: f"{said.translate(_STEERING)}{at:02}" for at, name in enumerate(CONDITIONS)}
    model = model_card(f"{said} {number}", n_layers=2, family=said, id=said, revision=said)
    emotions = tuple(new[name] for name in record.emotions)
    conditions = tuple(new[name] for name in CONDITIONS)
    result = replace(record.result, conditions=conditions, recipe_departures={said: (said,)})
    rows = [
        {"emotion": emotion, "topic": f"{said}{at // len(CONDITIONS)}", "text": f"{said} {at} {emotion}"}
        for at, emotion in enumerate(emotions)
    ]
    texts = {"title": said, "precision": said, "stimuli": said, "prompt_template": said}
    return replace(record, model=model, emotions=emotions, result=result, **texts), {**files, TEXTS: json_lines(rows)}


_STEERING = dict.fromkeys(map(ord, STEERS))
"""Conditions have no control characters: no table of texts is read with them."""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """What an analysis of such records has written and printed."""
    folder = tmp_path_factory.mktemp("hostile")
    store = Store(folder / "store")
    for number, said in enumerate((STEERS + MARKUP + TEX, FORMULA)):
        record, files = hostile(number, said)
        write(store, record, files)
        write(store, refused(replace(record, **named(f"refused {number}")), said))
    write(store, *steering(title=MARKUP, precision=FORMULA))
    write(store, *behaviour(title=STEERS))
    write(store, *readout(stimuli=FORMULA, title=MARKUP))
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.print", lambda *words: printed.write(" ".join(map(str, words)) + "\n"))
        out = str(folder / "out")
        analyze(AnalyzeConfig(store=StoreConfig(str(store.path)), output=out, permutations=19))
    return folder / "out", printed.getvalue()


def test_no_control_characters_reach_a_terminal(shown: tuple[Path, str]) -> None:
    assert odd_letters(shown[1]) == []
    assert "HYPERLINK" in shown[1]


def test_no_cell_is_a_formula(shown: tuple[Path, str]) -> None:
    files = list(shown[0].glob("*.csv"))
    assert len(files) > 30
    opened = [io.StringIO(file.read_bytes().decode(), newline="") for file in files]
    cells = [cell for file in opened for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if is_formula(cell)]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


def test_no_markup_is_in_a_page_or_a_figure(shown: tuple[Path, str]) -> None:
    pages = [shown[0] / "report.html", *(shown[0] / "figures").rglob("*.svg")]
    assert len(pages) > 3
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<img src=x" not in text, page.name
        assert "</script><" not in text.replace("</script><script", ""), page.name


def test_files_have_plain_names(shown: tuple[Path, str]) -> None:
    names = [file.relative_to(shown[0]).as_posix() for file in shown[0].rglob("*")]
    assert all(name.isascii() and not set(name) & set("<>=\"'$\\ ;&") for name in names)
