"""`train.py` of a clone and `emogeo train` are one program."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.programs import train
from tests.conftest import Composer


@pytest.mark.parametrize(
    ("words", "ran"),
    [((), "run"), (("mode=imported", "imported.path=a.npz"), "import"), (("mode=behaviour",), "probe")],
)
def test_a_mode_has_its_own_run(
    words: tuple[str, ...], ran: str, tiny_run: Composer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    for name, module in {"run_extraction": "extraction.run", "run_import": "extraction.imported_run"}.items():
        monkeypatch.setattr(f"emogeo.{module}.{name}", lambda *_, name=name: asked.append(name.partition("_")[2]))
    monkeypatch.setattr("emogeo.probes.run.run_probe", lambda *_: asked.append("probe"))
    monkeypatch.setattr(train, "parse_train", lambda config: config)
    monkeypatch.setattr(train, "recipe_differences", lambda *_: {})
    train._run(tiny_run(*words))  # type: ignore[arg-type]
    assert asked == ["extraction" if ran == "run" else ran]


def test_it_starts_after_the_command_line_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    monkeypatch.setattr(train, "prepare", lambda schema, conf: steps.append(f"{schema.__name__} {conf.name}"))
    monkeypatch.setattr(train, "main", lambda: steps.append("main"))
    train.start()
    assert steps == ["TrainConfig conf", "main"]
