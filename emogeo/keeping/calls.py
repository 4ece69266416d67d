"""The commands of `python -m emogeo.store`: what they do and print."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Sequence

from tqdm import tqdm

from emogeo.amounts import counted, in_bytes
from emogeo.config.analyze import RunsConfig
from emogeo.errors import ConfigError
from emogeo.keeping.chosen import Asked, chosen, modes_of, of_key
from emogeo.keeping.contents import contents_of, opened, size_of
from emogeo.keeping.leftovers import leftovers
from emogeo.keeping.listing import SHORT, listing, rows
from emogeo.keeping.migrating import Migrated, Outcome, migrated
from emogeo.keeping.removing import UNTOUCHED, Removal, carry_out, confirmed, within
from emogeo.keeping.runs_removed import removal_of
from emogeo.keeping.showing import shown
from emogeo.keeping.usage import as_json, usage
from emogeo.keeping.uses import Uses
from emogeo.keeping.verifying import verified
from emogeo.stimuli.messages import listed
from emogeo.store.store import KINDS, Store
from emogeo.terminal import columns, paragraph, pasteable


def ls(asked: Namespace) -> int:
    """Lists runs."""
    uses = _uses(asked)
    runs = chosen(uses.contents, _asked(asked))
    _print([json.dumps(rows(runs, uses), indent=1)] if asked.json else listing(runs, uses, columns()))
    return 0


def show(asked: Namespace) -> int:
    """Says all of one run."""
    uses = _uses(asked)
    _print(shown(of_key(uses.contents, asked.key), uses, columns()))
    return 0


def du(asked: Namespace) -> int:
    """Says what takes room."""
    uses = _uses(asked)
    _print([json.dumps(as_json(uses), indent=1)] if asked.json else usage(uses, columns()))
    return 0


def rm(asked: Namespace) -> int:
    """Removes runs, or their states."""
    uses, which = _uses(asked), _asked(asked, tuple(asked.run))
    if not which.given:
        raise ConfigError("Which runs? Give keys or a filter; --model '*' means every run that can be read.")
    removal = removal_of(uses, chosen(uses.contents, which), asked.states, asked.shared)
    return _remove(
        uses.contents.store, removal, asked.yes, "Nothing to remove: these runs have no states of their own."
    )


def gc(asked: Namespace) -> int:
    """Removes what nobody needs."""
    uses = _uses(asked)
    return _remove(uses.contents.store, leftovers(uses, asked.spares), asked.yes, "Everything in this store is needed.")


def verify(asked: Namespace) -> int:
    """Reads every record whole."""
    store, kinds = _store(asked), _kinds(asked.kind)
    total = sum(size_of(store.path / kind) for kind in kinds)
    read, faults = Counter[str](), 0
    bar = tqdm(total=total, unit="B", unit_scale=True, desc="verify", disable=not sys.stderr.isatty())
    with bar:
        for own in verified(store, kinds):
            bar.update(own.size)
            read[own.kind] += 1
            if own.fault is not None:
                faults += 1
                with tqdm.external_write_mode():
                    print(f"{own.kind}/{own.key[:SHORT]}: {own.fault}", flush=True)
    said = ", ".join(f"{read[kind]:,} in {kind}" for kind in kinds)
    found = f"{counted(faults, 'is', 'are')} not whole" if faults else "all are whole"
    print(f"{counted(sum(read.values()), 'record')} read ({said}; {in_bytes(total)}): {found}.")
    return 1 if faults else 0


def migrate(asked: Namespace) -> int:
    """Writes records of earlier versions as this one does."""
    store, found = _store(asked), Counter[Outcome]()
    store.check_writable()
    for own in migrated(store):
        found[own.outcome] += 1
        if own.outcome is Outcome.left:
            _print(_left(own))
    print(
        f"{counted(found[Outcome.migrated], 'record')} migrated, {found[Outcome.present] + found[Outcome.lacking]:,} "
        f"as they are, {found[Outcome.left]:,} left."
    )
    if found[Outcome.lacking]:
        said = f"Without the tokens that vectors promote (the table lens): {counted(found[Outcome.lacking], 'run')}. "
        _print(paragraph(f"{said}The command that `show` gives computes them, with force=true.", columns()))
    return 0


def _left(own: Migrated) -> list[str]:
    why = paragraph(f"{own.kind}/{own.key[:SHORT]}: left: {own.reason}", columns(), rest="  ", whole=True)
    return [*why, *(pasteable(own.words, columns()) if own.words else [])]


def _remove(store: Store, removal: Removal, yes: bool, otherwise: str) -> int:
    going = within(store, removal)
    stays = len(going.doomed) < len(removal.doomed)
    if not going.doomed:
        _print([line for said in (UNTOUCHED if stays else otherwise, *going.notes) for line in _broken(said)])
        return 1 if stays else 0
    _print(going.lines(columns()))
    if not confirmed(going, yes):
        print(UNTOUCHED)
        return 0
    freed, left = carry_out(store, going.doomed)
    _print(line for said in left for line in _broken(said))
    print(f"Freed {in_bytes(freed)}.")
    return 1 if left or stays else 0


def _broken(said: str) -> list[str]:
    return paragraph(said, columns(), rest="  ", whole=True)


def _store(asked: Namespace) -> Store:
    return opened(asked.store)


def _uses(asked: Namespace) -> Uses:
    return Uses(contents_of(opened(asked.store)))


def _asked(asked: Namespace, keys: tuple[str, ...] = ()) -> Asked:
    filters = RunsConfig(
        model=_split(asked.model),
        mode=modes_of(_split(asked.mode)),
        precision=_split(asked.precision),
        keys=_split(asked.keys),
        since=asked.since,
        until=asked.until,
        group=asked.group,
        tags=_split(asked.tags),
        twins=not asked.no_twins,
        rereads=not asked.no_rereads,
    )
    return Asked(keys, filters, tuple(_split(asked.status)))


def _split(words: Iterable[str]) -> list[str]:
    return [part for word in words for part in word.split(",") if part]


def _kinds(words: Sequence[str] | None) -> list[str]:
    kinds = _split(words or [])
    for kind in kinds:
        if kind not in KINDS:
            raise ConfigError(f"--kind {kind}: there are {listed(KINDS)}.")
    return kinds or list(KINDS)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)
