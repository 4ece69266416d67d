"""Every column of every table of the report is defined, once, in a sentence that fits a tooltip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from emogeo.analysis.report.build import _SECTIONS
from emogeo.analysis.report.definitions import OF_ALL, OF_ONE, definition
from emogeo.analysis.report.parts import Column, Sheet
from emogeo.analysis.tables.corpus import CORPUS_COLUMNS
from emogeo.analysis.tables.finetune import FINETUNE_COLUMNS
from emogeo.analysis.tables.map import NEAREST_COLUMNS
from emogeo.analysis.tables.map_ratings import DIRECTION_COLUMNS
from emogeo.analysis.tables.overlap import OVERLAP_COLUMNS
from tests.analysis.report.planted import frame, material

LONGEST = 230
"""Characters of a tooltip that is read at a glance."""
MORE = {
    "corpus": frame(CORPUS_COLUMNS, {"stimuli": "mine", "runs": "A", "blocks_verdict": "no"}),
    "finetune": frame(FINETUNE_COLUMNS, {"key_a": "A", "key_b": "C", "block": 0, "verdict": "differs"}),
    "map_nearest": frame(NEAREST_COLUMNS, {"key": "A", "condition": "calm", "rank": 1, "nearest": "gloomy"}),
    "map_directions": frame(DIRECTION_COLUMNS, {"key": "A", "norm": "valence", "r": 0.5, "p": 0.01}),
    "overlap": frame(OVERLAP_COLUMNS, {"key_a": "A", "key_b": "C"}),
}


def columns(figures: Path) -> Iterator[tuple[str, Column]]:
    """Every column of every section with its table's name, of tables under figures, too."""
    full = material(figures)
    for name in ("rho_matrix", "rho_star_matrix"):
        (figures / f"{name}.png").write_bytes(b"drawn")
    full = replace(full, tables={**full.tables, **MORE})
    for section in _SECTIONS:
        for part in section(full).parts:
            sheet = part if isinstance(part, Sheet) else getattr(part, "sheet", None)
            if sheet is not None:
                yield from ((sheet.file.removesuffix(".csv"), column) for column in sheet.columns)


def test_every_column_of_every_section_is_defined(tmp_path: Path) -> None:
    found = list(columns(tmp_path))
    assert {"pairs", "corpus", "finetune", "overlap", "rho_matrix", "readout_texts"} <= {name for name, _ in found}
    assert [(name, column.title, " / ".join(column.of)) for name, column in found if not column.means] == []


def test_nothing_is_defined_that_is_not_shown(tmp_path: Path) -> None:
    shown = {(name, " / ".join(column.of)) for name, column in columns(tmp_path)}
    assert [(name, of) for name, own in OF_ONE.items() for of in own if (name, of) not in shown] == []
    assert set(OF_ALL) <= {of for name, of in shown if of not in OF_ONE.get(name, {})}


def test_a_definition_is_one_short_sentence() -> None:
    for said in (*OF_ALL.values(), *(text for own in OF_ONE.values() for text in own.values())):
        assert said[0].isupper() or said[0] in "ρp1", said
        assert said.endswith(".") and ". " not in said, said
        assert len(said) <= LONGEST, said


def test_a_table_of_its_own_comes_first() -> None:
    assert definition("pairs", ["rho"]) == definition("effects", ["rho"]) == OF_ALL["rho"]
    assert definition("steering", ["published"]) != definition("pairs", ["published"])
    assert definition("pairs", ["rho_same_half", "rho_disjoint_half"]).startswith("ρ on the same half")
    assert definition("pairs", ["unknown"]) == ""
