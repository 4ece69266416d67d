"""Cells that a spreadsheet would compute."""

from __future__ import annotations

import csv
import io

import pytest

from emogeo.spreadsheets import guarded, unguarded


@pytest.mark.parametrize("text", ["=1+1", "+1+cmd|' /C calc'!A0", "-x", "@SUM(1)", "\t=1", "\n=1", "'=1", "\t1"])
def test_a_formula_is_guarded_and_comes_back(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["calm\r=1+1", "\r=1+1", "a\r\n=1", "=1\r=2"])
def test_a_carriage_return_begins_no_cell(text: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerow([guarded(text)])
    ((cell,),) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert unguarded(cell) == {"calm\r=1+1": "calm\n=1+1", "\r=1+1": "\n=1+1", "=1\r=2": "=1\n=2"}.get(text, text)


@pytest.mark.parametrize("text", ["", "calm", "-0.5", "+3", "1e-3", "'quoted'", "a=b", "–", "nan", "-inf"])
def test_other_text_and_numbers_stay(text: str) -> None:
    assert guarded(text) == unguarded(text) == text
