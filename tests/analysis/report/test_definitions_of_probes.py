"""What is defined for one table alone are columns of that table."""

from __future__ import annotations

import pytest

from emogeo.analysis.report.definitions_of_probes import OF_PROBES
from tests.analysis.report.planted import tables


@pytest.mark.parametrize("name", OF_PROBES)
def test_columns_are_those_of_the_table(name: str) -> None:
    shown = {column for of in OF_PROBES[name] for column in of.split(" / ")}
    assert shown <= set(tables()[name].frame.columns)
