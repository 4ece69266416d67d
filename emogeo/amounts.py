"""Bytes, durations and counts as people read them."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def in_bytes(size: float, digits: int = 3) -> str:
    """Gives bytes with so many digits and a unit; a kB is 1,000 bytes."""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    enough = (after for after in range(digits - 1) if value >= 10 ** (digits - 1 - after) - 0.5 * 0.1 ** (after + 1))
    after = 0 if unit == 0 else next(enough, digits - 1)
    return f"{value:.{after}f} {_UNITS[unit]}"


def in_time(seconds: float) -> str:
    """Gives a duration in the largest unit of which there are two at least, or one and a half."""
    for length, unit in ((_DAY, "days"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.{0 if seconds >= 9.5 * length else 1}f} {unit}"
    return f"{seconds:.{0 if seconds >= 9.5 else 1}f} s"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Gives a number with its noun."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
