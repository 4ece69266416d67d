"""Weights from the Hugging Face hub, its offline cache first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from emogeo.errors import WeightsError
from emogeo.models.weights.folder import complete, describes_model
from emogeo.models.weights.missing import what_is_missing
from emogeo.models.weights.pickles import PICKLE, pickles_in

_PATTERNS = ["*.json", "*.safetensors", "*.jinja", "*.model", "*.txt"]
_PATIENCE_SECONDS = 10.0
_UNREACHABLE: list[str] = []
"""Why the hub did not answer; a sweep does not wait again for each of its models."""
_IGNORED = ["consolidated*", "original/*", "onnx/*"]
_WITHOUT_HUB = "Without the hub these run: model=smollm2-135m-instruct, gemma-3-270m, qwen2.5-coder-0.5b-instruct, \
qwen2.5-coder-1.5b-instruct (weights from the package index), or model.weights=FOLDER."


def usable(folder: Path) -> bool:
    """Whether a folder holds a whole model, in safetensors or in pickles, whose tensors can be converted."""
    if complete(folder):
        return True
    try:
        return describes_model(folder) and bool(pickles_in(folder))
    except WeightsError:
        return False


def hub_snapshot(
    repository: str, revision: str, whole: Callable[[Path], bool] = usable, what: str = "safetensors"
) -> tuple[Path, str]:
    """Folder and commit of a repository's snapshot.

    A commit that is whole in the cache costs no network; a branch or tag is looked
    up on the hub where there is one, else taken from the cache.

    Args:
        whole: whether a snapshot has all that is needed.
        what: the weights that are needed, for messages.

    Raises:
        WeightsError: not there, not allowed, not cached, or without such weights.
    """
    cached = _cached(repository, revision, whole)
    if cached is not None and cached.name == revision:
        return cached, revision
    commit = _commit_on_hub(repository, revision)
    if commit is None:
        if cached is None:
            raise WeightsError(_not_cached(repository, revision))
        return cached, cached.name
    folder = _download(repository, revision, _PATTERNS)
    if whole is usable and not complete(folder) and describes_model(folder):
        folder = _download(repository, revision, [*_PATTERNS, f"{PICKLE.removesuffix('.bin')}*.bin"])
    if not whole(folder):
        raise WeightsError(_lacking(repository, revision, folder, what))
    return folder, folder.name


def _commit_on_hub(repository: str, revision: str) -> str | None:
    """Asks which commit a revision is now; None when the hub cannot be reached, which is tried once per process."""
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import HfHubHTTPError

    if constants.HF_HUB_OFFLINE or _UNREACHABLE:
        return None
    try:
        return str(HfApi().model_info(repository, revision=revision, timeout=_PATIENCE_SECONDS).sha)
    except HfHubHTTPError as error:
        raise WeightsError(_refused(repository, revision, error)) from error
    except Exception as error:  # of whichever HTTP library the hub's client uses
        _UNREACHABLE.append(f"{type(error).__name__}: {error}")
        return None


def _download(repository: str, revision: str, patterns: list[str]) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return Path(snapshot_download(repository, revision=revision, allow_patterns=patterns, ignore_patterns=_IGNORED))
    except HfHubHTTPError as error:
        raise WeightsError(_refused(repository, revision, error)) from error
    except Exception as error:  # of whichever HTTP library the hub's client uses
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise WeightsError(
            f"{repository}@{revision}: the download stopped ({reason}); run again to go on with it."
        ) from error


def _lacking(repository: str, revision: str, folder: Path, what: str) -> str:
    lacks = f" {what_is_missing(folder)}" if what == "safetensors" else f" an adapter ({what})"
    return (
        f"{repository}@{revision} lacks{lacks}. Of a repository of GGUF files get one: hf download {repository} "
        "NAME.gguf --local-dir FOLDER; then type model.weights=FOLDER/NAME.gguf."
    )


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
