"""Weights from the Hugging Face hub, its offline cache first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emogeo.errors import WeightsError
from emogeo.models.weights.folder import complete, describes_model
from emogeo.models.weights.here import fetches, refuse_fetching
from emogeo.models.weights.missing import what_is_missing
from emogeo.models.weights.pickles import PICKLE, pickles_in

_PATTERNS = ["*.json", "*.safetensors", "*.jinja", "*.model", "*.txt"]
_PATIENCE_SECONDS = 10.0
_UNREACHABLE: list[str] = []
"""Why the hub did not answer; a sweep does not wait again for each of its models."""
_IGNORED = ["consolidated*", "original/*", "onnx/*"]
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHOWN = 8
"""How many digits of a commit a name shows."""
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(@[\w./-]+)?")
_WITHOUT_HUB = "Without the hub these run: model=smollm2-135m-instruct, gemma-3-270m, qwen2.5-coder-0.5b-instruct, \
qwen2.5-coder-1.5b-instruct (weights from the package index), or model.weights=FOLDER."


@dataclass(frozen=True)
class Wanted:
    """What a repository is to hold."""

    whole: Callable[[Path], bool]
    """Whether a snapshot has all that is needed."""
    wants_pickles: Callable[[Path], bool]
    """Whether it is worth fetching pickles: all but the weights is there."""
    pickles: str
    """The pattern of their names."""
    lacks: Callable[[str, Path], str]
    """Says what a snapshot of a repository lacks, and what to do."""


def usable(folder: Path) -> bool:
    """Whether a folder holds a whole model, in safetensors or in pickles, whose tensors can be converted."""
    if complete(folder):
        return True
    try:
        return describes_model(folder) and bool(pickles_in(folder))
    except WeightsError:
        return False


def _lacking(repository: str, folder: Path) -> str:
    return (
        f"lacks {what_is_missing(folder)}. Of a repository of GGUF files get one: hf download {repository} NAME.gguf "
        "--local-dir FOLDER; then type model.weights=FOLDER/NAME.gguf."
    )


MODEL = Wanted(
    usable,
    lambda folder: describes_model(folder) and not complete(folder),
    f"{PICKLE.removesuffix('.bin')}*.bin",
    _lacking,
)


def hub_snapshot(repository: str, revision: str, wanted: Wanted = MODEL) -> tuple[Path, str]:
    """Folder and commit of a repository's snapshot.

    A commit that is whole in the cache costs no network; a branch or tag is looked
    up on the hub where there is one, else taken from the cache.

    Args:
        wanted: what it is to hold.

    Raises:
        WeightsError: not there, not allowed, not cached, or without such weights.
    """
    cached = _cached(repository, revision, wanted.whole)
    if cached is not None and cached.name == revision:
        return cached, revision
    if cached is None:
        refuse_fetching(f"{repository}@{revision}")
    commit = _commit_on_hub(repository, revision)
    if commit is None:
        if cached is None:
            raise WeightsError(_not_cached(repository, revision))
        return cached, cached.name
    folder = _download(repository, revision, _PATTERNS)
    if wanted.wants_pickles(folder):
        folder = _download(repository, revision, [*_PATTERNS, wanted.pickles])
    if not wanted.whole(folder):
        raise WeightsError(f"{repository}@{revision} {wanted.lacks(repository, folder)}")
    return folder, folder.name


def hub_id(field: str, given: str) -> tuple[str, str]:
    """Gives repository and revision ("" for none) of a hub id.

    Raises:
        WeightsError: a text that is none.
    """
    if not _HUB_ID.fullmatch(given):
        kind = "a file or folder" if field == "weights" else "a folder"
        raise WeightsError(f"model.{field}={given}: neither {kind} that exists nor a hub id (Org/Name[@revision]).")
    _refuse_missing_folder(field, given)
    repository, _, revision = given.partition("@")
    return repository, revision


def _refuse_missing_folder(field: str, given: str) -> None:
    """Refuses what looks like a hub id and begins with a folder of this machine, before the network is asked."""
    parent = Path(given).parent
    if "@" in given or not parent.is_dir():
        return
    held = sorted(file.name for file in parent.iterdir() if not file.name.startswith("."))[:_SHOWN]
    raise WeightsError(
        f"model.{field}={given}: the folder {parent} is here and has no {Path(given).name} in it (it holds "
        f"{', '.join(held) or 'nothing'}). For the hub's model of that name type model.{field}={given}@main."
    )


def called(repository: str, revision: str) -> str:
    """Names what is read from the hub: checkpoints of one repository by their revision, a commit by its beginning."""
    name = repository.split("/")[1].lower()
    if not revision or revision == "main":
        return name
    return f"{name}@{revision[:_SHOWN] if _COMMIT.fullmatch(revision) else revision}"


def _commit_on_hub(repository: str, revision: str) -> str | None:
    """Asks which commit a revision is now; None when the hub cannot be reached, which is tried once per process."""
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import HfHubHTTPError

    if constants.HF_HUB_OFFLINE or _UNREACHABLE or not fetches():
        return None
    try:
        return str(HfApi().model_info(repository, revision=revision, timeout=_PATIENCE_SECONDS).sha)
    except HfHubHTTPError as error:
        raise WeightsError(_refused(repository, revision, error)) from error
    except (OSError, *HfHubHTTPError.__bases__) as error:  # of whichever HTTP library the hub's client uses
        _UNREACHABLE.append(f"{type(error).__name__}: {error}")
        return None


def _download(repository: str, revision: str, patterns: list[str]) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return Path(snapshot_download(repository, revision=revision, allow_patterns=patterns, ignore_patterns=_IGNORED))
    except HfHubHTTPError as error:
        raise WeightsError(_refused(repository, revision, error)) from error
    except (OSError, RuntimeError, *HfHubHTTPError.__bases__) as error:  # a full disk, a client that stops, no network
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise WeightsError(
            f"{repository}@{revision}: the download stopped ({reason}); run again to go on with it."
        ) from error


def _cached(repository: str, revision: str, whole: Callable[[Path], bool]) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(repository, revision=revision, local_files_only=True))
    except (LocalEntryNotFoundError, ValueError, OSError):
        return None
    return folder if whole(folder) else None


def _not_cached(repository: str, revision: str) -> str:
    other = _cached_revisions(repository, revision)
    here = (
        f"The cache holds {', '.join(other)}: type model.weights={repository}@{other[0]} to use it. " if other else ""
    )
    why = f" ({_UNREACHABLE[0]})" if _UNREACHABLE else " (HF_HUB_OFFLINE is set)"
    return (
        f"{repository}@{revision} is not in the cache and the hub cannot be reached{why}. {here}On a machine with "
        f"network: hf download {repository} --revision {revision}; then set HF_HOME to that cache. {_WITHOUT_HUB}"
    )


def _cached_revisions(repository: str, revision: str) -> list[str]:
    from huggingface_hub.constants import HF_HUB_CACHE

    snapshots = Path(HF_HUB_CACHE) / f"models--{repository.replace('/', '--')}" / "snapshots"
    return sorted(p.name for p in snapshots.glob("*") if p.name != revision and complete(p))


def _refused(repository: str, revision: str, error: Exception) -> str:
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    if isinstance(error, GatedRepoError):
        return (
            f"{repository} is gated: accept its licence at https://huggingface.co/{repository}, then `hf auth login`."
        )
    if isinstance(error, RevisionNotFoundError):
        return f"{repository} has no revision {revision}; type model.weights={repository}@main for the newest."
    if isinstance(error, RepositoryNotFoundError):
        return (
            f"The hub has no model {repository}, or it is private: check the id, then `hf auth login`. {_WITHOUT_HUB}"
        )
    return f"{repository}@{revision}: the hub answered {str(error).splitlines()[0]} {_WITHOUT_HUB}"
