"""The hub's cache first, then the hub; and what is said when neither has the weights."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import huggingface_hub
import pytest
from huggingface_hub import constants
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from emogeo.errors import WeightsError
from emogeo.models.weights import hub
from emogeo.models.weights.adapter import ADAPTER
from emogeo.models.weights.hub import hub_id, hub_snapshot

NAME, COMMIT, OTHER = "Org/Name", "a" * 40, "b" * 40
FILES = ("config.json", "tokenizer.json", "model.safetensors")
ANSWER = httpx.Response(404, request=httpx.Request("GET", "https://hub.example"))


@pytest.fixture(autouse=True)
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_UNREACHABLE", [])


def snapshot(cache: Path, commit: str, branch: str | None = None, without: str | None = None) -> Path:
    repository = cache / "models--Org--Name"
    folder = repository / "snapshots" / commit
    folder.mkdir(parents=True)
    for name in FILES:
        if name != without:
            (folder / name).write_text("{}")
    if branch is not None:
        (repository / "refs").mkdir(exist_ok=True)
        (repository / "refs" / branch).write_text(commit)
    return folder


def online(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[str]:
    """The hub answers with a commit, or raises; gives the revisions that it was asked for."""
    asked: list[str] = []

    def model_info(_self: Any, _repository: str, revision: str, timeout: float) -> SimpleNamespace:
        asked.append(revision)
        if isinstance(answer, BaseException):
            raise answer
        return SimpleNamespace(sha=answer)

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)
    return asked


def refusal(revision: str = COMMIT) -> str:
    with pytest.raises(WeightsError) as error:
        hub_snapshot(NAME, revision)
    return str(error.value)


def test_a_commit_in_the_cache_asks_nobody(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = snapshot(hub_cache, COMMIT)
    asked = online(monkeypatch, OSError("asked"))
    assert hub_snapshot(NAME, COMMIT) == (folder, COMMIT)
    assert asked == []


def test_a_branch_is_its_commit_of_last_time_where_the_hub_is_away(
    hub_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = snapshot(hub_cache, OTHER, "main")
    assert hub_snapshot(NAME, "main") == (folder, OTHER)
    asked = online(monkeypatch, OSError("no route"))
    for _ in range(2):
        assert hub_snapshot(NAME, "main") == (folder, OTHER)
    assert asked == ["main"], "a sweep does not wait again for each of its models"


def test_nothing_cached_and_no_network(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = refusal()
    assert said.startswith(
        f"{NAME}@{COMMIT} is not in the cache and the hub cannot be reached (HF_HUB_OFFLINE is set)."
    )
    for part in (f"hf download {NAME} --revision {COMMIT}; then set HF_HOME", "model=smollm2-135m-instruct"):
        assert part in said
    online(monkeypatch, OSError("no route"))
    assert "cannot be reached (OSError: no route)" in refusal()


def test_another_commit_in_the_cache_is_offered(hub_cache: Path) -> None:
    snapshot(hub_cache, OTHER)
    assert f"The cache holds {OTHER}: type model.weights={NAME}@{OTHER} to use it." in refusal()


@pytest.mark.parametrize("absent", FILES)
def test_an_incomplete_snapshot_is_not_used(absent: str, hub_cache: Path) -> None:
    snapshot(hub_cache, COMMIT, without=absent)
    snapshot(hub_cache, OTHER, without=absent)
    said = refusal()
    assert "is not in the cache" in said
    assert "The cache holds" not in said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            GatedRepoError("gated", response=ANSWER),
            f"{NAME} is gated: accept its licence at https://huggingface.co/{NAME}, then `hf auth login`.",
        ),
        (
            RevisionNotFoundError("none", response=ANSWER),
            f"{NAME} has no revision {COMMIT}; type model.weights={NAME}@main for the newest.",
        ),
        (RepositoryNotFoundError("none", response=ANSWER), f"The hub has no model {NAME}, or it is private: check the"),
        (HfHubHTTPError("teapot\nmore", response=ANSWER), f"{NAME}@{COMMIT}: the hub answered teapot Without the hub"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_the_hub_refuses_is_said_in_words(
    error: Exception, said: str, hub_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    online(monkeypatch, error)
    assert refusal().startswith(said)
    assert hub._UNREACHABLE == [], "the hub is there"


def test_a_branch_that_has_moved_is_downloaded(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot(hub_cache, OTHER, "main")
    online(monkeypatch, COMMIT)
    fetched = snapshot(hub_cache, COMMIT)
    plain, calls = huggingface_hub.snapshot_download, []

    def download(repository: str, revision: str, **options: Any) -> str:
        if options.get("local_files_only"):
            return str(plain(repository, revision=revision, **options))
        calls.append((repository, revision, options["allow_patterns"]))
        return str(fetched)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    assert hub_snapshot(NAME, "main") == (fetched, COMMIT)
    assert [call[:2] for call in calls] == [(NAME, "main")]
    assert "*.safetensors" in calls[0][2] and not any("bin" in pattern for pattern in calls[0][2])
    (fetched / "model.safetensors").unlink()
    assert "lacks model.safetensors (or its shards and their index). Of a repository of GGUF" in refusal("main")
    assert "pytorch_model*.bin" in calls[-1][2], "pickles are asked for where there are no safetensors"
    (fetched / "pytorch_model.bin").write_bytes(b"")
    assert hub_snapshot(NAME, "main") == (fetched, COMMIT)


def test_a_download_that_stops_says_so(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(_repository: str, **options: Any) -> str:
        raise OSError("disk full\nat byte 7")

    online(monkeypatch, COMMIT)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", stops)
    assert refusal() == (f"{NAME}@{COMMIT}: the download stopped (OSError: disk full); run again to go on with it.")


def test_an_adapter_s_pickle_is_fetched_where_it_has_no_safetensors(
    hub_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, asked = hub_cache / "own", list[list[str]]()
    folder.mkdir()
    (folder / "adapter_config.json").write_text("{}")

    def download(_repository: str, **options: Any) -> str:
        if options.get("local_files_only"):
            raise OSError("not cached")
        asked.append(options["allow_patterns"])
        if "adapter_model.bin" in asked[-1]:
            (folder / "adapter_model.bin").touch()
        return str(folder)

    online(monkeypatch, COMMIT)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    assert hub_snapshot(NAME, "main", ADAPTER) == (folder, "own")
    assert len(asked) == 2
    (folder / "adapter_config.json").unlink()
    with pytest.raises(WeightsError, match=rf"{NAME}@main is no adapter: it lacks adapter_config.json\. For a whole"):
        hub_snapshot(NAME, "main", ADAPTER)


def test_a_slip_of_ours_is_not_taken_for_a_hub_that_is_away(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (AssertionError("ours"), TypeError("ours")):
        online(monkeypatch, error)
        with pytest.raises(type(error), match="ours"):
            hub_snapshot(NAME, COMMIT)
    library = next(base for base in HfHubHTTPError.__bases__ if base is not OSError)
    online(monkeypatch, library("no route"))
    assert "cannot be reached (HTTPError: no route)" in refusal()


def test_a_folder_without_that_model_is_said_before_the_network_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m" / "other").mkdir(parents=True)
    with pytest.raises(WeightsError, match=r"the folder m is here and has no name in it \(it holds other\).*@main"):
        hub_id("weights", "m/name")
    assert hub_id("weights", "m/name@main") == ("m/name", "main")
    assert hub_id("weights", "Org/Name") == ("Org/Name", "")
