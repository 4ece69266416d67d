"""What is lacking is said before a sweep begins."""

from __future__ import annotations

import pytest

from emogeo.config import early
from emogeo.config.early import lacking
from tests.conftest import CONF


def test_precisions_that_need_bitsandbytes_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["-m", "precision=bf16,int8,nf4", "model=gemma-3-270m"]
    assert lacking(["precision=fp32"], CONF) == []
    monkeypatch.setattr(early, "find_spec", lambda _name: None)
    (said,) = lacking(words, CONF)
    assert said.startswith("precision=int8,nf4 needs bitsandbytes, which is not installed. Type: pip install")
    assert lacking(["precision=fp32", "precision=nothing"], CONF) == []
