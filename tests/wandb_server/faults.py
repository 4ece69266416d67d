"""Failures that a test asks for."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What goes wrong with a request."""

    status = "status"
    """The answer is an HTTP status (`Fault.status`)."""
    stall = "stall"
    """No answer for `Fault.seconds`, then the connection is closed."""
    reset = "reset"
    """The connection is reset when half of the body has arrived."""
    corrupt = "corrupt"
    """The answer's bytes are changed, its length is not."""


@dataclass
class Fault:
    """One failure, of requests whose label matches: METHOD PLACE OPERATION, as in `POST graphql CommitArtifact`."""

    on: str
    """Regular expression."""
    kind: Kind = Kind.status
    status: int = 500
    seconds: float = 30
    times: int | None = None
    """None: until it is removed."""


class Faults:
    """Failures in force."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self.ended = threading.Event()
        """Lets stalled requests go."""

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
        self.ended.set()
        self.ended = threading.Event()

    def take(self, label: str) -> Fault | None:
        """The first failure that is meant for a request, counted."""
        with self._lock:
            for fault in self._faults:
                if re.search(fault.on, label) and fault.times != 0:
                    fault.times = None if fault.times is None else fault.times - 1
                    return fault
        return None
