"""Two users of one group work in one store; a third may read it and not write.

Only root can be several users: without that right nothing is tried. Users whose `umask` is 002, in a folder of their
group (`chmod 2775`), share a store. One who may not write there is told so in a sentence that names the path, and a
finished run is skipped all the same.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from emogeo.store.store import Store
from tests.torture.kills import Undisturbed, lost_and_wrong, sums_up, undisturbed
from tests.torture.sweeps import make, records
from tests.torture.trial import Found, NoSuchCaseError, Trial, main_of
from tests.torture.warm import run, start, wait

GROUP, FIRST, SECOND, STRANGER = 61_000, 61_001, 61_002, 61_003
KINDS = ("generation", "imports", "comprehension")
_WAYS = ("one after the other", "both at once", "a third may only read", "a third may only read what is not there")


class TwoUsers:
    """Sweeps, and folders that others can reach."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.folder, self.made = folder, make(folder)
        for own in (self.made.weights, *self.made.weights.iterdir()):
            own.chmod(0o755)
        self.whole = {kind: undisturbed(self.made, kind, folder / kind) for kind in KINDS}
        for kind in KINDS:
            self._import(kind, folder / f"modules-{kind}")

    def _import(self, kind: str, listed: Path) -> None:
        """Imports what a sweep imports as it goes on: other users may not be let into Python's own folder."""
        run(self.made.words(kind, self.folder / kind / "again"), self.folder / "log", partial(list_modules, listed))
        for name in listed.read_text().split():
            with suppress(ImportError):
                import_module(name)

    def case(self, number: int, folder: Path) -> Found:
        """Tries one way with one kind of sweep."""
        if os.geteuid() != 0 or number >= len(_WAYS) * len(KINDS):
            raise NoSuchCaseError
        kind, way = KINDS[number // len(_WAYS)], number % len(_WAYS)
        folder.chmod(0o755)
        shared = folder / "shared"
        shared.mkdir()
        os.chown(shared, FIRST, GROUP)
        shared.chmod(0o2775)
        return (self._one_by_one, self._at_once, self._reads, self._lacks)[way](kind, folder)

    def _one_by_one(self, kind: str, folder: Path) -> Found:
        codes = [self._run(kind, folder, user) for user in (FIRST, SECOND)]
        return self._judged(kind, folder, 0, codes == [0, 0], f"{codes}")

    def _at_once(self, kind: str, folder: Path) -> Found:
        children = [self._start(kind, folder, user) for user in (FIRST, SECOND)]
        codes = [wait(child) for child in children]
        return self._judged(kind, folder, 1, codes == [0, 0], f"{codes}")

    def _reads(self, kind: str, folder: Path) -> Found:
        codes = [self._run(kind, folder, user) for user in (FIRST, STRANGER)]
        return self._judged(kind, folder, 2, codes == [0, 0], f"{codes}")

    def _lacks(self, kind: str, folder: Path) -> Found:
        (folder / "shared" / "store").mkdir()
        refused = self._run(kind, folder, STRANGER)
        said = (folder / "logs" / "log").read_text()
        named = "Permission denied" in said and str(folder / "shared" / "store") in said
        code = self._run(kind, folder, SECOND) if refused else 0  # which belongs to root
        empty = not list(records(Store(folder / "shared" / "store")))
        return self._judged(kind, folder, 3, refused == 1 and named and code == 1 and empty, f"{refused}, {code}")

    def _run(self, kind: str, folder: Path, user: int) -> int:
        return wait(self._start(kind, folder, user))

    def _start(self, kind: str, folder: Path, user: int) -> int:
        jobs = folder / f"jobs-{user}"
        jobs.mkdir(exist_ok=True)
        os.chown(jobs, user, user)
        store = folder / "shared" / "store"
        words = [word.replace(str(store.parent / "jobs"), str(jobs)) for word in self.made.words(kind, store)]
        own = {"HOME": str(jobs), "EMOGEO_CACHE": str(jobs / "cache")}
        return start(words, folder / "logs" / "log", partial(become, user), own)

    def _judged(self, kind: str, folder: Path, way: int, as_promised: bool, codes: str) -> Found:
        store, log, own = Store(folder / "shared" / "store"), folder / "logs" / "log", self.whole[kind]
        part = _WAYS[way]
        if way == 3:  # nothing was written, by anyone who might not
            own = Undisturbed({}, own.batches, 0, 0)
        between = lost_and_wrong(own, store, log.read_text())
        return sums_up(part, own, store, log, between, as_promised, f"{kind}: exit codes {codes}")


def become(user: int) -> None:
    """Makes this process one of a user, who belongs to the group unless it is the stranger."""
    os.umask(0o002)
    os.setgroups([] if user == STRANGER else [GROUP])
    os.setgid(user)
    os.setuid(user)
    tempfile.tempdir = None


def list_modules(into: Path) -> None:
    """Writes the names of all modules into a file, when this process ends."""
    end = os._exit

    def ends(code: int) -> NoReturn:
        into.write_text("\n".join(sorted(sys.modules)))
        end(code)

    os._exit = ends


TRIAL = Trial("two_users", "two users", len(_WAYS) * len(KINDS), lambda folder: TwoUsers(folder).case, batches=None)

if __name__ == "__main__":
    raise SystemExit(main_of(TRIAL))
