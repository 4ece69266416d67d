"""The W&B client, set up so that it never costs a result: bounded waiting, no questions, no key in messages."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emogeo.errors import TrackingError

log = logging.getLogger(__name__)
_SHOWN = 300
"""The longest reason that is shown, in characters."""
_KEY = re.compile(r"(?<![0-9a-z])(?:[0-9a-f]{40}|local-\w{40,}|wandb_v\d+_\w{20,})(?![0-9a-z])", re.IGNORECASE)
"""Matches API keys in the forms that W&B has used."""
_SIGNED = re.compile(r"(https?://[^\s?'\"]+)\?[^\s'\"]+")


@dataclass(frozen=True)
class Patience:
    """Whole seconds (the client ignores shares of them) after which W&B counts as not there."""

    query: int = 10
    retries: int = 2
    """The retries of each request, with `pause` between them; 0 would mean the client's own twenty."""
    pause: int = 2
    start: int = 30
    """The time to open a run."""
    transfer: int = 30
    """The time to move files, and a second more for each `bytes_per_second` of them."""
    bytes_per_second: int = 250_000
    finish: int = 20
    """The time to close a run whose files have arrived."""
    again: int = 600
    """How long a server that was asked in vain is not asked again."""

    def for_transfer(self, size: int) -> int:
        """Gives the seconds allowed for so many bytes."""
        return self.transfer + size // self.bytes_per_second


PATIENCE = Patience()
_FAILED: dict[str, float] = {}
"""When a server was asked in vain, by its address."""
_SAID: list[str] = []


def import_early() -> None:
    """Imports what a run of W&B needs before transformers, among whose modules that takes three times as long."""
    with contextlib.suppress(ImportError):  # it is said when a run is made
        importlib.import_module("wandb.sdk.launch")


def settings(**more: Any) -> Any:
    """A run's settings: silent, and bounded by `PATIENCE`."""
    import wandb

    bounds: dict[str, Any] = {
        "init_timeout": PATIENCE.start,
        "finish_timeout": PATIENCE.finish,
        "finish_timeout_raises": True,
        "x_graphql_timeout_seconds": PATIENCE.query,
        "x_file_stream_timeout_seconds": PATIENCE.query,
    }
    for part in ("graphql", "file_stream", "file_transfer"):
        bounds[f"x_{part}_retry_max"] = PATIENCE.retries
        bounds[f"x_{part}_retry_wait_min_seconds"] = 1
        bounds[f"x_{part}_retry_wait_max_seconds"] = PATIENCE.pause
    return wandb.Settings(silent=True, console="off", disable_git=True, disable_code=True, **bounds, **more)


@contextlib.contextmanager
def environment(folder: Path) -> Iterator[None]:
    """Sets the environment of a run: the client stages data under WANDB_DATA_DIR, by default in the user's home."""
    before = os.environ.get("WANDB_DATA_DIR")
    os.environ["WANDB_DATA_DIR"] = str(folder / "data")
    try:
        yield
    finally:
        if before is None:
            del os.environ["WANDB_DATA_DIR"]
        else:
            os.environ["WANDB_DATA_DIR"] = before


def sign_in() -> Any:
    """Signs in to the public API, once the server has answered and accepted the key.

    Raises:
        TrackingError: no key, a key that is not accepted, or no answer; names the server.
    """
    import wandb

    server = base_url()
    try:
        if not wandb.login(prompt=False, verify=False):
            raise TrackingError("no API key: type `wandb login`, or set WANDB_API_KEY")
        api = wandb.Api(timeout=PATIENCE.query)
        if not api.default_entity:
            raise TrackingError("the API key was not accepted")
    except Exception as error:  # the client raises errors of many kinds
        raise TrackingError(f"{server}: {reason(error)}") from error
    _FAILED.pop(server, None)
    return api


def check_online(later: str) -> None:
    """Asks, before anything is computed, whether the server is there and lets us in; a warning says once if not.

    Args:
        later: what to type once it is.
    """
    if turned_off() or unreachable():
        return
    try:
        sign_in()
    except TrackingError as error:
        _FAILED[base_url()] = time.monotonic()
        log.warning("W&B (online) will not have what is computed now: %s. Results are in the store. %s", error, later)


def unreachable() -> bool:
    """Whether the server was asked in vain in the last minutes: it is not waited for again after every run."""
    failed = _FAILED.get(base_url())
    return failed is not None and time.monotonic() < failed + PATIENCE.again


def turned_off() -> bool:
    """Whether the environment turns W&B off, which is said once."""
    off = os.environ.get("WANDB_MODE") == "disabled"
    if off and not _SAID:
        _SAID.append("off")
        log.warning("WANDB_MODE=disabled is set in the environment: no W&B run is made, whatever tracking says")
    return off


def base_url() -> str:
    """The server that the client talks to.

    Raises:
        TrackingError: a variable of the environment that the client does not take.
    """
    import wandb

    try:
        return str(wandb.setup().settings.base_url)
    except ValueError as error:  # pydantic's, too
        raise TrackingError(
            f"W&B does not take what a WANDB_… variable of the environment says: {reason(error)}"
        ) from error


def reason(error: BaseException) -> str:
    """Gives an error of the client in one line, without API keys and without the signature of an address."""
    text = " ".join(str(error).split()) or type(error).__name__
    text = text.replace(os.environ.get("WANDB_API_KEY") or "\0", "…")
    return _SIGNED.sub(r"\1?…", _KEY.sub("…", text))[:_SHOWN]
