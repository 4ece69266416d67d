"""An analysis is killed at any moment: its folder is the old result or the new one, and nothing of both."""

from __future__ import annotations

import random
import re
import shutil
import signal
import time
from functools import partial
from pathlib import Path

from emogeo.analysis.output import LISTED
from tests.torture.trial import Found, Trial, main_of
from tests.torture.warm import run
from tests.torture.watched import at_write, counted_writes, die, die_after
from tests.torture.whole_records import whole_store

_TIMES = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z?")


EVERY = 4
"""Every so many cases the command is given again: an analysis takes ten seconds."""


class Analyses:
    """Two analyses of one store, as they are undisturbed: the old result and the new one."""

    def __init__(self, folder: Path) -> None:
        self.folder, (self.store, _) = folder, whole_store(folder)
        self.old = self._made("old", "seed=1")
        started = time.perf_counter()
        self.new = self._made("new", "seed=2")
        self.seconds = time.perf_counter() - started
        self.writes = (folder / "new-writes").stat().st_size

    def _made(self, name: str, seed: str) -> dict[str, bytes]:
        output, log = self.folder / name / "results", self.folder / f"{name}.log"
        (self.folder / name).mkdir()
        if run(self._words(output, seed), log, partial(counted_writes, output.parent, self.folder / f"{name}-writes")):
            raise SystemExit(f"the analysis fails by itself: {log.read_text()[-2000:]}")
        return content(output)

    def _words(self, output: Path, seed: str) -> list[str]:
        return [
            *("analyze.py", f"store.path={self.store.path}", f"output={output}", seed, "permutations=100"),
            *("runs.model=planted", f"hydra.run.dir={self.folder / 'jobs'}"),
        ]

    def case(self, number: int, folder: Path) -> Found:
        """Kills the new analysis over the old result, looks at it, and gives the command again."""
        draw, output, log = random.Random(number), folder / "place" / "results", folder / "log"
        shutil.copytree(self.folder / "old" / "results", output)
        words = self._words(output, "seed=2")
        if number % 3:
            at = partial(at_write, output.parent, draw.randint(1, self.writes), die)
        else:
            at = partial(die_after, draw.uniform(0.2, 1) * self.seconds)
        code = run(words, log, at)
        between = content(output)
        ended = run(words, log) if number % EVERY == 0 else None
        left = [own.name for own in output.parent.iterdir() if own != output]
        trace = "Traceback" in log.read_text()
        return Found(
            "the result is the old one or the new one",
            lost=int(not between and not list(output.parent.glob(".results.before"))),
            believed=int(bool(between) and between not in (self.old, self.new))
            + int(ended == 0 and content(output) != self.new),
            half=len(left) if ended is not None else 0,
            broken=int(code not in {0, -signal.SIGKILL} or ended not in {0, None} or trace),
            note=f"exit codes {code}, {ended}; left: {left}",
        )


def content(output: Path) -> dict[str, bytes]:
    """Gives the tables of a result, and the names of all of its files."""
    files = [own for own in sorted(output.rglob("*")) if own.is_file()]
    read = {".csv", ".json"}
    return {
        str(own.relative_to(output)): _TIMES.sub(b"", own.read_bytes()) if own.suffix in read else b""
        for own in files
        if own.name != LISTED
    }


TRIAL = Trial("analyses", "`analyze.py` is killed", 24, lambda folder: Analyses(folder).case, batches=None)

if __name__ == "__main__":
    raise SystemExit(main_of(TRIAL))
