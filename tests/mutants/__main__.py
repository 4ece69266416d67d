"""Plants faults one at a time and counts how many a test notices.

`python -m tests.mutants --sample 500` goes on where it was stopped; `--sample all` tries every one.
"""

from __future__ import annotations

import argparse
import json
import random
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from scipy.stats import binomtest

from tests.conftest import ROOT
from tests.mutants.places import Mutant, difference, mutants, mutated
from tests.mutants.running import SURVIVED, copied, files_of_tests, load_libraries, run_tests

SEED = 20261126
Found = dict[str, str]
"""What became of a mutant: `id`, `name`, `said`, `seconds`, `change`."""


class Trial:
    """A copy of the repository in which one mutant at a time is tried."""

    def __init__(self, tree: Path, limit: int, left_out: Sequence[str]) -> None:
        self.tree, self.least, self.left_out = tree, limit, left_out
        self.limits: dict[tuple[str, ...], int] = {}
        copied(ROOT, tree)

    def outcome(self, mutant: Mutant) -> Found:
        """Tries a mutant and puts the module back.

        Raises:
            SystemExit: a test fails on the code as it is.
        """
        file = self.tree / mutant.module
        tests, code = files_of_tests(self.tree, mutant.module, self.left_out), file.read_text(encoding="utf-8")
        limit = self._limit(tests)
        changed = mutated(code, mutant)
        try:
            file.write_text(changed, encoding="utf-8")
            for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
                compiled.unlink()
            found = run_tests(self.tree, tests, limit)
        finally:
            file.write_text(code, encoding="utf-8")
        return {"said": found.said, "seconds": f"{found.seconds:.1f}", "change": difference(code, changed)}

    def _limit(self, tests: Sequence[str]) -> int:
        """Gives the seconds that a mutant may compute for: twice what its tests take without it, and never too few."""
        if tuple(tests) not in self.limits:
            found = run_tests(self.tree, tests, 20 * self.least)
            if found.said != SURVIVED:
                raise SystemExit(f"Tests fail without any mutant:\n{found.output}")
            self.limits[tuple(tests)] = max(self.least, round(2 * found.computed))
        return self.limits[tuple(tests)]


def every_mutant(root: Path, patterns: Sequence[str]) -> list[Mutant]:
    """Gives all mutants of the modules that patterns name, in an order drawn once."""
    files = {file for own in patterns for file in root.glob(own) if not file.name.startswith("__")}
    modules = sorted(str(file.relative_to(root)) for file in files)
    drawn = [mutant for module in modules for mutant in mutants(root, module)]
    random.Random(SEED).shuffle(drawn)
    return drawn


def kept(folder: Path) -> dict[str, Found]:
    """Reads what earlier calls found; the last line of a mutant counts."""
    lines = [line for file in sorted(folder.glob("tried*.jsonl")) for line in file.read_text().splitlines()]
    return {found["id"]: found for found in map(json.loads, lines)}


def table(tried: Iterable[tuple[Mutant, Found]]) -> str:
    """Writes killed of tried by room, with a 95 % interval (Clopper and Pearson's) of all."""
    rooms: dict[str, Counter[bool]] = defaultdict(Counter)
    for mutant, found in tried:
        rooms[mutant.module.rpartition("/")[0]][found["said"] != SURVIVED] += 1
    lines = [f"{room:30} {own[True]:5} of {own.total():5}" for room, own in sorted(rooms.items())]
    whole = sum(rooms.values(), Counter[bool]())
    if not whole.total():
        return "nothing was tried"
    low, high = binomtest(whole[True], whole.total()).proportion_ci()
    share = f"{whole[True] / whole.total():.1%} [{low:.1%}, {high:.1%}]"
    return "\n".join([*lines, f"{'all':30} {whole[True]:5} of {whole.total():5}: {share}"])


def main() -> None:
    """Tries as many mutants as are asked for, prints what survived, and the table."""
    asked = _asked()
    part, parts = (int(word) for word in asked.part.split("/"))
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["emogeo"]["mutants"]
    drawn = every_mutant(ROOT, settings["modules"])
    wanted = (drawn if asked.sample == "all" else drawn[: int(asked.sample)])[part - 1 :: parts]
    asked.folder.mkdir(parents=True, exist_ok=True)
    load_libraries()
    trial = Trial(asked.folder / f"tree{part}", settings["seconds"], settings["left_out"])
    results = kept(asked.folder)
    for mutant in wanted:
        if mutant.id not in results or (asked.again and results[mutant.id]["said"] == SURVIVED):
            results[mutant.id] = {"id": mutant.id, "name": mutant.name} | trial.outcome(mutant)
            with (asked.folder / f"tried{part}.jsonl").open("a") as stream:
                stream.write(json.dumps(results[mutant.id]) + "\n")
    print(report([(mutant, results[mutant.id]) for mutant in wanted]))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", default="500", help="how many, drawn at random, or all")
    parser.add_argument("--folder", type=Path, default=ROOT / "results" / "mutants")
    parser.add_argument("--again", action="store_true", help="try the survivors once more, after tests were added")
    parser.add_argument("--part", default="1/1", help="1/2 and 2/2, two commands, share the work")
    return parser.parse_args()


def report(tried: Sequence[tuple[Mutant, Found]]) -> str:
    """Lists what survived, and then the table."""
    survived = [f"survived: {own.name}\n{found['change']}" for own, found in tried if found["said"] == SURVIVED]
    return "\n".join([*survived, table(tried)])


if __name__ == "__main__":
    main()
