"""Warnings of transformers reach the user, but for those that are meant to be."""

from __future__ import annotations

import logging

import pytest
from transformers.utils import logging as transformers_logging

from emogeo.models.said import passed_on

LIBRARY = transformers_logging.get_logger("transformers.models.mine")


def test_a_warning_is_passed_on_once_and_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    library = transformers_logging.get_logger()
    before = list(library.handlers)
    with caplog.at_level(logging.WARNING, "emogeo"), passed_on():
        for _ in range(2):
            LIBRARY.warning("The tokenizer has\n an incorrect regex pattern")
        LIBRARY.info("nothing")
        LIBRARY.warning("LlamaModel LOAD REPORT from: folder\nlm_head.weight | UNEXPECTED")
    assert [record.getMessage() for record in caplog.records] == [
        "transformers: The tokenizer has an incorrect regex pattern"
    ]
    assert list(library.handlers) == before


def test_a_warning_before_an_error_is_passed_on(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "emogeo"), pytest.raises(KeyError), passed_on():
        LIBRARY.warning("x" * 1000)
        raise KeyError
    assert caplog.records[0].getMessage() == f"transformers: {'x' * 400}…"
