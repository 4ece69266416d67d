"""The bytes of a figure's file."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib.image
import numpy as np
from matplotlib.figure import Figure

from emogeo.figures.png import label_axes, png, save


def test_a_figure_is_the_same_picture_every_time_and_another_is_another() -> None:
    def drawn(values: list[int]) -> bytes:
        figure = Figure(figsize=(2, 1))
        figure.subplots().plot(values)
        return png(figure)

    assert drawn([1, 2]) == drawn([1, 2])
    assert drawn([1, 2]) != drawn([2, 1])
    picture = matplotlib.image.imread(io.BytesIO(drawn([1, 2])))
    assert picture.shape[:2] == (130, 260), "130 dots per inch"
    assert b"Software" not in drawn([1, 2]), "nothing of the library's version"


def test_papers_have_svg_and_pdf_with_fonts(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        figure = Figure(figsize=(2, 1))
        figure.subplots().set_title("ρ of hopeful")
        (tmp_path / folder).mkdir()
        save(png(figure), tmp_path / folder / "rho_0.5.png")
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["rho_0.5.pdf", "rho_0.5.png", "rho_0.5.svg"]
    assert ">ρ of hopeful</text>" in (tmp_path / "a" / "rho_0.5.svg").read_text(), "letters stay letters"
    assert b"/FontFile2" in (tmp_path / "a" / "rho_0.5.pdf").read_bytes(), "fonts are embedded"
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_names_stand_beside_their_rows_and_columns() -> None:
    axes = Figure().subplots()
    axes.imshow(np.zeros((3, 3)))
    label_axes(axes, ["x", "y", "z"])
    wanted = [(0, "x"), (1, "y"), (2, "z")]
    assert [(label.get_position()[1], label.get_text()) for label in axes.get_yticklabels()] == wanted
    assert [(label.get_position()[0], label.get_text()) for label in axes.get_xticklabels()] == wanted
    label_axes(axes, ["x", "y", "z"], 6, step=2)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["x", "z"]
    assert {label.get_fontsize() for label in axes.get_xticklabels()} == {6}
