"""What is defined for one table alone are columns of that table."""

from __future__ import annotations

import pytest

from emogeo.analysis.report.definitions_of_tables import OF_TABLES
from tests.analysis.report.planted import tables
from tests.analysis.report.test_definitions import MORE

MADE_BY_THE_REPORT = {"provenance", "published_pairs", "published_models", "decoding_selected"}
"""Tables that are on the page alone."""


@pytest.mark.parametrize("name", sorted(set(OF_TABLES) - MADE_BY_THE_REPORT))
def test_columns_are_those_of_the_table(name: str) -> None:
    shown = {column for of in OF_TABLES[name] for column in of.split(" / ")}
    assert shown <= set({**tables(), **MORE}[name].frame.columns)
