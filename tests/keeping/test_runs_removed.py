"""What goes with runs, and what other runs need."""

from __future__ import annotations

from pathlib import Path

from emogeo.keeping.removing import Removal, carry_out
from emogeo.keeping.runs_removed import removal_of
from emogeo.record.files import RUN_FILE
from emogeo.record.reading import read_run
from emogeo.store.removal import remove
from emogeo.store.store import ACTIVATIONS, GENERATIONS, RUNS, Store
from tests.keeping.planted import FACTS_PASS, LAST, OWN, SPARE, TEXTS, WROTE, a_pass, a_run, uses_of
from tests.planted_records import write

Planted = tuple[Store, dict[str, str]]


def removal(planted: Planted, *names: str, **how: bool) -> Removal:
    uses = uses_of(planted[0])
    wanted = {planted[1][name] for name in names}
    return removal_of(uses, [run for run in uses.contents.runs if run.key in wanted], **how)


def gone(planted: Planted, *names: str, **how: bool) -> set[str]:
    """Removes runs; gives the keys of passes and texts that are gone, and checks that all other runs are whole."""
    store, keys = planted
    before = {(kind, key) for kind in (ACTIVATIONS, GENERATIONS) for key in store.keys(kind)}
    _, left = carry_out(store, removal(planted, *names, **how).doomed)
    assert left == []
    assert set(store.keys(RUNS)) == set(keys.values()) - (set() if how.get("states_only") else {keys[n] for n in names})
    for key in store.keys(RUNS):
        read_run(store, key)
    return {key for kind, key in before if not store.has(kind, key)}


def test_a_run_goes_with_the_states_that_it_alone_has_used(planted: Planted) -> None:
    assert gone(planted, "one") == {OWN, SPARE}
    assert list((planted[0].path / ".tmp").iterdir()) == []


def test_states_that_another_run_uses_stay_unless_they_are_asked_for(planted: Planted) -> None:
    assert gone(planted, "two") == set()


def test_shared_states_go_where_that_is_asked_for(planted: Planted) -> None:
    assert gone(planted, "two", shared=True) == {LAST, FACTS_PASS}


def test_all_users_together_take_their_states_along(planted: Planted) -> None:
    assert gone(planted, "two", "refused") == {LAST}


def test_written_texts_go_with_the_last_run_that_has_read_them(planted: Planted) -> None:
    assert "another GPU or another batch writes others" in " ".join(removal(planted, "wrote").notes)
    assert gone(planted, "wrote") == {TEXTS, WROTE}


def test_states_alone_go_and_runs_stay(planted: Planted) -> None:
    assert gone(planted, "one", "wrote", states_only=True) == {OWN, SPARE, WROTE}


def test_the_cost_is_that_of_passes_also_of_those_that_are_gone_before(planted: Planted) -> None:
    store, _ = planted
    first = removal(planted, "one").doomed
    assert [own.cost.seconds for own in first] == [0.0, 1.5]
    remove(store, store.folder(ACTIVATIONS, OWN))
    remove(store, store.folder(ACTIVATIONS, SPARE))
    assert [own.cost.seconds for own in removal(planted, "one").doomed] == [1.5]
    assert [own.cost.unknown for own in removal(planted, "steered").doomed] == [1]


def test_notes_say_what_stays_and_what_builds_on_it(planted: Planted) -> None:
    notes = " ".join(removal(planted, "one").notes)
    assert "Kept: 1 record of states and texts that 5 other runs used as well" in notes
    assert planted[1]["steered"][:8] in notes


def test_a_run_that_has_come_since_keeps_its_states(planted: Planted) -> None:
    store, _ = planted
    asked = removal(planted, "one")
    write(store, *a_run("late", OWN, {"passages": a_pass(1.5)}))
    _, left = carry_out(store, asked.doomed)
    assert store.has(ACTIVATIONS, OWN)
    assert "because a run has used it since" in left[0]


def test_the_folder_of_wandb_goes_with_its_run(planted: Planted) -> None:
    store, keys = planted
    own, other = (store.path / "wandb" / keys[name] for name in ("one", "two"))
    for folder in (own, other):
        (folder / "wandb").mkdir(parents=True)
        (folder / "wandb" / "log").write_bytes(b"0" * 10_000)
    found = removal(planted, "one").doomed[0]
    assert found.size > 10_000
    assert "not sent to W&B" in found.name
    gone(planted, "one")
    assert (own.exists(), other.exists()) == (False, True)


def test_a_folder_of_wandb_that_is_a_link_stays(planted: Planted, tmp_path: Path) -> None:
    store, keys = planted
    (tmp_path / "far").mkdir()
    (store.path / "wandb").mkdir(exist_ok=True)
    (store.path / "wandb" / keys["one"]).symlink_to(tmp_path / "far")
    assert "without its W&B folder, which is a link" in removal(planted, "one").doomed[0].name
    assert gone(planted, "one") == {OWN, SPARE}
    assert (store.path / "wandb" / keys["one"]).is_symlink()


def test_a_broken_run_can_be_removed(planted: Planted) -> None:
    store, keys = planted
    (store.folder(RUNS, keys["steered"]) / RUN_FILE).write_bytes(b"{")
    found = removal(planted, "steered")
    assert "again: 1 record that does not say what it has cost." in " ".join(found.lines(120))
    assert f"is unknown, since the record cannot be read: {keys['steered'][:8]}." in " ".join(found.notes)
    gone(planted, "steered")


def test_the_command_of_a_broken_run_may_be_known(planted: Planted) -> None:
    store, keys = planted
    file = store.folder(RUNS, keys["one"]) / RUN_FILE
    file.write_bytes(file.read_bytes().replace(b'"schema":3', b'"schema":2'))
    found = removal(planted, "one")
    assert found.doomed[0].cost.unknown == 1
    assert "is unknown" not in " ".join(found.notes)


def test_runs_are_in_the_order_of_a_list(planted: Planted) -> None:
    names = [own.name for own in removal(planted, *planted[1]).doomed if own.kind == "run"]
    assert [name.split()[1] for name in names] == ["one-1b", "one-1b", "planted", "two-2b", "two-2b", "writer-1b"]
