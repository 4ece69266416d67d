"""Mutants of a few lines, written out."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("cosmic_ray", reason="an extra: pip install -e '.[mutants]'")

from tests.mutants.places import difference, mutants, mutated

CODE = '''"""Forty-two is in no mutant of a docstring."""

GATE = 0.2


def passes(value: float | None, sure: float, strict: bool = True) -> bool | None:
    if value is None:
        raise ValueError("no value")
    note(centred(value - sure))
    return value >= GATE
'''


def changes(tmp_path: Path) -> set[str]:
    (tmp_path / "one.py").write_text(CODE)
    return {difference(CODE, mutated(CODE, own)).replace("\n", " ") for own in mutants(tmp_path, "one.py")}


def test_thresholds_boundaries_and_what_is_left_out_are_mutants(tmp_path: Path) -> None:
    found = changes(tmp_path)
    assert "-GATE = 0.2 +GATE = 0.1" in found
    assert "-    return value >= GATE +    return value > GATE" in found
    assert '-        raise ValueError("no value") +        pass' in found
    assert "-    note(centred(value - sure)) +    pass" in found
    assert "-    note(centred(value - sure)) +    note((value - sure))" in found
    assert "-    note(centred(value - sure)) +    note(centred(value))" in found


def test_annotations_and_docstrings_are_none(tmp_path: Path) -> None:
    found = changes(tmp_path)
    assert not [own for own in found if "float & None" in own or "bool & None" in own or "Forty" in own]


def test_every_mutant_has_a_name_of_its_own_and_changes_something(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(CODE)
    drawn = mutants(tmp_path, "one.py")
    assert len({own.id for own in drawn}) == len(drawn)
    assert all(mutated(CODE, own) != CODE for own in drawn)
    with pytest.raises(ValueError, match="no such place"):
        mutated(CODE.replace("0.2", "GATE_"), next(own for own in drawn if own.operator == "CloserNumber"))
