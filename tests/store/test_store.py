"""Records are whole or absent, and every flipped byte is noticed."""

from __future__ import annotations

import errno
import json
import logging
import multiprocessing
import multiprocessing.synchronize
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from emogeo.errors import StoreError
from emogeo.store.keys import canonical_json
from emogeo.store.manifest import MANIFEST, entry_of
from emogeo.store.store import GENERATIONS, RUNS, Store
from emogeo.store.tensors import pack, unpack

KEY = "ab" * 32
FILES = {"run.json": b'{"a":1}', "rdm.safetensors": pack({"rdm": np.eye(3)})}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert not store.has(RUNS, KEY)
    store.write(RUNS, KEY, FILES)
    assert store.read(RUNS, KEY) == FILES
    assert list(store.keys(RUNS)) == [KEY]
    np.testing.assert_array_equal(unpack(store.read(RUNS, KEY)["rdm.safetensors"])["rdm"], np.eye(3))
    store.write(RUNS, KEY, {"run.json": b"{}"})
    assert store.read(RUNS, KEY) == {"run.json": b"{}"}
    assert not list((tmp_path / ".tmp").iterdir())


def test_every_flipped_byte_of_every_file_is_noticed_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emogeo.store.store._SWAP_SECONDS", 0)
    store = Store(tmp_path)
    folder = store.write(RUNS, KEY, FILES)
    for file in sorted(folder.iterdir()):
        content = file.read_bytes()
        for position in range(len(content)):
            flipped = bytearray(content)
            flipped[position] ^= 1 << (position % 8)
            file.write_bytes(flipped)
            with pytest.raises(StoreError, match=file.name):
                store.read(RUNS, KEY)
        file.write_bytes(content)
    store.read(RUNS, KEY)


def test_truncated_missing_and_added_files_are_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    folder = store.write(RUNS, KEY, FILES)
    (folder / "extra").write_text("x")
    with pytest.raises(StoreError, match="extra"):
        store.read(RUNS, KEY)
    (folder / "extra").unlink()
    (folder / "run.json").write_bytes(FILES["run.json"][:-1])
    with pytest.raises(StoreError, match=r"run\.json"):
        store.read(RUNS, KEY)
    (folder / "run.json").unlink()
    with pytest.raises(StoreError, match=r"run\.json is missing"):
        store.read(RUNS, KEY)
    (folder / MANIFEST).unlink()
    with pytest.raises(StoreError, match="not a record"):
        store.read(RUNS, KEY)


def test_names_cannot_leave_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for key in ("../x", "AB" * 32, "ab", "ab" * 32 + "/.."):
        with pytest.raises(StoreError, match="not a key"):
            store.read(RUNS, key)
    folder = store.write(RUNS, KEY, FILES)
    body = {"../../outside": {"sha256": "0" * 64, "size": 1}}
    (folder / MANIFEST).write_bytes(
        canonical_json({"checksum": entry_of(canonical_json(body))["sha256"], "files": body})
    )
    with pytest.raises(StoreError, match=MANIFEST):
        store.read(RUNS, KEY)


def write_often(path: str, seed: int) -> None:
    for _ in range(40):
        Store(path).write(RUNS, KEY, {"run.json": canonical_json({"writer": seed})})


def test_two_writers_of_one_record_leave_a_whole_one(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_often, args=(str(tmp_path), seed)) for seed in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert json.loads(Store(tmp_path).read(RUNS, KEY)["run.json"])["writer"] in {0, 1}


def read_often(path: str) -> None:
    """Reads while others write; a whole record is always found."""
    for _ in range(300):
        assert Store(path).read(RUNS, KEY)


def test_readers_do_not_trip_over_a_writer(tmp_path: Path) -> None:
    Store(tmp_path).write(RUNS, KEY, {"run.json": b"{}"})
    context = multiprocessing.get_context("spawn")
    reader = context.Process(target=read_often, args=(str(tmp_path),))
    reader.start()
    while reader.is_alive():
        Store(tmp_path).write(RUNS, KEY, {"run.json": b"{}"})
        time.sleep(0.02)
    assert reader.exitcode == 0


def test_a_store_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=r"The store .*file cannot be written"):
        Store(tmp_path / "file").check_writable()
    Store(tmp_path / "new").check_writable()


def test_a_killed_writer_leaves_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from emogeo.store import store as module

    def killed(_file: Path, _content: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_write_synced", killed)
    with pytest.raises(KeyboardInterrupt):
        Store(tmp_path).write(RUNS, KEY, FILES)
    assert not Store(tmp_path).has(RUNS, KEY)


def test_all_of_a_record_is_on_the_disk_before_it_appears_and_its_name_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file with all of its bytes, then their folder; and once it is renamed, the folder that it appears in."""
    synced: dict[str, tuple[int, bool]] = {}
    fsync, target = os.fsync, tmp_path / RUNS / ("a" * 64)

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced[path.name] = (0 if path.is_dir() else path.stat().st_size, target.exists())

    monkeypatch.setattr(os, "fsync", noted)
    store = Store(tmp_path)
    store.write(RUNS, "a" * 64, {"a.bin": b"12345", "b.bin": b"1"})
    sizes = {file.name: (file.stat().st_size, False) for file in target.iterdir()}
    assert set(sizes) == {"a.bin", "b.bin", MANIFEST}
    assert synced == {**sizes, "record": (0, False), RUNS: (0, True)}


def _hold(folder: Path, ready: multiprocessing.synchronize.Event) -> None:
    with Store(folder).lock(RUNS, KEY):
        ready.set()
        time.sleep(60)


def test_a_claim_is_free_at_once_when_its_holder_is_killed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ready = multiprocessing.get_context("spawn").Event()
    holder = multiprocessing.get_context("spawn").Process(target=_hold, args=(tmp_path, ready))
    holder.start()
    assert ready.wait(30)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_claimed_at, tmp_path)
        while "it is being computed, waiting" not in caplog.text:
            time.sleep(0.01)
        killed = time.monotonic()
        holder.kill()
        assert 0 < waiting.result(timeout=10) - killed < 5
    with Store(tmp_path).lock(RUNS, "b" * 64), Store(tmp_path).lock(GENERATIONS, "b" * 64):
        pass  # claims of other records are others


def _claimed_at(folder: Path) -> float:
    with Store(folder).lock(RUNS, KEY):
        return time.monotonic()


def test_what_killed_processes_left_goes_after_a_day(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.check_writable()
    for name, days in (("old", 2), ("new", 0)):
        (tmp_path / ".tmp" / name).mkdir()
        os.utime(tmp_path / ".tmp" / name, (time.time() - days * 86400,) * 2)
    store.check_writable()
    assert [path.name for path in (tmp_path / ".tmp").iterdir()] == ["new"]


def test_a_broken_record_counts_as_missing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(tmp_path)
    assert store.whole(RUNS, KEY) is None and not caplog.records
    folder = store.write(RUNS, KEY, FILES)
    assert store.whole(RUNS, KEY) == FILES
    (folder / next(iter(FILES))).write_bytes(b"other")
    assert store.whole(RUNS, KEY) is None
    assert "counts as missing" in caplog.text


def test_a_file_of_another_size_or_larger_than_memory_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, name = Store(tmp_path), next(iter(FILES))
    folder = store.write(RUNS, KEY, FILES)
    with (folder / name).open("r+b") as stream:
        stream.truncate(2**40)
    with pytest.raises(StoreError, match=f"{name} is not what was written"):
        store.read(RUNS, KEY)
    store.write(RUNS, KEY, FILES)
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("Free", (), {"available": 1}))
    with pytest.raises(StoreError, match=r"has 0\.0 GiB, and 0\.0 GiB of memory are free"):
        store.read(RUNS, KEY)


def test_a_full_disk_leaves_the_record_before_and_names_the_folder(tmp_path: Path) -> None:
    store = Store(tmp_path)
    folder = store.write(RUNS, KEY, {"run.json": b"{}"})
    code = (
        "import resource, sys; from emogeo.machine import machine_error; from emogeo.store.store import Store\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"try: Store({str(tmp_path)!r}).write('runs', {KEY!r}, {{'run.json': b'0' * 2000}})\n"
        "except OSError as error: print(machine_error(error))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{folder}: File too large.")
    assert store.read(RUNS, KEY) == {"run.json": b"{}"}
    assert not list((tmp_path / ".tmp").iterdir())


def test_no_room_is_said_before_anything_is_computed(tmp_path: Path) -> None:
    code = (
        "import resource; from emogeo.store.store import Store\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"try: Store({str(tmp_path)!r}).check_writable()\n"
        "except Exception as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"The store {tmp_path} cannot be written: File too large. Give another folder.\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [(errno.EACCES, r"run\.json cannot be read: Permission denied\."), (errno.ENOENT, r"run\.json is missing\.")],
)
def test_a_file_that_may_not_be_read_or_goes_while_it_is_read_is_named(
    code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emogeo.store.store._SWAP_SECONDS", 0)
    store, read = Store(tmp_path), Path.read_bytes
    store.write(RUNS, KEY, FILES)

    def refused(file: Path) -> bytes:
        if file.name == "run.json":
            raise OSError(code, os.strerror(code), str(file))
        return read(file)

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(StoreError, match=said):
        store.read(RUNS, KEY)
    assert store.whole(RUNS, KEY) is None
