"""What transformers warns of while it loads a model, passed on to the user once and in one line each."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from transformers.utils import logging as transformers_logging

log = logging.getLogger(__name__)
EXPECTED = ("LOAD REPORT", "generation flags are not valid", "torch_dtype", "fast path is not available")
"""Parts of warnings that say nothing to the user: the head that is left out is meant to be, and so on."""
_LONGEST = 400


@contextmanager
def passed_on() -> Iterator[None]:
    """Collects the warnings of transformers and, at the end, logs each that is not expected."""
    library = transformers_logging.get_logger()
    collected = _Collected(logging.WARNING)
    handlers, propagates = list(library.handlers), library.propagate
    transformers_logging.set_verbosity_warning()
    library.handlers, library.propagate = [collected], False
    try:
        yield
    finally:
        library.handlers, library.propagate = handlers, propagates
        transformers_logging.set_verbosity_error()  # what is said in every pass is said in a test of the model once
        for message in dict.fromkeys(collected.messages):
            if not any(part in message for part in EXPECTED):
                log.warning("transformers: %s", message)


class _Collected(logging.Handler):
    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = " ".join(record.getMessage().split())
        self.messages.append(line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…")
