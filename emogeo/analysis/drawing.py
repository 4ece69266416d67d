"""Draws the figures of an analysis, one in each core; a figure whose data are those of an earlier analysis is kept."""

from __future__ import annotations

import base64
import gc
import hashlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from matplotlib.font_manager import fontManager
from tqdm import tqdm

from emogeo.analysis.charts.chart import unchecked, write_chart
from emogeo.analysis.forking import MOST, context
from emogeo.analysis.tables.kept import NOTHING, Kept, content
from emogeo.errors import MachineError
from emogeo.figures.png import save
from emogeo.machine import cores
from emogeo.signals import end_with_parent

MOST_KEPT = 300
"""The most figures of an analysis that are kept for the next: each takes some 200 kB, and they are read at once."""
_NICE = 10
"""How far processes that draw stand back behind the one that makes tables, for which all wait in the end."""
_OFTEN = 10.0
"""Seconds after which what was drawn is kept on the disk, too, so that a killed analysis leaves it to the next."""
_QUIET = 0.5
"""Seconds that are waited without saying for what."""
_ENDED = (
    "A process that drew figures was ended by the system before {} was finished, perhaps for want of memory. "
    "taskset -c 0 before the same command draws one figure at a time."
)
V = TypeVar("V")
Make = Callable[..., bytes | Mapping[str, Any] | None]
"""A function of a module that gives a figure as PNG, a chart as Vega-Lite, or None where there is nothing to draw."""


@dataclass(frozen=True)
class Figure:
    """One figure that is to be drawn."""

    name: str
    """Of its files, without an ending."""
    make: Make
    of: tuple[Any, ...]
    """What it is made of."""
    title: str | None
    """What stands over a chart."""

    def write(self, folder: Path) -> list[str]:
        """Draws it into a folder, and gives the names of its files.

        Raises:
            DrawingError: what is wrong, with the figure's name.
            OSError: a file that cannot be written.
        """
        try:
            with unchecked():
                made = self.make(*self.of)
            if made is None:
                return []
            if isinstance(made, Mapping):
                return write_chart(dict(made), folder, self.name, self.title)
            return save(made, folder / f"{self.name}.png")
        except (OSError, MemoryError):
            raise
        except Exception as error:
            raise DrawingError(f"The figure {self.name} cannot be drawn: {type(error).__name__}: {error}") from error

    @cached_property
    def key(self) -> dict[str, Any]:
        """Gives what its files follow from, beside the code."""
        made_by = f"{self.make.__module__}.{self.make.__qualname__}"
        return {"name": self.name, "make": made_by, "of": content(self.of), "title": self.title, "fonts": _fonts()}


class DrawingError(RuntimeError):
    """A figure cannot be drawn, by a fault of the program."""


@dataclass(eq=False)
class FigureFolder:
    """A folder, and the figures that are drawn into it."""

    path: Path
    kept: Kept = NOTHING
    """The files of earlier analyses."""
    pool: ProcessPoolExecutor | None = None
    """The processes that draw; without any, each figure is drawn when it is asked for."""
    _waiting: list[tuple[Figure, Future[list[str]]]] = field(default_factory=list)
    _written: float = field(default_factory=time.monotonic)
    """When what was drawn was kept on the disk."""

    def draw(self, name: str, make: Make, *of: Any, title: str | None = None) -> None:
        """Draws a figure, at the latest when `finish` is called.

        Args:
            name: of its files, without an ending.
            make: see `Make`.
            of: what it is called with.
            title: stands over a chart in its files.

        Raises:
            DrawingError: a figure that cannot be drawn.
            MachineError: a process that was ended.
        """
        self._take_drawn()
        figure = Figure(name, make, of, title)
        known = self.kept.get(figure.key) if self.kept.keeps else None
        if known is not None and all(_is_plain(row["file"]) for row in known):
            for row in known:
                (self.path / row["file"]).write_bytes(base64.b64decode(row["content"]))
        elif self.pool is not None:
            with _ended(figure.name):
                self._waiting.append((figure, self.pool.submit(figure.write, self.path)))
        else:
            self._keep(figure, figure.write(self.path))

    def later(self, name: str, make: Callable[[], V]) -> Callable[[], V]:
        """Has something else made by a process that draws, which has loaded what it takes; gives what waits for it.

        Raises:
            MachineError: here, or from what waits: a process that was ended.
        """
        if self.pool is None:
            return make
        with _ended(name):
            future = self.pool.submit(make)

        def wait() -> V:
            with _ended(name):
                return future.result()

        return wait

    def wait(self, prefix: str) -> None:
        """Waits for the figures whose names begin so, and for those that are drawn before them.

        Raises:
            DrawingError, MachineError: see `finish`.
        """
        named = [at for at, (figure, _) in enumerate(self._waiting, 1) if figure.name.startswith(prefix)]
        self._wait_for(max(named, default=0))

    def finish(self) -> None:
        """Waits for the figures that are being drawn, and shows how many are left.

        Raises:
            DrawingError: a figure that cannot be drawn.
            MachineError: a process that was ended.
        """
        self._wait_for(len(self._waiting))

    def _take_drawn(self) -> None:
        """Takes the figures that are drawn, up to the first that is not."""
        busy = (at for at, (_, files) in enumerate(self._waiting) if not files.done())
        self._wait_for(next(busy, len(self._waiting)))

    def _wait_for(self, first: int) -> None:
        waiting, self._waiting = self._waiting[:first], self._waiting[first:]
        disabled = not waiting or None
        for figure, files in tqdm(waiting, "drawing", unit="figure", disable=disabled, leave=False, delay=_QUIET):
            with _ended(figure.name):
                self._keep(figure, files.result())

    def _keep(self, figure: Figure, files: Sequence[str]) -> None:
        if self.kept.keeps and self.kept.n_used < MOST_KEPT:
            contents = {file: base64.b64encode((self.path / file).read_bytes()).decode() for file in files}
            self.kept.put(figure.key, [{"file": file, "content": content} for file, content in contents.items()])
            if time.monotonic() - self._written > _OFTEN:
                self.kept.write(midway=True)
                self._written = time.monotonic()


@contextmanager
def _ended(name: str) -> Iterator[None]:
    """Says what is not drawn where a process has ended."""
    try:
        yield
    except BrokenProcessPool as error:
        raise MachineError(_ENDED.format(name)) from error


def _is_plain(file: str) -> bool:
    """Whether a name that was kept is one of a file in the folder, and leads nowhere else."""
    return Path(file).name == file and file != ".."


@contextmanager
def processes(at_most: int = MOST) -> Iterator[ProcessPoolExecutor | None]:
    """Gives processes that draw, one for each core; None where there is one core. They end with the block."""
    n = min(cores(), at_most)
    if n < 2:
        yield None
        return
    pool = ProcessPoolExecutor(n, context(), _begin)
    try:
        pool.submit(os.getpid)  # so that it starts now, while there are no figures yet
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@cache
def _fonts() -> str:
    """Gives a checksum of the fonts of this system, of which letters are drawn."""
    return hashlib.sha256("\n".join(sorted(font.fname for font in fontManager.ttflist)).encode()).hexdigest()


def _begin() -> None:
    """Leaves an interruption and the cores to the process that makes tables, and ends when that has ended.

    Figures have cycles, so Python looks for them often: not among what is imported, which stays.
    """
    gc.freeze()
    os.nice(_NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
