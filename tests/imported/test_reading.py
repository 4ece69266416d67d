"""Every published shape ends as it should: read, or refused by name."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from emogeo.errors import ImportedError
from emogeo.imported.reading import READERS
from tests.imported.made_up import BLOCKS, DATA, LABELS, RDM, STATES, TEXT_LABELS, VECTORS, holds_vectors, keyed, read

SIX = ["anger", "at ease", "fear", "grief-stricken", "joy", "sadness"]


@pytest.mark.parametrize(
    "name", ["01_keys_layer_label.npz", "02_file_per_layer", "03_stacked.safetensors", "04_tensors.pt"]
)
def test_published_vectors_are_read(name: str) -> None:
    got = read(DATA / name)
    with np.load(DATA / "01_keys_layer_label.npz") as plain:
        assert (got.kind, got.blocks, list(got.labels)) == ("vectors", (3, 7), SIX)
        if name.startswith("01"):
            for place, block in enumerate(got.blocks):
                assert np.array_equal(got.at(place), [plain[f"layer_{block}__{label}"] for label in SIX])
    assert got.at(1).shape == (6, 16) and got.files
    assert got.said.get("model", "example/tiny") == "example/tiny"


def test_a_published_file_with_an_object_is_refused() -> None:
    for name in ("05_with_an_object.pt", "06_pickled.npz"):
        with pytest.raises(ImportedError, match=f"{name}.*would run code"):
            read(DATA / name)


def test_published_control_vectors_are_labelled_by_their_files() -> None:
    got = read(DATA / "07_control_vectors")
    assert got.labels == ("anger", "at_ease", "fear", "grief-stricken") and got.blocks == (3, 7)
    assert got.said["controlvector.model_hint"] == "llama" and len(got.files) == 4


def test_published_rdms_are_read() -> None:
    table, rsatoolbox = read(DATA / "08_rdm.csv"), read(DATA / "09_rsatoolbox.h5")
    assert [own.kind for own in (table, rsatoolbox)] == ["rdm", "rdm"]
    assert list(table.labels) == list(rsatoolbox.labels) == SIX and table.blocks == rsatoolbox.blocks == ()
    assert np.allclose(table.at(0), rsatoolbox.at(0), atol=1e-6) and table.at(0)[0, 1] == pytest.approx(0.659558)


def test_published_states_have_the_labels_of_the_table_beside() -> None:
    got = read(DATA / "10_states.npz")
    assert (got.kind, got.blocks, len(got.labels), set(got.labels)) == ("states", (3, 7), 48, set(SIX))
    assert got.topics is not None and got.topics[:2] == ("topic 0", "topic 1")
    with np.load(DATA / "10_states.npz") as plain:
        assert np.array_equal(got.at(1), plain["states"][:, 1])
    assert [path.name for path in got.files] == ["10_states.npz", "10_states.csv"]


def test_a_published_value_that_is_not_finite_is_named() -> None:
    got = read(DATA / "11_not_finite.npz")
    assert np.isfinite(got.at(0)).all()
    with pytest.raises(ImportedError, match=r"11_not_finite.npz.*'fear' at block 7 has nan in dimension 3"):
        got.at(1)


def test_a_table_of_labels_alone_is_no_measurement() -> None:
    with pytest.raises(ImportedError, match="table of labels of some states, give the file of the states"):
        read(DATA / "10_states.csv")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.pkl", pickle.dumps({"joy": [1.0]}), "x.pkl is a pickle: refused"),
        ("x.mat", b"MATLAB", "what is read is .npz"),
        ("x.npz", b"version https://git-lfs.github.com/spec/v1\n", "pointer of Git LFS"),
        ("x.pt", b"<!DOCTYPE html><html>", "web page"),
        ("x.npz", b"", "x.npz is empty"),
        ("x.npz", b"PK nothing", "no npz file, or broken"),
    ],
)
def test_what_is_no_such_file_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportedError, match=said):
        read(tmp_path / name)


@pytest.mark.parametrize("suffix", READERS)
def test_no_kind_of_file_fails_in_ways_of_its_library(tmp_path: Path, suffix: str) -> None:
    drawn = np.random.default_rng(0)
    starts = {
        ".npz": b"PK\x03\x04",
        ".npy": b"\x93NUMPY\x01\x00",
        ".gguf": b"GGUF\x03\0\0\0",
        ".h5": b"\x89HDF\r\n\x1a\n",
    }
    for attempt in range(30):
        path = tmp_path / f"{attempt}{suffix}"
        path.write_bytes(starts.get(suffix, b"") * (attempt % 2) + drawn.bytes(int(drawn.integers(1, 400))))
        with pytest.raises(ImportedError):
            read(path)


@pytest.mark.parametrize("name", [path.name for path in DATA.iterdir() if path.is_file() and path.name[:2] < "11"])
def test_a_file_that_was_cut_off_is_named_or_read_as_far_as_it_is_whole(tmp_path: Path, name: str) -> None:
    whole = (DATA / name).read_bytes()
    for part in (0.1, 0.5, 0.9, 0.99):
        (tmp_path / name).write_bytes(whole[: int(len(whole) * part)])
        try:
            got = read(tmp_path / name)
            [got.at(place) for place in range(len(got.blocks))]
        except ImportedError as error:
            assert name in str(error)


@pytest.mark.parametrize("name", [path.name for path in DATA.iterdir() if path.is_file()])
def test_a_file_with_wrong_bytes_is_named_or_read(tmp_path: Path, name: str) -> None:
    drawn, whole = np.random.default_rng(3), (DATA / name).read_bytes()
    for _ in range(25):
        broken = bytearray(whole)
        for place in drawn.integers(0, len(whole), 4):
            broken[place] = drawn.integers(0, 256)
        (tmp_path / name).write_bytes(broken)
        try:
            got = read(tmp_path / name)
            [got.at(place) for place in range(len(got.blocks))]
        except ImportedError as error:
            assert str(error)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ImportedError, match="no such file or folder"):
        read(tmp_path / "none.npz")


def test_metadata_beside_a_file_are_what_it_says(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", VECTORS)
    about = {"emotions": LABELS, "layers": BLOCKS, "model": {"name": "org/m", "path": "/etc/passwd"}}
    (tmp_path / "metadata.json").write_text(json.dumps(about))
    got = read(tmp_path / "v.npy")
    assert holds_vectors(got) and got.said == {"model.name": "org/m", "model.path": "/etc/passwd"}
    assert [path.name for path in got.files] == ["v.npy", "metadata.json"]


def test_names_that_lead_out_of_the_file_lead_nowhere(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", **keyed("../../{l}/layer_{b}"))
    assert holds_vectors(read(tmp_path / "x.npz"))


def test_layers_pick_blocks(tmp_path: Path) -> None:
    vectors = keyed("layer_{b}__{l}")
    del vectors["layer_3__joy"]
    np.savez(tmp_path / "x.npz", **vectors)
    with pytest.raises(ImportedError, match=r"'joy' has no vector at block 3.*'joy' has 7.*imported.layers"):
        read(tmp_path / "x.npz")
    got = read(tmp_path / "x.npz", layers=[7])
    assert got.blocks == (7,) and got.at(0).shape == (6, 16)


_READS = """
import resource, sys
from pathlib import Path
from emogeo.config.imported import ImportedConfig
from emogeo.imported.reading import read_measured
path = Path(sys.argv[1])
labels = [f"label {row % 8}" for row in range(2_000)]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
got = read_measured(ImportedConfig(path=str(path), labels=labels, n_layers=64), path)
for place in (0, 31, 63):
    assert got.at(place).shape == (2_000, 1_024) and got.at(place)[5, 7] == 0
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.parametrize("kind", ["npy", "npz", "safetensors"])
def test_peak_memory_is_about_that_of_one_block(tmp_path: Path, kind: str) -> None:
    """250 MiB of states, a file without a single block on the disk, in less than 30: a block has 4."""
    shape = (2_000, 64, 1_024)
    path = tmp_path / f"states.{kind}"
    if kind == "safetensors":
        size = int(np.prod(shape)) * 2
        header = json.dumps({"states": {"dtype": "F16", "shape": shape, "data_offsets": [0, size]}}).encode()
        path.write_bytes(len(header).to_bytes(8, "little") + header)
        with path.open("r+b") as stream:
            stream.truncate(8 + len(header) + size)
    elif kind == "npy":
        np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=shape).flush()
    else:
        np.savez_compressed(path, states=np.zeros(shape, np.float16))
        assert path.stat().st_size < 2**20
    done = subprocess.run([sys.executable, "-c", _READS, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 30


def test_reading_imports_no_torch_unless_a_torch_file_is_read() -> None:
    seen = "import sys, emogeo.imported.reading; print('torch' in sys.modules, 'transformers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_states_and_rdms_of_plain_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "s.npz", states=STATES, labels=TEXT_LABELS, layers=BLOCKS)
    np.save(tmp_path / "r.npy", RDM)
    states, rdm = read(tmp_path / "s.npz"), read(tmp_path / "r.npy", labels=LABELS)
    assert states.kind == "states" and np.array_equal(states.at(1), STATES[:, 1]) and states.at(1).dtype == np.float16
    assert rdm.kind == "rdm" and np.array_equal(rdm.at(0), RDM)
