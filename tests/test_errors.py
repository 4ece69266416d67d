"""What errors of libraries say, in a line."""

from __future__ import annotations

import pytest

from emogeo.errors import first_line


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("\n  too wide\nand more"), "too wide"),
        (KeyError("foo"), "'foo'"),
        (AssertionError(), "AssertionError"),
        (OSError(" \n"), "OSError"),
    ],
)
def test_the_first_line_is_said_or_the_name_of_the_error(error: Exception, said: str) -> None:
    assert first_line(error) == said
