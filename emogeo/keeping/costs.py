"""What it takes to have passes and texts again, from what their records say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from emogeo.amounts import counted, in_time
from emogeo.keeping.contents import StoredTexts
from emogeo.record.origin import PassRecord


@dataclass(frozen=True)
class Cost:
    """What passes and written texts have cost, as far as their records say."""

    passes: int = 0
    tokens: int = 0
    """Tokens that were read."""
    seconds: float = 0.0
    """How long reading took, without loading the model."""
    unknown: int = 0
    """Passes and texts that do not say what they have cost."""
    texts: int = 0
    written: int = 0
    """Tokens that were written; how long that took is not recorded."""

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.passes + other.passes,
            self.tokens + other.tokens,
            self.seconds + other.seconds,
            self.unknown + other.unknown,
            self.texts + other.texts,
            self.written + other.written,
        )

    def __str__(self) -> str:
        """Says it in words; `nothing` where there is nothing to compute again."""
        said = []
        if self.passes:
            said.append(
                f"{counted(self.passes, 'pass', 'passes')} of {counted(self.tokens, 'token')} to be read "
                f"({in_time(self.seconds)}, as it took, without loading)"
            )
        if self.texts:
            said.append(f"{counted(self.written, 'token')} to be written (how long it took is not recorded)")
        if self.unknown:
            does = "record that does not say what it has cost", "records that do not say what they have cost"
            said.append(counted(self.unknown, *does))
        return "; ".join(said) or "nothing"


def of_passes(made: Iterable[PassRecord | None]) -> Cost:
    """Gives what some forward passes have cost, each counted once whatever its poolings."""
    found = list(made)
    known = [own for own in found if own is not None]
    return Cost(
        passes=len(known),
        tokens=sum(own.tokens for own in known),
        seconds=sum(own.seconds for own in known),
        unknown=len(found) - len(known),
    )


def of_texts(texts: Iterable[StoredTexts]) -> Cost:
    """Gives what some written texts have cost."""
    tokens = [own.tokens for own in texts]
    known = [count for count in tokens if count is not None]
    return Cost(texts=len(known), written=sum(known), unknown=len(tokens) - len(known))
