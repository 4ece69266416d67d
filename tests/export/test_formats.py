"""Formats by name."""

from __future__ import annotations

import pytest

from emogeo.errors import ConfigError
from emogeo.export.formats import ABOUT, Format, format_of


def test_every_format_is_described_and_found_by_name() -> None:
    assert set(ABOUT) == set(Format)
    assert [format_of(str(own)) for own in Format] == list(Format)
    with pytest.raises(ConfigError, match="'pickle' is no format of an export. Allowed: npz, safetensors, gguf"):
        format_of("pickle")


def test_vectors_are_of_the_selected_block_and_the_rest_of_all() -> None:
    assert {str(own) for own in Format if own.usual_blocks == "all"} == {"states", "rdms"}
