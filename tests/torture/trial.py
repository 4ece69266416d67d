"""What a trial is: numbered cases, each with what it has found, kept in a file and summed up in a row of the table."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from tests.torture.warm import warm_up

KEPT = Path("results/torture")


class NoSuchCaseError(Exception):
    """The trial has fewer cases."""


@dataclass(frozen=True)
class Found:
    """What a case has found; all but `part` and `note` are counts of faults, or of batches."""

    part: str
    """What the case is of: its row in the table, beside the trial."""
    lost: int = 0
    """Records or results that were finished and are no longer whole."""
    believed: int = 0
    """Wrong contents that were taken for right ones."""
    half: int = 0
    """Files that are half-written or left over once the command has been given again."""
    again: int = 0
    """Batches that were begun a second time."""
    again_most: int = 0
    """The same, at most in one case."""
    broken: int = 0
    """Commands that ended otherwise than promised: in a stack trace, without end, or with a wrong exit code."""
    of: int = 1
    """How many things were tried at once."""
    left_out: int = 0
    """How many were refused by name; the others were taken in without harm."""
    note: str = ""
    """What was wrong, or what became of it."""

    @property
    def fault(self) -> bool:
        return bool(self.lost or self.believed or self.half or self.broken)


@dataclass(frozen=True)
class Case:
    """A case that was tried."""

    number: int
    found: Found
    cpu: float = 0.0
    """Seconds of the processor."""


@dataclass(frozen=True)
class Trial:
    """A trial by its name."""

    name: str
    title: str
    cases: int
    """How many cases there are, unless more or fewer are asked for."""
    begin: Callable[[Path], Callable[[int, Path], Found]]
    """Prepares in a folder, and gives what tries a case: its number, and a folder of its own that is empty."""
    batches: int | None = 1
    """How many batches a case may begin again; None where there are none."""
    notes: tuple[str, ...] = field(default=())


def run_trial(trial: Trial, cases: int, kept: Path = KEPT, workers: int = 2) -> list[Case]:
    """Tries the cases that were not tried before, in several processes; gives all of them."""
    file = kept / f"{trial.name}.jsonl"
    kept.mkdir(parents=True, exist_ok=True)
    end_line(file)
    waiting = [number for number in range(cases) if number not in tried(file)]
    if waiting:
        with tempfile.TemporaryDirectory(prefix="torture-") as folder:
            attempt = trial.begin(Path(folder))
            _in_processes(
                [
                    lambda own=own: _work(attempt, waiting[own::workers], Path(folder) / str(own), file)
                    for own in range(min(workers, len(waiting)))
                ]
            )
    found = tried(file)
    return [found[number] for number in range(cases) if number in found]


def _in_processes(jobs: Sequence[Callable[[], None]]) -> None:
    sys.stdout.flush()
    children = []
    for job in jobs:
        child = os.fork()
        if not child:
            code = 1
            with contextlib.suppress(KeyboardInterrupt):
                try:
                    job()
                    code = 0
                except Exception:
                    traceback.print_exc()
            sys.stderr.flush()
            os._exit(code)
        children.append(child)
    ends = [os.waitpid(child, 0)[1] for child in children]
    if any(ends):
        raise SystemExit("a process of the trial itself has failed")


def _work(attempt: Callable[[int, Path], Found], numbers: Sequence[int], folder: Path, file: Path) -> None:
    stream = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for number in numbers:
        folder.mkdir(exist_ok=True)
        before = _cpu()
        try:
            found = attempt(number, folder)
        except NoSuchCaseError:
            break
        except Exception as error:
            found = Found("(the trial itself)", broken=1, note=f"{type(error).__name__}: {error}"[:300])
            traceback.print_exc()
        line = json.dumps(asdict(Case(number, found, round(_cpu() - before, 3)))) + "\n"
        os.write(stream, line.encode())
        shutil.rmtree(folder, ignore_errors=True)


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def tried(file: Path) -> dict[int, Case]:
    """Reads the cases that were tried; a line that a trial was stopped in is tried again."""
    return {case.number: case for case in _lines(file)}


def _lines(file: Path) -> Iterator[Case]:
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            row = json.loads(line)
            yield Case(row["number"], Found(**row["found"]), row["cpu"])


def end_line(file: Path) -> None:
    """Ends the line that a trial was stopped in."""
    if file.is_file() and not file.read_bytes().endswith(b"\n"):
        with file.open("ab") as stream:
            stream.write(b"\n")


HEAD = ("trial", "cases", "lost", "wrongly believed", "half-written", "ended otherwise", "batches again (most)")


def rows(trial: Trial, cases: Sequence[Case]) -> list[tuple[str, ...]]:
    """Sums cases up: a row for each of the trial's parts."""
    parts = dict.fromkeys(case.found.part for case in sorted(cases, key=lambda case: case.number))
    return [_row(trial, part, [case.found for case in cases if case.found.part == part]) for part in parts]


def _row(trial: Trial, part: str, found: Sequence[Found]) -> tuple[str, ...]:
    counts = [sum(getattr(own, name) for own in found) for name in ("lost", "believed", "half", "broken")]
    again = "–"
    if trial.batches is not None:
        again = f"{sum(own.again for own in found)} ({max(own.again_most for own in found)})"
    return (f"{trial.title}: {part}", str(sum(own.of for own in found)), *map(str, counts), again)


def markdown(found: Sequence[tuple[str, ...]]) -> str:
    """Lays rows out as a table of Markdown."""
    lines = [HEAD, tuple("---" if at == 0 else "---:" for at in range(len(HEAD))), *found]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def faults(trial: Trial, cases: Sequence[Case]) -> list[str]:
    """Names the cases in which something went wrong, or more was done again than is promised."""
    return [
        f"{trial.name} {case.number}: {case.found.part}: {case.found.note or _counts(case.found)}"
        for case in cases
        if case.found.fault or (trial.batches is not None and case.found.again_most > trial.batches)
    ]


def _counts(found: Found) -> str:
    return ", ".join(
        f"{own.name} {getattr(found, own.name)}" for own in fields(found) if own.name not in {"part", "note"}
    )


def main_of(trial: Trial, words: Sequence[str] | None = None) -> int:
    """Is the command of one trial; 0 where nothing went wrong."""
    parser = argparse.ArgumentParser(description=trial.title)
    parser.add_argument("--cases", type=int, default=trial.cases)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kept", type=Path, default=KEPT)
    asked = parser.parse_args(words)
    warm_up()
    cases = run_trial(trial, asked.cases, asked.kept, asked.workers)
    said = faults(trial, cases)
    print("\n".join([markdown(rows(trial, cases)), *said]))
    return int(bool(said))
