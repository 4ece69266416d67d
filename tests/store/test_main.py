"""`python -m emogeo.store` is `emogeo.keeping.commands`."""

from __future__ import annotations

from emogeo.keeping import commands
from emogeo.store import __main__


def test_the_commands_are_those_of_keeping() -> None:
    assert __main__.main is commands.main
