"""What a run was made with, as its record tells."""

from __future__ import annotations

import pytest

from emogeo.analysis.comparing.levels import levels
from emogeo.analysis.comparing.prepared import PreparedRun
from tests.planted_catalogue import Design, draw

DESIGN = Design(a_c=0.495, b_c=0.8, c_d=1.0)


@pytest.fixture(scope="module")
def planted() -> list[PreparedRun]:
    return draw(DESIGN, 0)


def test_factors_without_a_meaning_have_no_level(planted: list[PreparedRun]) -> None:
    a, c = (levels(next(r.run for r in planted if r.name == name)) for name in "AC")
    own = {name for name, label in a.labels().items() if label == ""}
    assert own >= {"template", "chat", "decoding", "writer", "seed"}
    assert c.passage_template is c.passages is None
    assert a.position == c.position
