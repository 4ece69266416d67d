"""What a file says of itself: lists, numbers and text, nothing that is run or followed."""

from __future__ import annotations

from emogeo.imported.sayings import said_in


def test_lists_numbers_and_single_values_are_told_apart() -> None:
    words, numbers, said = said_in(
        {"emotions": '["joy", "fear"]', "layers": [3, 7], "layer": "16", "model": {"name": "m", "deep": {"x": 1}},
         "ok": True, "broken": "[1, 2", "mixed": [1, "a"], "path": "../../etc/passwd", "long": "x" * 9_000}
    )  # fmt: skip
    assert words == {"emotions": ("joy", "fear")} and numbers == {"layers": (3, 7), "layer": (16,)}
    assert said["model.name"] == "m" and said["path"] == "../../etc/passwd" and said["broken"] == "[1, 2"
    assert len(said["long"]) == 2_000 and "mixed" not in said and "model.deep" not in said
