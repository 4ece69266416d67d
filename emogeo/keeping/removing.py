"""What is to be removed from a store: said, asked about, and removed while nobody else is at it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from emogeo.amounts import counted, in_bytes
from emogeo.errors import ConfigError, StoreError
from emogeo.keeping.costs import Cost
from emogeo.keeping.listing import clipped
from emogeo.locks import held_if_free
from emogeo.store.removal import remove, why_outside
from emogeo.store.store import RUNS, Store
from emogeo.terminal import one_line, paragraph

_BEFORE = 19
"""The columns before each name."""


UNTOUCHED = "Nothing was removed."


def _nobody() -> bool:
    return False


@dataclass(frozen=True)
class Doomed:
    """What is removed as one: some files or folders of a store."""

    kind: str
    """run, states (of a pass), texts, W&B or files."""
    name: str
    size: int
    """Bytes."""
    paths: tuple[Path, ...]
    locks: tuple[tuple[str, str], ...] = ()
    """Kind and key of the records that are locked before."""
    cost: Cost = field(default_factory=Cost)
    """What it takes to have it again."""
    users: frozenset[str] = frozenset()
    """Keys of the runs that use it, none of which may be left."""
    needed: Callable[[], bool] = _nobody
    """Asked once the locks are held: whether somebody needs it since it was listed."""


@dataclass(frozen=True)
class Removal:
    """Everything that one command removes."""

    doomed: tuple[Doomed, ...]
    notes: tuple[str, ...] = ()
    """What stays, and what else is to be known before."""

    @property
    def size(self) -> int:
        return sum(own.size for own in self.doomed)

    def lines(self, width: int) -> list[str]:
        """Says all that goes, how much room that gives, and what it would take to have it again."""
        cost = sum((own.cost for own in self.doomed), Cost())
        shown = [
            f"  {own.kind:6}  {in_bytes(own.size):>7}  {clipped(one_line(own.name), width - _BEFORE)}"
            for own in self.doomed
        ]
        frees = f"Removing {self._kinds()} frees {in_bytes(self.size)}. To have it again: {cost}."
        notes = [line for note in self.notes for line in paragraph(one_line(note), width)]
        return [*shown, *notes, *paragraph(frees, width)]

    def _kinds(self) -> str:
        kinds = [own.kind for own in self.doomed]
        return " and ".join(counted(kinds.count(kind), *_NOUNS[kind]) for kind in dict.fromkeys(kinds))


_NOUNS = {
    "run": ("run", "runs"),
    "states": ("pass", "passes"),
    "texts": ("record of texts", "records of texts"),
    "W&B": ("run of W&B", "runs of W&B"),
    "files": ("leftover", "leftovers"),
}
"""The kinds of what is removed, as one and as several."""


def confirmed(removal: Removal, yes: bool) -> bool:
    """Asks whether to go on, unless that was said before; Ctrl-C means no, and ends the program as well.

    Raises:
        ConfigError: nobody is there to be asked.
        KeyboardInterrupt: Ctrl-C, once it has said that nothing was removed.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise ConfigError("Nothing was removed: there is no terminal to ask in. Type --yes to remove it without.")
    print(f"Remove {in_bytes(removal.size)}? [y/N] ", end="", flush=True)
    try:
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        print(f"\n{UNTOUCHED}", flush=True)
        raise
    return answer.strip().lower() in {"y", "yes"}


def within(store: Store, removal: Removal) -> Removal:
    """Gives a removal without what is known to be left, which its notes name: what is a link, or lies behind one."""

    def why_left(own: Doomed) -> str | None:
        return next((why for path in own.paths if (why := why_outside(store, path)) is not None), None)

    going, left = _parted(removal.doomed, why_left)
    return Removal(tuple(going), (*removal.notes, *left))


def carry_out(store: Store, doomed: Sequence[Doomed]) -> tuple[int, list[str]]:
    """Removes one after another; whoever is killed in between leaves whole records.

    Returns:
        The bytes that were freed, and what was left with the reason.
    """
    gone, left = _parted(doomed, lambda own: _removed(store, own))
    return sum(own.size for own in gone), left


def _parted(doomed: Sequence[Doomed], why_left: Callable[[Doomed], str | None]) -> tuple[list[Doomed], list[str]]:
    """Parts what goes from what is left, with the reason; what a run uses that is left is left, too.

    Args:
        why_left: gives the reason; None for what goes.
    """
    going, left, runs_left = list[Doomed](), list[str](), set[str]()
    for own in doomed:
        why = "because a run that uses it was left" if own.users & runs_left else why_left(own)
        if why is None:
            going.append(own)
        else:
            runs_left |= {key for kind, key in own.locks if kind == RUNS}
            left.append(one_line(f"{own.kind} {own.name}: left, {why}"))
    return going, left


def _removed(store: Store, own: Doomed) -> str | None:
    """Removes it; says why it was left."""
    try:
        with ExitStack() as locks:
            if not all(locks.enter_context(held_if_free(store.lock_file(*record))) for record in own.locks):
                return "because another process is at it"
            if own.needed():
                return "because a run has used it since"
            for path in own.paths:
                with suppress(FileNotFoundError):  # another process was as quick
                    remove(store, path)
    except StoreError as error:
        return str(error)
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    return None
