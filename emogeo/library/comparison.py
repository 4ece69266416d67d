"""The record of a comparison: its numbers with everything that qualifies them, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from textwrap import wrap

from emogeo.geometry.beyond import Beyond
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import Estimate
from emogeo.geometry.measuring import Measured, measure_all
from emogeo.geometry.shown import Shown, decimals

_WIDTH = 80


@dataclass(frozen=True, kw_only=True)
class Comparison(Shown):
    """The agreement of two geometries; None where a number cannot be given, and `note` says why."""

    a: str
    b: str
    n_conditions: int
    beyond_words: Beyond | None = None
    """Whether the two agree beyond what words give to any untrained network; None for RDMs alone."""
    rho_partial: Estimate | None = None
    """What is left of ρ* once words and untrained twins are given."""
    beyond_reason: str = ""
    n_units: int | None = None
    """The number of units; the smaller one, where the two have different units."""
    half_size: int | None = None
    rho: Estimate
    """Spearman's ρ of the two RDMs, on whatever texts each has read; text that both have read makes it large."""
    p_same_text: float | None = None
    """Mantel's p of ρ, where both have read the same texts: shared text alone makes it small."""
    reliability_a: Estimate | None = None
    """Agreement of a's RDM on one half of the units with its own on the other."""
    reliability_b: Estimate | None = None
    rho_same_half: Estimate | None = None
    """Agreement of the two on one half of the units."""
    rho_disjoint_half: Estimate | None = None
    """Agreement of the two on opposite halves, which share no text."""
    rho_star: Estimate | None = None
    """Agreement on disjoint text divided by the ceiling: what it would be without text noise, for these conditions."""
    rho_star_any: Estimate | None = None
    """The same with an interval for conditions like these: over other units and other conditions."""
    p: float | None = None
    """Mantel's p of the agreement on disjoint text."""
    floor: float | None = None
    """The numerical floor: 1 − ρ that is due to numerics alone."""
    note: str = ""
    _compared: tuple[Halves, Halves] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def measures(self) -> dict[str, Measured]:
        """Gives other measures (Pearson, CKA, Procrustes and so on) by name, computed when asked for; of RDMs none."""
        return {} if self._compared is None else {found.measure: found for found in measure_all(*self._compared)}

    def __str__(self) -> str:
        units = f", {self.n_units} units" if self.n_units else ""
        lines = [f"{self.a} – {self.b}: {self.n_conditions} conditions{units}"]
        if self.beyond_words is not None:
            lines += wrap(f"beyond words: {self.beyond_words} ({self.beyond_reason})", _WIDTH)
        if self.rho_star is None or self.p is None:
            lines.append("ρ* not identifiable")
        else:
            lines.append(f"ρ* {self.rho_star}, p {self.p:.2g}: on disjoint text, relative to the ceiling")
        if self.rho_star_any is not None:
            any_star = f"[{decimals(self.rho_star_any.low)}, {decimals(self.rho_star_any.high)}]"
            lines.append(f"   for these {self.n_conditions} conditions; for conditions like these {any_star}")
        same_text = "" if self.p_same_text is None else f", p {self.p_same_text:.2g}"
        lines.append(f"ρ  {self.rho}{same_text}{_halves(self)}")
        if self.reliability_a is not None and self.reliability_b is not None:
            lines.append(f"reliability {self.reliability_a} and {self.reliability_b}")
        if self.floor is not None:
            lines.append(f"floor {self.floor:.4f}")
        notes = [line for note in self.note.split("\n") for line in wrap(note, _WIDTH)]
        return "\n".join([*lines, *notes])

    __repr__ = __str__


def _halves(found: Comparison) -> str:
    if found.rho_disjoint_half is None:
        return ""
    same = "" if found.rho_same_half is None else f"same half {decimals(found.rho_same_half.value)}, "
    return f"; {same}opposite halves {decimals(found.rho_disjoint_half.value)}"
