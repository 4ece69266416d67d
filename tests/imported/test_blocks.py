"""Which blocks the places of an array are."""

from __future__ import annotations

import pytest

from emogeo.config.imported import ImportedConfig
from emogeo.errors import ImportedError
from emogeo.imported.blocks import blocks_of, listed_blocks
from emogeo.imported.stored import Contents
from emogeo.imported.types import Kind


def taken(kind: Kind = Kind.vectors, named: tuple[int, ...] | None = None, listed: tuple[int, ...] | None = None,
          n: int = 3, **options: object) -> tuple[tuple[int, ...], tuple[int, ...]]:  # fmt: skip
    return blocks_of(ImportedConfig(**options), named, listed, n, kind)  # type: ignore[arg-type]


def test_blocks_that_are_numbered_are_picked() -> None:
    assert taken(named=(3, 7, 9)) == ((3, 7, 9), (0, 1, 2))
    assert taken(listed=(9, 3, 7)) == ((3, 7, 9), (1, 2, 0))
    assert taken(listed=(9, 3, 7), layers=[9, 7]) == ((7, 9), (2, 0))
    with pytest.raises(ImportedError, match=r"imported.layers=\[3, 4\]: the file has no block 4. It has 3, 7, 9"):
        taken(named=(3, 7, 9), layers=[3, 4])
    with pytest.raises(ImportedError, match="lists a block twice"):
        taken(listed=(3, 3, 7))


def test_blocks_that_are_not_numbered_are_told() -> None:
    assert taken(layers=[9, 3, 7]) == ((3, 7, 9), (1, 2, 0)) and taken(n_layers=3) == ((0, 1, 2), (0, 1, 2))
    with pytest.raises(ImportedError, match="names 2 blocks, and the file has 3 without saying which"):
        taken(layers=[3, 7])
    with pytest.raises(ImportedError, match="imported.n_layers=33.*first of the 33 is the embeddings"):
        taken(n=33, n_layers=32)
    with pytest.raises(ImportedError, match=r"of which block it is.*imported.layers=\[16\]"):
        taken(n=1)
    assert taken(Kind.rdm, n=1) == ((), (0,))


def test_blocks_beyond_the_model() -> None:
    with pytest.raises(ImportedError, match=r"Block 9 is beyond imported.n_layers=9.*is 8"):
        taken(named=(3, 7, 9), n_layers=9)


def test_lists_of_blocks_and_counts_of_them() -> None:
    config = ImportedConfig()
    assert listed_blocks(config, Contents({}, numbers={"run.layers": (3, 7)})) == (3, 7)
    assert listed_blocks(config, Contents({}, numbers={"layers": (32,)}, said={"layers": "32"})) is None
    assert listed_blocks(config, Contents({}, numbers={"layer": (3,)}, said={"layer": "3"})) == (3,)
    assert listed_blocks(config, Contents({}, numbers={"layers": (-2, -1)})) is None
    assert listed_blocks(config, Contents({}, words={"layers": ("layer_3", "12")})) == (3, 12)
    with pytest.raises(ImportedError, match=r"lists 2 block.s., 3, 7, and has 3: expected as many"):
        taken(listed=(3, 7))
    assert listed_blocks(ImportedConfig(fields={"layers": "where"}), Contents({}, numbers={"where": (1,)})) == (1,)
    with pytest.raises(ImportedError, match="imported.fields.layers=were: no list"):
        listed_blocks(ImportedConfig(fields={"layers": "were"}), Contents({}, numbers={"where": (1,)}))
