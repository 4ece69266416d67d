"""What goes with runs that are removed, and what other runs need."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from emogeo.amounts import counted
from emogeo.config.mode import PROBES
from emogeo.keeping.contents import StoredRun, StoredTexts, size_of, stored_run
from emogeo.keeping.costs import Cost, of_passes, of_texts
from emogeo.keeping.listing import SHORT, in_order
from emogeo.keeping.migrating import words_of
from emogeo.keeping.removing import Doomed, Removal
from emogeo.keeping.uses import ForwardPass, Uses, named_passes, recorded_passes, texts_of
from emogeo.record.origin import PassRecord
from emogeo.stimuli.messages import listed
from emogeo.store.removal import why_outside
from emogeo.store.store import ACTIVATIONS, GENERATIONS, RUNS, Store
from emogeo.tracking.session import sent

_SHOWN = 6


def removal_of(uses: Uses, runs: Sequence[StoredRun], states_only: bool = False, shared: bool = False) -> Removal:
    """Gives what goes with some runs: their records and W&B folders, and the states and texts that no other run uses.

    Args:
        states_only: removes their states and keeps the runs.
        shared: removes states and texts that other runs use as well.
    """
    keys = {run.key for run in runs}
    passes = [own for own in uses.passes if own.users & keys]
    texts = [] if states_only else [own for own in uses.texts if own[1] & keys]
    others = [used - keys for used in (*(own.users for own in passes), *(users for _, users in texts)) if used - keys]
    going = [_texts(uses, own, users) for own, users in texts if shared or users <= keys]
    doomed = [
        *([] if states_only else _runs(uses, runs)),
        *(states_doomed(uses, own) for own in passes if shared or own.users <= keys),
        *going,
    ]
    notes = [*_of_others(others, shared)]
    if not states_only:
        notes += [*_of_those_built_on(uses, keys), *_of_unknown_commands(uses.contents.store, runs)]
    if going:
        notes.append("Texts that a model has written: another GPU or another batch writes others in their place.")
    return Removal(tuple(doomed), tuple(notes))


def states_doomed(uses: Uses, own: ForwardPass) -> Doomed:
    """Gives all poolings of a forward pass as what is removed."""
    store = uses.contents.store
    named = ", ".join(key[:SHORT] for key in sorted(own.users))
    return Doomed(
        "states",
        f"{own.keys[0][:SHORT]} {f'of {named}' if named else 'of no run'}",
        own.size,
        tuple(store.folder(ACTIVATIONS, key) for key in own.keys),
        tuple((ACTIVATIONS, key) for key in own.keys),
        of_passes([own.made]),
        frozenset(own.users),
        _used_since(uses, lambda run: _has_read(run, own)),
    )


def _runs(uses: Uses, runs: Sequence[StoredRun]) -> Iterator[Doomed]:
    """The runs, in the order of a list.

    Where the states of their passes are gone already, they have the cost of these, each pass once.
    """
    counted_before = list[PassRecord]()
    for run in in_order(runs):
        there = [own.made for own in uses.passes_of(run.key)]
        gone = [made for made in recorded_passes(run.record) if made not in there and made not in counted_before]
        counted_before += gone
        unknown = Cost(unknown=1) if run.record is None or run.record.mode in PROBES else Cost()
        yield _run(uses.contents.store, run, of_passes(gone) + unknown)


def _run(store: Store, run: StoredRun, cost: Cost) -> Doomed:
    """A run with its W&B folder, and the note of where it was pulled from; what of these is a link stays."""
    mirror, note = store.path / "wandb" / run.key, store.path / "wandb" / "pulled" / run.key
    there = [path for path in (mirror, note) if path.exists() or path.is_symlink()]
    others = tuple(path for path in there if why_outside(store, path) is None)
    unsent = ", not sent to W&B" if mirror in others and mirror.is_dir() and not sent(mirror) else ""
    linked = ", without its W&B folder, which is a link" if len(others) < len(there) else ""
    name = f"{run.key[:SHORT]} {run.title}{unsent}{linked}"
    size = run.size + sum(map(size_of, others))
    return Doomed("run", name, size, (store.folder(RUNS, run.key), *others), ((RUNS, run.key),), cost)


def _texts(uses: Uses, own: StoredTexts, users: Collection[str]) -> Doomed:
    folder = uses.contents.store.folder(GENERATIONS, own.key)
    since = _used_since(uses, lambda run: texts_of(run.record) == own.key)
    lock, cost = ((GENERATIONS, own.key),), of_texts([own])
    return Doomed("texts", own.key[:SHORT], own.size, (folder,), lock, cost, frozenset(users), since)


def _used_since(uses: Uses, uses_it: Callable[[StoredRun], bool]) -> Callable[[], bool]:
    """Gives a question: whether a run that was not there when the store was looked at uses something."""
    store, seen = uses.contents.store, {run.key for run in uses.contents.runs}
    return lambda: any(uses_it(stored_run(store, key)) for key in store.keys(RUNS) if key not in seen)


def _has_read(run: StoredRun, own: ForwardPass) -> bool:
    if run.record is None:
        return False
    return bool(set(named_passes(run.record)) & set(own.keys)) or own.made in recorded_passes(run.record)


def _of_others(others: Sequence[Collection[str]], shared: bool) -> Iterator[str]:
    """Says which states and texts other runs have used.

    Args:
        others: the keys of these runs, for each of the records.
    """
    if not others:
        return
    what, users = counted(len(others), "record"), {key for keys in others for key in keys}
    runs = counted(len(users), "other run")
    if shared:
        yield f"Among these: {what} of states and texts that {runs} used as well; the runs stay whole without."
    else:
        yield f"Kept: {what} of states and texts that {runs} used as well (--shared removes such records, too)."


def _of_unknown_commands(store: Store, runs: Sequence[StoredRun]) -> Iterator[str]:
    """Says which runs cannot be computed again, because their records do not say how."""
    unknown = [run.key[:SHORT] for run in runs if run.record is None and not words_of(store, run.key)]
    if unknown:
        named = listed(unknown, _SHOWN)
        yield f"The command that computes it again is unknown, since the record cannot be read: {named}."


def _of_those_built_on(uses: Uses, keys: set[str]) -> Iterator[str]:
    """Says which runs stay that repeat those that go, or have used their vectors."""
    later = uses.built_on(keys)
    if later:
        named = listed([run.key[:SHORT] for run in later], _SHOWN)
        yield f"What stays builds on these runs: {named} (rereads, or probes with their vectors)."
