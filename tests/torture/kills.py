"""Sweeps of every kind of run, killed at any moment and started again.

A case kills one sweep, at a random change of its store or after a random time, and gives its command again.
"""

from __future__ import annotations

import random
import re
import shutil
import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from emogeo.store.store import ACTIVATIONS, RUNS, Store
from tests.conftest import ROOT
from tests.torture.sweeps import SWEEPS, WRITTEN_BY, Made, broken, content, make, records
from tests.torture.trial import KEPT, Found, Trial, main_of
from tests.torture.warm import run
from tests.torture.watched import at_write, batches_in, counted_writes, die, die_after, list_batches

_FINISHED = re.compile(r"INFO finished .*/([0-9a-f]{64})$", re.MULTILINE)


@dataclass(frozen=True)
class Undisturbed:
    """A sweep that nothing has happened to."""

    content: dict[str, bytes]
    batches: Counter[str]
    writes: int
    seconds: float

    @property
    def runs(self) -> set[str]:
        """Gives the keys of its runs."""
        return {name.split("/")[1] for name in self.content if name.startswith(f"{RUNS}/")}


def undisturbed(made: Made, kind: str, folder: Path, one: bool = False) -> Undisturbed:
    """Runs a sweep, or one run of it, to its end."""

    def watched() -> None:
        list_batches(folder / "batches")
        counted_writes(folder / "store", folder / "writes")

    begun(folder, kind)
    started = time.perf_counter()
    code = run(made.words(kind, folder / "store", one), folder / "log", watched)
    if code:
        raise SystemExit(f"the sweep {kind} fails by itself: {(folder / 'log').read_text()[-2000:]}")
    return Undisturbed(
        content(Store(folder / "store")),
        batches_in(folder / "batches"),
        (folder / "writes").stat().st_size,
        time.perf_counter() - started,
    )


def begun(folder: Path, kind: str, whole: Path | None = None) -> None:
    """Makes the folder of a sweep, with the store that it begins with.

    Args:
        whole: where the undisturbed sweeps lie; beside it, unless it is given.
    """
    writer = WRITTEN_BY.get(kind)
    folder.mkdir(exist_ok=True)
    if writer is not None:
        shutil.copytree((whole or folder.parent) / writer / "store", folder / "store")


class Kills:
    """The sweeps, as they are undisturbed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, make(folder)
        self.whole = {kind: undisturbed(self.made, kind, folder / kind) for kind in SWEEPS}

    def case(self, number: int, folder: Path) -> Found:
        """Kills the sweep of this case, looks at its store, and runs it to its end."""
        draw, kind = random.Random(number), SWEEPS[number % len(SWEEPS)]
        words, own = self.made.words(kind, folder / "store"), self.whole[kind]
        store, log = Store(folder / "store"), folder / "log"
        begun(folder, kind, self.folder)

        def killed() -> None:
            list_batches(folder / "batches")
            if draw.random() < 0.5:
                at_write(store.path, draw.randint(1, own.writes), die)
            else:
                die_after(draw.uniform(0.2, 1) * own.seconds)

        code = run(words, log, killed)
        between = lost_and_wrong(own, store, log.read_text())
        ended = run(words, log, lambda: list_batches(folder / "batches"))
        again = sum((batches_in(folder / "batches") - own.batches).values())
        as_promised = code in {0, -signal.SIGKILL} and ended == 0
        return sums_up(kind, own, store, log, between, as_promised, f"exit codes {code}, {ended}", again)


def lost_and_wrong(own: Undisturbed, store: Store, said: str) -> tuple[int, int]:
    """Counts the runs that were said to be finished and are not, with records that are broken; and the wrong ones."""
    lost = set(_FINISHED.findall(said)) - {key for kind, key in records(store) if kind == RUNS}
    return len(lost) + len(broken(store)), _wrong(own, store)


def _wrong(own: Undisturbed, store: Store) -> int:
    return sum(own.content.get(name, found) != found for name, found in content(store).items())


def sums_up(
    part: str,
    own: Undisturbed,
    store: Store,
    log: Path,
    between: tuple[int, int],
    as_promised: bool,
    note: str,
    again: int = 0,
) -> Found:
    """Says what a store is like in the end.

    Args:
        between: what was lost and wrong before the command was given again.
        as_promised: whether commands ended as they should.
    """
    # states in other poolings, which nobody has asked for, may be missing: they are read when somebody does
    missing = {name for name in set(own.content) - set(content(store)) if not name.startswith(ACTIVATIONS)}
    trace = "Traceback" in log.read_text()
    found = Found(
        part,
        lost=between[0] + len(missing),
        believed=between[1] + _wrong(own, store),
        half=len(broken(store)) + sum(1 for _ in (store.path / "partial").glob("*")),
        again=again,
        again_most=again,
        broken=int(trace or not as_promised),
        note=note + (", a stack trace" if trace else ""),
    )
    if found.fault:
        keep_log(log, part)
    return found


def keep_log(log: Path, part: str) -> None:
    """Keeps what a command has said in which something went wrong."""
    target = ROOT / KEPT / "logs" / f"{part.split(',')[0]}-{log.parent.parent.name}-{time.monotonic_ns()}.log"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(log, target)


TRIAL = Trial("kills", "`train.py -m` is killed", 200, lambda folder: Kills(folder).case)

if __name__ == "__main__":
    raise SystemExit(main_of(TRIAL))
