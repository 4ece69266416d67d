from __future__ import annotations

import pytest

from emogeo.analysis.report.definitions_of_about import OF_ABOUT
from tests.analysis.report.planted import tables


@pytest.mark.parametrize("name", OF_ABOUT)
def test_columns_are_those_of_the_table(name: str) -> None:
    shown = {column for of in OF_ABOUT[name] for column in of.split(" / ")}
    assert shown <= set(tables()[name].frame.columns)
