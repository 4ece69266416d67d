"""A model that writes what a script says, token by token as its tokenizer cuts it, up to the longest text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emogeo.models import generation
from emogeo.models.generation import Written
from emogeo.models.loading import LoadedModel
from emogeo.stimuli.templates import Decoding

Script = Callable[[str, int], str]
"""What is written after a prompt, by its seed."""


def writes(monkeypatch: pytest.MonkeyPatch, script: Script) -> None:
    """Puts the script in the place of the model."""

    def batch(model: LoadedModel, tokens: list[list[int]], seeds: list[int], decoding: Decoding) -> list[Written]:
        found = []
        for prompt, seed in zip(tokens, seeds, strict=True):
            said = script(model.tokenizer.decode(prompt), seed)
            ids = model.tokenizer(said, add_special_tokens=False)["input_ids"][: decoding.max_new_tokens]
            stop = "length" if len(ids) == decoding.max_new_tokens else "stopped"
            found.append(Written(prompt, ids, model.tokenizer.decode(ids, skip_special_tokens=True), stop))
        return found

    monkeypatch.setattr(generation, "_write_batch", batch)
