"""Figures are the same whichever process draws them, errors name them, and what has not changed is not drawn again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair
import numpy as np
import pandas as pd
import psutil
import pytest

from emogeo.analysis import drawing
from emogeo.analysis.charts.chart import ENDINGS, spec_of
from emogeo.analysis.drawing import DrawingError, FigureFolder, cores, processes
from emogeo.analysis.tables.kept import Kept, content
from emogeo.errors import MachineError
from emogeo.figures.matrices import rdm_figure

RDM = 1 - np.eye(4)
NAMES = ["a", "b", "c", "d"]
_BY_LIBRARY = ".pdf"
"""What charts' library writes in any order."""


def chart(x: float) -> dict[str, Any]:
    rows = pd.DataFrame({"x": [x, 2.0], "y": [0.5, 1.0]})
    return spec_of(altair.Chart(rows).mark_rect().encode(x="x:Q", y="y:Q", color="x:Q"))


def broken(why: str) -> bytes:
    raise ValueError(why)


def nothing() -> None:
    return None


def killed() -> bytes:
    os._exit(9)


def held(until: Path | str) -> None:
    for _ in range(3_000):
        if Path(until).exists():
            return
        time.sleep(0.01)
    raise TimeoutError(until)


def drawn_by(folder: Path, pool: ProcessPoolExecutor | None) -> dict[str, bytes]:
    """The files of five figures, drawn one after the other or side by side."""
    folder.mkdir()
    figures = FigureFolder(folder, pool=pool)
    for x in (0.25, 1.0, 3.0):
        figures.draw(f"chart_{x}", chart, x, title="a chart")
    figures.draw("rdm", rdm_figure, RDM, NAMES, "an RDM")
    figures.draw("nothing", nothing)
    figures.finish()
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    original, drawing.cores = drawing.cores, lambda: 2
    try:
        with processes() as own:
            assert own is not None
            yield own
    finally:
        drawing.cores = original


def test_other_processes_draw_the_same_bytes(tmp_path: Path, pool: ProcessPoolExecutor) -> None:
    own, others = drawn_by(tmp_path / "own", None), drawn_by(tmp_path / "others", pool)
    charts = {f"chart_{x}{ending}" for x in (0.25, 1.0, 3.0) for ending in ENDINGS}
    assert own.keys() == others.keys() == charts | {"rdm.png", "rdm.svg", "rdm.pdf"}
    for name, written in own.items():
        if name.endswith(_BY_LIBRARY) and name in charts:
            assert others[name].startswith(b"%PDF-")
        else:
            assert others[name] == written, name


def test_a_figure_is_waited_for_while_others_are_drawn(tmp_path: Path, pool: ProcessPoolExecutor) -> None:
    figures = FigureFolder(tmp_path, pool=pool)
    figures.draw("rdm_b", held, tmp_path / "flag")
    figures.draw("rdm_a", rdm_figure, RDM, NAMES, "an RDM")
    figures.draw("map", nothing)
    figures.draw("rho", held, tmp_path / "other flag")
    figures.wait("none of them")
    (tmp_path / "flag").touch()
    figures.wait("rdm_")
    assert (tmp_path / "rdm_a.png").exists()
    figures.wait("rdm_")
    (tmp_path / "other flag").touch()
    figures.finish()


@pytest.mark.parametrize("side_by_side", [False, True])
def test_an_error_names_its_figure(tmp_path: Path, pool: ProcessPoolExecutor, side_by_side: bool) -> None:
    figures = FigureFolder(tmp_path, pool=pool if side_by_side else None)
    with pytest.raises(DrawingError, match=r"figure rho_matrix cannot be drawn: ValueError: too small"):
        figures.draw("rho_matrix", broken, "too small")
        figures.finish()


def test_a_folder_that_cannot_be_written_is_an_error_of_the_machine(tmp_path: Path, pool: ProcessPoolExecutor) -> None:
    figures = FigureFolder(tmp_path / "absent", pool=pool)
    figures.draw("rdm", rdm_figure, RDM, NAMES, "an RDM")
    with pytest.raises(FileNotFoundError, match="absent"):
        figures.finish()


def test_a_process_that_was_ended_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "cores", lambda: 2)
    with processes() as own:
        figures = FigureFolder(tmp_path, pool=own)
        figures.draw("rdm", killed)
        with pytest.raises(MachineError, match=r"before rdm was finished.*taskset -c 0"):
            figures.finish()
        with pytest.raises(MachineError, match=r"before the_next was finished"):
            figures.draw("the_next", killed)
        with pytest.raises(MachineError, match=r"before the report was finished"):
            figures.later("the report", os.getpid)


def test_something_else_is_made_beside_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert FigureFolder(tmp_path).later("the report", os.getpid)() == os.getpid()
    monkeypatch.setattr(drawing, "cores", lambda: 2)
    with processes() as own:
        figures = FigureFolder(tmp_path, pool=own)
        assert figures.later("the report", os.getpid)() != os.getpid()
        wait = figures.later("the report", killed)
        with pytest.raises(MachineError, match=r"before the report was finished"):
            wait()


def test_one_core_draws_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "cores", lambda: 1)
    with processes() as own:
        assert own is None


def test_the_cores_are_those_that_the_process_may_use() -> None:
    command = [sys.executable, "-c", "from emogeo.analysis.drawing import cores; print(cores())"]
    one = subprocess.run(["taskset", "-c", "0", *command], capture_output=True, text=True, check=True)
    assert (one.stdout.strip(), cores()) == ("1", len(os.sched_getaffinity(0)))


def test_only_what_has_changed_is_drawn_again(tmp_path: Path) -> None:
    calls: list[float] = []

    def counted(x: float, names: list[str], rdm: Any) -> bytes:
        calls.append(x)
        return f"{x} {names} {rdm}".encode()

    contents = []
    for number, x in enumerate((0.5, 0.5, 0.75, 0.5)):
        kept, folder = Kept(tmp_path / "store", "figures"), tmp_path / str(number)
        folder.mkdir()
        figures = FigureFolder(folder, kept)
        figures.draw("own", counted, x, NAMES, RDM.copy())
        figures.draw("nothing", nothing)
        figures.finish()
        kept.write()
        contents.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert calls == [0.5, 0.75]
    assert contents[0] == contents[1] == contents[3] != contents[2]


def test_a_killed_analysis_leaves_what_it_has_drawn(
    tmp_path: Path, pool: ProcessPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures of other analyses among it, however many, since this one may still ask for them."""
    others = Kept(tmp_path / "store", "figures")
    for name in NAMES:
        others.put({"of": name}, [])
    others.write()
    monkeypatch.setattr(drawing, "_OFTEN", 0.0)
    (tmp_path / "figures").mkdir()
    figures = FigureFolder(tmp_path / "figures", Kept(tmp_path / "store", "figures", others=1), pool)
    figures.draw("first", rdm_figure, RDM, NAMES, "an RDM")
    first = figures._waiting[0][0]
    figures._waiting[0][1].result()
    figures.draw("second", held, str(tmp_path / "flag"))
    left = Kept(tmp_path / "store", "figures")
    assert left.get(first.key) and all(left.get({"of": name}) == [] for name in NAMES)
    (tmp_path / "flag").touch()
    figures.finish()
    figures.kept.write()
    assert [Kept(tmp_path / "store", "figures").get({"of": name}) for name in NAMES] == [None, None, None, []]


@pytest.mark.parametrize("file", ["../own.png", "/tmp/own.png", "a/own.png", ".."])
def test_a_kept_file_that_would_lie_elsewhere_is_drawn_again(tmp_path: Path, file: str) -> None:
    kept, folder = Kept(tmp_path / "store", "figures"), tmp_path / "figures"
    folder.mkdir()
    figure = drawing.Figure("own", rdm_figure, (RDM, NAMES, "an RDM"), None)
    kept.put(figure.key, [{"file": file, "content": "AAAA"}])
    FigureFolder(folder, kept).draw(figure.name, figure.make, *figure.of)
    assert (folder / "own.png").read_bytes().startswith(b"\x89PNG")
    assert [own.name for own in tmp_path.iterdir()] == ["figures"] and not (folder / "a").exists()


def test_of_very_many_figures_the_first_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "MOST_KEPT", 2)
    figures = FigureFolder(tmp_path, Kept(tmp_path / "store", "figures"))
    for name in NAMES:
        figures.draw(name, nothing)
    assert figures.kept.n_used == 2


@dataclass(frozen=True)
class Pair:
    a: float
    b: str


def test_what_a_figure_is_made_of_is_told_by_its_content() -> None:
    frame = pd.DataFrame({"x": [1.5, None], "name": ["a", None], "n": pd.array([1, None], dtype="Int64")})
    same = [(1, np.arange(3), frame, {"a": Pair(1.0, "b")}), (1, np.arange(3), frame.copy(), {"a": Pair(1.0, "b")})]
    assert str(content(same[0])) == str(content(same[1]))
    others = [
        (2, np.arange(3), frame, {"a": Pair(1.0, "b")}),
        (1, np.arange(3.0), frame, {"a": Pair(1.0, "b")}),
        (1, np.arange(3)[::-1], frame, {"a": Pair(1.0, "b")}),
        (1, np.arange(3), frame.iloc[::-1], {"a": Pair(1.0, "b")}),
        (1, np.arange(3), frame.rename(columns={"x": "y"}), {"a": Pair(1.0, "b")}),
        (1, np.arange(3), frame, {"b": Pair(1.0, "b")}),
        (1, np.arange(3), frame, {"a": Pair(1.0, "c")}),
    ]
    assert len({str(content(own)) for own in [*same, *others]}) == 1 + len(others)
    with pytest.raises(TypeError, match="computed from object"):
        content(object())


WAITS = """
import sys, time
from pathlib import Path
from emogeo.analysis import drawing
from emogeo.analysis.drawing import FigureFolder, processes

if __name__ == "__main__":
    drawing.cores = lambda: 2
    with processes() as pool:
        figures = FigureFolder(Path(sys.argv[1]), pool=pool)
        for number in range(50):
            pool.submit(time.sleep, 0.5)
        print("drawing", flush=True)
        figures.draw("last", str)
        figures.finish()
"""


@pytest.mark.parametrize("name", ["INT", "KILL"])
def test_processes_end_with_the_one_that_waits_for_them(tmp_path: Path, name: str) -> None:
    script = tmp_path / "waits.py"
    script.write_text(WAITS)
    own = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    waiting = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=own
    )
    assert waiting.stdout is not None and waiting.stdout.readline() == b"drawing\n"
    time.sleep(1)
    others = psutil.Process(waiting.pid).children(recursive=True)
    assert others
    waiting.send_signal(getattr(signal, f"SIG{name}"))
    waiting.communicate(timeout=30)
    _, alive = psutil.wait_procs(others, timeout=15)
    assert waiting.returncode != 0 and not alive
