"""Names of arrays, as people write them."""

from __future__ import annotations

import pytest

from emogeo.errors import ImportedError
from emogeo.imported.keys import Place, block_in, places_of
from tests.imported.made_up import BLOCKS, LABELS

FORMS = """layer_{b}__{l} {l}_layer_{b} layer{b}/{l} L{b}.{l} {b}_{l} {l}/{b} {b}/{l} blocks.{b}.{l} hidden_{b}_{l}
{l}_{b} {l}.{b} {l}-{b} {l}@{b} {l}__{b} layer-{b}-{l} {l}_L{b} layer={b}/{l} {l}/direction.{b}
model.layers.{b}.{l} vectors/{l}/layer_{b} layer_{b}_{l}_vector blocks.{b}.hook_resid_post/{l}
emotion_{l}_layer_{b} emotion_vectors_layer_{b}/{l} hidden_states_{b}_{l} LAYER_{b}_{l} run/layer_{b}/{l}
steering_vectors/layer_{b}/{l} layer_0{b}/{l} h.{b}.{l}""".split()


@pytest.mark.parametrize("form", FORMS)
def test_the_label_and_the_block_are_found(form: str) -> None:
    keys = {
        tuple(form.format(l=label, b=block).split("/")): Place(label, block) for label in LABELS for block in BLOCKS
    }
    assert places_of(list(keys), None, flat=True) == keys


def test_labels_with_numbers_are_labels() -> None:
    for labels in (["type_1", "type_2", "type_3", "type_4"], ["joy", "L2", "fear", "h 3", "anger"], ["a1", "b2", "c3"]):
        assert [own.label for own in places_of([(label,) for label in labels], None, flat=True).values()] == labels


def test_names_of_blocks_alone_and_of_nothing() -> None:
    blocks = places_of([("states_layer_3",), ("states_layer_7",)], None, flat=False)
    assert list(blocks.values()) == [Place(None, 3), Place(None, 7)]
    assert places_of([("0",), ("1",)], None, flat=False) == {("0",): Place(None, 0), ("1",): Place(None, 1)}
    assert places_of([("emotion_vectors",)], None, flat=False) == {("emotion_vectors",): Place(None, None)}
    assert places_of([("run_2_of_mine",)], None, flat=False) == {("run_2_of_mine",): Place(None, None)}


def test_a_pattern_says_what_names_are() -> None:
    keys = [("x7", "joy-to-3"), ("x7", "fear-to-3"), ("other",)]
    got = places_of(keys, "x{layer}/{label}-to-*", flat=True)
    assert got == {keys[0]: Place("joy", 7), keys[1]: Place("fear", 7)}
    with pytest.raises(ImportedError, match="No array is called as imported.fields.vectors=y"):
        places_of(keys, "y{layer}_{label}", flat=True)
    assert places_of([("1",), ("2",)], "{label}", flat=True)[("1",)] == Place("1", None)


def test_what_is_unclear_is_asked_for() -> None:
    some = [("layer_3__joy",), ("layer_3__fear",), ("layer_3__anger",), ("scale",)]
    with pytest.raises(ImportedError, match=r"in 3 of 4 arrays, and not in 'scale'"):
        places_of(some, None, flat=True)
    with pytest.raises(ImportedError, match="called by numbers alone.*could be labels or blocks"):
        places_of([(str(n),) for n in range(6)], None, flat=True)


def test_numbers_beside_labels_of_arrays_could_be_texts() -> None:
    with pytest.raises(ImportedError, match="blocks, or texts"):
        places_of([(f"{label}/{n}",) for label in LABELS for n in range(5)], None, flat=False)


def test_the_block_in_the_name_of_a_file() -> None:
    assert block_in("emotion_vectors_layer_12") == 12 and block_in("qwen2.5_vectors") is None
