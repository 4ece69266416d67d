"""Names of files for any label."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from emogeo.export.names import file_names, safe_name


def test_names_are_plain_where_labels_are() -> None:
    assert file_names(["calm", "at ease", "ça va", "grief/stricken", "../x"]) == {
        "calm": "calm",
        "at ease": "at_ease",
        "ça va": "ca_va",
        "grief/stricken": "grief_stricken",
        "../x": "x",
    }


def test_what_would_be_one_file_is_told_apart() -> None:
    names = file_names(["Joy", "joy", "joy!", "喜び", "悲しみ", "..", "con"])
    assert len({name.lower() for name in names.values()}) == 7
    assert names["喜び"].startswith("label-")
    assert names["con"] != "con"


@given(st.lists(st.text(min_size=1, max_size=200), unique=True, max_size=20))
def test_any_labels_have_names_of_their_own_that_stay_in_the_folder(labels: list[str]) -> None:
    names = list(file_names(labels).values())
    assert len({name.lower() for name in names}) == len(labels)
    for name in names:
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,90}", name)
        assert Path(name).name == name
        assert not name.startswith(".")


def test_a_models_name_may_be_a_path() -> None:
    assert safe_name("Org/Model v1 (gguf Q4)") == "Org_Model_v1_gguf_Q4"
