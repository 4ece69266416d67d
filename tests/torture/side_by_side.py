"""Several processes at one store, at the same moment."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from emogeo.store.store import Store
from tests.torture.kills import begun, lost_and_wrong, sums_up, undisturbed
from tests.torture.sweeps import SWEEPS, make
from tests.torture.trial import Found, Trial, main_of
from tests.torture.warm import run, start, wait
from tests.torture.watched import batches_in, list_batches

PROCESSES = 4
NO_RUN = ("holds no whole run", "holds no run", "there is no such folder")


class SideBySide:
    """The sweeps, as they are undisturbed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, make(folder)
        self.whole = {kind: undisturbed(self.made, kind, folder / kind) for kind in SWEEPS}
        self.ways: Sequence[Callable[[str, Path], Found]] = [
            self.four_at_one_sweep,
            self.one_of_four_is_killed,
            self.two_analyses,
            self.an_analysis_during_a_sweep,
        ]

    def case(self, number: int, folder: Path) -> Found:
        """Tries one way with one kind of sweep."""
        kind = SWEEPS[number % len(SWEEPS)]
        begun(folder, kind, self.folder)
        return self.ways[number // 3 % len(self.ways)](kind, folder)

    def four_at_one_sweep(self, kind: str, folder: Path) -> Found:
        """Starts a sweep four times at once."""
        codes = [wait(child) for child in self._four(kind, folder)]
        return self._judged(kind, folder, "four processes at one sweep", codes == [0] * PROCESSES, f"{codes}")

    def one_of_four_is_killed(self, kind: str, folder: Path) -> Found:
        """Kills one of four; the others go on with what it was at."""
        children = self._four(kind, folder)
        time.sleep(random.Random(kind).uniform(0.3, 1) * self.whole[kind].seconds)
        os.kill(children[0], signal.SIGKILL)
        codes = [wait(child) for child in children]
        ended = codes[0] in {0, -signal.SIGKILL} and codes[1:] == [0] * (PROCESSES - 1)
        return self._judged(kind, folder, "one of four is killed", ended, f"{codes}")

    def two_analyses(self, kind: str, folder: Path) -> Found:
        """Starts two analyses of one store into one folder."""
        code = run(self._words(kind, folder), folder / "log")
        children = [start(self._analysis(folder), folder / f"analysis-{own}" / "log") for own in range(2)]
        codes = [code, *map(wait, children)]
        said = "".join((folder / f"analysis-{own}" / "log").read_text() for own in range(2))
        whole = _analysed(codes[1:], said) and (_has_no_run(said) or (folder / "results" / "runs.csv").is_file())
        return self._judged(kind, folder, "two analyses into one folder", code == 0 and whole, f"{codes}", said)

    def an_analysis_during_a_sweep(self, kind: str, folder: Path) -> Found:
        """Starts an analysis while a sweep goes on."""
        child = start(self._words(kind, folder), folder / "log")
        time.sleep(self.whole[kind].seconds * 0.7)
        code = run(self._analysis(folder), folder / "analysis" / "log")
        ended, said = wait(child), (folder / "analysis" / "log").read_text()
        as_promised = ended == 0 and _analysed([code], said)
        return self._judged(kind, folder, "an analysis during a sweep", as_promised, f"{ended}, {code}", said)

    def _words(self, kind: str, folder: Path) -> list[str]:
        return self.made.words(kind, folder / "store")

    def _analysis(self, folder: Path) -> list[str]:
        where = (f"store.path={folder / 'store'}", f"output={folder / 'results'}")
        return ["analyze.py", *where, "permutations=100", f"hydra.run.dir={folder / 'jobs-of-analyses'}"]

    def _four(self, kind: str, folder: Path) -> list[int]:
        before = partial(list_batches, folder / "batches")
        return [start(self._words(kind, folder), folder / "log", before) for _ in range(PROCESSES)]

    def _judged(self, kind: str, folder: Path, part: str, as_promised: bool, codes: str, said: str = "") -> Found:
        own, store, log = self.whole[kind], Store(folder / "store"), folder / "log"
        again = sum((batches_in(folder / "batches") - own.batches).values())
        between = lost_and_wrong(own, store, log.read_text())
        note = f"{kind}: exit codes {codes}"
        return sums_up(part, own, store, log, between, as_promised and "Traceback" not in said, note, again)


def _has_no_run(said: str) -> bool:
    return any(words in said for words in NO_RUN)


def _analysed(codes: Sequence[int], said: str) -> bool:
    """Whether analyses have ended well, or with a sentence where no run is there that they could compare."""
    return all(code == 0 or (code == 1 and _has_no_run(said)) for code in codes)


TRIAL = Trial("side_by_side", "several processes", 12, lambda folder: SideBySide(folder).case)

if __name__ == "__main__":
    raise SystemExit(main_of(TRIAL))
