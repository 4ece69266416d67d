"""The tables `decoding` and `decoding_confusion`: how often the nearest vector is right in a topic it has not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np

from emogeo.analysis.comparing.checkpoints import pass_digest
from emogeo.analysis.comparing.decoding import DecodedRun, affordable, decoded, design_of
from emogeo.analysis.comparing.depth import blocks_of
from emogeo.analysis.comparing.order import shared_order
from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun
from emogeo.analysis.comparing.twins import subjects, twins_of
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.analysis.tables.kept import NOTHING, Kept, run_key
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.geometry.halves import MIN_JACKKNIFE
from emogeo.geometry.readout_accuracy import can_permute
from emogeo.store.store import Store

DECODING_COLUMNS = [
    *("key", "run", "model", "init", "block", "depth", "selected", "accuracy", "accuracy_ci_low", "accuracy_ci_high"),
    *("chance", "p", "p_largest", "draws", "words_accuracy", "words_accuracy_ci_low"),
    *("words_accuracy_ci_high", "gain", "gain_ci_low", "gain_ci_high", "untrained_accuracy", "n_untrained"),
    *("n_scored", "n_topics", "note"),
]
CONFUSION_COLUMNS = ["key", "run", "true", "taken", "share", "n_texts"]
YES, NO = "yes", "no"


def decoding_tables(
    prepared: Sequence[PreparedRun],
    bare: Sequence[PreparedBare],
    store: Store,
    permutations: int,
    seed: int,
    kept: Kept = NOTHING,
) -> dict[str, Table]:
    """Makes a row per run and block (`decoding`), and per run, condition and what is taken for it at the selected
    block (`decoding_confusion`).

    Rereads have none. Untrained twins have rows of `decoding` without p, the floor of the others; where there are no
    others they have all that these have.
    Conditions of `decoding_confusion` stand in the order of all matrices.

    Args:
        store: where the passes of the runs are; no text is read again.
    """
    own = [each for each in prepared if each.run.reread_of is None]
    designs = {each.run.key: design_of(each.run) for each in own}
    tested = {each.run.key: len(blocks_of(each.run)) for each in subjects(own)}
    draws = affordable([(designs[key], n_blocks) for key, n_blocks in tested.items()], permutations)
    by_key = {each.run.key: each for each in own}
    found = cache(lambda key: decoded(by_key[key], designs[key], store, draws if key in tested else 0, seed))
    rows, confusion = list[Row](), list[Row]()
    for each in own:
        twins, is_tested = _floors(each, by_key, prepared), each.run.key in tested
        sides = [[run_key(own), pass_digest(own.run, store)] for own in (each, *twins)]
        key = {"runs": sides, "draws": draws if is_tested else 0, "seed": seed}
        both = kept.get(key)
        if both is None:
            both = _of_run(each, found, [twin.run.key for twin in twins], is_tested)
            both = kept.put(key, both) if all(_is_whole(found(own.run.key)) for own in (each, *twins)) else both
        rows += [row for row in both if "taken" not in row]
        confusion += [row for row in both if "taken" in row]
    rows += [{**_names(each), "note": [_not_identifiable("imported without texts")]} for each in bare]
    at = {condition: place for place, condition in enumerate(shared_order([*own, *bare]))}
    runs = {key: place for place, key in enumerate(by_key)}
    confusion.sort(key=lambda row: (runs[row["key"]], at[row["true"]], at[row["taken"]]))
    words = ["key", "run", "model", "init", "selected", "note"]
    return {
        "decoding": typed(rows, DECODING_COLUMNS, words),
        "decoding_confusion": typed(confusion, CONFUSION_COLUMNS, ["key", "run", "true", "taken"]),
    }


_Found = Callable[[str], DecodedRun | str]


def _floors(each: PreparedRun, by_key: Mapping[str, PreparedRun], prepared: Sequence[PreparedRun]) -> list[PreparedRun]:
    """Lists the untrained twins that a run's accuracy is held against."""
    twins = [] if each.run.untrained else twins_of(each.run, [other.run for other in prepared])
    return [by_key[twin.key] for twin in twins if twin.key in by_key]


def _of_run(each: PreparedRun, found: _Found, twins: Sequence[str], confused: bool) -> list[Row]:
    """Gives a run's rows of `decoding`, and of `decoding_confusion` where it has some."""
    own = found(each.run.key)
    if isinstance(own, str):
        return [{**_names(each), "note": [_not_identifiable(own)]}]
    floors = [twin for key in twins if isinstance(twin := found(key), DecodedRun)]
    rows = [_row(own, place, floors) for place in range(len(own.states.blocks))]
    return [*rows, *(_confusion(own) if confused else [])]


def _is_whole(own: DecodedRun | str) -> bool:
    """Whether all blocks were decoded: what is missing may be there the next time."""
    return isinstance(own, DecodedRun) and own.states.missing is None


def _names(each: Compared) -> Row:
    return {"key": each.run.key, "run": each.name, "model": each.run.model, "init": each.run.record.model.init.value}


def _not_identifiable(why: str) -> Note:
    return Note(f"accuracy: not identifiable ({why})", NoteKind.not_identifiable)


def _row(own: DecodedRun, place: int, floors: Sequence[DecodedRun]) -> Row:
    found, run, block = own.found, own.of.run, own.states.blocks[place]
    row: Row = {**_names(own.of), "block": block, "selected": YES if place == own.states.selected else NO}
    if block is not None and run.n_layers is not None:
        row["depth"] = (block + 1) / run.n_layers
    row.update(columns("accuracy", found.accuracy[place]), chance=own.design.chance, draws=found.draws)
    if found.p is not None and found.p_largest is not None:
        row.update(p=found.p[place], p_largest=found.p_largest[place])
    gain = own.gain(place)
    if not isinstance(own.words, str) and gain is not None:
        row.update(columns("words_accuracy", own.words.accuracy) | columns("gain", gain))
    at = [twin.found.accuracy[twin.states.blocks.index(block)].value for twin in floors if block in twin.states.blocks]
    row.update(n_untrained=len(at), untrained_accuracy=float(np.mean(at)) if at else None)
    row.update(n_scored=int(own.design.counted.sum()), n_topics=len(own.design.rows))
    return {**row, "note": _notes(own)}


def _notes(own: DecodedRun) -> list[Note]:
    found, n_topics, notes = own.found, len(own.design.rows), []
    if found.deleted is None:
        few = f"{n_topics} topics, {MIN_JACKKNIFE} needed"
        why = few if n_topics < MIN_JACKKNIFE else "a condition is in two topics alone"
        notes.append(Note(f"no interval ({why})", NoteKind.not_identifiable))
    if found.p is None:
        twin = own.of.run.untrained and can_permute(own.design.labels, own.design.groups)
        why = "an untrained twin is the floor of others" if twin else "no topic has texts of two labels"
        notes.append(Note(f"no p ({why})", NoteKind.remark if twin else NoteKind.not_identifiable))
    if isinstance(own.words, str):
        notes.append(Note(f"words_accuracy: not identifiable ({own.words})", NoteKind.not_identifiable))
    if own.states.missing is not None:
        notes.append(Note(f"at the selected block alone: {own.states.missing}", NoteKind.bound))
    return notes


def _confusion(own: DecodedRun) -> list[Row]:
    """Makes the rows of what is taken for what at the selected block; those that never happen are left out."""
    design, taken = own.design, own.found.found[own.states.selected]
    pairs = zip(design.place[design.counted], taken[design.counted], strict=True)
    counts = Counter((design.conditions[true], design.conditions[took]) for true, took in pairs)
    totals = Counter(label for label, counted in zip(design.labels, design.counted, strict=True) if counted)
    return [
        {
            **{"key": own.of.run.key, "run": own.of.name, "true": true, "taken": took},
            **{"share": n / totals[true], "n_texts": totals[true]},
        }
        for (true, took), n in counts.items()
    ]
