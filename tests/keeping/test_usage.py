"""What takes room."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.keeping.usage import NO_RUN, as_json, by_model, shares, usage
from emogeo.store.removal import remove
from emogeo.store.store import ACTIVATIONS, Store
from emogeo.terminal import cells
from tests.keeping.planted import uses_of


def bytes_in(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file())


def test_kinds_are_all_that_lies_in_the_store(planted: tuple[Store, dict[str, str]]) -> None:
    store, _ = planted
    for name in ("partial/a.jsonl", "wandb/b/c", ".tmp/d/e", ".locks/f.lock", "notes.txt", "runs/mine/g"):
        (store.path / name).parent.mkdir(parents=True, exist_ok=True)
        (store.path / name).write_bytes(b"12345")
    sizes = {kind.name.strip(): kind.size for kind in shares(uses_of(store))}
    parts = {"of no run", "in poolings that no run used"}
    assert sum(size for name, size in sizes.items() if name not in parts) == bytes_in(store.path)
    assert sizes["other files"] == 10
    assert sizes["states of passes"] == bytes_in(store.path / ACTIVATIONS)


def test_a_pass_counts_for_one_model(planted: tuple[Store, dict[str, str]]) -> None:
    store, _ = planted
    found = by_model(uses_of(store))
    assert sum(share.states for share in found) == bytes_in(store.path / ACTIVATIONS)
    assert sum(share.runs for share in found) == 6
    assert len(next(share for share in found if share.model == NO_RUN).passes) == 1


@pytest.mark.parametrize("width", [60, 80])
def test_lines_fit_and_say_what_states_save(planted: tuple[Store, dict[str, str]], width: int) -> None:
    lines = usage(uses_of(planted[0]), width)
    assert max(map(cells, lines[1:])) <= width
    assert "5 passes of 5,000 tokens" in " ".join(lines)


def test_json_is_in_bytes_and_seconds(planted: tuple[Store, dict[str, str]]) -> None:
    found = as_json(uses_of(planted[0]))
    assert sum(model["passes"] for model in found["models"]) == 5
    assert {model["seconds"] for model in found["models"]} >= {2.5, 77.0}


def test_without_states_that_is_said(planted: tuple[Store, dict[str, str]]) -> None:
    store, _ = planted
    remove(store, store.path / ACTIVATIONS)
    assert "There are no states" in usage(uses_of(store), 80)[-1]
