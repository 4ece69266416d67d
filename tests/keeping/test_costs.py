"""What it takes to have passes and texts again."""

from __future__ import annotations

from emogeo.keeping.contents import StoredTexts
from emogeo.keeping.costs import Cost, of_passes, of_texts
from tests.keeping.planted import a_pass


def test_costs_add_up() -> None:
    found = of_passes([a_pass(60.0), a_pass(120.0), None]) + of_texts(
        [StoredTexts("a", 1, 40), StoredTexts("b", 1, None)]
    )
    assert found == Cost(passes=2, tokens=2000, seconds=180.0, unknown=2, texts=1, written=40)


def test_they_are_said_in_words() -> None:
    assert str(Cost()) == "nothing"
    assert str(of_passes([a_pass(90.0)])) == "1 pass of 1,000 tokens to be read (1.5 min, as it took, without loading)"
    assert "40 tokens to be written" in str(of_texts([StoredTexts("a", 1, 40)]))
    assert str(of_passes([None])) == "1 record that does not say what it has cost"
