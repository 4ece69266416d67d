"""Waiting is bounded, questions are not asked, and no key is shown."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import wandb
from hypothesis import given
from hypothesis import strategies as st

from emogeo.errors import TrackingError
from emogeo.tracking import client
from emogeo.tracking.client import Patience, environment, reason, settings, sign_in


def test_a_reason_shows_no_key_and_nothing_that_signs_an_address() -> None:
    keys = ["0123456789abcdef" * 2 + "01234567", f"local-{'a1' * 20}", f"wandb_v1_{'Ab3' * 20}"]
    address = "https://bucket.example/file.bin"
    said = reason(OSError(f"{address}?X-Signature=secret&user=me refused; {' '.join(keys)} sha256:{'a' * 64}"))
    assert said == f"{address}?… refused; … … … sha256:{'a' * 64}"


@given(text=st.text(max_size=400))
def test_a_reason_is_one_short_line(text: str) -> None:
    said = reason(OSError(text))
    assert said
    assert len(said) <= 300
    assert len(said.splitlines()) == 1


def test_the_key_of_the_environment_is_hidden_whatever_it_looks_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "my own key")
    assert reason(OSError("refused:  my own\nkey")) == "refused: …"
    monkeypatch.setenv("WANDB_API_KEY", "")
    assert reason(OSError("refused")) == "refused"
    assert reason(KeyError()) == "KeyError"


def test_a_transfer_has_a_second_more_for_every_so_many_bytes() -> None:
    patience = Patience(transfer=7, bytes_per_second=100)
    assert [patience.for_transfer(size) for size in (0, 99, 100, 1050)] == [7, 7, 8, 17]


def test_every_wait_of_a_run_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", Patience(query=3, retries=4, pause=5, start=6, finish=7))
    found = settings(mode="offline")
    assert (found.init_timeout, found.finish_timeout, found.finish_timeout_raises) == (6, 7, True)
    assert (found.x_graphql_timeout_seconds, found.x_file_stream_timeout_seconds) == (3, 3)
    for part in ("graphql", "file_stream", "file_transfer"):
        assert getattr(found, f"x_{part}_retry_max") == 4
        assert getattr(found, f"x_{part}_retry_wait_max_seconds") == 5
    assert (found.silent, found.console, found.mode) == (True, "off", "offline")


@pytest.mark.parametrize("before", [None, "/elsewhere"])
def test_the_environment_is_as_it_was_after_an_error(
    before: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WANDB_DATA_DIR", raising=False)
    if before is not None:
        monkeypatch.setenv("WANDB_DATA_DIR", before)
    with pytest.raises(KeyError), environment(tmp_path):
        assert os.environ["WANDB_DATA_DIR"] == str(tmp_path / "data")
        raise KeyError
    assert os.environ.get("WANDB_DATA_DIR") == before


def signing_in(monkeypatch: pytest.MonkeyPatch, login: Any, entity: str | None = "me") -> None:
    def answered(**options: Any) -> bool:
        assert options == {"prompt": False, "verify": False}, "no question"
        if isinstance(login, Exception):
            raise login
        return bool(login)

    monkeypatch.setattr(client, "base_url", lambda: "https://server.example")
    monkeypatch.setattr(wandb, "login", answered)
    monkeypatch.setattr(wandb, "Api", lambda timeout: SimpleNamespace(default_entity=entity, timeout=timeout))


def test_who_is_let_in_has_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    signing_in(monkeypatch, True)
    assert sign_in().timeout == client.PATIENCE.query


@pytest.mark.parametrize(
    ("login", "entity", "said"),
    [
        (False, "me", "no API key: type `wandb login`, or set WANDB_API_KEY"),
        (True, None, "the API key was not accepted"),
        (OSError("no route"), "me", "no route"),
    ],
)
def test_who_is_not_hears_of_which_server(
    login: Any, entity: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing_in(monkeypatch, login, entity)
    with pytest.raises(TrackingError) as error:
        sign_in()
    assert str(error.value) == f"https://server.example: {said}"


def test_a_server_that_is_away_is_asked_once_and_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[int] = []

    def away() -> None:
        asked.append(1)
        raise TrackingError("no API key: type `wandb login`, or set WANDB_API_KEY")

    monkeypatch.setattr(client, "_FAILED", {})
    monkeypatch.setattr(client, "base_url", lambda: "https://nowhere")
    monkeypatch.setattr(client, "sign_in", away)
    for _ in range(3):
        client.check_online("Type: push")
    assert len(asked) == 1
    assert client.unreachable()
    assert caplog.text.count("will not have what is computed now: no API key") == 1
    monkeypatch.setattr(client.time, "monotonic", lambda: 1e12)
    assert not client.unreachable(), "it may be there again"


def test_the_environment_turns_it_off_and_that_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(client, "_SAID", [])
    monkeypatch.setenv("WANDB_MODE", "offline")
    assert not client.turned_off()
    monkeypatch.setenv("WANDB_MODE", "disabled")
    assert client.turned_off()
    assert client.turned_off()
    assert caplog.text.count("WANDB_MODE=disabled is set") == 1


def test_a_variable_that_the_client_does_not_take_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def setup() -> Any:
        raise ValueError("mode: Input should be 'online' or 'offline'")

    monkeypatch.setattr(wandb, "setup", setup)
    with pytest.raises(TrackingError, match="WANDB_… variable of the environment says: mode: Input should be"):
        client.check_online("later")
