"""What a source looks like."""

from __future__ import annotations

import pytest

from emogeo.config.mode import PROBES, Mode, ModeConfig
from emogeo.errors import ConfigError


@pytest.mark.parametrize("source", [None, "", "0", "12e4", "ab" * 32, "wandb:me/project/generations-ab:v0"])
def test_keys_and_artifacts_are_sources_of_texts(source: str | None) -> None:
    ModeConfig(Mode.replay, source).check_source()


@pytest.mark.parametrize("source", ["AB", "xyz", "ab" * 33, "wandb:", "1.2e+45", "ab cd", "ab\n"])
def test_what_is_neither_is_refused(source: str) -> None:
    with pytest.raises(ConfigError) as error:
        ModeConfig(Mode.replay, source).check_source()
    assert str(error.value) == (
        f"mode.source={source} is neither a key (hexadecimal digits; quote one that could be a number, as in "
        "\"mode.source='12e4'\") nor wandb:ENTITY/PROJECT/ARTIFACT:VERSION."
    )


def test_vectors_come_from_a_run_alone() -> None:
    for source in (None, "12e4", "ab" * 32):
        ModeConfig(Mode.steering, source).check_run()
    with pytest.raises(ConfigError, match=r"^mode\.source=wandb:a/b/c:v0: the key of a run, in hexadecimal digits\.$"):
        ModeConfig(Mode.steering, "wandb:a/b/c:v0").check_run()


def test_probes_are_the_modes_without_a_geometry() -> None:
    assert set(Mode) - set(PROBES) == {
        *(Mode.comprehension, Mode.generation, Mode.replay, Mode.imported),
    }
