"""A record's files agree with its manifest, or one of them is named."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emogeo.errors import StoreError
from emogeo.store.keys import canonical_json
from emogeo.store.manifest import MANIFEST, checked, entry_of, manifest_of

FILES = {"run.json": b"{}", "rdm.safetensors": b"\x00\x01"}
BROKEN = f"here/{MANIFEST} is not what was written (checksum)."


def test_a_manifest_is_the_size_and_sha256_of_every_file() -> None:
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    found = json.loads(manifest_of(FILES))
    assert found["files"] == {name: {"size": len(FILES[name]), "sha256": sums[name]} for name in FILES}
    body = json.dumps(found["files"], sort_keys=True, separators=(",", ":")).encode()
    assert found["checksum"] == hashlib.sha256(body).hexdigest()


def test_a_name_that_no_file_can_have_is_no_manifest() -> None:
    body = {**{name: entry_of(content) for name, content in FILES.items()}, "a" * 256: entry_of(b"")}
    manifest = canonical_json({"checksum": entry_of(canonical_json(body))["sha256"], "files": body})
    assert refusal({MANIFEST: manifest, **FILES}) == BROKEN
    longest = {"a" * 255: b""}
    assert checked({MANIFEST: manifest_of(longest), **longest}, "here") == longest


names = st.text("abc.", min_size=1, max_size=6).filter(lambda name: name.strip(".") and name != MANIFEST)


@given(files=st.dictionaries(names, st.binary(max_size=20), max_size=4))
def test_files_with_their_own_manifest_are_given_back(files: dict[str, bytes]) -> None:
    assert checked({MANIFEST: manifest_of(files), **files}, "here") == files


def refusal(files: dict[str, bytes]) -> str:
    with pytest.raises(StoreError) as error:
        checked(files, "here")
    return str(error.value)


def test_a_file_that_does_not_agree_is_named() -> None:
    whole = {MANIFEST: manifest_of(FILES), **FILES}
    assert refusal(FILES) == f"here is not a record: it has no {MANIFEST}."
    assert refusal({**whole, "run.json": b"{ }"}) == "here/run.json is not what was written (checksum)."
    assert refusal({**whole, "b": b"", "a": b""}) == "here holds a, b, which its manifest does not name."
    del whole["run.json"]
    assert refusal(whole) == "here/run.json is missing."


def signed(body: object) -> bytes:
    """A manifest whose own checksum is right, whatever it says."""
    return canonical_json({"checksum": entry_of(canonical_json(body))["sha256"], "files": body})


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"files": {}}',
        manifest_of(FILES) + b"\n",
        manifest_of(FILES).replace(b'"size":2', b'"size":3'),
        signed({"../run.json": entry_of(b"{}")}),
        signed({"deep/run.json": entry_of(b"{}")}),
        signed([1]),
        signed(["run.json"]),
        signed("a"),
    ],
)
def test_a_manifest_that_is_not_one_is_said_so(manifest: bytes) -> None:
    assert refusal({MANIFEST: manifest, **FILES}) == BROKEN
