"""What to type next."""

from __future__ import annotations

import shlex

from emogeo.analysis.summary.commands import study_lines, twin_lines
from emogeo.analysis.tables.beyond import BEYOND_COLUMNS
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from tests.analysis.report.planted import compared, frame
from tests.analysis.summary.planted import Material, material, prepared_runs

BASE = "python train.py -m model={} model.init=random model.init_seed=1,2"


def lacking(*commands: str, star: float | None = 0.9) -> Material:
    keys = [{"key_a": "key0", "key_b": f"key{n}"} for n in range(1, len(commands) + 1)]
    found = compared(0.8, star) if star is not None else {"rho": 0.8}
    words = [{**own, "level": "words", "twin_command": command} for own, command in zip(keys, commands, strict=True)]
    return material(
        prepared_runs(2),
        pairs=frame(PAIR_COLUMNS, *[{**own, **found} for own in keys]),
        beyond=frame(BEYOND_COLUMNS, *words),
    )


def typed(lines: list[str]) -> list[list[str]]:
    text = "\n".join(lines).replace("\\\n", "")
    return [shlex.split(line) for line in text.split("\n") if line.startswith("  python")]


def test_one_command_covers_all_runs_that_lack_twins_and_goes_into_their_store() -> None:
    both = f"{BASE.format('a')} && {BASE.format('b')}"
    (words,) = typed(twin_lines(lacking(both, BASE.format("c"), both), "my store", 80))
    assert words == [*shlex.split(BASE.format("a,b,c")), "store.path='my store'"]
    (words,) = typed(twin_lines(lacking(both), "store", 80))
    assert words == shlex.split(BASE.format("a,b"))


def test_commands_are_three_at_most() -> None:
    lines = twin_lines(lacking(*(f"{BASE.format('a')} field{n}=x" for n in range(5))), "store", 80)
    assert len(typed(lines)) == 3
    assert lines[-1] == "  and 2 more in beyond.csv (twin_command)"


def test_pairs_without_a_rho_star_need_something_else_first() -> None:
    assert twin_lines(lacking(BASE.format("a"), star=None), "store", 80) == []
    assert twin_lines(material(prepared_runs(2)), "store", 80) == []


def test_studies_that_were_never_run_are_said_with_their_command() -> None:
    lines = study_lines(material(prepared_runs(2)), [], "store", 80, 1)
    assert lines[0] == "Not run yet: method, sub_parameter, precision, cross_experiment."
    assert typed(lines) == [["python", "train.py", "-m", "+study=decomposition", "model=m0,m1"]]
