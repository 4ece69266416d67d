"""NumPy's files: headers first, slices later, never a pickle."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogeo.errors import ImportedError
from emogeo.imported.numpy_files import npy_contents, npz_contents
from tests.imported.made_up import BLOCKS, LABELS, VECTORS, holds_vectors, read


class Runs:
    """An object whose pickle makes a file when it is read."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("kind", ["npy", "npz"])
def test_objects_are_refused_and_nothing_runs(tmp_path: Path, kind: str) -> None:
    mark = tmp_path / "ran"
    objects = np.array([Runs(mark)] * 4, dtype=object)
    path = tmp_path / f"x.{kind}"
    if kind == "npy":
        np.save(path, objects)
    else:
        np.savez(path, vectors=VECTORS, labels=objects)
    with pytest.raises(ImportedError, match="would run code"):
        read(path)
    assert not mark.exists()


def test_objects_about_the_file_are_left_unread(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    about = np.array([Runs(mark)], dtype=object)
    np.savez(tmp_path / "x.npz", vectors=VECTORS, labels=LABELS, layers=BLOCKS, metadata=about)
    assert holds_vectors(read(tmp_path / "x.npz")) and not mark.exists()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", "<f2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_slices_are_those_of_numpy(tmp_path: Path, save: Any, dtype: str, order: Any) -> None:
    array = np.random.default_rng(0).normal(size=(5, 4, 3)).astype(dtype, order=order)
    save(tmp_path / "x.npz", a=array)
    np.save(tmp_path / "x.npy", array)
    for contents in (npz_contents(tmp_path / "x.npz"), npy_contents(tmp_path / "x.npy")):
        stored = next(iter(contents.arrays.values()))
        assert stored.shape == (5, 4, 3) and np.array_equal(stored.part(), array)
        for axis in range(3):
            for place in range(array.shape[axis]):
                assert np.array_equal(stored.part(axis, place), np.take(array, place, axis=axis))


def test_words_and_whole_numbers_are_lists_and_single_values_are_said(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", v=VECTORS, names=LABELS, layers=[3, 7], model="org/m", layer=3, scale=np.float32(0.5))
    got = npz_contents(tmp_path / "x.npz")
    assert got.words == {"names": tuple(LABELS)} and got.numbers == {"layers": (3, 7), "layer": (3,)}
    assert got.said == {"model": "org/m", "layer": "3", "scale": "0.5"} and list(got.arrays) == [("v",)]


def test_a_header_that_promises_more_than_there_is(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", VECTORS)
    content = (tmp_path / "x.npy").read_bytes().replace(b"(6, 2, 16)", b"(6, 2,1e9)".replace(b"1e9", b"999"))
    (tmp_path / "x.npy").write_bytes(content)
    with pytest.raises(ImportedError, match=r"shape \[6, 2, 999\].*broken"):
        read(tmp_path / "x.npy")


def test_a_member_that_unpacks_to_far_more_than_it_is(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("v.npy", "w") as member,
    ):
        np.lib.format.write_array_header_1_0(member, {"descr": "<f4", "fortran_order": False, "shape": (4, 2**26, 1)})
        for _ in range(2**6 + 1):
            member.write(bytes(2**24))
    with pytest.raises(ImportedError, match="would unpack from"):
        read(tmp_path / "x.npz")


def test_more_than_a_block_of_four_gib_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.lib.format.open_memmap(path, mode="w+", dtype=np.float64, shape=(4, 2**28)).flush()
    got = read(path, labels=["a", "b", "c", "d"], layers=[0])
    with pytest.raises(ImportedError, match="8.0 GiB a block, and at most 4"):
        got.at(0)
