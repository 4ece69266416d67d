"""Letters of runs."""

from __future__ import annotations

from emogeo.analysis.summary.letters import in_common, letters, pair_of


def test_letters_go_on_after_z() -> None:
    of = letters([str(n) for n in range(30)])
    assert (of["0"], of["25"], of["26"], of["29"]) == ("A", "Z", "AA", "AD")
    assert pair_of({"key_a": "0", "key_b": "29"}, of) == "A–AD"


def test_words_that_all_names_begin_with_are_found_and_no_name_loses_all() -> None:
    assert in_common(["m bf16 last token", "m bf16 mean"]) == "m bf16"
    assert in_common(["m bf16", "m bf16 mean"]) == "m"
    assert in_common(["m bf16"]) == in_common(["a b", "c b"]) == in_common([]) == ""
